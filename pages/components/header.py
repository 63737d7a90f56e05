"""The head of a use-case page: whole on the first step, one slim line on every other."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.contracts import Section
from core.evaluation.metrics import metric_named
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named
from pages.components import variants
from pages.components.context import Context
from pages.components.headline import draw_headline

_SLIM = """
<style>
.stMainBlockContainer:has(.st-key-slim-header) { padding-top: 4.25rem; }
.st-key-slim-header { align-items: center; row-gap: 0.25rem; }
.st-key-slim-header h1 { font-size: 1.35rem !important; padding: 0 !important; }
.st-key-slim-header p { margin: 0; }
@media (max-width: 640px) {
  .st-key-slim-header { column-gap: 0.75rem; justify-content: space-between; }
  .st-key-slim-header h1 { font-size: 1.15rem !important; }
  .st-key-slim-said { order: 3; flex: 1 1 100% !important; }
  .st-key-slim-variant { order: 4; flex: 1 1 100% !important; }
}
</style>
"""


def draw_header(context: Context, section: Section) -> DeltaGenerator:
    """Draw it; returns the place of the link's button, which is drawn last."""
    return _whole(context) if section is Section.QUESTION else _slim(context)


def _whole(context: Context) -> DeltaGenerator:
    use_case = context.use_case
    title, share = st.columns([5, 1], vertical_alignment="bottom")
    title.title(named(_(use_case.title)))
    title.markdown(escape_markdown(_(use_case.summary)))
    variants.draw_choice(use_case, context.state)
    draw_headline(context)
    return share


def _slim(context: Context) -> DeltaGenerator:
    """The title, what the shown run reached, and the link: one line, two on a phone."""
    st.html(_SLIM)
    with st.container(horizontal=True, gap="medium", key="slim-header"):
        st.title(named(_(context.use_case.title)), anchor=False, width="content")
        with st.container(key="slim-said"):
            st.caption(escape_markdown(_said(context)))
        if context.use_case.variants:
            with st.container(key="slim-variant", width=260):
                variants.draw_choice_in_short(context.use_case, context.state)
        return st.container(width="content")


def _said(context: Context) -> str:
    run = context.run
    if run is None:
        return _("Not trained yet.")
    head, best, value = run.summary["headline"], run.summary.get("best_baseline"), run.summary.get("value")
    metric, task = metric_named(head["metric"]), context.use_case.task
    said = [f"{_(metric.label)} {numbers.score_with_unit(metric, task, head['ensemble']['mean'])}"]
    if best:
        shown = numbers.score_with_unit(metric, task, best["value"])
        said.append(_("best simple method {score}").format(score=shown))
    if value:
        amount = numbers.money(value["amount"], value["currency"])
        said.append(_("{amount} per {per}").format(amount=amount, per=_(value["per"])))
    if run.recorded:
        said.append(_("recorded run"))
    return " · ".join(said)
