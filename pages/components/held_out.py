"""The report and the held-out predictions of a run, read once per run and kept for the next script run."""

from __future__ import annotations

import streamlit as st

from core.contracts import StoredReport, UseCase
from core.store.held_out import HeldOut, read_results
from core.store.runs import Run

__all__ = ["HeldOut", "results_of"]


@st.cache_resource(
    max_entries=8, show_spinner=False, hash_funcs={Run: lambda run: run.version, UseCase: lambda asked: asked.name}
)
def results_of(run: Run, use_case: UseCase) -> tuple[StoredReport, HeldOut]:
    """What a run has found, where it answers what the use case, in the run's variant, asks now; raises RunError."""
    return read_results(run, use_case)
