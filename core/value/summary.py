"""The money section of a report: the decision chosen on validation, its value on test, beside the references."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.contracts import ValueModel
from core.contracts.report import MethodValue, Reference, ValueReport

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecasts:
    """Predictions of one method on validation (V, O) and, by its M members, on test rows (M, N, O)."""

    name: str
    title: str
    validation: np.ndarray
    test: np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldOut:
    """Targets and info of the validation and the test rows; bootstrap weights of the test rows (R, N), and shares of
    the network's members (R, M)."""

    validation_target: np.ndarray
    validation_info: pd.DataFrame
    test_target: np.ndarray
    test_info: pd.DataFrame
    weight: np.ndarray
    shares: np.ndarray


def summarise(
    model: ValueModel, held_out: HeldOut, network: Forecasts, others: Sequence[Forecasts], assumed: Mapping[str, float]
) -> ValueReport:
    """Money per year of the network's decision, of each baseline's own, and of the references."""
    own, *rest = [_one(model, held_out, f, assumed) for f in (network, *others)]
    references = _references(model, held_out, assumed)
    return {
        "name": own["name"],
        "title": own["title"],
        "amount": own["amount"],
        "low": own["low"],
        "high": own["high"],
        "decision": own.get("decision"),
        "currency": model.currency,
        "per": model.per,
        "references": references,
        "gain_over_best_reference": _gain(own["amount"], references),
        "baselines": rest,
        "assumptions": dict(assumed),
    }


def recount(
    model: ValueModel, held_out: HeldOut, network: Forecasts, others: Sequence[Forecasts], value: ValueReport
) -> ValueReport:
    """A report's money section with every decision and amount counted again, under its own assumptions. Intervals stay
    as they were drawn."""
    assumed = value["assumptions"]
    amount, decision = _point(model, held_out, network, assumed)
    baselines: list[MethodValue] = []
    for kept, forecasts in zip(value["baselines"], others, strict=True):
        its_amount, its_decision = _point(model, held_out, forecasts, assumed)
        baselines.append({**kept, "amount": its_amount, "decision": its_decision})
    references = _references(model, held_out, assumed)
    return {
        **value,
        "amount": amount,
        "decision": decision,
        "references": references,
        "gain_over_best_reference": _gain(amount, references),
        "baselines": baselines,
    }


def _references(model: ValueModel, held_out: HeldOut, assumed: Mapping[str, float]) -> list[Reference]:
    """What the simple policies would earn."""
    earned = model.references(held_out.test_target, held_out.test_info, assumed)
    return [{"name": name, "amount": amount} for name, amount in earned]


def _gain(amount: float | None, references: Sequence[Reference]) -> float | None:
    """What the network earns more than the best simple policy."""
    known = [a for r in references if (a := r["amount"]) is not None and math.isfinite(a)]
    best = max(known, default=math.nan if references else 0.0)
    return None if amount is None else amount - best


def _point(
    model: ValueModel, held_out: HeldOut, forecasts: Forecasts, assumed: Mapping[str, float]
) -> tuple[float, float]:
    """What the decision that is chosen on validation earns on test rows by the members' average, and that decision."""
    decision = model.choose(held_out.validation_target, forecasts.validation, held_out.validation_info, assumed)
    ensemble = forecasts.test.mean(0)
    (amount,) = model.amount(held_out.test_target, ensemble, held_out.test_info, decision, assumed)
    return float(amount), decision


def _one(model: ValueModel, held_out: HeldOut, forecasts: Forecasts, assumed: Mapping[str, float]) -> MethodValue:
    import numpy as np

    amount, decision = _point(model, held_out, forecasts, assumed)
    target, info, members = held_out.test_target, held_out.test_info, forecasts.test
    if len(members) == 1:
        drawn = model.amount(target, members[0], info, decision, assumed, held_out.weight)
    else:  # rows and members are drawn anew
        drawn = np.array(
            [
                model.amount(target, np.tensordot(share, members, axes=1), info, decision, assumed, weight[None])[0]
                for share, weight in zip(held_out.shares, held_out.weight, strict=True)
            ]
        )
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {
        "name": forecasts.name,
        "title": forecasts.title,
        "amount": amount,
        "low": float(low),
        "high": float(high),
        "decision": decision,
    }
