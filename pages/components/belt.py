"""The sorting belt: garments of the test as they come along, and under each what came back wrongly."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.answering.senses import sensed
from core.charts.look import Look
from core.charts.sight import overlay
from core.contracts import Kind, UseCase
from core.contracts.answers import Redrawn
from core.formatting import numbers
from core.formatting.text import _, plain
from pages.components.client import ask
from pages.components.context import Context
from pages.components.held_out import HeldOut

_BELONG, _STRAYS = 18, 6
_MIXING = 7919  # a prime: strays come along here and there
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Garment:
    """One on the belt: its picture and its error picture as addresses, its score, whether it is a stray, and which of
    them it is, in words."""

    picture: str
    wrong: str
    score: float
    stray: bool
    said: str


def shows_belt(use_case: UseCase) -> bool:
    """Whether only what belongs is learned, and examples are pictures."""
    return use_case.task.kind == Kind.ONE_CLASS and sensed(use_case) is not None


def garments_of(context: Context, found: HeldOut) -> list[Garment]:
    """Some of the test, the same ones whatever their scores are; none for a run without weights. Raises UserError where
    nobody answers."""
    if context.run is None or not context.run.has_weights:
        return []
    places = _some(found.target[:, 0] > 0)
    rows = [int(found.rows[place]) for place in places]
    with st.spinner(_("Fetching the belt …")):
        question = {"ask": "redrawn", **context.asked, "run": context.run.id, "rows": rows}
        drawn: list[Redrawn] = ask(question, version=context.version, timeout_s=_PATIENCE_S)["redrawn"]
    count = numbers.count(len(places))
    return [
        Garment(
            picture=one["picture"],
            wrong=overlay(one["greys"], one["error"], context.look),
            score=float(found.ensemble[place, 0]),
            stray=bool(found.target[place, 0] > 0),
            said=_("Picture {place} of {count}").format(place=numbers.count(number), count=count),
        )
        for number, (place, one) in enumerate(zip(places, drawn, strict=True), 1)
    ]


def _some(stray: np.ndarray) -> list[int]:
    """Evenly of what belongs and of strays, mixed."""
    chosen: list[int] = []
    for of, count in ((~stray, _BELONG), (stray, _STRAYS)):
        own = np.flatnonzero(of)
        chosen += own[np.unique(np.linspace(0, len(own) - 1, min(count, len(own))).round().astype(int))].tolist()
    return sorted(chosen, key=lambda place: place * _MIXING % len(stray))


def draw_belt(context: Context, garments: list[Garment], threshold: float, digits: int) -> None:
    """Each garment above its error picture; what is thrown out lies lower, and its frame says whether rightly."""
    look = context.look
    figures = "".join(_figure(one, one.score >= threshold, digits, look) for one in garments)
    st.html(
        '<div style="display:flex;flex-wrap:wrap;justify-content:center;gap:6px;background:black;border-radius:10px;'
        f'padding:10px 8px">{figures}</div>'
    )
    draw_key(look)


def draw_key(look: Look) -> None:
    """What frames and colours mean."""
    words = (
        (look.good, _("a stray, thrown out")),
        (look.bad, _("a stray let through, or what belongs thrown out")),
        (look.outcome, _("comes back otherwise than it is")),
    )
    swatch = '<span style="display:inline-block;width:.8em;height:.8em;border-radius:2px;background:{}"></span> {}'
    st.html(" &nbsp; ".join(swatch.format(colour, html.escape(said)) for colour, said in words))


def _figure(one: Garment, out: bool, digits: int, look: Look) -> str:
    right = look.good if one.stray else look.bad
    frame = right if out else look.bad if one.stray else "transparent"
    images = "".join(
        f'<img src="{html.escape(source)}" alt="{html.escape(plain(alt))}" style="display:block;width:100%">'
        for source, alt in ((one.picture, one.said), (one.wrong, ""))
    )
    return (
        f'<figure style="margin:{"18px 0 0" if out else "0 0 18px"};width:62px">'
        f'<div style="border:3px solid {frame};border-radius:6px;overflow:hidden">{images}</div>'
        '<figcaption style="color:white;font-size:.75rem;text-align:center">'
        f"{html.escape(numbers.percent(one.score, digits))}</figcaption></figure>"
    )
