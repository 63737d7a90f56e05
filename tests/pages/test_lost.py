"""Who asks for a page that is not there is told so, and which one was perhaps meant."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pages.components.addresses import Addresses
from pages.lost import most_alike


def answer(
    path: str, kind: str = "text/html; charset=utf-8", method: str = "GET", base: str = ""
) -> tuple[int, str, bytes]:
    """Status, place and body of what such a request gets where the server answers with this kind of file."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})
        await send({"type": "http.response.body", "body": b"<html>"})

    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    async def receive() -> dict[str, Any]:
        raise AssertionError("nobody reads")

    asked = Addresses(app, base)({"type": "http", "path": path, "method": method}, receive, send)
    with ThreadPoolExecutor(1) as apart:  # a browser of another test may have a loop on this thread
        apart.submit(asyncio.run, asked).result()
    start, body = told
    return start["status"], dict(start["headers"]).get(b"location", b"").decode(), body["body"]


def test_an_address_of_several_parts_leads_to_the_page_that_says_so() -> None:
    assert answer("/foo/bar") == (302, "/not-found?asked=foo%2Fbar", b"")
    assert answer("/pg/foo/bar?", base="/pg")[1] == "/pg/not-found?asked=foo%2Fbar%3F"
    assert answer("/a/\r\nset-cookie: x")[1] == "/not-found?asked=a%2F%0D%0Aset-cookie%3A%20x"
    assert len(answer("/a/" + "b" * 5000)[1]) < 300


@pytest.mark.parametrize(
    "given",
    [
        {"path": "/retail-churn"},
        {"path": "/"},
        {"path": "/retail-churn/"},
        {"path": "/foo/app.js", "kind": "text/javascript"},
        {"path": "/_stcore/health/x"},
        {"path": "/foo/bar", "method": "POST"},
        {"path": "/pg/retail-churn", "base": "/pg"},
    ],
)
def test_pages_files_and_routes_pass(given: dict[str, str]) -> None:
    assert answer(**given)[0] == 200


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("retail-cupon", "retail/coupon_response"),
        ("retail/coupon", "retail/coupon_response"),
        ("heart", "healthcare/heart_disease"),
        ("Heart disease", "healthcare/heart_disease"),
        ("demand", "supply_chain/demand"),
        ("0123456789", None),
    ],
)
def test_the_use_case_that_was_perhaps_meant(asked: str, name: str | None) -> None:
    found = most_alike(asked)
    assert (found.name if found else None) == name
