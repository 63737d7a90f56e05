"""Section 1: the question as a picture; who has it, what it costs them today, and what the model does about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
import streamlit as st

from core.charts import pictures
from core.contracts import Kind
from core.contracts.answers import DataProfile
from core.contracts.picture import Picture, Share, Spread
from core.errors import RunError
from core.evaluation.metrics import metric_named
from core.formatting.text import _, escape_markdown, plain
from pages.components.context import Context
from pages.components.held_out import results_of
from pages.components.picture_box import draw_real_or_made, draw_riddle, shows_pictures
from pages.components.section_data import profile
from pages.components.slides import draw_count_them
from pages.components.story import fold, sentence

_RIDDLES: Mapping[str, Callable[[Context, DataProfile], None]] = {
    Kind.DETECTION: draw_count_them,
    Kind.GENERATION: draw_real_or_made,
}
_MOST_SYMBOLS = 10
_OUTCOMES = 21


def draw(context: Context) -> None:
    """Draw the section."""
    question = context.use_case.question
    left, right = st.columns([3, 2], gap="large")
    with left:
        draw_picture(context)
        st.markdown(escape_markdown(_(question.problem)))
    with right:
        draw_sides(context)
    fold(context, "question", _("For experts: how it is judged"), _judged, context)


def draw_picture(context: Context) -> None:
    """The question as a picture, or as one to guess."""
    picture = context.use_case.question.picture or picture_of(context)
    if not picture:
        return
    sentence(_(picture.tells))
    if shows_pictures(context.use_case) and (found := profile(context)):
        _RIDDLES.get(context.use_case.task.kind, draw_riddle)(context, found)
    else:
        st.html(pictures.image(picture, context.look))


def draw_sides(context: Context) -> None:
    """Who asks, what it costs them, and what the model does about it."""
    question = context.use_case.question
    for title, text in (
        (_("Who asks"), question.who),
        (_("Today"), question.cost_today),
        (_("What the model does"), question.what_ai_does),
    ):
        st.markdown(f"**{title}**  \n{escape_markdown(_(text))}")


def _judged(context: Context) -> None:
    metric, detail = metric_named(context.use_case.task.headline), context.use_case.question.detail
    st.markdown(f"**{_(metric.label)}.** {_(metric.help)}")
    if detail:
        st.markdown(escape_markdown(_(detail)))


def picture_of(context: Context) -> Picture | None:
    """A picture for a use case that declares none, from the held-out rows of the shown run: how often it happens, or
    how far its outcomes lie apart."""
    if context.run is None:
        return None
    try:
        target = results_of(context.run, context.use_case)[1].target
    except RunError:
        return None  # the sections about the run say what is wrong with it
    task = context.use_case.task
    if len(task.outputs) > 1 and not task.levels:
        return None  # several classes: no one of them is the event
    happened = target[:, -1]
    if set(np.unique(happened)) <= {0.0, 1.0}:
        part = Fraction(float(happened.mean())).limit_denominator(_MOST_SYMBOLS)
        tells = _("Of {out_of} such cases, {lit} end with: {what}.").format(
            out_of=part.denominator, lit=part.numerator, what=plain(_(task.positive))
        )
        return Share(lit=part.numerator, out_of=part.denominator, tells=tells)
    outcomes = np.quantile(target[:, 0], np.linspace(0, 1, _OUTCOMES))
    return Spread(outcomes=tuple(outcomes.tolist()), tells=_("How much it differs from case to case, least to most."))
