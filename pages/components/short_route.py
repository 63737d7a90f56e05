"""Where short links are followed, and what the front page says of one that leads nowhere. Light: the server's start and
the front page wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit import config

from core.formatting.text import _
from core.store import short_links, store_folder

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

AT = "s"
_LOST = "short"  # in the query of the front page
_LONGEST = 20


def note() -> None:
    """On the front page: a short link has led here because it leads nowhere."""
    if _LOST in st.query_params:
        st.warning(_("This short link is not known here, or too old. All use cases are below."))


def routes() -> list[BaseRoute]:
    """Where short links are followed."""
    from starlette.routing import Route  # late: only a server needs it

    return [Route(f"{_base()}/{AT}/{{code}}", _follow)]


async def _follow(request: Request) -> Response:
    from anyio.to_thread import run_sync
    from starlette.responses import RedirectResponse

    code = str(request.path_params["code"])[:_LONGEST]
    found = await run_sync(short_links.find, store_folder(), code)
    place = f"{found[0]}?{found[1]}" if found else f"?{_LOST}=1"
    return RedirectResponse(f"{_base()}/{place}", 302, headers={"cache-control": "no-store"})


def _base() -> str:
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""
