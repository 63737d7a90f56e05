"""Who a browser is: a random secret in a cookie that outlives reloads. Runs and pages know only its hash."""

from __future__ import annotations

import re
import secrets

import streamlit as st

from pages.components.scripts import javascript

NAME = "proving_ground_visitor"
_STATE = "visitor-secret"
_SECRET = re.compile(r"[0-9a-f]{32}")
_mount = st.components.v2.component("proving_ground_visitor_cookie", js=javascript("visitor_cookie"))


def secret() -> str:
    """This browser's secret: the cookie's, or a new one for as long as the session lives."""
    if _STATE not in st.session_state:
        st.session_state[_STATE] = valid(st.context.cookies.get(NAME)) or secrets.token_hex(16)
    return str(st.session_state[_STATE])


def keep_visitor() -> None:
    """Ask a browser that came without the cookie to keep it; draws nothing that can be seen."""
    if valid(st.context.cookies.get(NAME)):  # as the connection began
        return
    with st.container(key="visitor-cookie"):
        told = _mount(
            key="visitor-cookie-component",
            data={"secret": secret()},
            default={"kept": None},
            on_kept_change=lambda: None,
        )
    known = valid(told.get("kept"))
    if known:
        st.session_state[_STATE] = known


def valid(text: object) -> str | None:
    """A secret as this product makes them; anything else that a browser sends is none."""
    return text if isinstance(text, str) and _SECRET.fullmatch(text) else None
