"""Money of acting on everybody whose predicted chance reaches a threshold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from core.checks.column_check import as_numbers
from core.contracts import Assumption, Decision
from core.errors import UserError
from core.formatting.messages import message
from core.value.confusion import ACT_ON_NOBODY, Cells, Ranking, acted_on, cells_at

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CELLS = ("tp", "fp", "fn", "tn")
_THRESHOLD = Decision(name="threshold", label="Threshold", low=0.0, high=1.0)


@dataclass(frozen=True, slots=True)
class InfoColumn:
    """Money that differs by record: a column of the examples' info, times a number."""

    name: str
    times: float = 1.0

    def __mul__(self, factor: float) -> InfoColumn:
        return InfoColumn(self.name, self.times * factor)

    __rmul__ = __mul__

    def __neg__(self) -> InfoColumn:
        return self * -1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Payoffs:
    """Money per record in each cell of the confusion matrix: the same for all, or a column of info."""

    tp: float | InfoColumn
    fp: float | InfoColumn
    fn: float | InfoColumn
    tn: float | InfoColumn

    @property
    def differ_by_record(self) -> bool:
        return any(isinstance(getattr(self, cell), InfoColumn) for cell in CELLS)

    def of(self, cells: Cells) -> Any:
        """Money of so many records in each cell, where it is the same for all: a number, or (P,) where the cells are
        arrays."""
        return cells.tp * self.tp + cells.fp * self.fp + cells.fn * self.fn + cells.tn * self.tn

    def each(self, info: pd.DataFrame) -> dict[str, np.ndarray]:
        """What each record (N,) would be worth in each cell. Raises UserError for a column that has not a number in
        every row."""
        import numpy as np

        def column(worth: float | InfoColumn) -> np.ndarray:
            if isinstance(worth, InfoColumn):
                if worth.name not in info.columns:
                    raise UserError(
                        "Money that differs by record is a column of info; {name!r} is none of: {has}. Mend the name.",
                        name=worth.name,
                        has=", ".join(map(str, info.columns)) or message("no column"),
                    )
                what, instead = message("the info column {name!r}", name=worth.name), message("Give amounts.")
                return as_numbers(what, info[worth.name], may_miss=False, instead=instead) * worth.times
            return np.full(len(info), float(worth))

        return {cell: column(getattr(self, cell)) for cell in CELLS}

    def with_share(self, share: float, in_data: float) -> Payoffs:
        """For rows of which `in_data` are positive, where in life `share` are: a row counts for more or less."""
        positive, negative = share / in_data, (1 - share) / (1 - in_data)
        return Payoffs(tp=self.tp * positive, fp=self.fp * negative, fn=self.fn * positive, tn=self.tn * negative)


