"""Money of counting: a machine draws boxes, and a person mends the wrong ones instead of counting everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.contracts import Assumption, Decision
from core.contracts.boxes import Found, Known, matched
from core.value.level import LevelTally, LevelWords
from core.value.rows import SumOfRows

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_STEPS = 100
_LEAST, _MOST = 0.02, 1.0


@dataclass(frozen=True, slots=True)
class Mistakes:
    """Of each picture (N,): boxes that count, false ones among them, and things that no box shows."""

    counted: np.ndarray
    false: np.ndarray
    missed: np.ndarray

    @classmethod
    def at(cls, target: np.ndarray, prediction: np.ndarray, least: float) -> Mistakes:
        """With the boxes whose score is `least` or more. target (N, T), prediction (N, O)."""
        return _Matched.of(target, prediction).at(least)


@dataclass(frozen=True, slots=True)
class _Matched:
    """score (N, S) of every box, whether it is right (N, S), and how many things there are (N,)."""

    score: np.ndarray
    right: np.ndarray
    known: np.ndarray

    @classmethod
    def of(cls, target: np.ndarray, prediction: np.ndarray) -> _Matched:
        """A surer box chooses before one that is less sure, so that a threshold changes no choice."""
        return cls(Found.of(prediction).score, matched(prediction, target) >= 0, (Known.of(target).kind >= 0).sum(1))

    def at(self, least: float) -> Mistakes:
        counts = (self.score >= least) & (self.score > 0)
        hits = (counts & self.right).sum(1)
        return Mistakes(counted=counts.sum(1), false=counts.sum(1) - hits, missed=self.known - hits)


@dataclass(frozen=True, kw_only=True, slots=True)
class CountingValue(SumOfRows):
    """Conforms to protocols.ValueModel, for kind detection, and to what the panel of a level asks. The decision is the
    score from which a box counts.

    by_hand(known (N,), assumed): what counting a picture by hand costs. with_boxes(mistakes, assumed): what it costs to
    check the boxes. pictures_per_year(assumed, info). today: the name of counting by hand. A picture is counted right
    where no more than `spare` of its boxes are false or missing.
    """

    assumptions: tuple[Assumption, ...]
    by_hand: Callable[[np.ndarray, Mapping[str, float]], np.ndarray]
    with_boxes: Callable[[Mistakes, Mapping[str, float]], np.ndarray]
    pictures_per_year: Callable[[Mapping[str, float], pd.DataFrame], float]
    words: LevelWords
    today: str
    spare: int = 1
    currency: str = "USD"
    per: str = "year"

    @property
    def decision(self) -> Decision:
        return Decision(name="level", label=self.words.level, low=_LEAST, high=_MOST)

    def scale(self, info: pd.DataFrame, assumed: Mapping[str, float]) -> float:
        """How many pictures a year each held-out one stands for."""
        return self.pictures_per_year(assumed, info) / max(1, len(info))

    def grid(self) -> list[float]:
        """The scores that can be chosen, in steps of a hundredth."""
        return [step / _STEPS for step in range(round(_LEAST * _STEPS), round(_MOST * _STEPS) + 1)]

    def nearest(self, level: float) -> float:
        """The score of the grid that lies nearest: the one that is acted on, whatever a link says."""
        return min(self.grid(), key=lambda known: abs(known - level))

    def choose(
        self, target: np.ndarray, prediction: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> float:
        """The score that would have saved most on these rows (use validation rows)."""
        found = _Matched.of(target, prediction)
        return max(self.grid(), key=lambda level: self._saved(found, level, assumed).sum())

    def earned(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        decision: float,
        assumed: Mapping[str, float],
    ) -> np.ndarray:
        """Money per year of each row (B, N), of predictions (B, N, O), against counting by hand."""
        import numpy as np

        each = [self._saved(_Matched.of(target, one), decision, assumed) for one in prediction]
        return np.stack(each) * self.scale(info, assumed)

    def tally(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        level: float,
        assumed: Mapping[str, float],
    ) -> LevelTally:
        """`kept` are the pictures that are counted right, `acted` the boxes of a picture, `short` and `over` what is
        missed and what is false, in the mean over pictures."""
        found = _Matched.of(target, prediction)
        at, saved = found.at(level), self._saved(found, level, assumed)
        wrong = at.false + at.missed
        return LevelTally(
            amount=float(saved.sum() * self.scale(info, assumed)),
            rows=len(wrong),
            kept=float((wrong <= self.spare).mean()),
            acted=float(at.counted.mean()),
            short=float(at.missed.mean()),
            over=float(at.false.mean()),
        )

    def references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> tuple[tuple[str, float], ...]:
        """Counting by hand, against which everything is counted."""
        return ((self.today, 0.0),)

    def drawn_references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float], weight: np.ndarray
    ) -> tuple[tuple[str, np.ndarray], ...]:
        """The same (R,) under weights of the rows (R, N)."""
        import numpy as np

        return ((self.today, np.zeros(len(weight))),)

    def _saved(self, found: _Matched, level: float, assumed: Mapping[str, float]) -> np.ndarray:
        """Of each picture (N,)."""
        saved: np.ndarray = self.by_hand(found.known, assumed) - self.with_boxes(found.at(level), assumed)
        return saved
