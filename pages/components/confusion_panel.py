"""Who was taken for whom, as pictures: a row a class, a column what was said of it, in each cell one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.formatting import numbers
from core.formatting.text import _, plain
from pages.components.look import BOTH_LOOKS
from pages.components.scripts import javascript

_HERE = Path(__file__).parent
_DEEPEST = 0.12  # a share of a class that is taken for another, from which a frame is no deeper

_mount = st.components.v2.component(
    "proving_ground_confusion",
    html='<section class="confusion" data-testid="confusion"></section>',
    css=(_HERE / "confusion_panel.css").read_text(encoding="utf-8"),
    js=javascript("look", "svg", "confusion_panel"),
)


def confusion_panel(
    counted: np.ndarray,
    names: Sequence[str],
    pictures: Mapping[tuple[int, int], str],
    chosen: tuple[int, int] | None,
    *,
    key: str,
    on_cell: Callable[[tuple[int, int]], None],
) -> None:
    """Draw a confusion matrix (C, C). names: of the classes. pictures: what is seen in a cell, (was, said) -> address.
    chosen: the cell that is open. on_cell: told one that is pressed and that holds something."""

    def pressed() -> None:
        cell = pressed_cell(st.session_state.get(key), counted)
        if cell is not None:
            on_cell(cell)

    data = {**payload(counted, names, pictures, chosen), "look": BOTH_LOOKS}
    _mount(key=key, data=data, on_open_change=pressed)


def pressed_cell(state: object, counted: np.ndarray) -> tuple[int, int] | None:
    """The cell that was pressed, where it holds something: what a browser sends may be anything."""
    place = state.get("open") if isinstance(state, Mapping) else None
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < counted.size:
        return None
    was, said = divmod(place, len(counted))
    return (was, said) if counted[was, said] else None


def payload(
    counted: np.ndarray,
    names: Sequence[str],
    pictures: Mapping[tuple[int, int], str],
    chosen: tuple[int, int] | None,
) -> dict[str, Any]:
    """What the browser draws: names, and of each cell its text, its picture, how deep its frame is (0 to 1) and what is
    read aloud."""
    shares = counted / np.maximum(1, counted.sum(1, keepdims=True))
    told, places = [plain(_(name)) for name in names], range(len(names))
    return {
        "names": told,
        "rows": [
            [_cell(was, said, int(counted[was, said]), float(shares[was, said]), told, pictures) for said in places]
            for was in places
        ],
        "chosen": None if chosen is None else chosen[0] * len(names) + chosen[1],
        "words": {
            "name": _("What each kind was taken for"),
            "was": _("is"),
            "said": _("taken for"),
        },
    }


def _cell(
    was: int, said: int, count: int, share: float, names: Sequence[str], pictures: Mapping[tuple[int, int], str]
) -> dict[str, Any]:
    right = was == said
    words = _("{count} {was}: told rightly") if right else _("{count} {was}: taken for {said}")
    return {
        "text": (numbers.percent(share) if right else numbers.count(count)) if count else "",
        "picture": pictures.get((was, said), ""),
        "deep": round(share if right else min(1.0, share / _DEEPEST), 3),
        "aloud": words.format(count=numbers.count(count), was=names[was], said=names[said]),
    }
