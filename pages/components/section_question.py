"""Section 1: who has the problem, what it is, what it costs them today, and how success is judged."""

from __future__ import annotations

import streamlit as st

from core.contracts import Section
from core.evaluation.metrics import metric_named
from core.formatting.text import _, escape_markdown
from pages.components.context import Context


def draw(context: Context) -> None:
    """Draw the section."""
    question, task = context.use_case.question, context.use_case.task
    metric = metric_named(task.headline)
    left, right = st.columns(2, gap="large")
    for column, title, text in (
        (left, _("Who has the problem"), question.who),
        (left, _("The problem"), question.problem),
        (right, _("What it costs today"), question.cost_today),
        (right, _("What the model does about it"), question.what_ai_does),
    ):
        column.header(title)
        column.markdown(escape_markdown(_(text)))
    st.header(_("How it is judged"))
    st.markdown(f"**{_(metric.label)}.** {_(metric.help)}")
    st.button(
        _("See it learn"),
        type="primary",
        icon=":material/arrow_forward:",
        key=context.key("to-train"),
        on_click=context.go_to(Section.TRAIN.value),
    )
