"""A use case as a card: what it asks, what its best run reached, and the way in."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.contracts import UseCase
from core.evaluation.metrics import metric
from core.store import store_folder
from core.store.runs import best_run
from core.text import _
from pages.components.frame import duration, literal, money

OpenPage = Callable[[UseCase], st.Page]


def use_case_card(use_case: UseCase, open_page: OpenPage) -> None:
    """Draw one card; without a run it says so."""
    judge = metric(use_case.task.headline)
    best = best_run(store_folder(), use_case.name, judge.higher_is_better)
    with st.container(border=True, height="stretch"):
        st.markdown(f"#### {use_case.title}")
        st.markdown(use_case.summary)
        if best is None:
            st.caption(_("Nothing trained yet. Be the first."))
        else:
            head, value = best.summary["headline"], best.summary.get("value")
            left, right = st.columns(2)
            left.metric(
                _("{label}, ensemble").format(label=judge.label), f"{head['ensemble']['mean']:.{judge.digits}f}"
            )
            if value:
                right.metric(
                    _("Net value per {per}").format(per=value["per"]), money(value["amount"], value["currency"])
                )
            st.caption(
                _("Best run so far, chosen on validation and measured on test. Trained in {time} on {device}.").format(
                    time=duration(best.summary["train_s"]), device=literal(best.summary["device"])
                )
                + (_(" A recorded run, shipped with the product.") if best.recorded else "")
            )
        st.page_link(open_page(use_case), label=_("Open"), icon=":material/arrow_forward:")
