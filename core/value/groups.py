"""Who is treated how: in each group the share acted on and found, and what rules that treat groups alike earn.

After Hardt, Price and Srebro (2016), "Equality of opportunity in supervised learning": a threshold a group can find the
same share of the positives in each, or act on the same share of all. Such thresholds are chosen on validation rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from core.contracts.care import GroupBy
from core.value.confusion import ACT_ON_NOBODY, acted_on

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from core.store.held_out import HeldOut
    from core.value.threshold import ThresholdValue

LEAST = 30  # rows, and validation positives, without which a group says nothing of its own
_DRAWS = 400
_SEED = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Treated:
    """One group: its rows, those acted on, the positive ones, and those of them that were found."""

    name: str
    rows: int
    acted: int
    positive: int
    found: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What a rule earns, and what it earns more than one threshold for all, with its 95% interval (rows drawn anew).
    spread: by how much the share found, and the share acted on, differ between the groups."""

    name: str
    amount: float
    more: float
    low: float
    high: float
    spread_found: float
    spread_acted: float


def members(info: pd.DataFrame, by: GroupBy) -> np.ndarray:
    """The group (N,) of each row, as text; numbers fall between the declared edges. Missing: '', no group."""
    import numpy as np
    import pandas as pd

    column = info[by.column]
    if not by.edges:
        return column.astype(object).where(column.notna(), "").astype(str).to_numpy(dtype=object)
    low, high = by.edges[0], by.edges[-1]
    names = [f"< {low:g}", *(f"{a:g} - {b:g}" for a, b in pairwise(by.edges)), f"≥ {high:g}"]
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    named = np.array(names, dtype=object)[np.digitize(numbers, by.edges)]
    return np.where(np.isnan(numbers), "", named)


def large_groups(group: np.ndarray, by: GroupBy) -> list[str]:
    """The groups of at least `LEAST` rows: numbers from low to high, names by size."""
    import numpy as np

    names, counts = np.unique(group.astype(str), return_counts=True)
    known = [(str(n), int(c)) for n, c in zip(names, counts, strict=True) if n and c >= LEAST]
    if by.edges:
        return sorted((n for n, _c in known), key=lambda n: float(n.strip("<≥ ").split(" - ")[0]) - n.startswith("<"))
    return [n for n, _c in sorted(known, key=lambda one: -one[1])]


def treated(target: np.ndarray, acted: np.ndarray, group: np.ndarray, names: list[str]) -> list[Treated]:
    """How each of these groups fares. target (N, T): above 0 is positive; acted (N,)."""
    positive = target[:, 0] > 0
    return [
        Treated(
            name=name,
            rows=int(inside.sum()),
            acted=int((acted & inside).sum()),
            positive=int((positive & inside).sum()),
            found=int((acted & positive & inside).sum()),
        )
        for name in names
        for inside in [group == name]
    ]


def thresholds(
    target: np.ndarray, prediction: np.ndarray, group: np.ndarray, names: list[str], threshold: float, *, found: bool
) -> dict[str, float]:
    """A threshold for each group, with which it has the share found (or the share acted on) that one threshold for all
    has over all rows. Use validation rows. A group with fewer than `LEAST` rows to count keeps the common one."""
    import numpy as np

    counted = target[:, 0] > 0 if found else np.ones(len(target), dtype=bool)
    acted, chance = acted_on(prediction, threshold), prediction[:, 0]
    share = float(acted[counted].mean()) if counted.any() else 0.0
    own = {}
    for name in names:
        ranked = np.sort(chance[counted & (group == name)])[::-1]
        place = round(share * len(ranked))
        if len(ranked) < LEAST:
            own[name] = threshold
        else:
            own[name] = float(ranked[place - 1]) if place else ACT_ON_NOBODY
    return own


def rules(
    model: ThresholdValue, found: HeldOut, by: GroupBy, threshold: float, assumed: Mapping[str, float]
) -> list[Rule]:
    """One threshold for all, and the two rules that treat groups alike, priced on the held-out rows."""
    import numpy as np

    group, known = members(found.info, by), members(found.validation_info, by)
    names = large_groups(group, by)
    one = acted_on(found.ensemble, threshold)
    of_rule = {"one": one}
    for name, of_found in (("found", True), ("acted", False)):
        own = thresholds(found.validation_target, found.validation, known, names, threshold, found=of_found)
        limit = np.array([own.get(n, threshold) for n in group])
        of_rule[name] = found.ensemble[:, 0] >= limit
    weight = np.random.default_rng(_SEED).multinomial(len(one), np.full(len(one), 1 / len(one)), size=_DRAWS)
    whole = np.ones((1, len(one)))

    def earned(acted: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        return model.amount(found.target, acted[:, None].astype(float), found.info, 0.5, assumed, weight=drawn)

    base, base_drawn = float(earned(one, whole)[0]), earned(one, weight)
    told = []
    for name, acted in of_rule.items():
        amount = float(earned(acted, whole)[0])
        low, high = np.quantile(earned(acted, weight) - base_drawn, [0.025, 0.975])
        fares = treated(found.target, acted, group, names)
        told.append(
            Rule(
                name=name,
                amount=amount,
                more=amount - base,
                low=float(low),
                high=float(high),
                spread_found=_spread([t.found / t.positive for t in fares if t.positive]),
                spread_acted=_spread([t.acted / t.rows for t in fares]),
            )
        )
    return told


def _spread(shares: list[float]) -> float:
    return max(shares) - min(shares) if shares else 0.0