@dataclass(frozen=True, kw_only=True, slots=True)
class ThresholdWords:
    """The visible words of the panel: the four cells, the act, and the two simple policies. whom: who is acted on,
    where that is not the unit."""

    tp: str
    fp: str
    fn: str
    tn: str
    act: str
    unit: str
    threshold: str
    everybody: str
    nobody: str
    whom: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ThresholdValue:
    """Conforms to protocols.ValueModel, for kind binary.

    payoffs(assumed) prices one record; records_per_year(assumed, info) is the number of such records a year. today:
    which policy is really followed today, as `NamesToday` has it. prior(assumed): the share of positives in life and in
    the data, where payoffs are `with_share`; shares that a page tells are of life then.
    """

    assumptions: tuple[Assumption, ...]
    payoffs: Callable[[Mapping[str, float]], Payoffs]
    records_per_year: Callable[[Mapping[str, float], pd.DataFrame], float]
    words: ThresholdWords
    currency: str = "USD"
    per: str = "year"
    decision: Decision = _THRESHOLD
    today: str = ""
    prior: Callable[[Mapping[str, float]], tuple[float, float]] | None = None

    def check(self, info: pd.DataFrame) -> None:
        """Raises UserError where a record could not be priced, so that nothing is trained in vain."""
        self.payoffs(assumed_values(self.assumptions)).each(info)

    def scale(self, info: pd.DataFrame, assumed: Mapping[str, float]) -> float:
        """How many records a year each held-out record stands for."""
        return self.records_per_year(assumed, info) / max(1, len(info))

    def choose(
        self, target: np.ndarray, prediction: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> float:
        """The threshold that would have earned most on these rows (use validation rows); acting on nobody is one."""
        import numpy as np

        pay, ranking = self.payoffs(assumed), Ranking.of(target, prediction)
        if pay.differ_by_record:
            return ranking.threshold_at(int(np.argmax(ranking.summed(_gain(pay.each(info), ranking.positive)))))
        cells = ranking.cells(np.arange(len(ranking.acted)))
        tp, fp, fn, tn = (cast("float", getattr(pay, cell)) for cell in CELLS)
        gain = cells.tp * (tp - fn) + cells.fp * (fp - tn)  # over nobody, who comes first among equals
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
        if weight is None and not pay.differ_by_record:
            return np.array([pay.of(cells_at(target, prediction, decision)) * scale])
        acted, positive, worth = acted_on(prediction, decision), target[:, 0] > 0, pay.each(info)
        each = np.where(
            acted, np.where(positive, worth["tp"], worth["fp"]), np.where(positive, worth["fn"], worth["tn"])
        )
        if weight is None:
            return np.array([each.sum() * scale])
        drawn: np.ndarray = weight @ each * scale
        return drawn

    def earned(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        decision: float,
        assumed: Mapping[str, float],
    ) -> np.ndarray:
        """Money per year of each row (B, N), of predictions (B, N, O)."""
        import numpy as np

        positive, worth, scale = target[:, 0] > 0, self.payoffs(assumed).each(info), self.scale(info, assumed)
        if_acted = np.where(positive, worth["tp"], worth["fp"]) * scale
        if_left = np.where(positive, worth["fn"], worth["tn"]) * scale
        return np.where(prediction[..., 0] >= decision, if_acted, if_left)

    def amounts(
        self, ranking: Ranking, places: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> np.ndarray:
        """Money per year (P,) at places of a ranking: what `amount` says of a threshold that stands there."""
        import numpy as np

        pay, scale = self.payoffs(assumed), self.scale(info, assumed)
        if pay.differ_by_record:
            return sum(self.cell_amounts(ranking, places, info, assumed).values(), start=np.zeros(len(places)))
        each: np.ndarray = pay.of(ranking.cells(places)) * scale
        return each

    def cell_amounts(
        self, ranking: Ranking, places: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> dict[str, np.ndarray]:
        """Money per year (P,) of the records in each cell, at places of a ranking."""
        import numpy as np

        scale, positive, found = self.scale(info, assumed), ranking.positive, {}
        for cell, worth in self.payoffs(assumed).each(info).items():
            summed = ranking.summed(np.where(positive if cell in ("tp", "fn") else ~positive, worth, 0.0))
            found[cell] = (summed[places] if cell in ("tp", "fp") else summed[-1] - summed[places]) * scale
        return found

    def references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> tuple[tuple[str, float], ...]:
        """Acting on everybody and on nobody, in money per year."""
        return tuple((name, float(earned[0])) for name, earned in self._certain(target, info, assumed, None))

    def drawn_references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float], weight: np.ndarray
    ) -> tuple[tuple[str, np.ndarray], ...]:
        """The same (R,) under weights of the rows (R, N)."""
        return self._certain(target, info, assumed, weight)

    def _certain(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float], weight: np.ndarray | None
    ) -> tuple[tuple[str, np.ndarray], ...]:
        import numpy as np

        certain = np.ones((len(target), 1))
        return tuple(
            (name, self.amount(target, certain, info, threshold, assumed, weight))
            for name, threshold in ((self.words.everybody, 0.0), (self.words.nobody, ACT_ON_NOBODY))
        )


def _gain(worth: Mapping[str, np.ndarray], positive: np.ndarray) -> np.ndarray:
    """What each record (N,) gains when it is acted on and not left."""
    import numpy as np

    return np.where(positive, worth["tp"] - worth["fn"], worth["fp"] - worth["tn"])


def assumed_values(assumptions: tuple[Assumption, ...], given: Mapping[str, float] | None = None) -> dict[str, float]:
    """Every assumption at its own value, or at the given one."""
    return {a.name: float((given or {}).get(a.name, a.value)) for a in assumptions}
