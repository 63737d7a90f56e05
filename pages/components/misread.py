"""Pictures that were taken for another kind: one in each cell of the confusion matrix, all of a cell on a press."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from core.charts import classes as charts
from core.contracts.answers import Values
from core.errors import UserError
from core.formatting import numbers
from core.formatting.messages import capital
from core.formatting.text import SENTENCE, _, escape_markdown, named, plain
from pages.components.client import ask
from pages.components.confusion_panel import confusion_panel
from pages.components.context import Context
from pages.components.held_out import HeldOut
from pages.components.later import later
from pages.components.records import MOST_RECORDS, draw_records

_PATIENCE_S = 60.0  # the answer worker may have to read the data first
_MOST_PICTURES = 120  # a hundred are below 150 kB

Cell = tuple[int, int]


def draw_matrix(context: Context, found: HeldOut, counted: np.ndarray) -> None:
    """The confusion matrix (C, C) with a picture in each cell."""
    st.markdown(f"**{_('What each kind was taken for')}**")
    later(partial(_matrix, context, found, counted))
    st.caption(_("Each cell shows its surest one, and how many there are. Press a cell to see them all."))


def _matrix(context: Context, found: HeldOut, counted: np.ndarray) -> None:
    examples = charts.surest(found.target, found.ensemble)
    some = {cell: examples[cell] for cell in sorted(examples, key=lambda cell: -counted[cell])[:_MOST_PICTURES]}
    pictures: dict[Cell, str] = {}
    try:
        question = {"ask": "records", **context.asked, "rows": [int(found.rows[i]) for i in some.values()]}
        records = ask(question, timeout_s=_PATIENCE_S)["records"]
        pictures = {cell: next(iter(one["pictures"].values())) for cell, one in zip(some, records, strict=True)}
    except UserError as error:
        st.warning(escape_markdown(str(error)))
    kept = context.own_key("cell")
    confusion_panel(
        counted,
        context.use_case.task.outputs,
        pictures,
        _opened(context, counted),
        key=context.own_key("confusion"),
        on_cell=lambda cell: st.session_state.update({kept: cell}),
    )


def _opened(context: Context, counted: np.ndarray) -> Cell | None:
    """The cell whose pictures are shown; None: all that were mistaken."""
    cell: Cell | None = st.session_state.get(context.own_key("cell"))
    return cell if cell is not None and counted[cell] else None


def draw_opened(context: Context, found: HeldOut, counted: np.ndarray) -> None:
    """The pictures of the cell that was pressed, or all that were taken for another kind, the surest first; of those
    that were read rightly the least sure first."""
    names = [_(name) for name in context.use_case.task.outputs]
    was, said = found.target[:, 0].astype(int), found.ensemble.argmax(1)
    sure = found.ensemble[np.arange(len(said)), said]
    cell = _opened(context, counted)
    wrong = was != said
    places = np.flatnonzero(wrong if cell is None else (was == cell[0]) & (said == cell[1]))
    surest_first = cell is None or cell[0] != cell[1]
    places = places[np.argsort(-sure[places] if surest_first else sure[places], kind="stable")]
    st.header(_head(cell, len(places), names))
    if cell is not None:
        st.button(
            _("Show all that were mistaken"),
            key=context.own_key("cell-all"),
            on_click=lambda: st.session_state.pop(context.own_key("cell"), None),
        )

    def predicted(i: int) -> Values:
        chance = numbers.percent(float(sure[i]), 1)
        return {_("Taken for"): names[said[i]], _("Predicted"): chance, _("Was"): names[was[i]]}

    def below(i: int) -> str:
        chance = numbers.percent(float(sure[i]))
        if cell is not None:
            return chance
        return _("{was}, taken for {said} {chance}").format(was=names[was[i]], said=names[said[i]], chance=chance)

    order = _("The surest first, at most {most}.") if surest_first else _("The least sure first, at most {most}.")
    draw_records(context, found, places[:MOST_RECORDS], predicted, said=order.format(most=MOST_RECORDS), below=below)


def _head(cell: Cell | None, count: int, names: list[str]) -> str:
    if cell is None:
        return _("{count} were mistaken").format(count=numbers.count(count))
    was, said = (plain(names[place], SENTENCE) for place in cell)
    if cell[0] == cell[1]:
        return _("{was}: {count} were told rightly").format(was=named(capital(was)), count=numbers.count(count))
    return _("{was}: {count} taken for {said}").format(
        was=named(capital(was)), said=named(said), count=numbers.count(count)
    )
