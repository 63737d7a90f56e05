"""Money of acting on a quantile forecast at a chosen level: a promise, a stock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from core.contracts import Assumption, Decision

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_STEP = 0.01
_AT_ONCE = 1_000_000  # rows of forecasts that are priced together


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelOutcome:
    """What acting on `chosen` led to, per row (N,): money, how much too little it was, and how much too much.
    counted (N,), bool: the rows that the decision is about, where others only go along; None: all of them."""

    money: np.ndarray
    short: np.ndarray
    over: np.ndarray
    counted: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelTally:
    """A level on some rows: money per year, and over the rows that it is about the share where nothing was short, and
    the means of what was chosen, of what was short and of what was over."""

    amount: float
    rows: int
    kept: float
    acted: float
    short: float
    over: float


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelCounts:
    """What a level led to where a mean over rows does not say it: the share `kept` of `rows` that the decision is
    about, and how much of `acted`, `short` and `over` there was."""

    kept: float
    acted: float
    short: float
    over: float
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelWords:
    """The visible words of the panel. level: what the slider sets; chosen: what a level turns into; kept: rows where
    nothing was short; short, over: the two ways to err; amount_unit: their unit; unit: what a row is, in the plural.
    axis: below the slider; empty: that of a forecast's level. risk: a level is the chance that there is less than what
    is acted on, and not that it is enough."""

    level: str
    chosen: str
    kept: str
    short: str
    over: str
    amount_unit: str
    unit: str
    axis: str = ""
    risk: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelValue:
    """Conforms to protocols.ValueModel, for kind quantile. The decision is a level between the lowest and the highest
    of `levels`; a row acts on its forecast quantile there.

    outcome(target (N, T), chosen (N,), info, assumed) says what each row earned; it may look at rows together (a stock
    is carried from day to day), in whatever order they come. simple(target, info, assumed): what one would choose
    without a model, as (name, chosen (N,)) pairs. rows_per_year(assumed, info): how many rows a year has. at_once:
    outcome also takes chosen (B, N), and gives each of its arrays but `counted` so.
    today: which of the simple choices is really made today, as `NamesToday` has it. retitled: what a simple choice is
    called on pages, where its name, which runs are kept by, is not what one would say.
    """

    assumptions: tuple[Assumption, ...]
    levels: tuple[float, ...]
    outcome: Callable[[np.ndarray, np.ndarray, pd.DataFrame, Mapping[str, float]], LevelOutcome]
    simple: Callable[[np.ndarray, pd.DataFrame, Mapping[str, float]], tuple[tuple[str, np.ndarray], ...]]
    counts: Callable[[np.ndarray, np.ndarray, pd.DataFrame, Mapping[str, float]], LevelCounts] | None = None
    rows_per_year: Callable[[Mapping[str, float], pd.DataFrame], float]
    words: LevelWords
    currency: str = "USD"
    per: str = "year"
    at_once: bool = False
    today: str = ""
    retitled: Mapping[str, str] = field(default_factory=dict)

    @property
    def decision(self) -> Decision:
        return Decision(name="level", label=self.words.level, low=self.levels[0], high=self.levels[-1])

    def scale(self, info: pd.DataFrame, assumed: Mapping[str, float]) -> float:
        """How many rows a year each held-out row stands for."""
        return self.rows_per_year(assumed, info) / max(1, len(info))

    def grid(self) -> list[float]:
        """The levels that can be chosen, in steps of a hundredth."""
        count = round((self.levels[-1] - self.levels[0]) / _STEP)
        return [round(self.levels[0] + i * _STEP, 4) for i in range(count + 1)]

    def nearest(self, level: float) -> float:
        """The level of the grid that lies nearest: the one that is acted on, whatever a link says."""
        return min(self.grid(), key=lambda known: abs(known - level))

    def at(self, prediction: np.ndarray, level: float) -> np.ndarray:
        """The forecast quantile (..., N) of predictions (..., N, levels) at any level between, by straight lines."""
        import numpy as np

        place = float(np.interp(level, self.levels, np.arange(len(self.levels))))
        low = min(int(place), len(self.levels) - 1)
        high = min(low + 1, len(self.levels) - 1)
        chosen: np.ndarray = prediction[..., low] * (1 - (place - low)) + prediction[..., high] * (place - low)
        return chosen

    def choose(
        self, target: np.ndarray, prediction: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> float:
        """The level that would have earned most on these rows (use validation rows)."""
        import numpy as np

        chosen = np.stack([self.at(prediction, level) for level in self.grid()])
        return self.grid()[int(np.argmax(self._money(target, chosen, info, assumed).sum(axis=1)))]

    def earned(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        decision: float,
        assumed: Mapping[str, float],
    ) -> np.ndarray:
        """Money per year of each row (B, N), of predictions (B, N, levels)."""
        return self._money(target, self.at(prediction, decision), info, assumed) * self.scale(info, assumed)

    def _money(
        self, target: np.ndarray, chosen_BN: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> np.ndarray:
        import numpy as np

        at_once = max(1, _AT_ONCE // max(1, chosen_BN.shape[1])) if self.at_once else 1
        parts = [chosen_BN[first : first + at_once] for first in range(0, len(chosen_BN), at_once)]
        asked = parts if self.at_once else [part[0] for part in parts]
        found = [self.outcome(target, chosen, info, assumed).money for chosen in asked]
        return np.concatenate(found) if self.at_once else np.stack(found)

    def amount(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        decision: float,
        assumed: Mapping[str, float],
        weight: np.ndarray | None = None,
    ) -> np.ndarray:
        """Money per year (R,) of the decision on these rows, each standing for `scale` rows a year."""
        each = self.outcome(target, self.at(prediction, decision), info, assumed).money
        total = each.sum(keepdims=True) if weight is None else weight @ each
        return total * self.scale(info, assumed)

    def tally(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        level: float,
        assumed: Mapping[str, float],
    ) -> LevelTally:
        """What a level leads to on these rows; its money is what `amount` says."""
        import numpy as np

        chosen = self.at(prediction, level)
        outcome = self.outcome(target, chosen, info, assumed)
        amount = float(outcome.money.sum() * self.scale(info, assumed))
        if self.counts is not None:
            told = self.counts(target, chosen, info, assumed)
            return LevelTally(amount=amount, **asdict(told))
        about = np.ones(len(chosen), dtype=bool) if outcome.counted is None else outcome.counted

        def mean(values: np.ndarray) -> float:
            return float(values[about].mean()) if about.any() else 0.0

        return LevelTally(
            amount=amount,
            rows=int(about.sum()),
            kept=mean(outcome.short <= 0),
            acted=mean(chosen),
            short=mean(outcome.short),
            over=mean(outcome.over),
        )

    def references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> tuple[tuple[str, float], ...]:
        """What each simple choice would have earned, in money per year."""
        import numpy as np

        names, chosen = zip(*self.simple(target, info, assumed), strict=True)
        earned = self._money(target, np.stack(chosen), info, assumed).sum(axis=1) * self.scale(info, assumed)
        return tuple(zip(names, map(float, earned), strict=True))

    def drawn_references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float], weight: np.ndarray
    ) -> tuple[tuple[str, np.ndarray], ...]:
        """The same (R,) under weights of the rows (R, N)."""
        import numpy as np

        names, chosen = zip(*self.simple(target, info, assumed), strict=True)
        earned = self._money(target, np.stack(chosen), info, assumed) * self.scale(info, assumed)
        return tuple(zip(names, earned @ weight.T, strict=True))
