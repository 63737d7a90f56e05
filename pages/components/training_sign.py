"""The small sign of a training on every page, fed like the monitor; a click leads to the training's page."""

from __future__ import annotations

import streamlit as st

from core.contracts import Section
from core.formatting.messages import current
from core.formatting.text import _, plain
from core.use_cases import all_use_cases
from pages.components import feed
from pages.components.look import BOTH_LOOKS
from pages.components.routing import use_case_page
from pages.components.scripts import SIGN, javascript
from pages.components.state import open_section, page_state

_HTML = """
<button type="button" class="sign" data-testid="training-sign" hidden>
  <svg class="small" viewBox="0 0 68 28" data-slot="curve" aria-hidden="true"></svg>
  <span class="words"><span class="title" data-slot="title"></span><span class="text" data-slot="text"></span>
    <span class="track"><span class="bar" data-slot="bar"></span></span></span>
</button>
"""
_CSS = """
.sign {
  position: fixed; right: 18px; bottom: 18px; z-index: 1000; display: flex; align-items: center; gap: 12px;
  max-width: min(320px, calc(100vw - 36px)); padding: 10px 14px; color: var(--pg-text); background: var(--pg-surface);
  border: 1px solid var(--pg-grid); border-radius: 10px; box-shadow: 0 4px 18px rgb(0 0 0 / 14%); cursor: pointer;
  font-family: var(--pg-font, inherit); font-size: 13px; line-height: 1.35; text-align: left;
}
.sign[hidden] { display: none; }
.sign:focus-visible { outline: 2px solid var(--pg-network); outline-offset: 2px; }
.small { flex: none; width: 68px; height: 28px; }
.line { fill: none; stroke: var(--pg-network); stroke-width: 2; stroke-linejoin: round; }
.words { display: grid; min-width: 0; }
.title { font-weight: 650; }
.text { color: var(--pg-muted); }
.track { height: 3px; margin-top: 5px; background: var(--pg-grid); border-radius: 2px; }
.bar { display: block; height: 100%; background: var(--pg-network); border-radius: 2px; }
"""
_mount = st.components.v2.component("proving_ground_training_sign", html=_HTML, css=_CSS, js=javascript(*SIGN))


def draw_sign() -> None:
    """Draw the sign; nothing is seen of it while nobody trains. Before the page, so that it stays where it is."""
    words = {
        "training": _("Training {share}"),
        "waiting": _("Waiting: {count} before"),
        "others": _("{text}, somebody else's"),
        "locale": current().replace("_", "-"),
    }
    data = {
        "url": feed.url(),
        "language": current(),
        "look": BOTH_LOOKS,
        "words": {name: plain(text, most=100) for name, text in words.items()},
    }
    with st.container(key="training-sign"):
        told = _mount(key="training-sign-component", data=data, on_open_change=lambda: None)
    if told.get("open"):
        _open(str(told["open"]))


def _open(slug: str) -> None:
    """Go to the page of a use case, where it trains; nowhere for a name that none has."""
    declared = next((u for u in all_use_cases() if u.slug == slug), None)
    if declared is None:
        return
    open_section(page_state(declared), Section.TRAIN.value)
    st.switch_page(use_case_page(declared))
