"""The results of learning one class alone: the belt, then what every yes or no shows."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.contracts import StoredReport
from core.errors import UserError
from core.formatting.text import escape_markdown
from pages.components import results_binary
from pages.components.belt import draw_belt, garments_of, shows_belt
from pages.components.context import Context
from pages.components.decision import current_decision, digits_of
from pages.components.held_out import HeldOut
from pages.components.later import later


def draw(context: Context, report: StoredReport, found: HeldOut) -> None:
    """Draw the pictures of such a task."""
    if shows_belt(context.use_case):
        later(partial(_belt, context, found))
    results_binary.draw(context, report, found)


def _belt(context: Context, found: HeldOut) -> None:
    try:
        garments = garments_of(context, found)
    except UserError as error:
        st.warning(escape_markdown(str(error)))
        return
    if garments:
        threshold = current_decision(context, found)
        draw_belt(context, garments, 0.5 if threshold is None else threshold, digits_of(found))
