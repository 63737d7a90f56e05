"""The product's name and mark on every page, from the first draw of a fresh server."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Logo_pb2 import Logo
from streamlit.proto.PageConfig_pb2 import PageConfig
from streamlit.runtime.scriptrunner import get_script_run_ctx

NAME = "Proving Ground"
_ICON = Path(__file__).parents[1] / "assets" / "icon.svg"


def configure_page() -> None:
    """Title, width and mark. `st.logo` and `page_icon` import numpy and pillow to see that an icon is an SVG, a tenth
    of the first draw: the mark is sent as they would send it."""
    st.set_page_config(page_title=NAME, layout="wide")
    context = get_script_run_ctx()
    if context is None:
        return
    tab, corner = ForwardMsg(), ForwardMsg()
    page = tab.page_config_changed
    page.favicon, page.layout, page.initial_sidebar_state = mark(), PageConfig.LAYOUT_UNSET, PageConfig.SIDEBAR_UNSET
    corner.logo.image, corner.logo.image_type, corner.logo.size = mark(), Logo.ImageType.IMAGE, "large"
    for message in (tab, corner):
        context.enqueue(message)


def entitle(page: str, *, front: bool) -> None:
    """What the browser's tab is called: the page, and the product."""
    st.set_page_config(page_title=NAME if front else f"{page} · {NAME}")


@cache
def mark() -> str:
    """The icon as the address of itself."""
    return "data:image/svg+xml;base64," + base64.b64encode(_ICON.read_bytes()).decode()
