"""Break it on stage: what a network refuses of messy cases and of good ones, and what the people cost who look at
those."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from core.answering.mess import messes_of
from core.answering.senses import BY_NAME
from core.charts import refusal as charts
from core.contracts import Assumption
from core.contracts.answers import Doubt
from core.contracts.refusal import SHARES, review_assumptions, review_cost
from core.errors import RunError, UserError
from core.evaluation.metrics import metric_named
from core.formatting import numbers, scores
from core.formatting.messages import capital
from core.formatting.text import _, choice, escape_markdown, named
from core.value.refused import kept_amount
from core.value.threshold import assumed_values
from pages.components.assumptions import source_text
from pages.components.break_it import written
from pages.components.client import ask
from pages.components.context import Context
from pages.components.decision import current_decision
from pages.components.drawing import tiles
from pages.components.held_out import results_of
from pages.components.later import later
from pages.components.part import part

_PATIENCE_S = 90.0  # the answer worker may have to read the data first
_CASES = 1000


def draw(context: Context) -> None:
    """The slider, the bars and what it costs; words meanwhile, while the answer worker measures it for the first
    time."""
    if context.run is None:
        st.info(_("There is no model to ask yet. Open Train and press the button."))
    elif not context.run.has_weights:
        st.info(_("This recorded run was shipped without its weights, because they are large. Train to ask a model."))
    else:
        later(partial(_draw, context, context.run.id))


def measured(context: Context, run: str) -> Doubt:
    """What the answer worker has measured of a run. Raises UserError."""
    found: Doubt = ask({"ask": "doubt", **context.asked, "run": run}, version=context.version, timeout_s=_PATIENCE_S)
    return found


def refused_share(context: Context, found: Doubt) -> float:
    """Of good test cases, at the level that stands."""
    return found["refused"][_place(context)]


def _draw(context: Context, run: str) -> None:
    waiting = st.empty()
    waiting.caption(_("Held-out cases are being messed up and asked about, some seconds."))
    try:
        found = measured(context, run)
        part(context, "refusal", _chosen, context, found)
    except (UserError, RunError) as error:
        st.warning(escape_markdown(str(error)))
    waiting.empty()


def _chosen(context: Context, found: Doubt) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        _slider(context)
        place = _place(context)
        messy = [(_title(context, name), shares[place]) for name, shares in found["caught"].items()]
        st.html(charts.bars((_("Good cases"), found["refused"][place]), messy, context.look))
        st.caption(
            _(
                "Refused, of {rows} held-out cases as they are and of the same ones messed up. The level is chosen on "
                "validation cases; on test cases, which may be later or from elsewhere, more good ones can be refused."
            ).format(rows=numbers.count(len(found["rows"])))
        )
    with right:
        _prices(context, found, place)


def _place(context: Context) -> int:
    return min(range(len(SHARES)), key=lambda at: abs(SHARES[at] - context.state.refuse))


def _slider(context: Context) -> None:
    key = context.start("refuse", SHARES[_place(context)])

    def moved() -> None:
        context.state.refuse = st.session_state[key]

    st.select_slider(
        _("May refuse, of good cases"),
        SHARES,
        key=key,
        format_func=lambda share: choice(numbers.percent(share)),
        on_change=moved,
        help=_(
            "A case is refused when it is more doubtful than nearly all validation cases: its networks disagree, "
            "nothing that they learned from is near, or one field is odd."
        ),
    )


def _title(context: Context, name: str) -> str:
    mess = next(m for m in messes_of(context.use_case) if m.name == name)
    if mess.strength is None:
        return _(mess.title)
    return _("{title}: {strength}").format(title=_(mess.title), strength=written(BY_NAME[name], mess.strength))


def _prices(context: Context, found: Doubt, place: int) -> None:
    """Who still has to look and what that costs, what the answered ones reach, what they earn."""
    model = context.use_case.value
    currency = model.currency if model else "EUR"
    share, assumed = found["refused"][place], review(context, currency)
    metric = metric_named(context.use_case.task.headline)
    first, second, *more = tiles(3 if model else 2)
    first.metric(
        escape_markdown(_("People look at, of {cases}").format(cases=numbers.count(_CASES))),
        escape_markdown(numbers.count(share * _CASES)),
        escape_markdown(numbers.money(review_cost(**assumed, share=share, cases=_CASES), currency)),
        delta_color="off",
        delta_arrow="off",
    )
    mean, low, high = found["metric"][place]
    second.metric(
        escape_markdown(_("{metric} of the rest").format(metric=_(capital(metric.short)))),
        scores.score(metric, mean),
        None if low is None or high is None else scores.score_between(metric, low, high),
        delta_color="off",
        delta_arrow="off",
        help=_("Of those answered, with the 95% interval; of all cases {score}.").format(
            score=scores.score(metric, found["metric"][0][0])
        ),
    )
    if model and more and (earned := _earned(context, found, place)):
        more[0].metric(
            _("The rest earns"),
            escape_markdown(numbers.money(earned[0], currency)),
            escape_markdown(
                _("of {whole} per {per}").format(whole=numbers.money(earned[1], currency), per=_(model.per))
            ),
            delta_color="off",
            delta_arrow="off",
        )
    _assumed(context, currency)


def _earned(context: Context, found: Doubt, place: int) -> tuple[float, float] | None:
    """Money of the answered ones and of all, where the decision stands."""
    model = context.use_case.value
    if model is None or context.run is None:
        return None
    _report, held = results_of(context.run, context.use_case)
    decision, assumed = current_decision(context, held), assumed_values(model.assumptions, context.state.assumed)
    if decision is None:
        return None
    order = np.argsort(held.rows, kind="stable")
    at = order[np.searchsorted(held.rows[order], found["rows"])]
    level, doubts = found["levels"][place], np.array(found["scores"])
    answered = np.ones(len(doubts), bool) if level is None else doubts <= level
    rows = held.target[at], held.ensemble[at], held.info.iloc[at]
    return kept_amount(model, rows, decision, assumed, answered)


def review(context: Context, currency: str) -> dict[str, float]:
    """What is assumed of a person's look, as the visitor has it."""
    return {a.name: context.state.review.get(a.name, a.value) for a in review_assumptions(currency)}


def _assumed(context: Context, currency: str) -> None:
    for assumption in review_assumptions(currency):
        key = context.start(f"review-{assumption.name}", context.state.review.get(assumption.name, assumption.value))
        st.number_input(
            named(_(numbers.labelled(assumption.label, assumption.unit))),
            assumption.low,
            assumption.high,
            step=assumption.step,
            key=key,
            format="%.1f",
            help=escape_markdown(source_text(assumption)),
            on_change=_moved,
            args=(context, assumption, key),
        )


def _moved(context: Context, assumption: Assumption, key: str) -> None:
    value = st.session_state[key]
    if value == assumption.value:
        context.state.review.pop(assumption.name, None)
    else:
        context.state.review[assumption.name] = value
