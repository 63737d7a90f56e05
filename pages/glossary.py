"""How to read this: how everything is measured, and every term and metric in a sentence, a formula, a tiny picture."""

from __future__ import annotations

import streamlit as st

from core.charts.look import Look
from core.charts.sketches import sketch
from core.contracts.glossary import FORMULAS, SKETCHES_OF_METRICS, TERMS, Term
from core.evaluation.metrics import METRICS
from core.formatting.text import _, escape_markdown, named
from pages.components.look import start_page


def draw() -> None:
    """Draw the page."""
    look = start_page()
    st.title(_("How to read this"))
    st.markdown(
        _(
            "Rows are split before anything is fitted. Networks and simple methods are tuned on validation rows, and "
            "measured once on test rows. Every number has an interval; every gain stands beside what is done today and "
            "beside the best simple method."
        )
    )
    st.header(_("Terms"), anchor="terms")
    for term in TERMS:
        _draw(term, look)
    st.header(_("Measures"), anchor="measures")
    for metric in METRICS.values():
        text = _(metric.help) + ("" if metric.higher_is_better else _(" Lower is better."))
        told = Term(
            name=metric.name,
            title=metric.label,
            text=text,
            formula=FORMULAS.get(metric.name, ""),
            sketch=SKETCHES_OF_METRICS.get(metric.name, ""),
        )
        _draw(told, look)


def _draw(term: Term, look: Look) -> None:
    words, picture = (
        st.columns([3, 1], vertical_alignment="center", gap="large") if term.sketch else (st.container(), None)
    )
    with words:
        st.subheader(named(_(term.title)), anchor=term.name)
        st.markdown(escape_markdown(_(term.text)))
        if term.formula:
            st.latex(term.formula, width="content")
    if picture is not None:
        picture.image(sketch(term.sketch, look), width=180, alt=_(term.title))
