"""Time, memory and energy of a training before it starts, from settings, shape and calibration. No torch, no file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.contracts import ArrayShape, InputKind, InputShapes, UseCase
from core.contracts.report import EstimateReport, Expected
from core.estimating import drawing_work, picture_work, table_work
from core.estimating.epochs import Z80, Known, Range, likely_epochs
from core.estimating.shape import Shape
from core.estimating.table_work import Work
from core.settings.counts import EVALUATION_ROWS, MAX_TRAIN_SCORE_ROWS, draw_count
from core.settings.training import steps_per_epoch

NOT_AVAILABLE = "not available"
_WORK = {  # others have no estimate
    "table_network": table_work.work,
    "image_network": picture_work.work,
    "sound_network": picture_work.work,
    "detection_network": drawing_work.finding,
    "picture_autoencoder": drawing_work.drawn_again,
    "generative_network": drawing_work.made,
    "transfer_network": drawing_work.begun_elsewhere,
}
_UNKNOWN_SPREAD = 0.35  # of a log time, for a use case that this machine has not trained
_HOWEVER_FEW = ("epoch", "steps", "layers", "tables")  # counts that no network less makes smaller
_SAVING = ("num_epochs", "members", "width", "depth", "embedding_width", "patterns")
_READING_BYTES = 120e6  # libraries that the first run loads, and what reading tables leaves behind
_MOST_LOG = math.log(20.0)
_NEWEST_COUNTS = 0.3
_LOOKED_UP_S = 0.2  # simple methods that are kept or shipped, and what columns tell alone
_MEASURING_S, _DRAWN_S, _METHODS = 0.4, 4e-9, 6  # of any run; of a row, a draw and a network or method


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """A running mean of log(actual / estimated), its spread, and how many runs it has seen."""

    log_ratio: float = 0.0
    spread: float = _UNKNOWN_SPREAD
    runs: int = 0

    def after(self, log_ratio: float) -> Learned:
        """With one more run: all count alike at first, later the newest most; bounded, so that an absurd one passes."""
        seen = min(max(log_ratio, -_MOST_LOG), _MOST_LOG)
        weight = max(1 / (self.runs + 1), _NEWEST_COUNTS)
        error = seen - self.log_ratio
        mean = self.log_ratio + weight * error
        kept = 0.5 * self.spread**2 + 0.5 * min(error**2, 1.0) if self.runs else self.spread**2
        return Learned(log_ratio=mean, spread=max(0.05, math.sqrt(kept)), runs=self.runs + 1)

    def over(self, wider: Learned) -> Learned:
        """Drawn towards what is known of more use cases while this one has few runs."""
        if not self.runs:
            return wider
        own = self.runs / (self.runs + 0.25)
        return Learned(log_ratio=own * self.log_ratio + (1 - own) * wider.log_ratio, spread=self.spread, runs=self.runs)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceCosts:
    """One device: seconds for each count of `terms`, in words, when measured, and watts while training where they can
    be read. time, memory: what has been learned by use case and variant, '*' for all together. contention: log of time
    on the clock over that of the processor, which is other work's and no use case's."""

    described: str
    date: str
    costs: Mapping[str, float]
    spread: float
    watts: float | None = None
    energy: str = NOT_AVAILABLE
    time: Mapping[str, Learned] = field(default_factory=dict)
    memory: Mapping[str, Learned] = field(default_factory=dict)
    contention: Learned = Learned(spread=0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """What is known of a machine. auto: the device that 'auto' takes. own: whether it was measured here."""

    devices: Mapping[str, DeviceCosts]
    auto: str = "cpu"
    own: bool = True

    def device(self, name: str) -> str:
        """The device that a setting means."""
        return self.auto if name == "auto" else name


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """train_s: of the training alone, at_most_s where it goes through all its epochs. other_s: of reading, simple
    methods and measuring, where an earlier run tells. memory_bytes: the worker's peak beyond its idle."""

    device: str
    described: str
    epochs: Range
    train_s: Range
    at_most_s: float
    other_s: float | None
    memory_bytes: float
    energy_j: Range | None
    energy: str
    own: bool
    date: str
    runs: int

    @property
    def whole_s(self) -> float:
        """From Train to the finalized run, in one number."""
        return self.train_s.likely + (self.other_s or 0.0)

    def to_json(self) -> EstimateReport:
        """As report.json has it, before the truth is known."""
        return {
            "device": self.described,
            "calibrated": self.date,
            "from_another_machine": not self.own,
            "runs_learned_from": self.runs,
            "epochs": _rounded(self.epochs, 1),
            "time_s": {**_rounded(self.train_s, 3), "at_most": round(self.at_most_s, 3)},
            "run_s": None if self.other_s is None else round(self.whole_s, 3),
            "memory_bytes": {"likely": round(self.memory_bytes)},
            "energy_j": _rounded(self.energy_j, 1) if self.energy_j else None,
            "energy": self.energy,
        }


