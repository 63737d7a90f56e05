"""Money of letting a machine decide what it is sure of, and a person everything else: for one of several classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.contracts import Assumption, Decision
from core.value.rows import SumOfRows

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_STEPS = 200  # of half a percent


@dataclass(frozen=True, kw_only=True, slots=True)
class Gains:
    """Money per record that the machine decides, against a person deciding it: where the machine is right, and where it
    is wrong."""

    right: float
    wrong: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfidenceTally:
    """A level on some rows: money per year; the shares of all rows that the machine decides, that it decides wrongly,
    and of its own that are right (1 where it decides none)."""

    amount: float
    rows: int
    decided: float
    wrong: float
    right_of_decided: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfidenceWords:
    """The visible words of the panel. level: what the slider sets; decided, left: records of the machine and of people;
    wrong: those of the machine that are wrong; right: those of its own that are right; unit: what a record is, in the
    plural; machine_does, person_does: with one record, in What if ('the machine files it')."""

    level: str
    decided: str
    left: str
    wrong: str
    right: str
    unit: str
    machine_does: str
    person_does: str


def _nothing(assumed: Mapping[str, float]) -> float:
    return 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfidenceValue(SumOfRows):
    """Conforms to protocols.ValueModel, for kind multiclass. The decision is a level: what the highest chance of a
    record must reach for the machine to decide it. At 1 it decides nothing, for no chance is a certainty.

    gains(assumed) prices one record; records_per_year(assumed, info): how many such records a year has. everything: the
    policy that a person decides all, which earns 0 and is what is done today. fixed(assumed): what having the machine
    costs a year, whatever it decides.
    """

    assumptions: tuple[Assumption, ...]
    gains: Callable[[Mapping[str, float]], Gains]
    records_per_year: Callable[[Mapping[str, float], pd.DataFrame], float]
    words: ConfidenceWords
    everything: str
    fixed: Callable[[Mapping[str, float]], float] = _nothing
    currency: str = "USD"
    per: str = "year"

    @property
    def decision(self) -> Decision:
        return Decision(name="level", label=self.words.level, low=0.0, high=1.0)

    @property
    def today(self) -> str:
        return self.everything

    def scale(self, info: pd.DataFrame, assumed: Mapping[str, float]) -> float:
        """How many records a year each held-out row stands for."""
        return self.records_per_year(assumed, info) / max(1, len(info))

    def grid(self) -> list[float]:
        """The levels that can be chosen, in steps of half a percent."""
        return [step / _STEPS for step in range(_STEPS + 1)]

    def nearest(self, level: float) -> float:
        """The level of the grid that lies nearest: the one that is acted on, whatever a link says."""
        return min(self.grid(), key=lambda known: abs(known - level))

    def decides(self, prediction: np.ndarray, level: float) -> np.ndarray:
        """Which rows (..., N) of predictions (..., N, C) the machine decides."""
        import numpy as np

        sure: np.ndarray = prediction.max(-1) >= level
        return sure if level < 1 else np.zeros_like(sure)

    def choose(
        self, target: np.ndarray, prediction: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> float:
        """The level that would have earned most on these rows (use validation rows); among equals the highest, so that
        a machine that pays nowhere decides nothing."""
        import numpy as np

        each, levels = self._if_decided(target, prediction, assumed), np.array(self.grid())
        reached = np.searchsorted(levels, prediction.max(-1), side="right") - 1  # the highest level that still decides
        at_level = np.bincount(np.maximum(reached, 0), each, len(levels))
        earned = np.cumsum(at_level[::-1])[::-1]
        earned[-1] = 0.0
        best = len(levels) - 1 - int(np.argmax(earned[::-1]))
        return float(levels[best])

    def _if_decided(self, target: np.ndarray, prediction: np.ndarray, assumed: Mapping[str, float]) -> np.ndarray:
        """What each row (..., N) gains where the machine decides it."""
        import numpy as np

        pay, right = self.gains(assumed), prediction.argmax(-1) == target[:, 0]
        gained: np.ndarray = np.where(right, pay.right, pay.wrong)
        return gained

    def earned(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        decision: float,
        assumed: Mapping[str, float],
    ) -> np.ndarray:
        """Money per year of each row (B, N), of predictions (B, N, C)."""
        import numpy as np

        each = np.where(self.decides(prediction, decision), self._if_decided(target, prediction, assumed), 0.0)
        found: np.ndarray = each * self.scale(info, assumed) - self.fixed(assumed) / max(1, len(info))
        return found

    def tally(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        level: float,
        assumed: Mapping[str, float],
    ) -> ConfidenceTally:
        """What a level leads to on these rows; its money is what `amount` says."""
        decided, right = self.decides(prediction, level), prediction.argmax(-1) == target[:, 0]
        (amount,) = self.amount(target, prediction, info, level, assumed)
        return ConfidenceTally(
            amount=float(amount),
            rows=len(decided),
            decided=float(decided.mean()),
            wrong=float((decided & ~right).mean()),
            right_of_decided=float(right[decided].mean()) if decided.any() else 1.0,
        )

    def references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> tuple[tuple[str, float], ...]:
        """A person decides everything: what all amounts are told against."""
        return ((self.everything, 0.0),)

    def drawn_references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float], weight: np.ndarray
    ) -> tuple[tuple[str, np.ndarray], ...]:
        """The same (R,) under weights of the rows (R, N)."""
        import numpy as np

        return ((self.everything, np.zeros(len(weight))),)
