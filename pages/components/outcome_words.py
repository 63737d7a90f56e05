"""The outcome of a data set in words, and the choice between how often it happens and how the rows differ."""

from __future__ import annotations

import streamlit as st

from core.charts.outcome import group_named
from core.contracts import UseCase
from core.contracts.answers import ColumnProfile, DataProfile, OutcomeGroup
from core.formatting import numbers
from core.formatting.text import _, named
from core.kinds import kind_of
from pages.components.context import Context

_RATES, _SPLIT = "rates", "split"


def draw_sentence(use_case: UseCase, whole: OutcomeGroup, told: ColumnProfile) -> None:
    """What happened in all, and by the column that tells most alone, from its lowest group to its highest."""
    column = next(c for c in use_case.columns if c.name == told["name"])
    task, written = use_case.task, kind_of(use_case.task).written
    rows = numbers.count(whole["rows"])
    if "share" in whole:
        low, high = (pick(told["groups"], key=lambda group: group["share"]) for pick in (min, max))
        text = _(
            "**{share}** of {rows} training rows: **{positive}**. “{column}” tells most alone: {low} where it is "
            "{low_group}, **{high}** where it is {high_group}."
        ).format(
            share=numbers.percent(whole["share"], 1),
            rows=rows,
            positive=named(_(task.positive)),
            column=named(_(column.label)),
            low=numbers.percent(low["share"], 1),
            low_group=named(group_named(low, column)),
            high=numbers.percent(high["share"], 1),
            high_group=named(group_named(high, column)),
        )
    elif "quantiles" in whole:
        first, middle, last = whole["quantiles"][1:4]
        text = _(
            "Half of {rows} training rows lie between {low} and {high}, the middle one at **{middle}**. “{column}” "
            "tells most alone."
        ).format(
            rows=rows,
            low=named(written.value(task, first)),
            high=named(written.value(task, last)),
            middle=named(written.value(task, middle)),
            column=named(_(column.label)),
        )
    else:
        text = _("{rows} training rows. “{column}” tells most alone.").format(rows=rows, column=named(_(column.label)))
    st.markdown(text)


def split_is_chosen(context: Context) -> bool:
    """The visitor's choice of picture."""
    titles = {_RATES: _("How often"), _SPLIT: _("How they differ")}
    chosen = st.segmented_control(
        _("Picture"),
        list(titles),
        format_func=lambda value: titles[value],
        required=True,
        key=context.start("outcome", _RATES),
        label_visibility="collapsed",
    )
    return chosen == _SPLIT


def draw_caption(found: DataProfile, *, by_split: bool) -> None:
    """What the pictures show, and of which rows."""
    parts = [_("Training rows of the first fold; those that test stay unseen.")]
    if not by_split and "quantiles" in found["outcome"]:
        parts.insert(0, _("Point: the median. Bar: half of the rows. Line: eight of ten."))
    elif not by_split and "share" in found["outcome"]:
        told = _("Line: 95% interval, each {unit} counted once. Dotted: all rows together.")
        parts.insert(0, told.format(unit=named(_(found["unit"]))))
    st.caption(" ".join(parts))
