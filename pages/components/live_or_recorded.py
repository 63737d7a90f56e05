"""The training of a presentation: for real within a time, else the recorded run, plainly said so."""

from __future__ import annotations

import time

import streamlit as st

from core.contracts import State
from core.errors import UserError
from core.formatting import numbers
from core.formatting.messages import listed
from core.formatting.moments import moment
from core.formatting.text import _, escape_markdown, named
from core.settings import resolve
from core.settings.use_case import presets_in, settings_of
from core.store import runs, store_folder
from core.store.runs import Run
from pages.components import feed
from pages.components.client import jobs
from pages.components.context import Context, open_jobs
from pages.components.monitor import draw_monitor
from pages.components.settings_panel import draw_front
from pages.components.state import visitor

BUDGET_S = 60.0
_QUICK = "quick"


def draw(context: Context) -> None:
    """Draw it: the live run while it is in time, else the showcase with what it was made by."""
    left, right = st.columns([1, 3], gap="large")
    live = live_run(context)
    with left:
        _choose(context, busy=live is not None)
    with right:
        if live is not None:
            standing = feed.standing(live.id)
            status = jobs().status(live)
            st.badge(_("Live, on this machine"), icon=":material/bolt:", color="green")
            draw_monitor(context, live, status.state, standing)
        else:
            _recorded(context)


def live_run(context: Context) -> Run | None:
    """The run that was started on this stage, while it trains in time or when it has ended well; None where the
    recorded one stands in for it."""
    run_id, began = st.session_state.get(_key(context), ("", 0.0))
    if not run_id:
        return None
    run = runs.read(store_folder() / "runs" / run_id)
    state = jobs().status(run).state
    if state.is_final:
        return run if state.has_report else None
    return run if state is not State.PAUSED and time.time() - began < BUDGET_S else None


def time_left_s(context: Context) -> tuple[str, float] | None:
    """The live run that still trains, and for how long it may."""
    run = live_run(context)
    if run is None or jobs().status(run).state.is_final:
        return None
    return run.id, max(0.0, BUDGET_S - (time.time() - st.session_state[_key(context)][1]))


def _choose(context: Context, *, busy: bool) -> None:
    draw_front(context)
    others = [job for job in open_jobs() if job.run != st.session_state.get(_key(context), ("",))[0]]
    if st.button(
        _("Train live"),
        type="primary",
        icon=":material/play_arrow:",
        key=context.key("stage-train"),
        disabled=bool(others) or (busy and time_left_s(context) is not None),
        width="stretch",
    ):
        _submit(context)
    if others:
        st.caption(_("Another training is on its way: until it has ended, the recorded run is shown."))
    else:
        budget = numbers.count(BUDGET_S)
        st.caption(_("It has {budget} s; after that the recorded run takes over.").format(budget=budget))


def _submit(context: Context) -> None:
    """Train the quick preset with the few settings as they stand."""
    use_case, state = context.use_case, context.state
    quick = next((p for p in presets_in(use_case, use_case.variant) if p.name == _QUICK), None)
    front = {name: state.settings[name] for name in use_case.front}
    try:
        settings = resolve(settings_of(use_case), {**state.settings, **(quick.values if quick else {}), **front})
        run = jobs().submit(use_case, settings, visitor=visitor())
    except (UserError, OSError) as error:
        st.error(escape_markdown(str(error)))
        return
    st.session_state[_key(context)] = (run.id, time.time())
    st.rerun()


def _recorded(context: Context) -> None:
    run = runs.showcase(store_folder(), context.use_case) or context.run
    if run is None:
        st.info(_("Nothing is recorded of this use case yet: press Train live."))
        return
    when = moment(str(run.config.get("created"))[:10])
    device = str(run.report()["device"])
    told = _("Recorded on {when} on {device}").format(when=named(when), device=named(device))
    st.badge(told, icon=":material/videocam:", color="orange")
    asked = st.session_state.get(_key(context))
    if asked and (differ := _differences(context, run, asked[0])):
        st.caption(_("Settings of the live run that differ: {settings}.").format(settings=escape_markdown(differ)))
    draw_monitor(context, run)


def _differences(context: Context, run: Run, other_id: str) -> str:
    other = runs.read(store_folder() / "runs" / other_id)
    declared = settings_of(context.use_case)
    names = [n for n in declared if n in run.settings and other.settings.get(n) != run.settings[n] and n != "device"]
    return listed([named(_(declared[name].label)) for name in names])


def _key(context: Context) -> str:
    return context.key("stage-live")
