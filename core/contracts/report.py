"""What is known of a run that has ended: report.json and end.json as types, which the checks of these files read.

What is not finite is NaN until it is written, and None in a file. `core/pipeline/report.py` writes reports.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from core.contracts.plain import Checksum, MetricName, Moment, Scalar, Seconds

Verdict = Literal["win", "tie", "loss", "undefined"]


class Range(TypedDict):
    """A value with its 95% interval; undefined: why there is none on these rows."""

    mean: float | None
    low: float | None
    high: float | None
    undefined: NotRequired[str]


class Difference(Range):
    """The network minus another method, paired on the same draws; the verdict is the network's."""

    verdict: Verdict


class Headline(Range):
    """The mean of the members in the headline metric, and the ensemble."""

    metric: MetricName
    members: int
    of: NotRequired[str]
    ensemble: Range


class NetworkScore(TypedDict):
    """One metric of the network: mean of the members, ensemble, and each member's value."""

    mean: Range
    ensemble: Range
    each: list[float | None]


class BaselineScore(Range):
    """One metric of a baseline, and the network minus it."""

    mean_minus_this: Difference
    ensemble_minus_this: Difference


class BaselineReport(TypedDict):
    """One simple method. value: its headline."""

    name: str
    title: str
    tuned: bool
    settings: NotRequired[dict[str, object]]
    fit_s: Seconds
    metrics: dict[str, BaselineScore]
    value: float | None


class NotFitted(TypedDict):
    """A simple method that could not be fitted, and why, in a sentence."""

    name: str
    title: str
    reason: str
    message: NotRequired[object]


class Ends(TypedDict):
    """A 95% interval."""

    low: float | None
    high: float | None


class Amount(Ends):
    """Money per period with its 95% interval."""

    amount: float | None


class Reference(TypedDict):
    """What a simple policy without a model earns, and the network minus it, paired on the same draws."""

    name: str
    amount: float | None
    low: NotRequired[float | None]
    high: NotRequired[float | None]
    network_minus_this: NotRequired[Difference]


class MethodValue(Amount):
    """What a method's own decision earns, and the network minus it, paired on the same draws."""

    name: str
    title: str
    decision: NotRequired[float | None]
    network_minus_this: NotRequired[Difference]


class PricedNetwork(Amount):
    """The network's money beside the simple policies."""

    name: NotRequired[str]
    title: NotRequired[str]
    currency: str
    per: str
    decision: NotRequired[float | None]
    references: list[Reference]
    gain_over_best_reference: float | None


class ValueSummary(PricedNetwork):
    """The same beside every baseline's, which earlier versions did not tell."""

    baselines: NotRequired[list[MethodValue]]


class ValueReport(PricedNetwork):
    """The same, under the assumptions it was counted with."""

    baselines: list[MethodValue]
    assumptions: dict[str, float]


class RowCounts(TypedDict):
    """train and validation: in the mean over folds. test: rows that some fold tests."""

    all: int
    folds: int
    train: int
    validation: int
    test: int


class ColumnImportance(TypedDict):
    """How much the headline falls when a column is shuffled over held-out rows."""

    column: str
    drop: float | None


class ShapeReport(TypedDict):
    """How large the training was: `core.estimating.shape.Shape`."""

    rows: int
    folds: int
    train: int
    validation: int
    test: int
    num_numeric: int
    cardinalities: list[int]
    columns: int
    targets: int
    outputs: int


class MemoryReport(TypedDict):
    """Bytes beyond the process's idle at the peak of the training and of the rest; label: how they are known."""

    label: NotRequired[str]
    training_bytes: NotRequired[int | None]
    rest_bytes: NotRequired[int | None]
    idle_bytes: NotRequired[int | None]
    gpu_bytes: NotRequired[int | None]


class EnergyReport(TypedDict):
    """Of the training; label: how it is known, `of`: what it is the energy of."""

    joules: NotRequired[float | None]
    label: NotRequired[str]
    of: NotRequired[str]
    date: NotRequired[str]


class UsageReport(TypedDict):
    """Time, memory and energy of a run."""

    phases_s: dict[str, Seconds]
    training_cpu_s: Seconds
    memory: MemoryReport
    energy: EnergyReport


class Expected(TypedDict, total=False):
    """A range that was expected, and what came true; earlier versions wrote less."""

    low: float
    likely: float
    high: float
    at_most: float
    actual: float | None


class EstimateReport(TypedDict):
    """What was expected of a run before it began. calibrated: the date of the calibration."""

    device: NotRequired[str]
    calibrated: NotRequired[str]
    from_another_machine: NotRequired[bool]
    runs_learned_from: NotRequired[int]
    epochs: NotRequired[Expected]
    time_s: NotRequired[Expected]
    run_s: NotRequired[float | None]
    memory_bytes: NotRequired[Expected]
    energy_j: NotRequired[Expected | None]
    energy: NotRequired[str]


class Report(TypedDict):
    """Everything that a page shows of a run. What may be missing was not told by earlier versions."""

    schema: NotRequired[int]
    use_case: NotRequired[str]
    headline: Headline
    metrics: dict[str, NetworkScore]
    baselines: list[BaselineReport]
    value: ValueReport | None
    rows: RowCounts
    plan: str
    unit: str
    settings: dict[str, Scalar]
    train_s: Seconds
    samples_per_s: float
    epochs_run: int
    best_epoch: NotRequired[list[int]]
    device: str
    stopped: NotRequired[bool]
    time_limit_s: NotRequired[float | None]
    shape: NotRequired[ShapeReport]
    validation_score: NotRequired[float | None]
    importance: list[ColumnImportance]
    phases_s: NotRequired[dict[str, Seconds]]
    training_cpu_s: NotRequired[Seconds]
    memory: NotRequired[MemoryReport]
    energy: NotRequired[EnergyReport]
    shared_by: NotRequired[int]
    not_fitted: NotRequired[list[NotFitted]]
    estimate: NotRequired[EstimateReport]


class StoredReport(Report):
    """report.json: a report, and the run that it is of."""

    run: str


class BestBaseline(TypedDict):
    """The strongest simple method, and the network's ensemble minus it."""

    name: str
    title: str
    value: float | None
    ensemble_minus_this: Difference


class BaselineSummary(Range):
    """A simple method's headline, and the network's ensemble minus it."""

    name: str
    title: str
    ensemble_minus_this: Difference


class Summary(TypedDict):
    """What a list of runs shows, so that it need not open reports. run_s: from start to end. baselines: not told by
    earlier versions."""

    headline: Headline
    validation_score: float | None
    best_baseline: BestBaseline | None
    baselines: NotRequired[list[BaselineSummary]]
    value: ValueSummary | None
    train_s: Seconds
    device: str
    run_s: NotRequired[Seconds]


class End(TypedDict):
    """end.json, written when a run is finalized. A run with a report has a summary. files: checksums by name."""

    schema: NotRequired[int]
    state: Literal["finished", "stopped", "cancelled", "interrupted", "failed"]
    reason: str
    message: NotRequired[object]
    ended: NotRequired[Moment]
    summary: NotRequired[Summary | None]
    files: NotRequired[dict[str, Checksum]]
