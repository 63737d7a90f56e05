"""The money panel of a machine that decides what it is sure of, and leaves the rest to people."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.formatting.text import _
from core.value.confidence import ConfidenceValue
from core.value.scoreboard import titles_of
from pages.components.context import Context
from pages.components.decision import chosen_decision, moved_to, simple_method
from pages.components.held_out import HeldOut
from pages.components.kept import Kept
from pages.components.level_panel import level_panel
from pages.components.look import BOTH_LOOKS

_levels = Kept(200)


def draw(context: Context, model: ConfidenceValue, found: HeldOut, assumed: dict[str, float]) -> None:
    """Draw the panel."""
    run = context.version
    chosen, words = chosen_decision(run, model, found, assumed), model.words
    current = chosen if context.state.decision is None else model.nearest(context.state.decision)
    told = _levels.get((run, *sorted(assumed.items())), lambda: _counted(model, found, assumed))
    payload = {
        **told,
        "references": [*told["references"], *simple_method(context, model, found, assumed)],
        "currency": model.currency,
        "level": max(current, told["levels"][0]),
        "chosen": chosen,
        "digits": 1,
        "percents": ["over"],
        "words": {
            "level": _(words.level),
            "kept": _(words.decided),
            "acted": _(words.left),
            "acted_note": "",
            "short": _(words.wrong),
            "short_note": "",
            "over": _(words.right),
            "over_note": "",
            "amount_unit": _("{unit} a {per}").format(unit=_(words.unit), per=_(model.per)),
            "unit": _(words.unit),
            "axis": _("How sure the machine must be"),
            "lowest": _("it decides all"),
            "highest": _("it decides nothing"),
        },
        "look": BOTH_LOOKS,
    }
    key = context.key("decision")

    def moved() -> None:  # the panel also reports where Python has put it
        moved_to(context, float(st.session_state[key]["level"]), chosen)

    level_panel(payload, key=key, on_change=moved)


def _counted(model: ConfidenceValue, found: HeldOut, values: dict[str, float]) -> dict[str, Any]:
    """What each level leads to on the test rows, counted once for all who make the same assumptions: from the highest
    on at which the machine still decides everything, on test and on validation rows."""
    least = min(float(rows.max(1).min()) for rows in (found.ensemble, found.validation))
    grid = model.grid()
    levels = grid[max(0, int(np.searchsorted(grid, least, side="right")) - 1) :]
    tallies = [model.tally(found.target, found.ensemble, found.info, level, values) for level in levels]
    scale = model.scale(found.info, values)
    return {
        "levels": levels,
        "amounts": [tally.amount for tally in tallies],
        "kept": [tally.decided for tally in tallies],
        "acted": [(1 - tally.decided) * tally.rows * scale for tally in tallies],
        "short": [tally.wrong * tally.rows * scale for tally in tallies],
        "over": [tally.right_of_decided for tally in tallies],
        "rows": tallies[-1].rows,
        "scale": scale,
        "references": [
            {"name": titles_of(model).get(name, name), "amount": amount, "today": name == model.today}
            for name, amount in model.references(found.target, found.info, values)
        ],
    }
