"""Section 3: settings, presets, Train; the live monitor of the job; what came of it."""

from __future__ import annotations

import streamlit as st

from core.contracts import State
from core.errors import UserError
from core.formatting.text import _, escape_markdown
from core.jobs.rules import check_submit
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import store_folder
from core.store.runs import Run
from pages.components import feed
from pages.components.client import jobs
from pages.components.context import Context, active_job, followed_run, open_jobs
from pages.components.doctor import forget, tells_otherwise
from pages.components.estimate_lines import draw_estimate, draw_truth
from pages.components.monitor import draw_monitor
from pages.components.part import is_alone, part
from pages.components.settings_panel import draw_settings
from pages.components.state import visitor
from pages.components.story import sentence
from pages.components.training_words import training_sentence


def draw(context: Context) -> None:
    """Draw the section."""
    followed = followed_run(context.use_case, context.state)
    standing = feed.standing(followed.id) if followed else ""  # first: what comes after it draws the page again
    job = active_job(context.use_case, context.state)
    busy = job is not None and not job[1].state.is_final
    own = job is not None and job[0].config.get("visitor") == visitor() and job[1].state is not State.PAUSED
    sentence(training_sentence(job[0] if job else context.run, job[1] if job else None, context.use_case.task))
    left, right = st.columns([2, 3], gap="large")
    with left:
        part(context, "settings", _settings, context, busy, busy and own)
    with right:
        if job is not None:
            draw_monitor(context, job[0], job[1].state, standing)
            _outcome(context, job[0], job[1].state)
        elif context.run is not None:
            draw_monitor(context, context.run)
            if context.run.recorded:
                st.caption(_("A recorded run, shipped with the product. Press Train to make your own."))
            else:
                draw_truth(context.run)
                st.caption(_("This run is from before. Change a setting and press Train to make your own."))
        else:
            forget(context)
            _invitation(context)


def waits(context: Context) -> str:
    """Why results would be of another run than the one that a visitor follows here; empty where they would not."""
    job = active_job(context.use_case, context.state)
    return _("They come when this run has been measured.") if job and not job[1].state.is_final else ""


def _settings(context: Context, busy: bool, is_own: bool) -> None:
    """What the next run is to be. busy: a job goes on. is_own: and is the visitor's."""
    draw_settings(context)
    refused = _refusal(context)
    if refused:
        st.info(escape_markdown(refused))
    if st.button(
        _("Train"),
        type="primary",
        icon=":material/play_arrow:",
        key=context.key("train"),
        disabled=bool(refused) or is_own,
        width="stretch",
        help=_("Your job is being carried out; stop it to start another.") if is_own else None,
    ):
        _submit(context)
    if not busy:
        draw_estimate(context)
    if is_alone() and tells_otherwise(context):
        st.rerun(scope="app")


def _submit(context: Context) -> None:
    use_case, state = context.use_case, context.state
    try:
        settings = resolve(settings_of(use_case), state.settings)
        run = jobs().submit(use_case, settings, visitor=visitor(), preset=state.preset)
    except (UserError, OSError) as error:
        st.error(escape_markdown(str(error)))
        return
    state.job = run.id
    state.run, state.decision = None, None
    st.session_state.pop(context.key("decision"), None)
    st.rerun()


def _refusal(context: Context) -> str:
    """Why this run would be refused now, before anybody presses the button; empty where it would not."""
    try:
        check_submit(store_folder(), context.use_case, context.state.settings, visitor(), open_jobs())
    except (UserError, OSError) as error:
        return str(error)
    return ""


def _outcome(context: Context, run: Run, state: State) -> None:
    if not state.is_final:
        return
    if not state.has_report:
        reason = jobs().status(run).reason
        (st.info if state is State.CANCELLED else st.error)(escape_markdown(reason))
        return
    draw_truth(run)


def _invitation(context: Context) -> None:
    with st.container(border=True):
        st.markdown(f"## {_('Nothing trained yet')}")
        st.markdown(
            _(
                "Press Train: networks start from different random weights and learn side by side on real rows. You "
                "will see their error fall, and then how they do on rows that nobody has shown them."
            )
        )
