"""The money section of a report: the decision chosen on validation, its value on test, beside the references."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import ValueModel

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
) -> dict[str, Any]:
    """Money per year of the network's decision, of each baseline's own, and of the references."""
    rows = [_one(model, held_out, f, assumed) for f in (network, *others)]
    return {
        **rows[0],
        "currency": model.currency,
        "per": model.per,
        **_against(model, held_out, rows[0]["amount"], assumed),
        "baselines": rows[1:],
        "assumptions": dict(assumed),
    }


def recount(
    model: ValueModel, held_out: HeldOut, network: Forecasts, others: Sequence[Forecasts], value: Mapping[str, Any]
) -> dict[str, Any]:
    """A report's money section with every decision and amount counted again, under its own assumptions. Intervals stay
    as they were drawn."""
    assumed = value["assumptions"]
    kept = (value, *value["baselines"])
    rows = [{**k, **_point(model, held_out, f, assumed)} for k, f in zip(kept, (network, *others), strict=True)]
    return {**rows[0], **_against(model, held_out, rows[0]["amount"], assumed), "baselines": rows[1:]}


def _against(model: ValueModel, held_out: HeldOut, amount: float, assumed: Mapping[str, float]) -> dict[str, Any]:
    """What the simple policies would earn, and the network more than the best of them."""
    references: list[dict[str, Any]] = [
        {"name": name, "amount": earned}
        for name, earned in model.references(held_out.test_target, held_out.test_info, assumed)
    ]
    known = [r["amount"] for r in references if math.isfinite(r["amount"])]
    best = max(known, default=math.nan if references else 0.0)
    return {"references": references, "gain_over_best_reference": amount - best}


def _point(model: ValueModel, held_out: HeldOut, forecasts: Forecasts, assumed: Mapping[str, float]) -> dict[str, Any]:
    """The decision chosen on validation, and what it earns on test rows by the members' average."""
    decision = model.choose(held_out.validation_target, forecasts.validation, held_out.validation_info, assumed)
    ensemble = forecasts.test.mean(0)
    (amount,) = model.amount(held_out.test_target, ensemble, held_out.test_info, decision, assumed)
    return {"amount": float(amount), "decision": decision}


def _one(model: ValueModel, held_out: HeldOut, forecasts: Forecasts, assumed: Mapping[str, float]) -> dict[str, Any]:
    import numpy as np

    point = _point(model, held_out, forecasts, assumed)
    target, info, members, decision = held_out.test_target, held_out.test_info, forecasts.test, point["decision"]
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
        "amount": point["amount"],
        "low": float(low),
        "high": float(high),
        "decision": decision,
    }
