"""What is predicted and how it is judged: kinds, metrics, tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import UserError

if TYPE_CHECKING:
    import numpy as np

    from core.contracts.ranks import Ranks
    from core.contracts.rows import HeldOutRows


class Kind(StrEnum):
    """The names of the kinds of tasks that the product has; what each needs is its file in core/kinds/."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    QUANTILE = "quantile"
    SURVIVAL = "survival"
    RANKING = "ranking"
    ALLOCATION = "allocation"
    CLUSTERS = "clusters"
    DETECTION = "detection"
    GENERATION = "generation"
    ONE_CLASS = "one_class"


class Section(StrEnum):
    """The sections of a use-case page, in their order."""

    QUESTION = "question"
    DATA = "data"
    TRAIN = "train"
    RESULTS = "results"
    UNDERSTAND = "understand"
    MONEY = "money"
    SHIP = "ship"


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One held-out metric.

    `compute(rows, prediction_NO, task)` gives (R,), one value per row of the rows' weights; without weights every row
    counts once, and it gives (1,); NaN where it has no value. unit: "{target}" stands for the target's own, "share" for
    what people say in percent. perfect: what predictions score that are never wrong; None: nobody knows. undefined: why
    there may be no value, in a sentence. reads_middle: it looks at the middle output alone. keeps: the weights that a
    training ends with are those of its best value on validation, because its loss tells nothing of that.

    So that many draws are counted at once, a metric may also say what it is made of: a mean over rows, `each(rows,
    prediction (..., N, O), task)` giving (..., N), over the mean of `per(rows, task)` (N,) where that is not 1; or what
    `of_ranks` makes of rows in the order of the last output, (R,). Both say the same as `compute`.
    """

    name: str
    label: str
    short: str
    higher_is_better: bool
    help: str
    compute: Callable[[HeldOutRows, np.ndarray, Task], np.ndarray]
    each: Callable[[HeldOutRows, np.ndarray, Task], np.ndarray] | None = None
    per: Callable[[HeldOutRows, Task], np.ndarray] | None = None
    of_ranks: Callable[[Ranks], np.ndarray] | None = None
    unit: str = ""
    digits: int = 3
    perfect: float | None = 0.0
    reads_middle: bool = False
    keeps: bool = False
    undefined: str = "A prediction for these rows is no finite number."


@dataclass(frozen=True, kw_only=True, slots=True)
class Fan:
    """Info columns of a forecast: the series' name, the moment that it was made, and the moment that it is for."""

    series: str
    origin: str
    when: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """Info columns of forecasts that are made one after the other, each of one moment: what the series is called, and
    the moment. part: whose rows are drawn so, "test" or "validation". fleet: each test row is another series as it
    stands now, and they are drawn side by side."""

    series: str
    when: str
    part: str = "test"
    fleet: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Allocation:
    """How weights over assets become money. when: the info column of each row's moment: the rows of one `Task.group`
    are a path, one period after the other, which begins in cash. cost: of each unit of money that is bought or sold.
    risk_aversion: what a unit of variance costs, halved, in units of return. periods: a year has."""

    when: str
    cost: float = 0.0
    risk_aversion: float = 5.0
    periods: float = 252.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Clusters:
    """How rows are told apart by what they are alone. count: of segments. dimensions: how few numbers a row is drawn
    together into, by the network's bottleneck and by the simple method beside it."""

    count: int
    dimensions: int = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Detection:
    """What is looked for in pictures. classes: of things, in words, the commonest first. grid: rows and columns of
    places in which a network looks, a few pixels each. counted: the score from which a box counts as found where no
    one has chosen another."""

    classes: tuple[str, ...]
    grid: tuple[int, int]
    counted: float = 0.4


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What is predicted and how it is judged.

    kind: a name in core/kinds/, or of a kind from outside. target_columns: the T columns of the target table (survival:
    time, event). outputs: the O columns of a prediction. levels: the quantile levels of the outputs, for kind quantile.
    loss and metrics are registry names; without a loss, it is the one of the kind.
    error_grid: glucose in mg/dL, which is judged by what a wrong forecast would lead to.
    relative_to: a positive numeric feature that the target is learned as a multiple of (series of many sizes in one
    network). error_per: a target column that the headline divides each row's error by; errors count so in training too.
    fan, trace: which info columns make forecasts a picture over time. group: the info column by which rows belong
    together: those of one value are ranked among one another, or are one path through time. allocation, clusters,
    detection: of those kinds alone. Where there is no target, the outputs are features, and the target is made of them.
    """

    kind: str
    target: str = ""
    target_columns: tuple[str, ...] = ()
    outputs: tuple[str, ...]
    metrics: tuple[str, ...]
    headline: str
    loss: str = ""
    unit: str = ""
    levels: tuple[float, ...] = ()
    positive: str = "yes"
    negative: str = "no"
    absent: tuple[Section, ...] = ()
    relative_to: str = ""
    error_per: str = ""
    fan: Fan | None = None
    trace: Trace | None = None
    error_grid: bool = False
    group: str = ""
    allocation: Allocation | None = None
    clusters: Clusters | None = None
    detection: Detection | None = None

    def __post_init__(self) -> None:
        if self.kind in set(Kind):
            object.__setattr__(self, "kind", Kind(self.kind))
        if not self.target_columns:
            object.__setattr__(self, "target_columns", self.outputs)
        if self.headline not in self.metrics:
            raise UserError(
                "The headline metric must be one of the task's metrics; {headline!r} is not in {metrics}.",
                headline=self.headline,
                metrics=self.metrics,
            )
        if self.levels and len(self.levels) != len(self.outputs):
            raise UserError(
                "A task with levels needs one per output; it has {levels} levels for {outputs} outputs. "
                "Give `levels` in the order of `outputs`.",
                levels=len(self.levels),
                outputs=len(self.outputs),
            )
