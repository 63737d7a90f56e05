"""How figures, tables and rows of large numbers are drawn on every page."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st
from streamlit import dataframe_util
from streamlit.delta_generator import DeltaGenerator
from streamlit.delta_generator_singletons import get_dg_singleton_instance
from streamlit.elements.lib.layout_utils import LayoutConfig
from streamlit.elements.lib.utils import compute_and_register_element_id
from streamlit.proto.PlotlyChart_pb2 import PlotlyChart

from core.charts.drawn import Drawn
from core.formatting import numbers
from core.formatting.messages import current
from core.formatting.text import _, plain
from pages.components.kept import Kept
from pages.components.record_words import distinct

_CONFIG = json.dumps({"displayModeBar": False})
_figures, _tables = Kept(500), Kept(200)
_THOUSANDS = 1000


def once(make: Callable[[], Drawn | str], *key: Hashable) -> str:
    """A figure's JSON, or a picture's HTML, made once for all visitors who ask with the same key."""

    def made() -> str:
        figure = make()
        return figure if isinstance(figure, str) else figure.to_json()

    return _figures.get((current(), *key), made)


def _arrow(rows: Sequence[Mapping[str, object]]) -> object:
    """Rows as a table that Streamlit sends as it is."""
    import pyarrow.ipc  # late: the front page has no table

    shown = _heads(rows)
    cells = [{shown[head]: _cell(value) for head, value in row.items()} for row in rows]
    return pyarrow.ipc.open_stream(dataframe_util.convert_anything_to_arrow_bytes(cells)).read_all()


def _heads(rows: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """Each column's heading as it is shown."""
    heads = [head for row in rows[:1] for head in row]
    return dict(zip(heads, distinct((plain(head), None) for head in heads), strict=True))


def tiles(count: int) -> list[DeltaGenerator]:
    """Places for `count` large numbers, one each, side by side on every screen; they are filled in their order."""
    return [st.container(horizontal=True, gap="medium")] * count


def chart(figure: Drawn | str, key: str) -> None:
    """Draw a figure, or its JSON, in our own look: what `st.plotly_chart` sends, without its making and checking
    plotly's own figure first."""
    sent = PlotlyChart(spec=figure if isinstance(figure, str) else figure.to_json(), config=_CONFIG)
    place = get_dg_singleton_instance().main_dg
    sent.id = compute_and_register_element_id(
        "plotly_chart", user_key=key, key_as_main_identity=False, dg=place, plotly_spec=sent.spec
    )
    place._enqueue("plotly_chart", sent, layout_config=LayoutConfig(width="stretch", height="content"))


def table(
    rows: Sequence[Mapping[str, object]],
    *,
    height: int | None = None,
    counts: Collection[str] = (),
) -> None:
    """Draw rows as a table; what is missing is said as everywhere, and text is one line that is no longer than a name.
    No heading hides another. counts: columns whose numbers say how much there is, with thousands set apart; others are
    names of things."""
    shown, heads = _tables.get(f"{current()} {rows}", partial(_arrow, rows)), _heads(rows)
    large = [heads[head] for head in heads if head in counts and _is_large([row.get(head) for row in rows])]
    common: dict[str, Any] = {"hide_index": True, "placeholder": numbers.MISSING}
    common["column_config"] = {head: st.column_config.NumberColumn(format="localized") for head in large}
    common["height"] = "auto" if height is None else height
    st.dataframe(shown, **common)


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return plain(value) if isinstance(value, str) else value


def _is_large(values: Sequence[object]) -> bool:
    """Whether numbers of a column have thousands to set apart; they are whole then, or shown so."""
    return any(isinstance(v, int | float) and abs(v) >= _THOUSANDS for v in values)
