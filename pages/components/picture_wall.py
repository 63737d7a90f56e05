"""A wall of records' pictures in the browser: a press on one opens it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import streamlit as st

from core.formatting import numbers
from core.formatting.text import _, plain
from pages.components.look import BOTH_LOOKS
from pages.components.record_table import pressed_row
from pages.components.scripts import javascript

_HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "proving_ground_wall",
    html='<section class="wall" data-testid="wall"></section>',
    css=(_HERE / "picture_wall.css").read_text(encoding="utf-8"),
    js=javascript("look", "svg", "picture_wall"),
)


class OnWall(TypedDict):
    """One picture: its address, what is said of it, and whether it is of the event. sound: the address of what it is a
    picture of, to be played."""

    source: str
    said: str
    marked: bool
    sound: NotRequired[str]


def picture_wall(
    pictures: Sequence[OnWall], *, key: str, on_picture: Callable[[int], None] | None = None, large: bool = False
) -> None:
    """Draw pictures side by side. on_picture: told the place of one that is pressed. large: fewer in a row."""
    can = [on_picture is not None] * len(pictures)

    def pressed() -> None:
        place = pressed_row(st.session_state.get(key), can)
        if place is not None and on_picture is not None:
            on_picture(place)

    data = payload(pictures, asks=on_picture is not None)
    _mount(key=key, data={**data, "large": large, "look": BOTH_LOOKS}, on_ask_change=pressed)


def payload(pictures: Sequence[OnWall], *, asks: bool) -> dict[str, Any]:
    """What the browser draws. asks: whether one that is pressed is asked about."""
    count = numbers.count(len(pictures))
    shown = [
        {
            **one,
            "said": plain(one["said"]),
            "alt": _("Picture {place} of {count}").format(place=numbers.count(place), count=count),
        }
        for place, one in enumerate(pictures, 1)
    ]
    return {"pictures": shown, "asks": asks, "words": {"ask": _("Ask the model about it"), "play": _("Play")}}
