"""Money of acting on everybody whose predicted chance reaches a threshold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import Assumption, Decision
from core.value.confusion import ACT_ON_NOBODY, Cells, Ranking, acted_on, cells_at

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_THRESHOLD = Decision(name="threshold", label="Threshold", low=0.0, high=1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Payoffs:
    """Money per record in each cell of the confusion matrix."""

    tp: float
    fp: float
    fn: float
    tn: float

    def of(self, cells: Cells) -> Any:
        """Money of so many records in each cell: a number, or (P,) where the cells are arrays."""
        return cells.tp * self.tp + cells.fp * self.fp + cells.fn * self.fn + cells.tn * self.tn

    def with_share(self, share: float, in_data: float) -> Payoffs:
        """For rows of which `in_data` are positive, where in life `share` are: a row counts for more or less."""
        positive, negative = share / in_data, (1 - share) / (1 - in_data)
        return Payoffs(tp=self.tp * positive, fp=self.fp * negative, fn=self.fn * positive, tn=self.tn * negative)


@dataclass(frozen=True, kw_only=True, slots=True)
class ThresholdWords:
    """The visible words of the panel: the four cells, the act, and the two simple policies."""

    tp: str
    fp: str
    fn: str
    tn: str
    act: str
    unit: str
    threshold: str
    everybody: str
    nobody: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ThresholdValue:
    """Conforms to protocols.ValueModel, for kind binary.

    payoffs(assumed) prices one record; records_per_year(assumed, info) is the number of such records a year.
    """

    assumptions: tuple[Assumption, ...]
    payoffs: Callable[[Mapping[str, float]], Payoffs]
    records_per_year: Callable[[Mapping[str, float], pd.DataFrame], float]
    words: ThresholdWords
    currency: str = "USD"
    per: str = "year"
    decision: Decision = _THRESHOLD

    def scale(self, info: pd.DataFrame, assumed: Mapping[str, float]) -> float:
        """How many records a year each held-out record stands for."""
        return self.records_per_year(assumed, info) / max(1, len(info))

    def choose(
        self, target: np.ndarray, prediction: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> float:
        """The threshold that would have earned most on these rows (use validation rows); acting on nobody is one."""
        import numpy as np

        pay, ranking = self.payoffs(assumed), Ranking.of(target, prediction)
        cells = ranking.cells(np.arange(len(ranking.acted)))
        gain = cells.tp * (pay.tp - pay.fn) + cells.fp * (pay.fp - pay.tn)  # over nobody, who comes first among equals
        return ranking.threshold_at(int(np.argmax(gain)))

    def amount(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        decision: float,
        assumed: Mapping[str, float],
        weight: np.ndarray | None = None,
    ) -> np.ndarray:
        """Money per year (R,) of the decision on these rows, each standing for `scale` records a year."""
        import numpy as np

        pay, scale = self.payoffs(assumed), self.scale(info, assumed)
        if weight is None:
            return np.array([pay.of(cells_at(target, prediction, decision)) * scale])
        acted, positive = acted_on(prediction, decision), target[:, 0] > 0
        each = np.where(acted, np.where(positive, pay.tp, pay.fp), np.where(positive, pay.fn, pay.tn))
        drawn: np.ndarray = weight @ each * scale
        return drawn

    def amounts(
        self, ranking: Ranking, places: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> np.ndarray:
        """Money per year (P,) at places of a ranking: what `amount` says of a threshold that stands there."""
        each: np.ndarray = self.payoffs(assumed).of(ranking.cells(places)) * self.scale(info, assumed)
        return each

    def references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> tuple[tuple[str, float], ...]:
        """Acting on everybody and on nobody, in money per year."""
        import numpy as np

        certain = np.ones((len(target), 1))
        return tuple(
            (name, float(self.amount(target, certain, info, threshold, assumed)[0]))
            for name, threshold in ((self.words.everybody, 0.0), (self.words.nobody, ACT_ON_NOBODY))
        )


def assumed_values(assumptions: tuple[Assumption, ...], given: Mapping[str, float] | None = None) -> dict[str, float]:
    """Every assumption at its own value, or at the given one."""
    return {a.name: float((given or {}).get(a.name, a.value)) for a in assumptions}
