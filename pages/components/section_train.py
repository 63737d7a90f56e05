"""Section 3: settings, presets, Train; the live monitor of the job; what came of it."""

from __future__ import annotations

import streamlit as st

from core.contracts import Section, State
from core.errors import UserError
from core.evaluation.metrics import metric
from core.settings import resolve
from core.store.runs import Run
from core.text import _
from core.use_case_settings import settings_of
from pages.components.context import Context, active_job
from pages.components.frame import duration, jobs, literal
from pages.components.monitor import draw_monitor
from pages.components.settings_panel import draw_settings
from pages.components.state import visitor


def draw(context: Context) -> None:
    """Draw the section."""
    job = active_job(context.use_case, context.state)
    busy = job is not None and not job[1].state.is_final
    own = job is not None and job[0].config.get("visitor") == visitor()
    left, right = st.columns([2, 3], gap="large")
    with left:
        draw_settings(context)
        if st.button(
            _("Train"),
            type="primary",
            icon=":material/play_arrow:",
            key=context.key("train"),
            disabled=busy and own,
            width="stretch",
            help=_("Your job is being carried out; stop it to start another.") if busy and own else None,
        ):
            _submit(context)
        if not busy:
            _estimate(context)
    with right:
        if job is not None:
            draw_monitor(context, job[0], busy=busy)
            _outcome(context, job[0], job[1].state)
        elif context.run is not None:
            draw_monitor(context, context.run, busy=False)
            if context.run.recorded:
                st.caption(_("A recorded run, shipped with the product. Press Train to make your own."))
            else:
                st.caption(_("This run is from before. Change a setting and press Train to make your own."))
        else:
            _invitation(context)


def _submit(context: Context) -> None:
    use_case, state = context.use_case, context.state
    try:
        settings = resolve(settings_of(use_case), state.settings)
        run = jobs().submit(use_case, settings, visitor=visitor(), preset=state.preset)
    except (UserError, OSError) as error:
        st.error(literal(str(error)))
        return
    state.job = run.id
    state.run, state.threshold = None, None
    st.session_state.pop(context.key("decision"), None)
    st.rerun()


def _estimate(context: Context) -> None:
    """How long the last finished run took, as the best guess for the next."""
    if context.run is None:
        return
    summary = context.run.summary
    st.caption(
        _("The run shown took {time} to train on {device}.").format(
            time=duration(summary["train_s"]), device=summary["device"]
        )
    )


def _outcome(context: Context, run: Run, state: State) -> None:
    if not state.is_final:
        return
    if not state.has_report:
        reason = jobs().status(run).reason
        (st.info if state is State.CANCELLED else st.error)(literal(reason))
        return
    report = run.report()
    judge = metric(report["headline"]["metric"])
    sign = 1 if judge.higher_is_better else -1
    best = max(report["baselines"], key=lambda b: sign * b["value"], default=None)
    if best:
        paired = best["metrics"][judge.name]["ensemble_minus_this"]
        words = {
            "win": _("The network beats the best simple method, {title}, by {gap:.3f} ({low:+.3f} to {high:+.3f})."),
            "tie": _(
                "The network and the best simple method, {title}, cannot be told apart on these rows: "
                "{gap:.3f} ({low:+.3f} to {high:+.3f})."
            ),
            "loss": _("The best simple method, {title}, wins by {gap:.3f} ({low:+.3f} to {high:+.3f})."),
        }[paired["verdict"]]
        st.markdown(
            words.format(title=best["title"].lower(), gap=abs(paired["mean"]), low=paired["low"], high=paired["high"])
        )
    results, money = st.columns(2)
    results.button(
        _("See the results"),
        key=context.key("to-results"),
        on_click=context.go_to(Section.RESULTS.value),
        width="stretch",
    )
    if report["value"]:
        money.button(
            _("See what it is worth"),
            key=context.key("to-money"),
            on_click=context.go_to(Section.MONEY.value),
            width="stretch",
        )


def _invitation(context: Context) -> None:
    with st.container(border=True):
        st.markdown(f"#### {_('Nothing trained yet')}")
        st.markdown(
            _(
                "Press Train: networks start from different random weights and learn side by side on real rows. You "
                "will see their error fall, and then how they do on rows that nobody has shown them."
            )
        )
