"""How figures, tables and rows of large numbers are drawn on every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.formatting import numbers
from core.formatting.messages import current
from core.formatting.text import plain
from pages.components.record_words import distinct

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@st.cache_resource(max_entries=500, show_spinner=False)
def _made(key: tuple[object, ...], _make: Callable[[], Figure]) -> Figure:
    return _make()


def once(make: Callable[[], Figure], *key: object) -> Figure:
    """A figure, made once for all visitors who ask with the same key. Nobody may change it."""
    return _made((current(), *key), make)


def tiles(count: int) -> list[DeltaGenerator]:
    """Places for `count` large numbers, side by side on every screen."""
    row = st.container(horizontal=True, gap="medium")
    return [row.container(width="stretch") for _ in range(count)]


def chart(figure: object, key: str) -> None:
    """Draw a plotly figure in our own look."""
    st.plotly_chart(figure, key=key, theme=None, width="stretch", config={"displayModeBar": False})


def table(
    rows: Sequence[Mapping[str, object]],
    *,
    height: int | None = None,
    key: str | None = None,
    on_row: Callable[[int], None] | None = None,
) -> None:
    """Draw rows as a table; what is missing is said as everywhere, and text is one line that is no longer than a name.
    No heading hides another. on_row: told the place of a row that is clicked; it needs a key."""
    heads = [head for row in rows[:1] for head in row]
    shown = dict(zip(heads, distinct((plain(head), None) for head in heads), strict=True))
    cells = [{shown[head]: plain(v) if isinstance(v, str) else v for head, v in row.items()} for row in rows]
    common: dict[str, Any] = {"hide_index": True, "placeholder": numbers.MISSING}
    common["height"] = "auto" if height is None else height
    if on_row is None or key is None:
        st.dataframe(cells, **common)
        return

    def clicked() -> None:
        chosen = st.session_state[key]["selection"]
        for place in [*chosen["rows"], *(cell[0] for cell in chosen["cells"])][:1]:
            on_row(int(place))

    st.dataframe(cells, key=key, on_select=clicked, selection_mode=["single-row", "single-cell"], **common)
