"""The live monitor of one job: state, progress, curves, Stop. Reads the run folder; never touches a thread."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.charts import training as charts
from core.contracts import State
from core.evaluation.metrics import metric
from core.store.runs import Run
from core.text import _
from pages.components.context import Context
from pages.components.frame import chart, duration, jobs, tiles

_EVERY_S = 0.5


def draw_monitor(context: Context, run: Run, *, busy: bool) -> None:
    """Draw the monitor; while the job is busy it refreshes itself, and the page once more when the job ends."""
    monitor = st.fragment(_monitor, run_every=_EVERY_S if busy else None)
    monitor(context, run, busy)


def _monitor(context: Context, run: Run, was_busy: bool) -> None:
    client = jobs()
    status = client.status(run)
    if was_busy:
        client.wake()
        if status.state.is_final:
            st.rerun(scope="app")
    events = run.progress()
    epochs = [e for e in events if e["event"] == "epoch"]
    _status_line(context, run, status.state, status.before, events, epochs)
    if epochs:
        judge = metric(context.use_case.task.headline)
        chart(charts.loss_curves(epochs, context.look), key=context.key("loss-curves"))
        chart(charts.headline_curves(epochs, judge.label, context.look), key=context.key("headline-curves"))
        _tiles(epochs[-1])


def _status_line(
    context: Context, run: Run, state: State, before: int, events: list[dict[str, Any]], epochs: list[dict[str, Any]]
) -> None:
    text, share = _words(state, before, events, epochs)
    if state.is_final:
        st.markdown(f"**{text}**")
        return
    line, stop = st.columns([3, 1], vertical_alignment="center")
    line.progress(share, text=text)
    if stop.button(
        _("Cancel") if state is State.WAITING else _("Stop"),
        key=context.key("stop"),
        icon=":material/stop:",
        width="stretch",
        help=_("Ends the training; the best weights so far are kept and measured."),
    ):
        jobs().stop(run)


def _words(state: State, before: int, events: list[dict[str, Any]], epochs: list[dict[str, Any]]) -> tuple[str, float]:
    """The status in words, and the share done."""
    if state is State.WAITING:
        return _("Waiting: {count} before this one").format(count=before), 0.0
    final = {
        State.FINISHED: _("Finished"),
        State.STOPPED: _("Stopped on request; the best weights were kept"),
        State.CANCELLED: _("Cancelled"),
        State.INTERRUPTED: _("Interrupted"),
        State.FAILED: _("Failed"),
    }
    if state in final:
        return final[state], 1.0
    phase = next((e["phase"] for e in reversed(events) if e["event"] == "phase"), "data")
    if phase == "training" and epochs:
        last = epochs[-1]
        return (
            _("Epoch {epoch} of at most {most} · at most {left} left").format(
                epoch=last["epoch"], most=last["num_epochs"], left=duration(last["left_s_at_most"])
            ),
            last["epoch"] / last["num_epochs"],
        )
    words = {
        "data": _("Reading the data"),
        "training": _("Training starts"),
        "baselines": _("Training the simple methods on the same rows"),
        "evaluation": _("Measuring on held-out rows"),
    }
    return words[phase], {"data": 0.0, "training": 0.0, "baselines": 1.0, "evaluation": 1.0}[phase]


def _tiles(last: dict[str, Any]) -> None:
    places = tiles(3)
    places[0].metric(_("Epoch"), f"{last['epoch']:,}")
    places[1].metric(_("Samples per second"), f"{last['samples_per_s']:,.0f}")
    places[2].metric(_("Training time"), duration(last["elapsed_s"]))
