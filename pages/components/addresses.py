"""Addresses that nothing is at. Pages have one part; what has more, as /retail/coupon, is led to the page that says so:
Streamlit answers it with its own page, whose scripts it then looks for in the wrong folder: the browser stays blank."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from streamlit import config

if TYPE_CHECKING:
    from starlette.middleware import Middleware
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOST, ASKED = "not-found", "asked"
_LONGEST = 200
_OF_THE_SERVER = {"_stcore", "api", "component", "media", "static"}  # whose files may be pages too


class Addresses:
    """Redirects a page that is asked for by an address of several parts; files and routes are none of its business."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app, self.base = app, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["path"].removeprefix(self.base).strip("/") if scope["type"] == "http" else ""
        is_page = "/" in asked and asked.partition("/")[0] not in _OF_THE_SERVER
        if not is_page or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        is_lost = False

        async def answer(message: Message) -> None:
            nonlocal is_lost
            if message["type"] == "http.response.start":
                is_lost = dict(message["headers"]).get(b"content-type", b"").startswith(b"text/html")
                if is_lost:
                    place = f"{self.base}/{LOST}?{ASKED}={quote(asked[:_LONGEST], safe='')}"
                    message = {**message, "status": 302, "headers": [(b"location", place.encode())]}
            elif is_lost:
                message = {**message, "body": b""}
            await send(message)

        await self.app(scope, receive, answer)


def middleware() -> list[Middleware]:
    """What leads lost visitors to a page of ours."""
    from starlette.middleware import Middleware  # late: only a server needs it

    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return [Middleware(Addresses, base=f"/{base}" if base else "")]
