"""The results of a division into segments: the map, what makes each segment, and the records behind one."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from core.charts import clusters as charts
from core.contracts import StoredReport
from core.formatting import numbers
from core.formatting.text import _
from core.kinds.clusters import in_spreads, segments
from pages.components.context import Context
from pages.components.held_out import HeldOut
from pages.components.kept import Kept
from pages.components.records import MOST_RECORDS, draw_records, run_chart

_segments = Kept(50)


def draw(context: Context, report: StoredReport, found: HeldOut) -> None:
    """Draw the pictures of segments."""
    task = context.use_case.task
    label, places, alike = _segments.get(context.version, partial(segments, task, found.target, found.ensemble))
    profile = in_spreads(found.target, found.target)
    mean = np.stack([profile[label == segment].mean(0) for segment in range(label.max() + 1)])
    names = {c.name: _(c.label) for c in context.use_case.columns}
    run_chart(context, "map", partial(charts.segment_map, places, label, context.look))
    st.caption(
        _(
            "Found again in other samples of these rows: {alike} of 1, by the adjusted Rand index, where 0 is chance."
        ).format(alike=numbers.significant(alike))
    )
    run_chart(
        context, "portraits", partial(charts.portraits, [names[name] for name in task.outputs], mean, context.look)
    )
    _one_segment(context, found, label)
    if context.use_case.value is None:
        st.caption(
            _("A segment earns nothing by itself, so there is no Money step: its worth lies in what is done for it.")
        )


def _one_segment(context: Context, found: HeldOut, label: np.ndarray) -> None:
    """The rows of one segment that the network gives back best: what is typical of it."""
    names = charts.names_of(label)
    chosen = st.segmented_control(
        _("Segment"), names, required=True, key=context.start(context.own("segment"), names[0])
    )
    rows = np.flatnonzero(label == names.index(chosen or names[0]))
    lost = (in_spreads(found.ensemble, found.target) - in_spreads(found.target, found.target)) ** 2
    rows = rows[np.argsort(lost[rows].mean(1), kind="stable")][:MOST_RECORDS]
    draw_records(
        context,
        found,
        rows,
        lambda i: {_("Lost"): numbers.fixed(float(lost[i].mean()), 3)},
        said=_("The most typical first; at most {most}.").format(most=MOST_RECORDS),
    )
