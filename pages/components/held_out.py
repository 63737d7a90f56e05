"""Held-out predictions of a run, read once per run and kept for the next script run."""

from __future__ import annotations

import streamlit as st

from core.store.held_out import HeldOut, read_held_out
from core.store.runs import Run

__all__ = ["HeldOut", "held_out"]


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={Run: lambda run: run.version})
def held_out(run: Run) -> HeldOut:
    """Read a run's predictions; raises RunError."""
    return read_held_out(run)
