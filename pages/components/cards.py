"""A use case as a card: what it asks, what its best run reached, against what, worth how much, and the way in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.contracts import UseCase
from core.contracts.report import Summary, ValueSummary
from core.evaluation.best import best_reference
from core.evaluation.metrics import METRICS, metric_named
from core.formatting import numbers
from core.formatting.moments import duration
from core.formatting.text import _, escape_markdown, named
from core.store.runs import Run, best_among
from pages.components.drawing import tiles
from pages.components.verdict_words import verdict

OpenPage = Callable[[UseCase], st.Page]
_MOST_IN_A_ROW = 3


def card_rows(use_cases: Sequence[UseCase], found: Sequence[Run], open_page: OpenPage, *, compact: bool) -> None:
    """Cards of equal height, side by side; on a phone one below the other. compact: the numbers in a line."""
    wide = min(_MOST_IN_A_ROW, max(2, len(use_cases)))
    wide = 2 if len(use_cases) == 4 else wide
    for start in range(0, len(use_cases), wide):
        for column, use_case in zip(st.columns(wide), use_cases[start : start + wide], strict=False):
            metric = METRICS.get(use_case.task.headline)  # None: the front page says so
            best = best_among(found, use_case, metric.higher_is_better) if metric else None
            with column.container(border=True, height="stretch", vertical_alignment="distribute"):
                page = open_page(use_case)
                (_short if compact else _long)(use_case, best, page)


def _short(use_case: UseCase, best: Run | None, page: st.Page) -> None:
    """The title is the link; the numbers stand in a line."""
    with st.container(gap="xsmall", key=f"card-{use_case.slug}"):
        label = f"{named(_(use_case.title))} :material/arrow_forward:"
        st.page_link(page, label=label)
        st.markdown(escape_markdown(_(use_case.summary)))
    if best is None:
        st.caption(_("Nothing trained yet. Be the first."))
        return
    metric, ours, value = (
        metric_named(use_case.task.headline),
        best.summary["headline"]["ensemble"],
        best.summary.get("value"),
    )
    parts = [f"**{named(numbers.score_with_unit(metric, use_case.task, ours['mean']))}** {_(metric.label)}"]
    if value:
        amount = escape_markdown(gain(value))
        parts.append(_("**{amount}** gain per {per}").format(amount=amount, per=named(_(value["per"]))))
    with st.container(gap="xsmall"):
        st.markdown(" · ".join(parts))
        st.caption(_against(use_case, best.summary))


def _long(use_case: UseCase, best: Run | None, page: st.Page) -> None:
    """The numbers are large, and the run is described."""
    with st.container():
        st.markdown(f"## {named(_(use_case.title))}")
        st.markdown(escape_markdown(_(use_case.summary)))
    with st.container(gap="small"):
        _numbers(use_case, best)
        st.page_link(page, label=_("Open"), icon=":material/arrow_forward:")


def _numbers(use_case: UseCase, best: Run | None) -> None:
    if best is None:
        st.caption(_("Nothing trained yet. Be the first."))
        return
    metric, value = metric_named(use_case.task.headline), best.summary.get("value")
    places = tiles(1 + bool(value))
    places[0].metric(
        _("{label}, ensemble").format(label=_(metric.label)),
        named(numbers.score_with_unit(metric, use_case.task, best.summary["headline"]["ensemble"]["mean"])),
        help=f"{_(metric.help)} {escape_markdown(numbers.why_undefined(metric, best.summary['headline']['ensemble']))}",
    )
    if value:
        best_known = _((best_reference(value) or {"name": ""})["name"]).lower()
        places[1].metric(
            _("Gain per {per}").format(per=named(_(value["per"]))),
            named(gain(value)),
            help=_("More than the best simple policy would earn: {policy}.").format(policy=named(best_known)),
        )
    st.markdown(_against(use_case, best.summary))
    st.caption(
        _("Best run so far, chosen on validation and measured on test. Trained in {time} on {device}.").format(
            time=duration(best.summary["train_s"]), device=named(best.summary["device"])
        )
        + (_(" A recorded run, shipped with the product.") if best.recorded else "")
    )


def gain(value: ValueSummary) -> str:
    """What the model earns more than the best simple policy: the one sum that means the same on every card."""
    return numbers.money(value["gain_over_best_reference"], value["currency"], sign=True)


def _against(use_case: UseCase, summary: Summary) -> str:
    """The strongest simple method and the verdict, in a sentence."""
    best = summary.get("best_baseline")
    if not best:
        return ""
    return _("Best simple method {value}: {verdict}.").format(
        value=named(numbers.score_with_unit(metric_named(use_case.task.headline), use_case.task, best["value"])),
        verdict=verdict(best["ensemble_minus_this"]["verdict"]),
    )
