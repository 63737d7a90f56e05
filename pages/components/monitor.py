"""The live monitor of one job: state, progress, curves, Stop. Reads the run folder; never touches a thread."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from core.charts import training as charts
from core.charts.look import look_named
from core.contracts import State
from core.evaluation.metrics import metric
from core.jobs.rules import may_change
from core.store import runs
from core.store.runs import Run
from core.text import _
from pages.components.context import Context
from pages.components.frame import chart, duration, jobs, literal, tiles, wake
from pages.components.state import visitor

_EVERY_S = 0.5
_MOST_PER_S = 25
_FORGET_S = 30.0
_followers: dict[tuple[str, str], float] = {}  # of this server: who asked about which run, and when last


def draw_monitor(context: Context, run: Run, *, busy: bool) -> None:
    """Draw the monitor; while the job is busy it refreshes itself, and the page once more when the job ends."""
    every = _interval_s(run.id, visitor()) if busy else None
    monitor = st.fragment(_monitor, run_every=every)
    monitor(context, run, busy)


def _monitor(context: Context, run: Run, was_busy: bool) -> None:
    client = jobs()
    status = client.status(run)
    if was_busy:
        _interval_s(run.id, visitor())
        wake()
        if status.state.is_final:
            if status.state.has_report and runs.of_variant([run], context.use_case):
                context.state.run, context.state.decision = run.id, None  # else the visitor asks otherwise by now
            st.rerun(scope="app")
    events = run.progress()
    epochs = [e for e in events if e["event"] == "epoch"]
    _status_line(context, run, status.state, status.before, events, epochs)
    if epochs:
        label = metric(context.use_case.task.headline).label
        loss, headline = _curves(run.id, len(epochs), label, context.look.name, epochs)
        chart(loss, key=context.key("loss-curves"))
        chart(headline, key=context.key("headline-curves"))
        device = next((e["device"] for e in events if e.get("phase") == "training"), "")
        _tiles(epochs[-1], device)


@st.cache_resource(max_entries=64, show_spinner=False)
def _curves(
    run_id: str, num_epochs: int, label: str, look_name: str, _epochs: list[dict[str, Any]]
) -> tuple[object, object]:
    """Both figures, made once for all who follow the same run."""
    look = look_named(look_name)
    return charts.loss_curves(_epochs, look), charts.headline_curves(_epochs, label, look)


def _interval_s(run_id: str, session: str) -> float:
    """Half a second for a few followers; with many, so much that together they ask some 25 times a second."""
    now = time.monotonic()
    _followers[(run_id, session)] = now
    for key in [k for k, seen in _followers.items() if now - seen > _FORGET_S]:
        _followers.pop(key, None)
    return max(_EVERY_S, len(_followers) / _MOST_PER_S)


def _status_line(
    context: Context, run: Run, state: State, before: int, events: list[dict[str, Any]], epochs: list[dict[str, Any]]
) -> None:
    text, share = _words(state, before, events, epochs)
    if state.is_final:
        st.markdown(f"**{text}**")
        return
    mine = may_change(run, visitor())
    line, stop = st.columns([3, 1], vertical_alignment="center") if mine else (st.container(), st.container())
    if context.state.stopping == run.id:
        text = _("Stopping: the best weights are kept and measured")
    line.progress(share, text=text)
    if not mine:
        stop.caption(_("Only who started this run can stop it."))
    if not mine or share == 1.0 or context.state.stopping == run.id:
        return
    if stop.button(
        _("Cancel") if state is State.WAITING else _("Stop"),
        key=context.key("stop"),
        icon=":material/stop:",
        width="stretch",
        help=_("Ends the training; the best weights so far are kept and measured."),
    ):
        jobs().stop(run, visitor=visitor())
        context.state.stopping = run.id
        st.rerun(scope="fragment")


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


def _tiles(last: dict[str, Any], device: str) -> None:
    places = tiles(3)
    places[0].metric(_("Epoch"), f"{last['epoch']:,}")
    places[1].metric(_("Samples per second"), f"{last['samples_per_s']:,.0f}")
    places[2].metric(_("Training time"), duration(last["elapsed_s"]))
    st.caption(
        _("On {device}. Samples are counted once for each network that learns from them.").format(
            device=literal(device)
        )
    )
