"""The money panel of a threshold: acting on everybody whose predicted chance reaches it."""

from __future__ import annotations

import streamlit as st

from core.value.threshold import ThresholdValue
from pages.components.context import Context
from pages.components.decision import chosen_decision, moved_to
from pages.components.frame import BOTH_LOOKS
from pages.components.held_out import HeldOut
from pages.components.threshold_panel import threshold_panel

_SAME = 2e-4  # the panel counts in ten-thousandths


def draw(context: Context, model: ThresholdValue, found: HeldOut, assumed: dict[str, float]) -> None:
    """Draw the panel."""
    run = context.run.version if context.run else ""
    chosen = chosen_decision(run, model, found, assumed)
    pay, words = model.payoffs(assumed), model.words
    references = model.references(found.target, found.info, assumed)
    current = context.state.decision
    payload = {
        "scores": found.ensemble[:, 0],
        "labels": found.target[:, 0] > 0,
        "payoffs": {"tp": pay.tp, "fp": pay.fp, "fn": pay.fn, "tn": pay.tn},
        "scale": model.scale(found.info, assumed),
        "currency": model.currency,
        "threshold": chosen if current is None else current,
        "chosen": chosen,
        "references": [{"name": name, "amount": amount} for name, amount in references],
        "words": {
            "tp": words.tp,
            "fp": words.fp,
            "fn": words.fn,
            "tn": words.tn,
            "act": words.act,
            "unit": words.unit,
            "threshold": words.threshold,
        },
        "look": BOTH_LOOKS,
    }
    key = context.key("decision")

    def moved() -> None:  # the panel also reports where Python has put it
        moved_to(context, float(st.session_state[key]["threshold"]), chosen, _SAME)

    threshold_panel(payload, key=key, on_change=moved)
