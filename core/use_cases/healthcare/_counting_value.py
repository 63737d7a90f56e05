"""The money of counting blood cells: a technician's minutes, and counts that must be repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.use_cases.helpers import guess, per_year, slider
from core.value.counting import CountingValue, Mistakes
from core.value.level import LevelWords

if TYPE_CHECKING:
    import numpy as np

_SECONDS_PER_HOUR = 3600.0


def _by_hand(known: np.ndarray, assumed: Mapping[str, float]) -> np.ndarray:
    """A click for every cell; some are counted wrong, and for some of those all is counted again. The look at the
    picture is left out: it is the same with boxes."""
    seconds = assumed["count"] * known
    cost: np.ndarray = seconds * (assumed["wage"] / _SECONDS_PER_HOUR)
    return cost + assumed["by_hand"] * assumed["repeated"] * assumed["repeat"] * known


def _with_boxes(found: Mistakes, assumed: Mapping[str, float]) -> np.ndarray:
    """A glance at every box, every mistake that is seen mended, and for those that are not, the count
    that must be repeated."""
    wrong = found.false + found.missed
    seconds = assumed["glance"] * found.counted
    seconds = seconds + (1 - assumed["overlooked"]) * (assumed["strike"] * found.false + assumed["add"] * found.missed)
    cost: np.ndarray = seconds * (assumed["wage"] / _SECONDS_PER_HOUR)
    return cost + assumed["overlooked"] * assumed["repeated"] * assumed["repeat"] * wrong


VALUE = CountingValue(
    by_hand=_by_hand,
    with_boxes=_with_boxes,
    pictures_per_year=per_year("slides", "pictures"),
    today="Count by hand",
    words=LevelWords(
        level="Count a box when its score is at least",
        chosen="boxes counted",
        kept="counted right, but for one cell at most",
        short="cells missed",
        over="false alarms",
        amount_unit="cells",
        unit="pictures",
        axis="How sure a box must be",
    ),
    assumptions=(
        guess(
            "wage",
            "Cost of an hour of a technician",
            slider(45.0, "USD", low=1.0, high=500.0, step=1.0),
            "Wage and what comes on top of it. Put in your own.",
        ),
        guess(
            "count",
            "Counting a cell by hand",
            slider(1.5, "seconds", low=0.1, high=10.0, step=0.1),
            "Find it, tell its kind, press its key. Nobody was timed; at 1 second nothing is saved.",
        ),
        guess(
            "glance",
            "A glance at a box",
            slider(0.25, "seconds", low=0.0, high=10.0, step=0.05),
            "The colour of the box says what the machine takes it for. Nobody was timed.",
        ),
        guess(
            "strike",
            "Striking out a false box",
            slider(1.5, "seconds", low=0.1, high=30.0, step=0.1),
            "One click. Nobody was timed.",
        ),
        guess(
            "add",
            "Adding a cell that was missed",
            slider(2.5, "seconds", low=0.1, high=30.0, step=0.1),
            "One must see first that a box is missing. Nobody was timed.",
        ),
        guess(
            "by_hand",
            "Share of the cells that are miscounted by hand",
            slider(0.02, "share", low=0.0, high=0.5, step=0.005),
            "A tired eye counts one twice and leaves out the next. Nobody was tested.",
        ),
        guess(
            "overlooked",
            "Share of the machine's mistakes that the check overlooks",
            slider(0.05, "share", low=0.0, high=1.0, step=0.01),
            "People trust a machine that is mostly right. Measure it in your own laboratory.",
        ),
        guess(
            "repeated",
            "Share of wrong counts of a cell for which all is repeated",
            slider(0.01, "share", low=0.0, high=1.0, step=0.01),
            "One cell more or less seldom changes what a doctor does.",
        ),
        guess(
            "repeat",
            "Cost of a count that must be repeated",
            slider(25.0, "USD", low=0.0, high=10_000.0, step=1.0),
            "Another sample, another slide, and a doctor who waits. Put in your own.",
        ),
        guess(
            "slides",
            "Slides a year",
            slider(20_000.0, "slides", low=10.0, high=10_000_000.0, step=100.0),
            "A hospital's laboratory, some eighty a working day. Put in your own.",
        ),
        guess(
            "pictures",
            "Pictures a slide",
            slider(10.0, "pictures", low=1.0, high=1_000.0, step=1.0),
            "A hundred cells and more have to be seen, a dozen a picture.",
        ),
    ),
)
