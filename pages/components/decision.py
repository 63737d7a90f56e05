"""Where the decision of a value model stands: where the visitor put it, else as chosen on validation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.contracts import ValueModel
from core.formatting import numbers
from core.value.confusion import Ranking
from core.value.sensitivity import Swing, swing
from core.value.threshold import assumed_values
from pages.components.context import Context
from pages.components.held_out import HeldOut
from pages.components.kept import Kept

_chosen, _amounts, _swings, _rankings, _simple = Kept(2000), Kept(2000), Kept(500), Kept(16), Kept(2000)


def chosen_decision(run: str, model: ValueModel, found: HeldOut, assumed: Mapping[str, float]) -> float:
    """The decision that would have earned most on validation rows, under these assumptions. run: its version."""
    return _chosen.get(
        (run, *sorted(assumed.items())),
        lambda: model.choose(found.validation_target, found.validation, found.validation_info, assumed),
    )


def current_decision(context: Context, found: HeldOut) -> float | None:
    """Where the decision stands; None where the use case has none."""
    model = context.use_case.value
    if model is None or context.run is None:
        return None
    if context.state.decision is not None:
        return context.state.decision
    return chosen_decision(context.version, model, found, assumed_values(model.assumptions, context.state.assumed))


def ranking_of(run: str, found: HeldOut) -> Ranking:
    """All that a threshold can do to a run's test rows, counted once for all who look at it."""
    return _rankings.get(run, lambda: Ranking.of(found.target, found.ensemble))


def digits_of(found: HeldOut) -> int:
    """How many decimals tell this run's chances and thresholds apart: four of five of them may lie close together."""
    low, high = np.quantile(found.ensemble[:, 0], [0.1, 0.9])
    return numbers.chance_digits(float(low), float(high))


def moved_to(context: Context, setting: float, chosen: float) -> None:
    """Keep where the visitor put it, to the last bit; the very choice made on validation means to follow that."""
    context.state.decision = None if setting == chosen else setting


def amount_of(context: Context, model: ValueModel, found: HeldOut, assumed: Mapping[str, float]) -> float:
    """What the network earns in a period where the decision stands, under these assumptions: as in the panel."""
    return _earned(context.version, context.state.decision, model, found, assumed)


def _earned(run: str, decision: float | None, model: ValueModel, found: HeldOut, assumed: Mapping[str, float]) -> float:
    def counted() -> float:
        stands = chosen_decision(run, model, found, assumed) if decision is None else decision
        return float(model.amount(found.target, found.ensemble, found.info, stands, assumed)[0])

    return _amounts.get((run, decision, *sorted(assumed.items())), counted)


def simple_method(
    context: Context, model: ValueModel, found: HeldOut, assumed: Mapping[str, float]
) -> list[dict[str, Any]]:
    """The simple method that earns most, as a line of the panel beside the policies: under these assumptions, and with
    the decision that would have earned it most on validation rows. Empty where none is kept."""
    board = context.board
    best = board.best_simple_money if board else None
    if board is None or best is None or best is board.today or best.name not in found.validation_baselines:
        return []
    name = best.name

    def counted() -> float:
        own = model.choose(found.validation_target, found.validation_baselines[name], found.validation_info, assumed)
        return float(model.amount(found.target, found.baselines[name], found.info, own, assumed)[0])

    amount = _simple.get((context.version, name, *sorted(assumed.items())), counted)
    return [{"name": best.title, "amount": amount, "simple": True}]


def swings_of(context: Context, model: ValueModel, found: HeldOut, assumed: Mapping[str, float]) -> dict[str, Swing]:
    """What each assumption is worth with the decision held where it stands: one that is chosen anew on validation rows
    for each jumps with them, so that a dearer mailing seemed to earn more."""
    run, decision = context.version, context.state.decision
    stands = chosen_decision(run, model, found, assumed) if decision is None else decision

    def earned(values: Mapping[str, float]) -> float:
        return _earned(run, stands, model, found, values)

    return _swings.get(
        (run, stands, *sorted(assumed.items())),
        lambda: {a.name: swing(a, dict(assumed), earned) for a in model.assumptions},
    )
