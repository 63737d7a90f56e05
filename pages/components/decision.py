"""Where the decision of a value model stands: where the visitor put it, else as chosen on validation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from core.contracts import ValueModel
from core.formatting import numbers
from core.value.confusion import Ranking
from core.value.sensitivity import Swing, swing
from core.value.threshold import assumed_values
from pages.components.context import Context
from pages.components.held_out import HeldOut


def chosen_decision(run: str, model: ValueModel, found: HeldOut, assumed: Mapping[str, float]) -> float:
    """The decision that would have earned most on validation rows, under these assumptions. run: its version."""
    return _chosen(run, tuple(sorted(assumed.items())), model, found)


@st.cache_data(max_entries=200, show_spinner=False)
def _chosen(run: str, assumed: tuple[tuple[str, float], ...], _model: ValueModel, _found: HeldOut) -> float:
    return _model.choose(_found.validation_target, _found.validation, _found.validation_info, dict(assumed))


def current_decision(context: Context, found: HeldOut) -> float | None:
    """Where the decision stands; None where the use case has none."""
    model = context.use_case.value
    if model is None or context.run is None:
        return None
    if context.state.decision is not None:
        return context.state.decision
    return chosen_decision(context.run.version, model, found, assumed_values(model.assumptions, context.state.assumed))


@st.cache_resource(max_entries=16, show_spinner=False)
def ranking_of(run: str, _found: HeldOut) -> Ranking:
    """All that a threshold can do to a run's test rows, counted once for all who look at it."""
    return Ranking.of(_found.target, _found.ensemble)


def digits_of(found: HeldOut) -> int:
    """How many decimals tell this run's chances and thresholds apart: four of five of them may lie close together."""
    low, high = np.quantile(found.ensemble[:, 0], [0.1, 0.9])
    return numbers.chance_digits(float(low), float(high))


def moved_to(context: Context, setting: float, chosen: float) -> None:
    """Keep where the visitor put it, to the last bit; the very choice made on validation means to follow that."""
    context.state.decision = None if setting == chosen else setting


def swings_of(context: Context, model: ValueModel, found: HeldOut, assumed: Mapping[str, float]) -> dict[str, Swing]:
    """What each assumption is worth where the decision stands: one that nobody has moved follows, as in the panel."""
    run = context.run.version if context.run else ""
    return _swings(run, context.state.decision, tuple(sorted(assumed.items())), model, found)


@st.cache_data(max_entries=200, show_spinner=False)
def _swings(
    run: str, decision: float | None, assumed: tuple[tuple[str, float], ...], _model: ValueModel, _found: HeldOut
) -> dict[str, Swing]:
    def earned(values: Mapping[str, float]) -> float:
        stands = chosen_decision(run, _model, _found, values) if decision is None else decision
        return float(_model.amount(_found.target, _found.ensemble, _found.info, stands, values)[0])

    return {a.name: swing(a, dict(assumed), earned) for a in _model.assumptions}
