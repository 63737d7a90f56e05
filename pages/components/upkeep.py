"""Garbage collection by a timer, in place of the one that Streamlit makes after every script run."""

from __future__ import annotations

import gc
import threading
import time

import streamlit as st

_EVERY_S = 30.0


@st.cache_resource
def collect_by_timer() -> threading.Thread:
    """Freeze what is imported by now, and collect the rest now and then. Started once per server."""
    gc.collect()
    gc.freeze()
    thread = threading.Thread(target=_collect, daemon=True, name="garbage-collection")
    thread.start()
    return thread


def _collect() -> None:
    while True:
        time.sleep(_EVERY_S)
        gc.collect()
