"""What a run tells while it is carried out: a line of progress.jsonl each. The check of that file reads these types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Literal, NotRequired, TypedDict

from core.contracts.plain import LayerName, Positive, Seconds, between
from core.contracts.report import BaselineScore, NetworkScore

Phase = Literal["data", "training", "baselines", "evaluation"]


class ColumnAlone(TypedDict):
    """The share of pairs of validation rows that a column puts in the right order by itself."""

    column: str
    score: float | None


class ColumnsAlone(TypedDict, total=False):
    """The columns that tell most alone, the best first, and how many there are; nothing for images and texts."""

    alone: list[ColumnAlone]
    num_columns: int


class TrainingFacts(ColumnsAlone, total=False):
    """What a reader needs to judge the epochs: the headline's scale, and what the best constant prediction scores and
    loses on validation, in the mean over folds. Runs of earlier versions told less of them, and the columns here."""

    headline: str
    higher_is_better: bool
    perfect: float | None
    constant_loss: float | None
    constant_score: float | None
    validation_rows: int


class PhaseEvent(TrainingFacts):
    """A phase begins. device and facts: with the training alone."""

    event: Literal["phase"]
    phase: Phase
    device: NotRequired[str]


class DeclaredLayer(TypedDict):
    """A layer as its model declares it. has_units: some that can die. message: what the title is made of."""

    title: str
    has_units: bool
    message: NotRequired[object]


class NetworkEvent(TypedDict):
    """The layers that are watched, by name."""

    event: Literal["network"]
    layers: dict[LayerName, DeclaredLayer]


class ColumnsEvent(ColumnsAlone):
    event: Literal["columns"]


class BaselineEvent(TypedDict):
    """A simple method is being fitted."""

    event: Literal["baseline"]
    name: str
    title: str


class Against(TypedDict):
    """A simple method's score in the headline metric, and the network minus it, paired on the same draws."""

    name: str
    title: str
    tuned: bool
    score: BaselineScore


class VerdictEvent(TypedDict):
    """The headline on held-out rows, once it is known: of the network (mean of the members, ensemble, each) and of
    every simple method, as report.json will have them. The other metrics, importance and money follow in the report."""

    event: Literal["verdict"]
    metric: str
    network: NetworkScore
    baselines: list[Against]


class NoticeEvent(TypedDict):
    """A sentence for whoever waits."""

    event: Literal["notice"]
    text: str
    message: NotRequired[object]


class Pace(TypedDict):
    """samples_per_s: since the beginning, counted once for each network that learns from them."""

    epoch: int
    num_epochs: Positive
    elapsed_s: Seconds
    samples_per_s: float


class BatchEvent(Pace):
    """From within an epoch; nothing is measured for it. share: of the epoch."""

    event: Literal["batch"]
    share: Annotated[float, between(0, 1e9)]


class Measured(TypedDict):
    """Means over networks; low and high: the worst and the best of them. None where one is not finite."""

    train_loss: float | None
    validation_loss: float | None
    train_score: float | None
    validation_score: float | None
    validation_score_low: float | None
    validation_score_high: float | None
    networks_running: int
    networks_broken: NotRequired[int]


class LayerSeen(TypedDict):
    """gradient_norm and update_ratio: medians over networks, of the epoch's last step."""

    parameters: Annotated[int, between(1, 1e15)]
    gradient_norm: float | None
    update_ratio: float | None


class StepSeen(TypedDict, total=False):
    """The epoch's last step; layers are empty where it was stopped before."""

    learning_rate: float | None
    layers: dict[LayerName, LayerSeen]


class DeadUnits(TypedDict, total=False):
    """Per hidden layer its units, and the share that no row can teach."""

    hidden_units: dict[LayerName, int]
    dead_units: dict[LayerName, float | None]


class Used(TypedDict, total=False):
    """Energy and memory so far, told now and then. energy: how it is known."""

    energy: str
    energy_j: float
    memory_bytes: float


class Shades(TypedDict):
    """Small pictures of one size, each its shades line by line, a hexadecimal digit each: 0 the darkest, f the
    lightest."""

    high: Annotated[int, between(1, 64)]
    wide: Annotated[int, between(1, 64)]
    of: list[str]


class FirstLook(TypedDict):
    """Of a network for pictures the first patterns of its first layer, where the middle shade is 0, and what each finds
    in one picture, which is told once."""

    patterns: Shades
    found: Shades
    picture: NotRequired[Shades]


class Generated(TypedDict):
    """What the first network makes of the noise of its first validation rows, the same noise in every epoch; of what it
    makes of all of them, the variety beside real pictures and over how many kinds they are spread."""

    pictures: Shades
    variety: float
    kinds: float


class Circumstances(TypedDict, total=False):
    """Of some epochs alone. spread: shares of validation rows by what was predicted for them, a list a heap, as the
    task's kind counts them. first_look: of the first network, while it trains. boxes: what it found in the first
    validation picture of its fold, each a class, a score and left, top, right and bottom, in thousandths. generated: of
    networks that make pictures. settings: of a config batch, how each of its settings stands. time_limit_s: the limit
    that ends the training here."""

    spread: list[list[Annotated[float, between(0, 1)]]]
    first_look: FirstLook
    boxes: list[list[Annotated[int, between(0, 1000)]]]
    generated: Generated
    settings: list[Measured]
    time_limit_s: float


class EpochEvent(Pace, Measured, StepSeen, DeadUnits, Used, Circumstances):
    """An epoch is measured."""

    event: Literal["epoch"]
    left_s_at_most: Seconds
    device_memory_bytes: NotRequired[int | None]


Event = PhaseEvent | NetworkEvent | ColumnsEvent | BaselineEvent | VerdictEvent | NoticeEvent | BatchEvent | EpochEvent
EVENTS = (PhaseEvent, NetworkEvent, ColumnsEvent, BaselineEvent, VerdictEvent, NoticeEvent, BatchEvent, EpochEvent)
Progress = Callable[[Event], None]


def epochs_of(events: Iterable[Event]) -> list[EpochEvent]:
    """The measured epochs, in order."""
    return [e for e in events if e["event"] == "epoch"]


def phases_of(events: Iterable[Event]) -> list[PhaseEvent]:
    """The phases that have begun, in order."""
    return [e for e in events if e["event"] == "phase"]


def network_of(events: Sequence[Event]) -> Mapping[str, DeclaredLayer]:
    """The layers that a training tells of, by name; empty for runs of earlier versions."""
    return next((e["layers"] for e in reversed(events) if e["event"] == "network"), {})


def training_of(events: Sequence[Event]) -> PhaseEvent | None:
    """The beginning of the training, as it was told last; None before."""
    return next((e for e in reversed(phases_of(events)) if e["phase"] == "training"), None)


def verdict_of(events: Iterable[Event]) -> VerdictEvent | None:
    """What is known of the held-out rows, or None before."""
    return next((e for e in events if e["event"] == "verdict"), None)
