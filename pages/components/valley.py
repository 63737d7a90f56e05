"""The valley of the articles' house prices: gradient descent on it at a rate that a slider says, in the browser."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.formatting.text import SENTENCE, _, plain
from pages.components.look import BOTH_LOOKS
from pages.components.scripts import VALLEY, javascript

_FOLDER = Path(__file__).parent / "lab"
WORDS: dict[str, str] = {
    "locale": "en",
    "rate": "Learning rate",
    "printed": "As printed: {rate}",
    "edge": "At the edge: {rate}",
    "calm": "Calm: {rate}",
    "map": "The valley, and the way down from w = b = 0",
    "curve": "Loss, epoch by epoch",
    "comes": "At {rate} it comes down: a loss of {loss} at epoch {epochs}.",
    "goes": "At {rate} it climbs out of the valley: a loss of {loss} at epoch {epochs}.",
    "why": "Across the valley the loss bends most: the largest eigenvalue of its second slopes is {eigenvalue}. Each "
    "step multiplies the distance across by 1 − {rate} × {eigenvalue} = {factor}, and along it by {flat}. Beyond ±1 it "
    "grows, so the largest rate that comes down is 2 / {eigenvalue} = {edge}.",
}

_mount = st.components.v2.component(
    "proving_ground_valley",
    html='<section class="valley" data-testid="valley"></section>',
    css=(_FOLDER / "valley.css").read_text(encoding="utf-8"),
    js=javascript(*VALLEY),
)


def draw_valley(*, key: str) -> None:
    """Draw it. What a visitor does stays in the browser."""
    words = {name: plain(_(text), SENTENCE) for name, text in WORDS.items()}
    _mount(key=key, data={"words": words, "look": BOTH_LOOKS})
