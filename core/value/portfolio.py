"""Money of a portfolio: so much of a capital follows the weights that a method gives, the rest stays in cash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.contracts import Assumption, Decision
from core.errors import UserError
from core.value.level import LevelTally, LevelWords
from core.value.rows import SumOfRows

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_STEPS = 100
_LEAST_VARIANCE = 1e-18


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioValue(SumOfRows):
    """Conforms to protocols.ValueModel, for kind allocation, and to what the panel of a level asks. The decision is the
    share of the capital that follows the weights, set anew in every period; the rest earns nothing.

    returns(target (N, A), weight (N, A), info): what each row's period earns, (N,), as a share, costs paid. policies:
    weights (A,) that are held by whom no model advises, by their names. periods: a year has. risk_aversion: by it the
    share is chosen. One of the assumptions is called `capital`. today: the policy that is really followed today.
    """

    assumptions: tuple[Assumption, ...]
    returns: Callable[[np.ndarray, np.ndarray, pd.DataFrame], np.ndarray]
    policies: tuple[tuple[str, tuple[float, ...]], ...]
    words: LevelWords
    periods: float = 252.0
    risk_aversion: float = 5.0
    currency: str = "USD"
    per: str = "year"
    today: str = ""

    def __post_init__(self) -> None:
        if "capital" not in [assumption.name for assumption in self.assumptions]:
            raise UserError("A portfolio has a capital; none of its assumptions is called 'capital'. Declare one.")
        if len({len(weights) for _name, weights in self.policies}) > 1:
            raise UserError("Policies hold the same assets; these name different numbers of weights. Complete them.")

    @property
    def decision(self) -> Decision:
        return Decision(name="level", label=self.words.level, low=0.0, high=1.0)

    def scale(self, info: pd.DataFrame, assumed: Mapping[str, float]) -> float:
        """How many periods of a year each held-out row stands for."""
        return self.periods / max(1, len(info))

    def grid(self) -> list[float]:
        """The shares that can be chosen, in steps of a hundredth."""
        return [step / _STEPS for step in range(_STEPS + 1)]

    def nearest(self, level: float) -> float:
        """The share of the grid that lies nearest: the one that is acted on, whatever a link says."""
        return min(self.grid(), key=lambda known: abs(known - level))

    def choose(
        self, target: np.ndarray, prediction: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> float:
        """The share with the best return less risk on these rows (use validation rows): the mean over risk aversion
        times variance, from nothing to everything (Merton, 1969)."""
        earned = self.returns(target, prediction, info)
        mean, variance = float(earned.mean()), float(earned.var())
        if variance <= _LEAST_VARIANCE or self.risk_aversion <= 0:
            return float(mean > 0)
        return self.nearest(mean / (self.risk_aversion * variance))

    def earned(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        decision: float,
        assumed: Mapping[str, float],
    ) -> np.ndarray:
        """Money per year of each row (B, N), of weights (B, N, A)."""
        import numpy as np

        found = np.stack([self.returns(target, weights, info) for weights in prediction])
        return found * decision * assumed["capital"] * self.scale(info, assumed)

    def tally(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        level: float,
        assumed: Mapping[str, float],
    ) -> LevelTally:
        """A share on some rows: `kept` are the periods that lose nothing, `acted` the money that follows the weights,
        `short` and `over` what a period loses and earns, in the mean over all of them."""
        import numpy as np

        invested = level * assumed["capital"]
        each = self.returns(target, prediction, info) * invested
        return LevelTally(
            amount=float(each.sum() * self.scale(info, assumed)),
            rows=len(each),
            kept=float((each >= 0).mean()) if len(each) else 0.0,
            acted=invested,
            short=float(np.maximum(-each, 0.0).mean()) if len(each) else 0.0,
            over=float(np.maximum(each, 0.0).mean()) if len(each) else 0.0,
        )

    def references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> tuple[tuple[str, float], ...]:
        """What each policy would have earned with the whole capital, in money per year."""
        rows = self._of_policies(target, info, assumed)
        return tuple((name, float(each.sum())) for name, each in rows)

    def drawn_references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float], weight: np.ndarray
    ) -> tuple[tuple[str, np.ndarray], ...]:
        """The same (R,) under weights of the rows (R, N)."""
        return tuple((name, weight @ each) for name, each in self._of_policies(target, info, assumed))

    def _of_policies(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> list[tuple[str, np.ndarray]]:
        import numpy as np

        if not self.policies:
            return []
        names, held = zip(*self.policies, strict=True)
        weights = np.stack([np.tile(np.asarray(one, dtype=np.float64), (len(target), 1)) for one in held])
        return list(zip(names, self.earned(target, weights, info, 1.0, assumed), strict=True))
