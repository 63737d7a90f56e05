"""Forecasts made one after the other: a fleet that runs down, and one series over time under its band."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core.charts import trace as charts
from core.charts.drawn import Drawn
from core.contracts import Trace
from core.formatting import numbers
from core.formatting.messages import capital, message
from core.formatting.text import _, choice, named, plain
from pages.components.context import Context
from pages.components.held_out import HeldOut
from pages.components.record_words import label
from pages.components.records import run_chart


def draw_trace(context: Context, names: Trace, found: HeldOut) -> None:
    """Draw the fleet, where there is one, and the series that is chosen."""
    if names.fleet:
        _draw_fleet(context, names, found)
    info, target, quantiles = _part(names, found)
    st.header(_("Forecast by forecast, and what happened"))
    of_series = sorted(info[names.series].drop_duplicates().tolist())
    key = context.own_key("trace-series")
    if st.session_state.get(key) not in of_series:
        st.session_state[key] = of_series[len(of_series) // 2]
    series = st.select_slider(_series_word(context, names), of_series, format_func=partial(_said, context), key=key)

    def make() -> Drawn:
        here = np.flatnonzero((info[names.series] == series).to_numpy())
        when = info[names.when].to_numpy()[here]
        words = (_column_word(context, names.when), _unit(context))
        steps = np.diff(np.sort(when))
        gap = 4 * np.median(steps) if len(steps) else None
        if np.issubdtype(when.dtype, np.datetime64):
            words = ("", words[1])
        return charts.trace(when, quantiles[here], target[here], context.use_case.task.levels, words, context.look, gap)

    run_chart(context, "trace", make, str(series))
    task = context.use_case.task
    bands = ", ".join(
        numbers.level(high - low) for low, high in zip(task.levels, reversed(task.levels), strict=True) if high > low
    )
    told = (
        _("Bands are {shares} intervals, each forecast as it was made at that moment.")
        if names.part == "test"
        else _(
            "Bands are {shares} intervals. None of these was learned from by the networks that forecast it here, but "
            "their training was stopped on it; the test is above."
        )
    )
    st.caption(told.format(shares=bands))


def _draw_fleet(context: Context, names: Trace, found: HeldOut) -> None:
    """Every test series as it stands, and some steps later."""
    task, info = context.use_case.task, found.info
    st.header(_("The fleet, running down"))
    most = int(found.ensemble.max()) + 1
    passed = st.slider(
        named(_("Passed since then: {unit}").format(unit=_unit(context))), 0, most, key=context.start("fleet-passed", 0)
    )
    shown = [
        plain(_("{what} {name}").format(what=_series_word(context, names), name=one)) for one in info[names.series]
    ]
    words = (_("each bar one of the test, the shortest first"), _(task.unit))
    make = partial(charts.fleet, found.ensemble, found.target[:, 0], shown, float(passed), words, context.look)
    run_chart(context, "fleet", make, passed)


def _part(names: Trace, found: HeldOut) -> tuple[Any, np.ndarray, np.ndarray]:
    if names.part == "validation":
        return found.validation_info, found.validation_target[:, 0], found.validation
    return found.info, found.target[:, 0], found.ensemble


def _series_word(context: Context, names: Trace) -> str:
    return named(_column_word(context, names.series))


def _column_word(context: Context, name: str) -> str:
    """What an info column is called."""
    known = {column.name: label(column) for column in context.use_case.beside}
    return plain(known.get(name) or _(capital(message(name.replace("_", " ")))))


def _unit(context: Context) -> str:
    return plain(_(context.use_case.task.unit))


def _said(context: Context, series: Any) -> str:
    return choice(_(context.use_case.named(str(series))))
