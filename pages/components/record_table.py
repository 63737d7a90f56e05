"""Records as a table in the browser: the columns that fit, all on demand, and records that can be asked about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

import streamlit as st

from core.contracts.answers import Values
from core.formatting import numbers
from core.formatting.text import _, plain
from pages.components.look import BOTH_LOOKS
from pages.components.scripts import javascript

_HERE = Path(__file__).parent
_THOUSANDS = 1000

_mount = st.components.v2.component(
    "proving_ground_records",
    html='<section class="records" data-testid="records"></section>',
    css=(_HERE / "record_table.css").read_text(encoding="utf-8"),
    js=javascript("look", "svg", "record_table"),
)


class Table(TypedDict):
    """What the browser draws: headings, and of each cell its text, its number, by which it is sorted, and whether it is
    missing."""

    heads: list[str]
    rows: list[list[tuple[str, float | None, bool]]]
    words: dict[str, str]


def record_table(
    table: Table, *, key: str, on_row: Callable[[int], None] | None = None, asks: Sequence[bool] | None = None
) -> None:
    """Draw a table. on_row: told the place of a row that is pressed; asks: which can be, all where not said."""
    can = [on_row is not None and (asks is None or asks[place]) for place in range(len(table["rows"]))]

    def pressed() -> None:
        place = pressed_row(st.session_state.get(key), can)
        if place is not None and on_row is not None:
            on_row(place)

    _mount(key=key, data={**table, "asks": can, "look": BOTH_LOOKS}, on_ask_change=pressed)


def pressed_row(state: object, can: Sequence[bool]) -> int | None:
    """The row that was pressed, where it can be: what a browser sends may be anything."""
    place = state.get("ask") if isinstance(state, Mapping) else None
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < len(can):
        return None
    return place if can[place] else None


def table_of(rows: Sequence[Values], counts: Collection[str], name: str) -> Table:
    """Rows with the same headings. counts: headings of numbers that say how much there is, with thousands set apart;
    name: of the table, read aloud."""
    heads = list(rows[0]) if rows else []
    large = {head for head in heads if head in counts and _is_large([row.get(head) for row in rows])}
    return {
        "heads": [plain(head) for head in heads],
        "rows": [[_cell(row.get(head), head in large) for head in heads] for row in rows],
        "words": {
            "name": name,
            "ask": _("Ask the model about it"),
            "all": _("Show all {count} columns").format(count=numbers.count(len(heads))),
            "fewer": _("Show fewer columns"),
        },
    }


def _cell(value: object, large: bool) -> tuple[str, float | None, bool]:
    if numbers.is_missing(value):
        return numbers.MISSING, None, True
    if isinstance(value, bool) or not isinstance(value, int | float):
        return plain(numbers.plain(value)), None, False
    return (numbers.in_full(value) if large else _as_named(value)), float(value), False


def _as_named(value: float) -> str:
    """A number whose thousands are not set apart: it may be the name of a thing, a year, a minus in front."""
    return numbers.in_full(value).replace(",", "")


def _is_large(values: Sequence[object]) -> bool:
    """Whether numbers of a column have thousands to set apart."""
    return any(isinstance(v, int | float) and abs(v) >= _THOUSANDS for v in values)
