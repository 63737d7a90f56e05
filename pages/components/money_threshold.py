"""The money panel of a threshold: acting on everybody whose predicted chance reaches it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from core.errors import UserError
from core.formatting.text import _, escape_markdown, plain
from core.value.confusion import Ranking
from core.value.threshold import CELLS, ThresholdValue
from pages.components.belt import draw_key, garments_of, shows_belt
from pages.components.context import Context
from pages.components.decision import chosen_decision, digits_of, moved_to, ranking_of, simple_method
from pages.components.held_out import HeldOut
from pages.components.look import BOTH_LOOKS
from pages.components.threshold_panel import threshold_panel

_STOPS = 500


def draw(context: Context, model: ThresholdValue, found: HeldOut, assumed: dict[str, float]) -> None:
    """Draw the panel."""
    run = context.version
    chosen = chosen_decision(run, model, found, assumed)
    current, words = context.state.decision, model.words
    told = counted(model, found, ranking_of(run, found), assumed, chosen, chosen if current is None else current)
    payload = {
        **told,
        **weights_of(model, assumed),
        **belt_of(context, found, told["thresholds"]),
        "references": [*told["references"], *simple_method(context, model, found, assumed)],
        "digits": digits_of(found),
        "currency": model.currency,
        "words": {
            "tp": _(words.tp),
            "fp": _(words.fp),
            "fn": _(words.fn),
            "tn": _(words.tn),
            "act": _(words.act),
            "unit": _(words.unit),
            "threshold": _(words.threshold),
            **({"each": _("{amount} on average")} if model.payoffs(assumed).differ_by_record else {}),
        },
        "look": BOTH_LOOKS,
    }
    key = context.key("decision")

    def moved() -> None:  # the panel also reports where Python has put it
        moved_to(context, float(st.session_state[key]["threshold"]), chosen)

    threshold_panel(payload, key=key, on_change=moved)
    if payload.get("belt"):
        draw_key(context.look)


def weights_of(model: ThresholdValue, assumed: dict[str, float]) -> dict[str, Any]:
    """How much a positive and a negative row count, where they are rarer or more frequent in life."""
    if model.prior is None:
        return {}
    share, in_data = model.prior(assumed)
    return {"weights": {"positive": share / in_data, "negative": (1 - share) / (1 - in_data)}}


def belt_of(context: Context, found: HeldOut, thresholds: Sequence[float]) -> dict[str, Any]:
    """Some pictures of the test, each with the stop from which it is acted on; none where nobody answers."""
    if not shows_belt(context.use_case):
        return {}
    try:
        garments = garments_of(context, found)
    except UserError as error:
        st.warning(escape_markdown(str(error)))
        return {}
    falling = -np.asarray(thresholds)
    return {
        "belt": [
            {
                "picture": one.picture,
                "wrong": one.wrong,
                "alt": plain(one.said),
                "positive": one.stray,
                "from": int(np.searchsorted(falling, -one.score, side="left")),
            }
            for one in garments
        ]
    }


def counted(
    model: ThresholdValue, found: HeldOut, ranking: Ranking, assumed: dict[str, float], chosen: float, current: float
) -> dict[str, Any]:
    """Where the slider can stand, and what each stop leads to on the test rows: as fine as the rows lie dense, and
    always on the threshold chosen on validation and on the present one. The browser counts nothing."""
    standing = {name: ranking.place_of(threshold) for name, threshold in (("chosen", chosen), ("threshold", current))}
    places = np.unique([*ranking.spread(_STOPS), *standing.values()])
    cells = ranking.cells(places)
    references = model.references(found.target, found.info, assumed)
    return {
        "thresholds": ranking.thresholds_at(places).tolist(),
        "found": cells.tp.tolist(),
        "acted": (cells.tp + cells.fp).tolist(),
        "amounts": model.amounts(ranking, places, found.info, assumed).tolist(),
        "highest": float(ranking.chance[0]),
        "chosen": chosen,
        "threshold": current,
        "stands": {name: int(np.searchsorted(places, place)) for name, place in standing.items()},
        **_priced(model, ranking, places, found, assumed),
        "scale": float(model.scale(found.info, assumed)),
        "references": [{"name": name, "amount": amount, "today": name == model.today} for name, amount in references],
    }


def _priced(
    model: ThresholdValue, ranking: Ranking, places: np.ndarray, found: HeldOut, assumed: dict[str, float]
) -> dict[str, Any]:
    """What a record is worth in each cell. Where that differs by record: its mean, and the cells' money at every
    stop."""
    pay = model.payoffs(assumed)
    if not pay.differ_by_record:
        return {"payoffs": {cell: float(getattr(pay, cell)) for cell in CELLS}}
    worth, of_cells = pay.each(found.info), model.cell_amounts(ranking, places, found.info, assumed)
    own = {cell: ranking.positive if cell in ("tp", "fn") else ~ranking.positive for cell in CELLS}
    return {
        "payoffs": {cell: float(worth[cell][own[cell]].mean()) if own[cell].any() else 0.0 for cell in CELLS},
        "sums": {cell: of_cells[cell].tolist() for cell in CELLS},
    }
