"""The results of a ranking: how relevant what stands at each place is, and one group in the order of the network."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from core.charts import ranking as charts
from core.contracts import StoredReport
from core.evaluation.best import best_baseline
from core.formatting import numbers, units
from core.formatting.text import _, named, plain
from pages.components.context import Context
from pages.components.held_out import HeldOut
from pages.components.record_words import words
from pages.components.records import MOST_RECORDS, draw_records, run_chart

_MOST_GROUPS = 200


def draw(context: Context, report: StoredReport, found: HeldOut) -> None:
    """Draw the pictures of a ranking."""
    group = found.info[context.use_case.task.group].to_numpy()
    relevance, scores, best = found.target[:, 0], {_("network"): found.ensemble[:, 0]}, best_baseline(report)
    if best:
        scores[best["title"]] = found.baselines[best["name"]][:, 0]
    run_chart(context, "by-place", partial(charts.by_place, group, relevance, scores, context.look))
    _one_group(context, found, group)


def _one_group(context: Context, found: HeldOut, group: np.ndarray) -> None:
    """The rows of one group, the highest score first."""
    task = context.use_case.task
    known = sorted(set(group.tolist()))[:_MOST_GROUPS]
    chosen = st.selectbox(named(words(task.group)), known, format_func=plain, key=context.own_key("group"))
    rows = np.flatnonzero(group == chosen)
    rows = rows[np.argsort(-found.ensemble[rows, 0], kind="stable")][:MOST_RECORDS]
    draw_records(
        context,
        found,
        rows,
        lambda i: {
            _("Score"): numbers.amount(float(found.ensemble[i, 0])),
            _("Happened"): units.amount(float(found.target[i, 0]), task.unit),
        },
        said=_("The network's order, the highest score first; at most {most}.").format(most=MOST_RECORDS),
    )
