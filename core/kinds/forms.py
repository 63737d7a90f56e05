"""What a prediction is, as simple methods hear of it: what they can fit follows from its form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.contracts import Examples, Task

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True, slots=True)
class Chances:
    """Chances of classes, which are whole numbers in the first target column.

    prediction: what the chances (n, C) of the classes (C,) that a classifier has found become, (n, O).
    """

    prediction: Callable[[Task, np.ndarray, np.ndarray], np.ndarray]

    def classes(self, examples: Examples, rows: np.ndarray) -> np.ndarray:
        """The class (n,) of each of some rows, as a classifier is fitted to it."""
        found: np.ndarray = examples.target.iloc[rows, 0].to_numpy().astype(int)
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantiles:
    """Quantiles of the first target column, an output for each level."""

    levels: Callable[[Task], tuple[float, ...]] = lambda task: task.levels


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """Shares of all money, 1 in sum, an output for each target column, which is what that asset earns."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Profiles:
    """Features of a row as they come back. dimensions: of how few numbers. segments: how many are told apart."""

    dimensions: Callable[[Task], int]
    segments: Callable[[Task], int]


Form = Chances | Quantiles | Weights | Profiles


def chance_of_second(task: Task, chances_NC: np.ndarray, classes_C: np.ndarray) -> np.ndarray:
    """Of two classes the chance of the second, (n, 1)."""
    return chances_NC[:, 1:]


def chance_of_each(task: Task, chances_NC: np.ndarray, classes_C: np.ndarray) -> np.ndarray:
    """The chance of every class, (n, O); 0 for one that was not in training."""
    import numpy as np

    found = np.zeros((len(chances_NC), len(task.outputs)))
    found[:, classes_C] = chances_NC
    return found