def is_counted(use_case: UseCase) -> bool:
    """Whether it is known what the use case's model does: without that there is neither estimate nor learning."""
    return use_case.model in _WORK


def is_costed(use_case: UseCase, settings: Mapping[str, Any], shape: Shape, on: DeviceCosts) -> bool:
    """Whether the calibration knows what each thing costs that the model does: an older one may know tables alone."""
    return all(
        name in on.costs for name, count in terms(_work(use_case, settings, shape), shape, settings).items() if count
    )


def products_per_row(use_case: UseCase, settings: Mapping[str, Any], shape: Shape) -> int:
    """Multiply-adds of a row's way forward through one network whose work is counted."""
    of_network = _work(use_case, settings, shape)
    return of_network.products + of_network.convolved


def key_of(use_case: UseCase) -> str:
    """What is learned is kept by: use case and variant."""
    return f"{use_case.name} {use_case.variant}".strip()


def estimate(
    use_case: UseCase,
    settings: Mapping[str, Any],
    shape: Shape,
    calibration: Calibration,
    known: Sequence[Known] = (),
    *,
    baselines_are_kept: bool = False,
) -> Estimate | None:
    """The estimate of a run with complete settings; None for a model or a device that nothing is known of. use_case: in
    its variant. known: earlier runs of it, the newest first."""
    if use_case.labels:
        shape = replace(shape, train=int(settings["labels"]))
    name = calibration.device(str(settings["device"]))
    on = calibration.devices.get(name)
    if on is None or not is_counted(use_case) or not is_costed(use_case, settings, shape, on):
        return None
    key = key_of(use_case)
    time = on.time.get(key, Learned()).over(on.time.get("*", Learned()))
    memory = on.memory.get(key, Learned()).over(on.memory.get("*", Learned()))
    by_counts_s, fixed = epoch_seconds(use_case, settings, shape, on)
    epoch_s = by_counts_s * math.exp(time.log_ratio + on.contention.log_ratio)
    spread = math.hypot(time.spread, on.contention.spread)
    train_s = likely_epochs(settings, known, fixed).times(epoch_s, spread)
    return Estimate(
        device=name,
        described=on.described,
        epochs=likely_epochs(settings, known),
        train_s=train_s,
        at_most_s=float(settings["num_epochs"]) * epoch_s * math.exp(Z80 * spread),
        other_s=_other_seconds(settings, shape, known, baselines_are_kept),
        memory_bytes=max(
            training_bytes(use_case, settings, shape) * math.exp(memory.log_ratio),
            max((k.rest_bytes for k in known if k.rest_bytes), default=_evaluation_bytes(settings, shape)),
        ),
        energy_j=train_s.times(on.watts) if on.watts else None,
        energy=on.energy,
        own=calibration.own,
        date=on.date,
        runs=on.time.get(key, Learned()).runs,
    )


