"""Money of acting on everybody whose predicted chance reaches a threshold. Knows payoffs, no use case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.contracts import Assumption, Decision

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ACT_ON_NOBODY = 1.000001  # above every probability
_THRESHOLD = Decision(name="threshold", label="Threshold", low=0.0, high=1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Payoffs:
    """Money per record in each cell of the confusion matrix."""

    tp: float
    fp: float
    fn: float
    tn: float

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
    panel: str = "threshold"
    decision: Decision = _THRESHOLD

    def scale(self, info: pd.DataFrame, assumed: Mapping[str, float]) -> float:
        """How many records a year each held-out record stands for."""
        return self.records_per_year(assumed, info) / max(1, len(info))

    def choose(
        self, target: np.ndarray, prediction: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> float:
        """The threshold that would have earned most on these rows (use validation rows); acting on nobody is one."""
        import numpy as np

        score, positive = prediction[:, 0], target[:, 0] > 0
        order = np.argsort(-score, kind="stable")
        gain = self._gain_of_acting(positive[order], assumed)
        last_of_ties = np.r_[np.diff(score[order]) != 0, True]
        total = np.where(last_of_ties, np.cumsum(gain), -np.inf)
        best = int(np.argmax(total))
        if total[best] <= 0:
            return ACT_ON_NOBODY
        following = score[order][best + 1] if best + 1 < len(score) else 0.0
        middle = (score[order][best] + following) / 2
        return float(middle if middle > following else score[order][best])  # neighbours to the last bit have no middle

    def _gain_of_acting(self, positive: np.ndarray, assumed: Mapping[str, float]) -> np.ndarray:
        import numpy as np

        pay = self.payoffs(assumed)
        return np.where(positive, pay.tp - pay.fn, pay.fp - pay.tn)

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

        pay = self.payoffs(assumed)
        acted, positive = prediction[:, 0] >= decision, target[:, 0] > 0
        each = np.where(acted, np.where(positive, pay.tp, pay.fp), np.where(positive, pay.fn, pay.tn))
        total = each.sum(keepdims=True) if weight is None else weight @ each
        return total * self.scale(info, assumed)

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
