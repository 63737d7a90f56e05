"""What one training may take on a shared server: time, by its estimate or by careful counting, and memory. Trains
nothing, and refuses in a sentence that says what fits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core import datasets
from core.contracts import UseCase
from core.errors import UserError
from core.estimating import calibration
from core.estimating.estimate import Estimate
from core.formatting import numbers
from core.formatting.durations import at_most, duration
from core.formatting.messages import joined, message
from core.queue import memory
from core.settings import defaults, resolve
from core.settings.use_case import settings_of

_STEP_S = 0.005  # some five times what a small network's step takes on a processor of today
_PRODUCTS_PER_S = 1e10  # a third of what it does
_PASSES = 3  # forward, and backward twice


def check_training(store: Path, use_case: UseCase, settings: Mapping[str, Any], limit_s: float) -> None:
    """Raise UserError for a training whose upper estimate, through all its epochs and measured, is beyond the limit, or
    whose memory is beyond the worker's. What the simple methods take is nobody's choice, and is kept."""
    settings = resolve(settings_of(use_case), settings)
    use_case = use_case.with_variant(settings)
    found = _expected(store, use_case, settings)
    training_s = found.at_most_s if found else careful_s(use_case, settings)
    measuring_s = (found.other_s or 0.0) if found else 0.0
    usual_s = 0.0 if found else careful_s(use_case, defaults(settings_of(use_case)))
    room_s = max(limit_s, usual_s) - measuring_s  # as a use case comes the clock will do
    if training_s > room_s:
        fitting = math.floor(int(settings["num_epochs"]) * room_s / training_s)
        raise UserError(_too_long(settings, found, training_s + measuring_s, limit_s, fitting))
    most_mb = memory.limit()
    if found and found.device == "cpu" and most_mb is not None and found.memory_bytes > most_mb * 1e6:
        raise UserError(
            "On this shared server a training has at most {most_mb} MB of memory; this one would take some "
            "{asked_mb} MB. {lower}",
            most_mb=numbers.count(most_mb),
            asked_mb=numbers.count(found.memory_bytes / 1e6),
            lower=memory.LOWER,
        )


def _expected(store: Path, use_case: UseCase, settings: Mapping[str, Any]) -> Estimate | None:
    """On a device that has not been measured, at the pace of the processor: it is slower."""
    for chosen in (settings, {**settings, "device": "cpu"}):
        found = calibration.expected(store, use_case, chosen, new_baselines=False)
        if found:
            return found
    return None


def careful_s(use_case: UseCase, settings: Mapping[str, Any]) -> float:
    """Seconds, rather too many, of a training of which nothing is known but its settings and its largest data file: its
    steps and its products. What it misses the clock ends."""
    files = [file.rows for name in use_case.datasets for file in datasets.DATASETS.get(name).files]
    rows, epochs = max(files, default=1), float(settings.get("num_epochs", 1))
    whole = settings.get("optimiser") == "gradient_descent"
    steps = epochs * (1 if whole else math.ceil(rows / int(settings.get("batch_size", 1))))
    width, depth = int(settings.get("width", 1)), max(1, int(settings.get("depth", 1)))
    inputs = len(use_case.columns) * max(1, int(settings.get("embedding_width", 1)))
    products = epochs * rows * int(settings.get("members", 1)) * width * (inputs + width * depth)
    return steps * _STEP_S + _PASSES * products / _PRODUCTS_PER_S


def _too_long(settings: Mapping[str, Any], found: Estimate | None, asked_s: float, limit_s: float, fitting: int) -> str:
    epochs = int(settings["num_epochs"])
    counted = numbers.counted(epochs, "{count} epoch", "{count} epochs")
    known = message("{epochs}, counted with care, for want of a run", epochs=counted)
    if found:
        known = message("{epochs} on {device}", epochs=counted, device=found.described)
    rule = message(
        "On this shared server a training takes at most {most}, and this one may take {asked} ({known}).",
        most=duration(limit_s),
        asked=at_most(asked_s),
        known=known,
    )
    step = message("To fit, train fewer, smaller networks on larger batches.")
    if fitting >= 1:
        step = message(
            "To fit, lower the epochs to {epochs}, or train fewer, smaller networks on larger batches.",
            epochs=numbers.count(fitting),
        )
    return joined([rule, step])
