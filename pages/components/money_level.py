"""The money panel of a level: of a forecast that is promised or stocked, or of a capital that is put to work."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.formatting.durations import seconds_in
from core.formatting.text import _
from core.value.level import LevelValue
from core.value.portfolio import PortfolioValue
from core.value.scoreboard import titles_of
from pages.components.context import Context
from pages.components.decision import chosen_decision, moved_to, simple_method
from pages.components.held_out import HeldOut
from pages.components.kept import Kept
from pages.components.level_panel import level_panel
from pages.components.look import BOTH_LOOKS

_levels = Kept(200)
_UNSAID = {"acted_note": "", "short_note": "", "over_note": ""}  # they are no means over rows


def draw(context: Context, model: LevelValue | PortfolioValue, found: HeldOut, assumed: dict[str, float]) -> None:
    """Draw the panel."""
    run = context.version
    chosen, words = chosen_decision(run, model, found, assumed), model.words
    current = chosen if context.state.decision is None else model.nearest(context.state.decision)
    told = _levels.get((run, *sorted(assumed.items())), lambda: _counted(model, found, assumed))
    unit_s = seconds_in(words.amount_unit)  # a time is said as a clock says it
    payload = {
        **told,
        "references": [*told["references"], *simple_method(context, model, found, assumed)],
        "currency": model.currency,
        "level": current,
        "unit_s": unit_s,
        "chosen": chosen,
        "words": {
            "level": _(words.level),
            "acted": _(words.chosen)[:1].upper() + _(words.chosen)[1:],
            "kept": _(words.kept)[:1].upper() + _(words.kept)[1:],
            "short": _(words.short)[:1].upper() + _(words.short)[1:],
            "over": _(words.over)[:1].upper() + _(words.over)[1:],
            "amount_unit": "" if unit_s else _(words.amount_unit),
            "unit": _(words.unit),
            **({"axis": _(words.axis)} if words.axis else {}),
            **(_UNSAID if getattr(model, "counts", None) else {}),
        },
        "look": BOTH_LOOKS,
    }
    key = context.key("decision")

    def moved() -> None:  # the panel also reports where Python has put it
        moved_to(context, float(st.session_state[key]["level"]), chosen)

    level_panel(payload, key=key, on_change=moved)


def _counted(model: LevelValue | PortfolioValue, found: HeldOut, values: dict[str, float]) -> dict[str, Any]:
    """What each level leads to on the test rows, counted once for all who make the same assumptions."""
    levels = model.grid()
    tallies = [model.tally(found.target, found.ensemble, found.info, level, values) for level in levels]
    references = model.references(found.target, found.info, values)
    return {
        "levels": levels,
        "amounts": [tally.amount for tally in tallies],
        **{name: [getattr(tally, name) for tally in tallies] for name in ("kept", "acted", "short", "over")},
        "rows": tallies[-1].rows,
        "scale": model.scale(found.info, values),
        "references": [
            {"name": titles_of(model).get(name, name), "amount": amount, "today": name == model.today}
            for name, amount in references
        ],
    }
