"""The first five minutes: one line on real pages leads through a training to a what-if and to money. Light."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from core.contracts import Section, UseCase
from core.formatting.text import _, escape_markdown, named
from core.store import store_folder, tours
from pages.components.look import BOTH
from pages.components.visitor_cookie import keep_visitor, secret

if TYPE_CHECKING:
    from pages.components.context import Context

USE_CASE = "retail/coupon_response"
_ON, _GO, _ENDED = "tour-on", "tour-go", "tour-ended"  # in the session
_PRESET = "quick"
_STYLE = """
<style>
.st-key-tour {{ border-left: 4px solid {accent}; padding: 2px 0 2px 14px; }}
</style>
"""


def offer(every: tuple[UseCase, ...], open_use_case: Callable[[UseCase], st.Page]) -> None:
    """On the front page, to who has neither had nor skipped it."""
    use_case = next((u for u in every if u.name == USE_CASE), None)
    if use_case is None or _has_ended():
        return
    if st.session_state.pop(_GO, False):
        st.switch_page(open_use_case(use_case))
    if st.session_state.get(_ON):
        return
    keep_visitor()
    told = _("New here? In five minutes you train a network, ask it something, and see what it is worth.")
    _line(told, _("Show me"), _begin, (use_case,))


def draw(context: Context) -> None:
    """On the use case's page, while the tour lasts: what to do in the open step, and the way on."""
    if context.use_case.name != USE_CASE or not st.session_state.get(_ON) or _has_ended():
        return
    section = context.state.section
    if section == Section.MONEY:
        told = _("4 of 4. Drag the threshold: this is what the decision earns in a year. That was all.")
        _line(told, _("Done"), _end)
    elif section == Section.UNDERSTAND:
        told = _("3 of 4. Move one slider: the answer for this household changes.")
        _line(told, _("On to the money"), context.go_to(Section.MONEY.value))
    elif section == Section.TRAIN:
        told = _("2 of 4. Press Train: networks learn before your eyes, some seconds. Then ask them.")
        _line(told, _("Ask them"), context.go_to(Section.UNDERSTAND.value))
    else:
        told = _("1 of 4. A shop wants to know whom to mail a coupon. Let a network learn it.")
        _line(told, _("Let it learn"), context.go_to(Section.TRAIN.value))


def _line(told: str, further: str, on_click: Callable[..., None], args: tuple[object, ...] = ()) -> None:
    st.html(_STYLE.format_map(BOTH))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="tour"):
        st.markdown(escape_markdown(told), width="content")
        st.button(named(further), key=f"tour-{further}", on_click=on_click, args=args)
        st.button(_("Skip"), key="tour-skip", type="tertiary", on_click=_end)


def _has_ended() -> bool:
    return bool(st.session_state.get(_ENDED)) or tours.ended(store_folder(), secret())


def _end() -> None:
    st.session_state[_ENDED] = True
    st.session_state.pop(_ON, None)
    with suppress(OSError):  # a full disk: for this visit it has ended
        tours.end(store_folder(), secret())


def _begin(use_case: UseCase) -> None:
    """With the settings that learn in seconds."""
    from core.settings import resolve
    from core.settings.use_case import presets_in, settings_of
    from pages.components.state import forget_widgets, kept_state, open_section

    st.session_state[_ON] = st.session_state[_GO] = True
    state = kept_state(use_case)
    quick = next((p for p in presets_in(use_case, use_case.variant) if p.name == _PRESET), None)
    if quick:
        state.settings = resolve(settings_of(use_case), {**state.settings, **quick.values})
        state.preset = quick.name
    forget_widgets(use_case)
    open_section(state, Section.QUESTION.value)
