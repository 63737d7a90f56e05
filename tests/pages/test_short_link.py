"""Short links: the same state has the same code, what is kept leads to its page, anything else to the front page."""

from __future__ import annotations

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request

from core.errors import UserError
from core.store import short_links
from pages.components import short_route

QUERY = "v=1&use_case=retail%2Fcoupon_response&section=money&decision=0.2"


def test_the_same_state_has_the_same_code_and_comes_back(tmp_path: Path) -> None:
    code = short_links.keep(tmp_path, "retail-coupon_response", QUERY)
    assert short_links.keep(tmp_path, "retail-coupon_response", QUERY) == code
    assert short_links.keep(tmp_path, "retail-churn", QUERY) != code
    assert short_links.find(tmp_path, code) == ("retail-coupon_response", QUERY)


@pytest.mark.parametrize("code", ["aaaaaaaa", "", "../../..", "AAAAAAAA", "a" * 5000])
def test_a_code_that_nobody_kept_leads_nowhere(tmp_path: Path, code: str) -> None:
    assert short_links.find(tmp_path, code) is None


def test_what_is_old_damaged_or_no_page_leads_nowhere(tmp_path: Path) -> None:
    code = short_links.keep(tmp_path, "retail-churn", QUERY)
    path = tmp_path / short_links.FOLDER / f"{code}.json"
    old = time.time() - (short_links.DAYS + 1) * 86_400
    os.utime(path, (old, old))
    assert short_links.find(tmp_path, code) is None
    short_links.keep(tmp_path, "retail-churn", QUERY)
    assert short_links.find(tmp_path, code), "asked for again, it lives on"
    for content in ("{", "[]", '{"page": "//evil.example", "query": ""}', '{"page": "a", "query": "x\\r\\ny"}'):
        path.write_text(content, encoding="utf-8")
        assert short_links.find(tmp_path, code) is None, content
    with pytest.raises(UserError):
        short_links.keep(tmp_path, "a/b", QUERY)
    with pytest.raises(UserError):
        short_links.keep(tmp_path, "a", "x" * 9000)


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short_links, "_MOST_KEPT", 3)
    codes = []
    for number in range(5):
        codes.append(short_links.keep(tmp_path, "retail-churn", f"n={number}"))
        os.utime(tmp_path / short_links.FOLDER / f"{codes[-1]}.json", (time.time() - 100 + number,) * 2)
    assert [short_links.find(tmp_path, code) is not None for code in codes] == [False, False, True, True, True]


def test_the_server_leads_to_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short_route, "store_folder", lambda: tmp_path)
    code = short_links.keep(tmp_path, "retail-coupon_response", QUERY)
    (route,) = short_route.routes()

    def led(code: str) -> tuple[int, str]:
        request = Request({"type": "http", "path_params": {"code": code}})
        with ThreadPoolExecutor(1) as apart:  # a browser of another test may have a loop on this thread
            answer = apart.submit(asyncio.run, route.endpoint(request)).result()  # type: ignore[attr-defined]
        return answer.status_code, answer.headers["location"]

    assert route.path == "/s/{code}"  # type: ignore[attr-defined]
    assert led(code) == (302, f"/retail-coupon_response?{QUERY}")
    assert led("nothing") == (302, "/?short=1")


def test_the_front_page_says_that_a_link_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(short_route, "st", SimpleNamespace(query_params={"short": "1"}, warning=told.append))
    short_route.note()
    assert len(told) == 1
