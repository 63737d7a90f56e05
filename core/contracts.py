"""What the steps hand to one another: frozen dataclasses. Refuses behaviour, and heavy imports."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from core.errors import UnknownNameError, UserError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from core.protocols import ValueModel

Progress = Callable[[dict[str, Any]], None]
StopRequested = Callable[[], bool]
ADDRESSES_TAKEN = ("home", "static", "media", "component", "app")  # of the front page, and of Streamlit


class Kind(StrEnum):
    """The kind of a task. Only evaluation, value and charts may ask for it."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    QUANTILE = "quantile"
    SURVIVAL = "survival"
    RANKING = "ranking"
    ALLOCATION = "allocation"
    CLUSTERS = "clusters"


class ColumnKind(StrEnum):
    """How a feature is measured."""

    NUMERIC = "numeric"
    CATEGORY = "category"
    BINARY = "binary"


class Section(StrEnum):
    """The sections of a use-case page, in their order."""

    QUESTION = "question"
    DATA = "data"
    TRAIN = "train"
    RESULTS = "results"
    UNDERSTAND = "understand"
    MONEY = "money"


class State(StrEnum):
    """The states of a run. The last five are final."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self not in (State.WAITING, State.RUNNING, State.PAUSED)

    @property
    def has_report(self) -> bool:
        return self in (State.FINISHED, State.STOPPED)


def _check_industry(name: str) -> None:
    """An industry's name is the address of its page."""
    if name in ADDRESSES_TAKEN:
        raise UserError(f"No industry may be called {name!r}: it is an address of the server. Give it another name.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Industry:
    """One industry: the folder's name, and its story."""

    name: str
    title: str
    summary: str
    earns: tuple[str, ...]
    hard: tuple[str, ...]
    order: int = 100

    def __post_init__(self) -> None:
        _check_industry(self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One feature as a visitor meets it."""

    name: str
    label: str
    unit: str = ""
    kind: ColumnKind = ColumnKind.NUMERIC
    help: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """What numeric columns are together: the pixels of a square image, row by row, a pixel's channels side by side. One
    that is not square is padded by its use case."""

    side: int
    channels: int = 1

    @property
    def size(self) -> int:
        """How many numbers it is."""
        return self.side * self.side * self.channels


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One held-out metric.

    `compute(target_NT, prediction_NO, weight_RN, task)` gives (R,), one value per row of weights; `weight_RN` None
    means every row once, and gives (1,). unit: "{target}" stands for the target's own. perfect: what predictions score
    that are never wrong.
    """

    name: str
    label: str
    short: str
    higher_is_better: bool
    help: str
    compute: Callable[..., np.ndarray]
    unit: str = ""
    digits: int = 3
    perfect: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Fan:
    """Info columns of a forecast: the series' name, the moment that it was made, and the moment that it is for."""

    series: str
    origin: str
    when: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What is predicted and how it is judged.

    target_columns: the T columns of the target table (survival: time, event). outputs: the O columns of a
    prediction. levels: the quantile levels of the outputs, for kind quantile. loss and metrics are registry names.
    relative_to: a positive numeric feature that the target is learned as a multiple of (series of many sizes in one
    network). error_per: a target column that the headline divides each row's error by; errors count so in training too.
    fan: which info columns make forecasts a picture over time.
    """

    kind: Kind
    target: str
    target_columns: tuple[str, ...]
    outputs: tuple[str, ...]
    loss: str
    metrics: tuple[str, ...]
    headline: str
    unit: str = ""
    levels: tuple[float, ...] = ()
    positive: str = "yes"
    negative: str = "no"
    absent: tuple[Section, ...] = ()
    relative_to: str = ""
    error_per: str = ""
    fan: Fan | None = None

    def __post_init__(self) -> None:
        if self.headline not in self.metrics:
            raise UserError(
                f"The headline metric must be one of the task's metrics; {self.headline!r} is not in {self.metrics}."
            )
        if self.kind is Kind.QUANTILE and len(self.levels) != len(self.outputs):
            raise UserError(
                f"A quantile task needs one level per output; it has {len(self.levels)} levels for "
                f"{len(self.outputs)} outputs. Give `levels` in the order of `outputs`."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """Equally spaced histories behind forecast rows. values (S, L), NaN where there is none. Row n forecasts
    values[which[n], origin[n] + horizon[n]] and may know values[which[n], : origin[n] + 1] alone; horizon is at least
    1. period: steps of one season."""

    values: np.ndarray
    which: np.ndarray
    origin: np.ndarray
    horizon: np.ndarray
    period: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Examples:
    """Rows ready for a plan. Row ids are positions 0..N-1.

    features (N, F) in the order of the use case's columns; target (N, T); unit (N,) the id that must not straddle;
    time (N,) datetime64 or None; info (N, any) shown beside a record and read by value models, never a feature;
    series: the histories behind rows that are forecasts, for forecasters that read nothing else.
    """

    features: pd.DataFrame
    target: pd.DataFrame
    unit: np.ndarray
    info: pd.DataFrame
    time: np.ndarray | None = None
    series: Series | None = None

    def __len__(self) -> int:
        return len(self.features)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fold:
    """Row ids of one fold. Folds that test the same rows share `test_name`: their networks are members together."""

    name: str
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    test_name: str = "test"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Which rows train, validate and test.

    unit: what the bootstrap draws (household, patient). separation: 'time' (training ends before the test begins) or
    'unit' (no unit in both). aggregation: 'pooled' rows, or 'mean_of_tests' over test sets.
    """

    folds: tuple[Fold, ...]
    unit: str
    sentence: str
    separation: str
    aggregation: str = "pooled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Section 1: who has the problem, what it is, what it costs them today."""

    who: str
    problem: str
    cost_today: str
    what_ai_does: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """Named settings with a reason. good=False marks one that is shown because it fails; `fault` is what the run doctor
    must then find (a name in core.training.findings.FAULTS)."""

    name: str
    title: str
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    good: bool = True
    fault: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumption:
    """A number that no data gave, or that the data gave and a person may change. `source` says which."""

    name: str
    label: str
    value: float
    low: float
    high: float
    step: float
    unit: str
    source: str
    guess: bool = True
    help: str = ""

    def __post_init__(self) -> None:
        if not (self.low <= self.value <= self.high and self.step > 0):
            raise UserError(
                f"An assumption lies between its bounds and has a step above 0; {self.name!r} is {self.value} of "
                f"{self.low} to {self.high} in steps of {self.step}."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """The one thing that a person decides with the prediction."""

    name: str
    label: str
    low: float
    high: float
    unit: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataFile:
    """One parquet file of a dataset, with the checksum that its card promises."""

    name: str
    sha256: str
    rows: int
    columns: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """A folder under data/: origin, licence and files. `rebuild` says how to restore a file."""

    name: str
    title: str
    origin: str
    licence: str
    synthetic: bool
    files: tuple[DataFile, ...]
    rebuild: str
    caveats: tuple[str, ...] = ()
    folder: str | None = None  # only for datasets from outside: an absolute folder

    def __post_init__(self) -> None:
        if self.folder and not os.path.isabs(self.folder):  # every process has a working folder of its own
            raise UserError(f"The folder of a dataset is an absolute path; that of {self.name!r} is {self.folder!r}.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """The same question on other data or by another plan. changes: fields of the use case that are different there;
    reason: what it shows, in a sentence."""

    name: str
    title: str
    reason: str
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class UseCase:
    """One use case, declared. `examples` and `plan` import what they need when they are called.

    variants: the first is the use case as declared; the setting `variant` chooses. variant: the chosen one's name.
    image: the columns are its pixels, brought to one scale together. text: the columns are the tokens of a text, first
    to last, of one vocabulary, missing after its end.
    """

    name: str
    title: str
    summary: str
    question: Question
    datasets: tuple[str, ...]
    columns: tuple[Column, ...]
    task: Task
    model: str
    baselines: tuple[str, ...]
    examples: Callable[[Mapping[str, Mapping[str, pd.DataFrame]]], Examples]
    plan: Callable[[Examples], Plan]
    value: ValueModel | None = None
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    front: tuple[str, ...] = ("learning_rate", "width", "num_epochs")
    presets: tuple[Preset, ...] = ()
    record_label: str = "record"
    order: int = 100
    variants: tuple[Variant, ...] = ()
    variants_label: str = "Data"
    variant: str = ""
    image: Image | None = None
    text: bool = False

    def __post_init__(self) -> None:
        if self.name.count("/") != 1:
            raise UserError(f"A use case is named 'industry/use_case'; {self.name!r} is not.")
        _check_industry(self.industry)
        categories = sum(c.kind is ColumnKind.CATEGORY for c in self.columns)
        if self.image and (categories or self.image.size != len(self.columns)):
            raise UserError(
                f"An image of {self.image.size} numbers needs as many numeric columns; {self.name!r} has "
                f"{len(self.columns) - categories}, and {categories} categories. Declare a column for each."
            )
        if self.text and categories != len(self.columns):
            raise UserError(
                f"A text needs a category column for each of its tokens and no other; {self.name!r} has "
                f"{len(self.columns) - categories} numeric ones. Leave them out, or drop `text`."
            )
        if self.variants and self.variants[0].changes:
            raise UserError(f"The first variant is the use case as declared; in {self.name!r} it changes something.")

    def on(self, settings: Mapping[str, Any]) -> UseCase:
        """The use case as the settings' `variant` has it; as it is where there are no variants."""
        if not self.variants:
            return self
        known = {v.name: v for v in self.variants}
        name = str(settings.get("variant", self.variants[0].name))
        if name not in known:
            raise UnknownNameError("variant", name, known)
        return replace(self, variant=name, **known[name].changes)

    @property
    def industry(self) -> str:
        return self.name.split("/")[0]

    @property
    def slug(self) -> str:
        """The link name of its page: retail-coupon_response."""
        return self.name.replace("/", "-")


@dataclass(frozen=True, kw_only=True, slots=True)
class TableInputs:
    """What a network is built for: numeric inputs, the number of codes per category, and, where the numbers are the
    pixels of one, the image."""

    num_numeric: int
    cardinalities: tuple[int, ...]
    image: Image | None = None
