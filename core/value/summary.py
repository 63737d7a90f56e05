"""The money section of a report: the decision chosen on validation, its value on test, beside the references."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.contracts import DrawsReferences, EarnsByRow, ValueModel
from core.contracts.report import Amount, Difference, Ends, MethodValue, Reference, ValueReport
from core.evaluation.drawn_sums import drawn_sums, weight_of_rows
from core.evaluation.intervals import interval, verdict

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_AT_ONCE = 1_000_000  # numbers: what is priced together stays near the processor


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecasts:
    """Predictions of one method on validation (V, O) and, by its M members, on test rows (M, N, O). ensemble: (N, O),
    where what was kept is not the members' average to the last bit."""

    name: str
    title: str
    validation: np.ndarray
    test: np.ndarray
    ensemble: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldOut:
    """Targets and info of the validation and the test rows; bootstrap weights of the test rows (R, N), or of their
    units (R, U) with the unit (N,) of each row; and shares of the network's members (R, M)."""

    validation_target: np.ndarray
    validation_info: pd.DataFrame
    test_target: np.ndarray
    test_info: pd.DataFrame
    weight: np.ndarray
    shares: np.ndarray
    unit: np.ndarray | None = None

    def weight_of_rows(self) -> np.ndarray:
        """How often each row was drawn (R, N)."""
        return self.weight if self.unit is None else weight_of_rows(self.weight, self.unit)


@dataclass(frozen=True, kw_only=True, slots=True)
class Priced:
    """What can be reckoned without the network: references with their amounts, their money in each draw (R,) by name
    where the model can draw them, and the other methods with theirs."""

    references: list[Reference]
    drawn_references: Mapping[str, np.ndarray] | None
    others: list[tuple[MethodValue, np.ndarray]]


def price(model: ValueModel, held_out: HeldOut, others: Sequence[Forecasts], assumed: Mapping[str, float]) -> Priced:
    """The references and the other methods, each with its own decision."""
    return Priced(
        references=_references(model, held_out, assumed),
        drawn_references=_drawn_references(model, held_out, assumed),
        others=[_one(model, held_out, f, assumed) for f in others],
    )


def summarise(
    model: ValueModel, held_out: HeldOut, network: Forecasts, priced: Priced, assumed: Mapping[str, float]
) -> ValueReport:
    """Money per year of the network's decision, of each baseline's own, and of the references; the network minus each
    of them on the same draws."""
    own, drawn = _one(model, held_out, network, assumed)
    return {
        "name": own["name"],
        "title": own["title"],
        "amount": own["amount"],
        "low": own["low"],
        "high": own["high"],
        "decision": own.get("decision"),
        "currency": model.currency,
        "per": model.per,
        "references": _with_draws(priced.references, priced.drawn_references, own["amount"], drawn),
        "gain_over_best_reference": _gain(own["amount"], priced.references),
        "baselines": [_paired(entry, theirs, own["amount"], drawn) for entry, theirs in priced.others],
        "assumptions": dict(assumed),
    }


def recount(
    model: ValueModel, held_out: HeldOut, network: Forecasts, others: Sequence[Forecasts], value: ValueReport
) -> ValueReport:
    """A report's money section with every decision and amount counted again under its own assumptions. Where `held_out`
    has no draws (R = 0), all intervals stay as they were drawn."""
    assumed = value["assumptions"]
    amount, decision = _point(model, held_out, network, assumed)
    drawn = _draws(model, held_out, network, decision, assumed)
    baselines: list[MethodValue] = []
    for kept, forecasts in zip(value["baselines"], others, strict=True):
        its_amount, its_decision = _point(model, held_out, forecasts, assumed)
        theirs = _draws(model, held_out, forecasts, its_decision, assumed)
        entry: MethodValue = {**kept, "amount": its_amount, "decision": its_decision, **_ends(kept, theirs)}
        baselines.append(_paired(entry, theirs, amount, drawn))
    known = {reference["name"]: reference for reference in value["references"]}
    references: list[Reference] = [{**known.get(r["name"], r), **r} for r in _references(model, held_out, assumed)]
    return {
        **value,
        "amount": amount,
        "decision": decision,
        **_ends(value, drawn),
        "references": _with_draws(references, _drawn_references(model, held_out, assumed), amount, drawn),
        "gain_over_best_reference": _gain(amount, references),
        "baselines": baselines,
    }


def _references(model: ValueModel, held_out: HeldOut, assumed: Mapping[str, float]) -> list[Reference]:
    """What the simple policies would earn."""
    earned = model.references(held_out.test_target, held_out.test_info, assumed)
    return [{"name": name, "amount": amount} for name, amount in earned]


