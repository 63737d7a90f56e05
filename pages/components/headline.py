"""The strip of large numbers above the sections: how good, against what, worth how much. All of the shown run."""

from __future__ import annotations

import streamlit as st

from core.evaluation.metrics import metric
from core.text import _
from pages.components.context import Context
from pages.components.frame import money


def draw_headline(context: Context) -> None:
    """Draw the strip; nothing when there is no run to show."""
    if context.run is None:
        return
    summary = context.run.summary
    head, best, value = summary["headline"], summary.get("best_baseline"), summary.get("value")
    judge = metric(head["metric"])
    tiles = st.columns(3 if value else 2)
    tiles[0].metric(
        _("{label}, ensemble of {count}").format(label=judge.label, count=head["members"]),
        f"{head['ensemble']['mean']:.{judge.digits}f}",
        help=f"{judge.help} "
        + _("95% interval {low:.3f} to {high:.3f}; the mean of single members is {mean:.3f}.").format(
            low=head["ensemble"]["low"], high=head["ensemble"]["high"], mean=head["mean"]
        ),
    )
    if best:
        tiles[1].metric(
            _("Best simple method"),
            f"{best['value']:.{judge.digits}f}",
            help=_("{title}, trained and tested on the same rows.").format(title=best["title"]),
        )
    if value:
        tiles[2].metric(
            _("Net value per {per}").format(per=value["per"]),
            money(value["amount"], value["currency"]),
            help=_("With the assumptions as declared; 95% interval {low} to {high}. See Money.").format(
                low=money(value["low"], value["currency"]), high=money(value["high"], value["currency"])
            ),
        )
    st.caption(_describe(context))


def _describe(context: Context) -> str:
    run = context.run
    if run is None:
        return ""
    parts = [_("Run {run}").format(run=run.id), str(run.summary["device"])]
    if run.recorded:
        parts.append(_("recorded, shipped with the product"))
    return " · ".join(parts)