def biggest_savings(use_case: UseCase, settings: Mapping[str, Any], shape: Shape, on: DeviceCosts) -> list[str]:
    """The settings that shorten the training most when they are halved, the strongest first."""
    names = [name for name in _SAVING if name in settings]
    whole = epoch_seconds(use_case, settings, shape, on)[0] * int(settings["num_epochs"])
    gains = {}
    for name in names:
        less = {**settings, name: max(1, int(settings[name]) // 2)}
        gains[name] = whole - epoch_seconds(use_case, less, shape, on)[0] * int(less["num_epochs"])
    return sorted((n for n in names if gains[n] > 0.2 * whole), key=lambda n: -gains[n])


def epoch_seconds(use_case: UseCase, settings: Mapping[str, Any], shape: Shape, on: DeviceCosts) -> tuple[float, float]:
    """Seconds of one epoch of all networks by the calibration alone, and the share of it that is the same however few
    of them still train."""
    counts = terms(_work(use_case, settings, shape), shape, settings)
    seconds = {name: on.costs.get(name, 0.0) * count for name, count in counts.items()}
    whole = sum(seconds.values())
    return whole, sum(seconds[name] for name in _HOWEVER_FEW) / whole if whole else 0.0


def terms(of_network: Work, shape: Shape, settings: Mapping[str, Any]) -> dict[str, float]:
    """How often one epoch does each thing that costs time; their seconds are what a calibration measures."""
    networks = shape.folds * int(settings["members"])
    steps = steps_per_epoch(settings, shape.train)
    learned = networks * math.ceil(shape.train / steps) * steps  # rows of an epoch, padding included
    evaluated = networks * (shape.validation + min(shape.train, MAX_TRAIN_SCORE_ROWS))
    entered = of_network.tables + shape.num_numeric + shape.targets + of_network.pixels
    return {
        "epoch": 1.0,
        "networks": networks,
        "steps": steps,
        "layers": steps * of_network.layers,
        "tables": steps * of_network.tables,
        "mask_calls": steps * networks * of_network.layers * bool(of_network.masked),
        "products": learned * of_network.products,
        "values": learned * of_network.values,
        "masked": learned * of_network.masked,
        "normalised": learned * of_network.normalised,
        "embedded": learned * of_network.embedded,
        "codes": learned * of_network.tables,
        "outputs": learned * shape.outputs,
        "shuffled": learned * entered,
        "parameters": steps * networks * of_network.parameters,
        "evaluated_products": evaluated * of_network.products,
        "evaluated_values": evaluated * (of_network.values + of_network.embedded),
        "scored": evaluated * shape.outputs,
        "convolved": learned * of_network.convolved,
        "mapped": learned * of_network.mapped,
        "moved": learned * of_network.moved,
        "lit": learned * of_network.lit,
        "evaluated_convolved": evaluated * of_network.convolved,
        "evaluated_mapped": evaluated * (of_network.mapped + of_network.told),
    }


def training_bytes(use_case: UseCase, settings: Mapping[str, Any], shape: Shape) -> float:
    """Peak memory of a training, counted: tables of every fold, an epoch's order, one chunk of shuffled rows, weights
    with gradient, two moments and the best ones, and the values of one step or of one part of an evaluation."""
    of_network = _work(use_case, settings, shape)
    networks = shape.folds * int(settings["members"])
    batch = math.ceil(shape.train / steps_per_epoch(settings, shape.train))
    entered = 4 * (shape.num_numeric + shape.targets + 1 + of_network.pixels) + 8 * of_network.tables
    tables = shape.folds * shape.rows * entered + shape.rows * 8 * (shape.columns + 2 * shape.num_numeric)
    order = networks * shape.train * 30
    chunk = min(64e6, networks * shape.train * 4.0 * (entered / 4)) * 1.5
    weights = 6 * 4 * networks * of_network.parameters
    step = (
        4
        * networks
        * batch
        * (4 * of_network.values + of_network.masked * 3 + 2 * of_network.embedded + 2 * of_network.mapped)
    )
    at_once = min(EVALUATION_ROWS, max(shape.validation, min(shape.train, MAX_TRAIN_SCORE_ROWS)))
    evaluation = 4 * networks * at_once * (2 * of_network.values + 2 * of_network.embedded + entered / 4)
    return _READING_BYTES + tables + order + chunk + weights + max(step, evaluation)


def _evaluation_bytes(settings: Mapping[str, Any], shape: Shape) -> float:
    """Predictions of all members, and the bootstrap's draws of test rows; where no earlier run tells."""
    draws = draw_count(shape.test)
    predictions = 8 * int(settings["members"]) * shape.test * shape.outputs * 4
    return _READING_BYTES + 3 * 8 * draws * shape.test + predictions


def _other_seconds(
    settings: Mapping[str, Any], shape: Shape, known: Sequence[Known], baselines_are_kept: bool
) -> float | None:
    """Seconds of all phases but the training, by the newest run that tells; measuring grows with the members, and is
    counted where no run of this store tells."""
    told = next((k for k in known if k.phases_s), None)
    if told is None:
        return None
    here = next((k for k in known if k.phases_s and k.here), None)
    fitted = max((k.phases_s.get("baselines", 0.0) for k in known), default=0.0)
    others = told.phases_s.get("data", 0.0) + (_LOOKED_UP_S if baselines_are_kept else fitted)
    if here is None:
        return others + _measuring_s(settings, shape)
    ratio = int(settings["members"]) / max(1, int(here.settings["members"]))
    return others + here.phases_s.get("evaluation", 0.0) * (0.4 + 0.6 * ratio)


def _measuring_s(settings: Mapping[str, Any], shape: Shape) -> float:
    """Of predictions, draws, importance and money, by their counts."""
    draws = min(1000.0, max(200.0, 5e6 / max(1, shape.test)))
    return _MEASURING_S + _DRAWN_S * draws * shape.test * (shape.folds * int(settings["members"]) + _METHODS)


def _work(use_case: UseCase, settings: Mapping[str, Any], shape: Shape) -> Work:
    rates = len(shape.cardinalities) if settings["target_encoding"] == "on" else 0
    numbers, codes = shape.num_numeric + rates, shape.cardinalities
    arrays = tuple(array.shaped for array in use_case.arrays)
    if use_case.image:  # the columns are its pixels, and there is no table beside
        numbers, codes = 0, ()
        side = (use_case.image.side, use_case.image.side, use_case.image.channels)
        arrays = (ArrayShape(name="image", kind=InputKind.IMAGE, shape=side),)
    inputs = InputShapes(num_numeric=numbers, cardinalities=codes, arrays=arrays)
    return _WORK[use_case.model](inputs, max(1, shape.outputs), settings)


def _rounded(found: Range, digits: int) -> Expected:
    return {
        "low": round(found.low, digits),
        "likely": round(found.likely, digits),
        "high": round(found.high, digits),
    }
