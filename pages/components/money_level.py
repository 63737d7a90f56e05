"""The money panel of a level: acting on a quantile forecast, a promise or a stock."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.formatting.text import _
from core.value.level import LevelValue
from pages.components.context import Context
from pages.components.decision import chosen_decision, moved_to
from pages.components.held_out import HeldOut
from pages.components.level_panel import level_panel
from pages.components.look import BOTH_LOOKS


def draw(context: Context, model: LevelValue, found: HeldOut, assumed: dict[str, float]) -> None:
    """Draw the panel."""
    run = context.run.version if context.run else ""
    chosen, words = chosen_decision(run, model, found, assumed), model.words
    current = chosen if context.state.decision is None else model.nearest(context.state.decision)
    payload = {
        **_counted(run, tuple(sorted(assumed.items())), model, found),
        "currency": model.currency,
        "level": current,
        "chosen": chosen,
        "words": {
            "level": _(words.level),
            "acted": _(words.chosen)[:1].upper() + _(words.chosen)[1:],
            "kept": _(words.kept)[:1].upper() + _(words.kept)[1:],
            "short": _(words.short)[:1].upper() + _(words.short)[1:],
            "over": _(words.over)[:1].upper() + _(words.over)[1:],
            "amount_unit": _(words.amount_unit),
            "unit": _(words.unit),
        },
        "look": BOTH_LOOKS,
    }
    key = context.key("decision")

    def moved() -> None:  # the panel also reports where Python has put it
        moved_to(context, float(st.session_state[key]["level"]), chosen)

    level_panel(payload, key=key, on_change=moved)


@st.cache_data(max_entries=200, show_spinner=False)
def _counted(run: str, assumed: tuple[tuple[str, float], ...], _model: LevelValue, _found: HeldOut) -> dict[str, Any]:
    """What each level leads to on the test rows, counted once for all who make the same assumptions."""
    values, levels = dict(assumed), _model.grid()
    tallies = [_model.tally(_found.target, _found.ensemble, _found.info, level, values) for level in levels]
    references = _model.references(_found.target, _found.info, values)
    return {
        "levels": levels,
        "amounts": [tally.amount for tally in tallies],
        **{name: [getattr(tally, name) for tally in tallies] for name in ("kept", "acted", "short", "over")},
        "rows": tallies[-1].rows,
        "scale": _model.scale(_found.info, values),
        "references": [{"name": name, "amount": amount, "today": name == _model.today} for name, amount in references],
    }
