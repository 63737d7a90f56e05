"""The monitor of one run. The browser draws it from the feed (`feed.py`); Python only what changes with its standing:
buttons, and what the run doctor says."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from core.contracts import State
from core.errors import UserError
from core.formatting.messages import current
from core.formatting.text import _, escape_markdown, named, plain
from core.jobs.rules import may_change
from core.settings.training import weights_kept
from core.store import checkpoints, runs
from core.store.runs import Run
from pages.components import feed
from pages.components.client import jobs
from pages.components.context import Context
from pages.components.doctor import draw_doctor
from pages.components.look import BOTH_LOOKS
from pages.components.queue_panel import draw_paused
from pages.components.race import lines
from pages.components.scripts import MONITOR, javascript
from pages.components.state import visitor
from pages.components.training_words import panel_words
from pages.components.watched import watched

_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "proving_ground_monitor",
    html=(_HERE / "live_monitor.html").read_text(encoding="utf-8"),
    css=(_HERE / "live.css").read_text(encoding="utf-8"),
    js=javascript(*MONITOR),
)


def draw_monitor(context: Context, run: Run, state: State | None = None, standing: str = "") -> None:
    """Draw the monitor. state: of a job that the page follows; standing: of it, read before anything on the page that
    depends on it. The page is drawn again when the job stands otherwise."""
    is_open = state is not None and not state.is_final
    status = jobs().status(run)
    words = panel_words(context.use_case.task) | ({} if context.use_case.columns else {"inputs": _("input")})
    place = st.container()  # whatever comes and goes stands in it: the browser's part below stays the same one
    data: dict[str, Any] = {
        "run": run.id,
        "url": feed.url(),
        "language": current(),
        "drawn": standing,
        "live": is_open,
        "look": BOTH_LOOKS,
        "lines": lines(context.use_case),
        "watched": watched(context),
        "outputs": len(context.use_case.task.outputs),
        "words": {name: plain(text, most=200) for name, text in words.items()},
    }
    _mount(key=context.key("monitor"), data=data, on_changed_change=partial(_stands_otherwise, context, run))
    if is_open:
        with place:
            if not may_change(run, visitor()):
                st.caption(_("Only who started this run can stop it."))
            elif "/over/" not in str(data["drawn"]) and not status.asked:
                _buttons(context, run, status.state)
    events = run.progress()
    draw_doctor(context, run, events, busy=is_open)
    if is_open:
        draw_paused(context, run)


def _stands_otherwise(context: Context, run: Run) -> None:
    """The browser has seen that the run stands otherwise: of one that has ended the results are shown from here on."""
    state = jobs().status(run).state
    if state.is_final and state.has_report and runs.of_variant([run], context.use_case):
        context.state.run, context.state.decision = run.id, None  # else the visitor asks otherwise by now


def _buttons(context: Context, run: Run, state: State) -> None:
    """What can be asked of a run that stands so. One that has trained is stopped with what it has learned, another is
    cancelled."""
    stop = (
        _("Stop"),
        ":material/stop:",
        _("Ends the training; {weights} so far are kept and measured.").format(weights=weights_kept(run.settings)),
        jobs().stop,
    )
    cancel = (_("Cancel"), ":material/close:", _("Takes the run out of the queue; it has not trained."), jobs().stop)
    pause = (
        _("Pause"),
        ":material/pause:",
        _("Leaves off and frees the machine for the next run; Resume goes on from here, with the same result."),
        jobs().pause,
    )
    resume = (
        _("Resume"),
        ":material/play_arrow:",
        _("Goes to the end of the queue, and goes on where it was paused."),
        jobs().resume,
    )
    has_trained = state is State.RUNNING or checkpoints.exist(run.folder)
    first = {State.RUNNING: [pause], State.PAUSED: [resume]}.get(state, [])
    row = st.container(horizontal=True)
    for name, icon, told, ask in [*first, stop if has_trained else cancel]:
        if row.button(named(name), key=context.key(f"ask-{name}"), icon=icon, help=escape_markdown(told)):
            try:
                ask(run, visitor=visitor())
            except UserError as error:
                st.error(escape_markdown(str(error)))
            else:
                st.rerun()
