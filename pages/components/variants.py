"""The choice among a use case's variants, and their best runs side by side."""

from __future__ import annotations

import streamlit as st

from core.contracts import UseCase
from core.formatting.text import _, escape_markdown, named, plain
from core.store import runs, store_folder
from core.store.runs import Run
from core.value import scoreboard_words as words
from core.value.scoreboard import Scoreboard
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
    """The run that the page shows of each variant beside its strongest simple method; nothing where there are none."""
    variants = context.use_case.variants
    if not variants:
        return
    st.header(_("The same question, asked differently"))
    for start in range(0, len(variants), 3):
        row = variants[start : start + 3]
        for place, variant in zip(st.columns(min(3, len(variants))), row, strict=False):
            with place.container(border=True, height="stretch"):
                st.markdown(f"**{named(_(variant.title))}**")
                _reached(*_shown(context, variant.name))
                st.caption(escape_markdown(_(variant.reason)))
                if variant.name != context.use_case.variant:
                    st.button(
                        _("Show this one"),
                        key=context.key(f"show-{variant.name}"),
                        on_click=choose_variant,
                        args=(context.use_case, context.state, variant.name),
                    )
                else:
                    st.caption(f"**{_('Shown on this page')}**")


def _shown(context: Context, variant: str) -> tuple[UseCase, Run | None]:
    """The variant, and the run that the page shows of it or opens with there: one truth with head, strip and cards."""
    if variant == context.use_case.variant:
        return context.use_case, context.run
    other = context.use_case.with_variant({"variant": variant})
    return other, runs.showcase(store_folder(), other) or best_of(other)


def _reached(use_case: UseCase, run: Run | None) -> None:
    if run is None:
        st.markdown(_("Not trained yet."))
        return
    board, task = Scoreboard.of(use_case, run.summary), use_case.task
    st.metric(
        _("{label}, ensemble").format(label=named(_(board.metric.label))),
        named(words.score_words(board, task)),
        help=_("95% interval {interval}.").format(interval=named(words.score_interval(board, task))),
    )
    if best := board.best_simple:
        st.markdown(
            _("Best simple method: **{value}**, {title}; {verdict}.").format(
                value=named(words.score_words(board, task, best)),
                title=named(words.small(_(best.title))),
                verdict=verdict(best.score_difference["verdict"] if best.score_difference else "undefined"),
            )
        )
