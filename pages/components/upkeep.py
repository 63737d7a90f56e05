"""What a server does beside its pages: import ahead what the next page needs, and collect garbage by a timer."""

from __future__ import annotations

import gc
import importlib
import threading
import time

import streamlit as st

_EVERY_S = 30.0
_FIRST_VISITOR_S = 3.0  # the front page is drawn by then


@st.cache_resource
def keep_up() -> threading.Thread:
    """Streamlit's own collection after every script run is off (95 ms of CPU each). Started once per server."""
    thread = threading.Thread(target=_keep_up, daemon=True, name="upkeep")
    thread.start()
    return thread


def _keep_up() -> None:
    time.sleep(_FIRST_VISITOR_S)
    importlib.import_module("pages.use_case")  # plotly and pandas, before somebody opens a use case
    gc.collect()
    gc.freeze()
    while True:
        time.sleep(_EVERY_S)
        gc.collect()
