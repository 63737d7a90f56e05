"""Choose a series and the moment of a forecast; see the forecast as a fan, and what happened."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.charts import fan as charts
from core.contracts import Fan
from core.formatting import numbers
from core.formatting.moments import have_hours, moment
from core.formatting.text import _, choice, named, plain
from pages.components.context import Context
from pages.components.held_out import HeldOut
from pages.components.records import run_chart


def draw_fan(context: Context, names: Fan, found: HeldOut) -> None:
    """Draw the two choices and the picture."""
    task, info = context.use_case.task, found.info
    st.header(_("A forecast, and what happened"))
    of_series = sorted(info[names.series].drop_duplicates().tolist())
    left, right = st.columns(2, gap="large")
    with left:
        series = _choose_series(context, names, of_series)
    origins = sorted(info.loc[info[names.series] == series, names.origin].drop_duplicates().tolist())
    with right:
        origin = _choose_origin(context, names, series, origins)
    make = partial(_figure, context, names, found, series, origin)
    run_chart(context, "fan", make, str(series), str(origin))
    st.caption(
        _("Bands are {shares} intervals. “Known then” are outcomes of held-out rows up to that moment.").format(
            shares=", ".join(
                numbers.level(high - low)
                for low, high in zip(task.levels, reversed(task.levels), strict=True)
                if high > low
            )
        )
    )


def _choose_series(context: Context, names: Fan, of_series: list[Any]) -> Any:
    label = named(_(names.series.replace("_", " ").capitalize()))
    if len(of_series) == 1:
        st.markdown(f"{label}: **{named(_(context.use_case.named(str(of_series[0]))))}**")
        return of_series[0]
    return st.selectbox(
        label,
        of_series,
        format_func=lambda one: plain(_(context.use_case.named(str(one)))),
        key=context.own_key("fan-series"),
    )


def _choose_origin(context: Context, names: Fan, series: Any, origins: list[Any]) -> Any:
    label = _("When the forecast was made")
    if len(origins) == 1:
        st.markdown(f"{label}: **{named(moment(origins[0]))}**")
        return origins[0]
    key = context.own_key("fan-origin")
    if st.session_state.get(key) not in origins:
        st.session_state[key] = origins[len(origins) // 2]
    return st.select_slider(label, origins, format_func=partial(_when, hours=have_hours(origins)), key=key)


def _when(origin: Any, hours: bool) -> str:
    return choice(moment(origin, hours=hours))


def _figure(context: Context, names: Fan, found: HeldOut, series: Any, origin: Any) -> Any:
    task = context.use_case.task
    wanted = [names.series, names.when]
    known = pd.concat(
        [
            info[wanted].assign(value=target[:, 0])
            for info, target in ((found.validation_info, found.validation_target), (found.info, found.target))
        ]
    )
    rows = charts.fan_rows(names, found.info, found.target[:, 0], found.ensemble, known, series, origin)
    return charts.fan(rows, task.levels, task.unit, context.look)
