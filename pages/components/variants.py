"""The choice among a use case's variants, and their best runs side by side."""

from __future__ import annotations

import streamlit as st

from core.contracts import UseCase
from core.evaluation.metrics import metric_named
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named, plain
from pages.components.context import Context, best_of
from pages.components.state import PageState, choose_variant
from pages.components.verdict_words import verdict


def draw_choice(use_case: UseCase, state: PageState) -> None:
    """The choice at the top of the page, with the chosen one's reason; nothing where there are no variants."""
    variants = {v.name: v for v in use_case.variants}
    if not variants:
        return
    key = f"{use_case.slug}:variant"
    st.session_state[key] = state.settings["variant"]
    st.segmented_control(
        named(_(use_case.variants_label)),
        list(variants),
        format_func=lambda name: named(_(variants[name].title)),
        required=True,
        key=key,
        on_change=lambda: choose_variant(use_case, state, st.session_state[key]),
    )
    st.caption(escape_markdown(_(variants[state.settings["variant"]].reason)))


def draw_choice_in_short(use_case: UseCase, state: PageState) -> None:
    """The same choice in a line of the page's head."""
    variants = {v.name: v for v in use_case.variants}
    key = f"{use_case.slug}:variant-in-short"
    st.session_state[key] = state.settings["variant"]
    st.selectbox(
        named(_(use_case.variants_label)),
        list(variants),
        format_func=lambda name: plain(_(variants[name].title)),
        key=key,
        on_change=lambda: choose_variant(use_case, state, st.session_state[key]),
        label_visibility="collapsed",
    )


def draw_comparison(context: Context) -> None:
    """Each variant's best run beside its strongest simple method; nothing where there are no variants."""
    variants = context.use_case.variants
    if not variants:
        return
    st.header(_("The same question, otherwise"))
    for start in range(0, len(variants), 3):
        row = variants[start : start + 3]
        for place, variant in zip(st.columns(min(3, len(variants))), row, strict=False):
            with place.container(border=True, height="stretch"):
                st.markdown(f"**{named(_(variant.title))}**")
                _best(context.use_case.with_variant({"variant": variant.name}))
                st.caption(escape_markdown(_(variant.reason)))
                if variant.name != context.use_case.variant:
                    st.button(
                        _("Show this"),
                        key=context.key(f"show-{variant.name}"),
                        on_click=choose_variant,
                        args=(context.use_case, context.state, variant.name),
                    )
                else:
                    st.caption(f"**{_('Shown on this page')}**")


def _best(use_case: UseCase) -> None:
    run = best_of(use_case)
    if run is None:
        st.markdown(_("Not trained yet."))
        return
    head, best = run.summary["headline"], run.summary.get("best_baseline")
    metric, task = metric_named(head["metric"]), use_case.task
    ours = head["ensemble"]
    st.metric(
        _("{label}, ensemble").format(label=_(metric.label)),
        named(numbers.score_with_unit(metric, task, ours["mean"])),
        help=_("95% interval {interval}.").format(interval=numbers.score_between(metric, ours["low"], ours["high"])),
    )
    if best:
        st.markdown(
            _("Best simple method: **{value}**, {title}; {verdict}.").format(
                value=named(numbers.score_with_unit(metric, task, best["value"])),
                title=named(_(best["title"]).lower()),
                verdict=verdict(best["ensemble_minus_this"]["verdict"]),
            )
        )
