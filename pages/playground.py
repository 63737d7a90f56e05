"""The playground: a network in the browser to touch, on points on a plane."""

from __future__ import annotations

import streamlit as st

from core.formatting.text import _
from pages.components.look import start_page
from pages.components.playground_panel import draw_playground


def draw() -> None:
    """Draw the page."""
    start_page()
    st.title(_("Playground"))
    draw_playground(key="playground")
