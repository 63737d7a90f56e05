"""Tasks of the common kinds, with the loss, outputs and metrics that go with each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.contracts import Detection, Kind, Task
from core.contracts.boxes import output_names, target_names
from core.kinds.generation import output_names as generated_names

_PLACE = 4  # pixels, of the network that finds things
QUANTILE_LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


def binary_task(
    target: str,
    *,
    column: str,
    positive: str = "yes",
    negative: str = "no",
    metrics: Sequence[str] = ("roc_auc", "average_precision", "log_loss", "brier"),
    headline: str = "roc_auc",
    **more: Any,
) -> Task:
    """Yes or no, as the chance of yes. target: in words, as in 'goes bad'. column: of the target table, 1 where it is
    so and 0 elsewhere. more: further fields of Task."""
    return Task(
        kind=Kind.BINARY,
        target=target,
        target_columns=(column,),
        outputs=("probability",),
        loss="binary_cross_entropy",
        metrics=tuple(metrics),
        headline=headline,
        positive=positive,
        negative=negative,
        **more,
    )


def one_class_task(
    target: str,
    *,
    column: str,
    positive: str,
    negative: str,
    metrics: Sequence[str] = ("roc_auc", "caught_at_5", "average_precision"),
    headline: str = "roc_auc",
    **more: Any,
) -> Task:
    """What does not belong, as an anomaly score. target: in words, as in 'does not belong'. column: of the target
    table, 1 for strays and 0 for what belongs, which alone is learned from. positive, negative: what both are."""
    return Task(
        kind=Kind.ONE_CLASS,
        target=target,
        target_columns=(column,),
        outputs=("anomaly",),
        metrics=tuple(metrics),
        headline=headline,
        positive=positive,
        negative=negative,
        **more,
    )


def multiclass_task(
    target: str,
    *,
    column: str,
    classes: Sequence[str],
    metrics: Sequence[str] = ("accuracy", "log_loss"),
    headline: str = "accuracy",
    **more: Any,
) -> Task:
    """One of several classes, as the chance of each. column: of the target table, the place of the class in `classes`,
    from 0."""
    return Task(
        kind=Kind.MULTICLASS,
        target=target,
        target_columns=(column,),
        outputs=tuple(classes),
        loss="cross_entropy",
        metrics=tuple(metrics),
        headline=headline,
        **more,
    )


def quantile_task(
    target: str,
    *,
    columns: Sequence[str],
    metrics: Sequence[str] = ("mean_absolute_error", "pinball_loss"),
    headline: str = "mean_absolute_error",
    levels: Sequence[float] = QUANTILE_LEVELS,
    **more: Any,
) -> Task:
    """A number as a range: what it stays below with the chance of each level. columns: of the target table, the number
    first. The output of level .05 is called q05."""
    return Task(
        kind=Kind.QUANTILE,
        target=target,
        target_columns=tuple(columns),
        outputs=tuple(_output(level) for level in levels),
        levels=tuple(levels),
        loss="pinball",
        metrics=tuple(metrics),
        headline=headline,
        **more,
    )


def detection_task(
    target: str,
    *,
    classes: Sequence[str],
    picture: tuple[int, int],
    metrics: Sequence[str] = ("average_precision_50", "counting_error"),
    headline: str = "average_precision_50",
    **more: Any,
) -> Task:
    """Things of some classes in a picture, each in a box. target: in words, as in 'cells'. classes: in words, the
    commonest first. picture: its height and width in pixels. The target table is `core.contracts.boxes.targets`."""
    return Task(
        kind=Kind.DETECTION,
        target=target,
        target_columns=target_names(),
        outputs=output_names(),
        metrics=tuple(metrics),
        headline=headline,
        detection=Detection(classes=tuple(classes), grid=(picture[0] // _PLACE, picture[1] // _PLACE)),
        **more,
    )


def generation_task(
    target: str,
    *,
    metrics: Sequence[str] = ("frechet", "kinds_made", "variety"),
    headline: str = "frechet",
    **more: Any,
) -> Task:
    """Pictures made of noise. target: what they are to look like, in words. The target table is how `core.judge` sees
    the real ones."""
    return Task(
        kind=Kind.GENERATION,
        target=target,
        outputs=generated_names(),
        metrics=tuple(metrics),
        headline=headline,
        **more,
    )


def _output(level: float) -> str:
    return "q" + f"{level:.10f}".partition(".")[2].rstrip("0").ljust(2, "0")
