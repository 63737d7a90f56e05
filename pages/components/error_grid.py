"""Clarke's error grid of the network's middle forecast, and the shares of its zones beside the best simple method's."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.charts import error_grid as charts
from core.contracts import StoredReport
from core.evaluation.best import best_baseline
from core.formatting import numbers
from core.formatting.text import _
from pages.components.context import Context
from pages.components.drawing import table
from pages.components.held_out import HeldOut
from pages.components.records import run_chart


def draw_error_grid(context: Context, report: StoredReport, found: HeldOut) -> None:
    """Draw the grid and its table."""
    st.header(_("What a wrong forecast would lead to"))
    happened, middle = found.target[:, 0], found.ensemble.shape[1] // 2
    left, right = st.columns([3, 2], gap="large")
    with left:
        run_chart(context, "error-grid", partial(charts.clarke, happened, found.ensemble[:, middle], context.look))
    with right:
        methods, best = {_("Network"): found.ensemble}, best_baseline(report)
        if best:
            methods[_(best["title"])] = found.baselines[best["name"]]
        meant = {
            "A": _("within a fifth, or both low"),
            "B": _("wrong, but harmless"),
            "C": _("treated for nothing"),
            "D": _("a low or high missed"),
            "E": _("taken for the opposite"),
        }
        shares = {name: charts.shares(happened, forecast[:, middle]) for name, forecast in methods.items()}
        table(
            [
                {
                    _("Zone"): _("{zone}: {what}").format(zone=zone, what=what),
                    **{name: numbers.percent(float(share[place]), 1) for name, share in shares.items()},
                }
                for place, (zone, what) in enumerate(meant.items())
            ]
        )
        st.caption(
            _(
                "Clarke's error grid was made for meters that measure now; a forecast is judged by it as if somebody "
                "acted on it. Nobody should: this is no medical device."
            )
        )
