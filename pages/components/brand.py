"""The product's name and mark on every page."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

_ICON = str(Path(__file__).parents[1] / "assets" / "icon.svg")


def configure_page() -> None:
    """Title, width and mark. Streamlit imports numpy to show any icon, a tenth of the first draw: the first visitor of
    a fresh server gets the mark with the next click, when `upkeep` has imported what it needs."""
    ready = "numpy" in sys.modules
    st.set_page_config(page_title="Proving Ground", page_icon=_ICON if ready else None, layout="wide")
    if ready:
        st.logo(_ICON, size="large")