def _drawn_references(
    model: ValueModel, held_out: HeldOut, assumed: Mapping[str, float]
) -> Mapping[str, np.ndarray] | None:
    if not isinstance(model, DrawsReferences):
        return None
    return dict(model.drawn_references(held_out.test_target, held_out.test_info, assumed, held_out.weight_of_rows()))


def _with_draws(
    references: Sequence[Reference], theirs: Mapping[str, np.ndarray] | None, amount: float | None, drawn: np.ndarray
) -> list[Reference]:
    """The same with their intervals and the network minus each, where the model can draw them."""
    if theirs is None:
        return list(references)
    found: list[Reference] = []
    for reference in references:
        own: Reference = {**reference}
        if len(drawn):
            own["low"], own["high"] = interval(theirs[own["name"]])
        if paired := _minus(amount, own, drawn, theirs[own["name"]]):
            own["network_minus_this"] = paired
        found.append(own)
    return found


def _ends(kept: Amount, drawn: np.ndarray) -> Ends:
    """The interval of the draws; without any, the one that was kept."""
    low, high = interval(drawn) if len(drawn) else (kept["low"], kept["high"])
    return {"low": low, "high": high}


def _paired(entry: MethodValue, theirs: np.ndarray, amount: float | None, drawn: np.ndarray) -> MethodValue:
    paired = _minus(amount, entry, drawn, theirs)
    return {**entry, "network_minus_this": paired} if paired else entry


def _minus(
    amount: float | None, entry: MethodValue | Reference, ours: np.ndarray, theirs: np.ndarray
) -> Difference | None:
    """The network minus another, on the same draws (R,). Without draws, the interval that the entry has already."""
    mean = math.nan if amount is None or entry["amount"] is None else amount - entry["amount"]
    if len(ours):
        low, high = interval(ours - theirs) if math.isfinite(mean) else (math.nan, math.nan)
        return {"mean": mean, "low": low, "high": high, "verdict": verdict(low, high, higher_is_better=True)}
    kept = entry.get("network_minus_this")
    return {**kept, "mean": mean} if kept else None


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
    ensemble = forecasts.test.mean(0) if forecasts.ensemble is None else forecasts.ensemble
    (amount,) = model.amount(held_out.test_target, ensemble, held_out.test_info, decision, assumed)
    return float(amount), decision


def _one(
    model: ValueModel, held_out: HeldOut, forecasts: Forecasts, assumed: Mapping[str, float]
) -> tuple[MethodValue, np.ndarray]:
    amount, decision = _point(model, held_out, forecasts, assumed)
    drawn = _draws(model, held_out, forecasts, decision, assumed)
    low, high = interval(drawn)
    entry: MethodValue = {
        "name": forecasts.name,
        "title": forecasts.title,
        "amount": amount,
        "low": low,
        "high": high,
        "decision": decision,
    }
    return entry, drawn


def _draws(
    model: ValueModel, held_out: HeldOut, forecasts: Forecasts, decision: float, assumed: Mapping[str, float]
) -> np.ndarray:
    """Money per year in each draw (R,): rows and members (M, N, O) are drawn anew."""
    import numpy as np

    target, info, members = held_out.test_target, held_out.test_info, forecasts.test
    if not len(held_out.weight):
        return np.zeros(0)
    if not isinstance(model, EarnsByRow):
        if len(members) == 1:
            return model.amount(target, members[0], info, decision, assumed, held_out.weight_of_rows())
        each = [
            model.amount(target, np.tensordot(share, members, axes=1), info, decision, assumed, weight[None])[0]
            for share, weight in zip(held_out.shares, held_out.weight_of_rows(), strict=True)
        ]
        return np.array(each)
    if len(members) == 1:
        (each_row,) = model.earned(target, members, info, decision, assumed)
        if held_out.unit is not None:
            each_row = np.bincount(held_out.unit, each_row, held_out.weight.shape[1])
        of_rows: np.ndarray = held_out.weight @ each_row
        return of_rows
    unit = np.arange(len(target)) if held_out.unit is None else held_out.unit
    found: list[np.ndarray] = []
    flat = members.reshape(len(members), -1)
    at_once = max(16, _AT_ONCE // max(1, flat.shape[1]))
    for first in range(0, len(held_out.shares), at_once):
        draws = slice(first, first + at_once)
        shares = held_out.shares[draws]
        differs = np.r_[True, np.any(shares[1:] != shares[:-1], axis=1)]  # draws of the same members lie together
        average = (shares[differs] @ flat).reshape(-1, *members.shape[1:])
        earned = model.earned(target, average, info, decision, assumed)
        found.append(*drawn_sums(held_out.weight[draws], unit, [earned], np.cumsum(differs) - 1))
    return np.concatenate(found)
