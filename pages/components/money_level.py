"""The money panel of a level: acting on a quantile forecast, a promise or a stock."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.value.level import LevelValue
from pages.components.context import Context
from pages.components.decision import chosen_decision, moved_to
from pages.components.frame import BOTH_LOOKS
from pages.components.held_out import HeldOut
from pages.components.level_panel import level_panel

_SAME = 2e-3  # the panel moves in hundredths


def draw(context: Context, model: LevelValue, found: HeldOut, assumed: dict[str, float]) -> None:
    """Draw the panel."""
    run = context.run.version if context.run else ""
    chosen = chosen_decision(run, model, found, assumed)
    current, words = context.state.decision, model.words
    payload = {
        **_counted(run, tuple(sorted(assumed.items())), model, found),
        "currency": model.currency,
        "level": chosen if current is None else current,
        "chosen": chosen,
        "words": {
            "level": words.level,
            "acted": words.chosen[:1].upper() + words.chosen[1:],
            "kept": words.kept[:1].upper() + words.kept[1:],
            "short": words.short[:1].upper() + words.short[1:],
            "over": words.over[:1].upper() + words.over[1:],
            "amount_unit": words.amount_unit,
            "unit": words.unit,
        },
        "look": BOTH_LOOKS,
    }
    key = context.key("decision")

    def moved() -> None:  # the panel also reports where Python has put it
        moved_to(context, float(st.session_state[key]["level"]), chosen, _SAME)

    level_panel(payload, key=key, on_change=moved)


@st.cache_data(max_entries=200, show_spinner=False)
def _counted(run: str, assumed: tuple[tuple[str, float], ...], _model: LevelValue, _found: HeldOut) -> dict[str, Any]:
    """What each level leads to on the test rows, counted once for all who make the same assumptions."""
    values, scale = dict(assumed), _model.scale(_found.info, dict(assumed))
    levels, rows = _model.grid(), len(_found.rows)
    counted: dict[str, Any] = {name: [] for name in ("amounts", "kept", "acted", "short", "over")}
    for level in levels:
        acted = _model.at(_found.ensemble, level)
        outcome = _model.outcome(_found.target, acted, _found.info, values)
        counted["amounts"].append(float(outcome.money.sum() * scale))
        about = np.ones(len(acted), dtype=bool) if outcome.counted is None else outcome.counted
        rows = int(about.sum())
        counted["kept"].append(_mean(outcome.short[about] <= 0))
        counted["acted"].append(_mean(acted[about]))
        counted["short"].append(_mean(outcome.short[about]))
        counted["over"].append(_mean(outcome.over[about]))
    references = _model.references(_found.target, _found.info, values)
    return {
        **counted,
        "levels": levels,
        "rows": rows,
        "scale": scale,
        "references": [{"name": name, "amount": amount} for name, amount in references],
    }


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0
