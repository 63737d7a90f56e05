"""The strip of large numbers above the sections: how good, against what, worth how much. All of the shown run."""

from __future__ import annotations

import streamlit as st

from core.contracts.report import ValueSummary
from core.evaluation.best import best_reference
from core.evaluation.metrics import metric_named
from core.formatting import numbers
from core.formatting.moments import moment
from core.formatting.text import _, escape_markdown, named
from pages.components.cards import gain
from pages.components.context import Context
from pages.components.drawing import tiles
from pages.components.verdict_words import verdict


def draw_headline(context: Context) -> None:
    """Draw the strip; nothing when there is no run to show."""
    if context.run is None:
        return
    summary = context.run.summary
    head, best, value = summary["headline"], summary.get("best_baseline"), summary.get("value")
    metric, task = metric_named(head["metric"]), context.use_case.task
    places = tiles(1 + bool(best) + bool(value))
    places[0].metric(
        _(metric.label),
        named(numbers.score_with_unit(metric, task, head["ensemble"]["mean"])),
        delta=_(numbers.counted(head["members"], "ensemble of {count}", "ensemble of {count}")),
        delta_color="off",
        delta_arrow="off",
        help=f"{_(metric.help)} "
        + _("95% interval {interval}; the mean of single members is {mean}.").format(
            interval=numbers.score_between(metric, head["ensemble"]["low"], head["ensemble"]["high"]),
            mean=numbers.score(metric, head["mean"]),
        ),
    )
    if best:
        places[1].metric(
            _("Best simple method"),
            named(numbers.score_with_unit(metric, task, best["value"])),
            delta=verdict(best["ensemble_minus_this"]["verdict"]),
            delta_color="off",
            delta_arrow="off",
            help=_("{title}, tested on the same rows; it learned from training and validation rows together.").format(
                title=named(_(best["title"]))
            ),
        )
    if value:
        places[-1].metric(
            _("Net value per {per}").format(per=named(_(value["per"]))),
            named(numbers.money(value["amount"], value["currency"])),
            delta=named(_against(value) or "") or None,
            delta_color="off",
            delta_arrow="off",
            help=_("{against}. With the assumptions as declared; 95% interval {interval}. See Money.").format(
                against=escape_markdown(_against(value) or _("Without a model there is nothing to compare with")),
                interval=escape_markdown(numbers.money_between(value["low"], value["high"], value["currency"])),
            ),
        )
    if why := numbers.why_undefined(metric, head["ensemble"]):
        st.warning(escape_markdown(why))
    st.caption(_describe(context))


def _against(value: ValueSummary) -> str | None:
    """What the model adds to the best simple policy."""
    best = best_reference(value)
    if best is None:
        return None
    return _("{gain} against {policy}").format(gain=gain(value), policy=best["name"])


def _describe(context: Context) -> str:
    run = context.run
    if run is None:
        return ""
    title = next((_(v.title) for v in context.use_case.variants if v.name == context.use_case.variant), "")
    parts = [named(title)] if title else []
    parts += [_("Run of {when}").format(when=named(moment(run.config["created"]))), named(run.summary["device"])]
    if run.recorded:
        parts.append(_("recorded, shipped with the product"))
    return " · ".join(parts)
