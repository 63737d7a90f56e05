"""The results of an allocation: how money grows, where it lies, and the periods in which the network lost most."""

from __future__ import annotations

from functools import partial

import numpy as np

from core.charts import allocation as charts
from core.contracts import StoredReport
from core.evaluation.best import best_baseline
from core.formatting import numbers
from core.formatting.text import _, plain
from core.kinds.allocation import earned, moments
from pages.components.context import Context
from pages.components.held_out import HeldOut
from pages.components.records import MOST_RECORDS, draw_records, run_chart


def draw(context: Context, report: StoredReport, found: HeldOut) -> None:
    """Draw the pictures of an allocation."""
    task, best = context.use_case.task, best_baseline(report)
    when = moments(task, found.info)
    net = {_("network"): earned(task, found.target, found.info, found.ensemble)}
    if best:
        net[_(best["title"])] = earned(task, found.target, found.info, found.baselines[best["name"]])
    names = [plain(name) for name in task.outputs]
    run_chart(context, "wealth", partial(charts.wealth, when, net, context.look))
    run_chart(context, "shares", partial(charts.shares, when, names, found.ensemble, context.look))
    ours = net[_("network")]
    rows, largest = np.argsort(ours, kind="stable")[:MOST_RECORDS], found.ensemble.argmax(1)
    draw_records(
        context,
        found,
        rows,
        lambda i: {
            _("Earned"): numbers.percent(float(ours[i]), 2, sign=True),
            _("Most of it in"): names[largest[i]],
            _("Share"): numbers.percent(float(found.ensemble[i, largest[i]])),
        },
        said=_("The periods in which the network lost most; at most {most}.").format(most=MOST_RECORDS),
    )
