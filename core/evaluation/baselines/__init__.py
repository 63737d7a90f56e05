"""The baselines, found in this folder; each is tried untuned, and tuned on the validation rows of the same plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import Baseline, Examples, Task
from core.registry import Registry

if TYPE_CHECKING:
    import numpy as np

BASELINES: Registry[Baseline] = Registry(what="baseline", folder="evaluation/baselines", attribute="BASELINE")


def size_of(task: Task, examples: Examples, rows: np.ndarray) -> np.ndarray:
    """What each row's target is a multiple of, (n,); ones where the task is not relative."""
    import numpy as np

    if not task.relative_to:
        return np.ones(len(rows))
    return examples.features[task.relative_to].to_numpy(dtype=np.float64)[rows]


def relative_target(task: Task, examples: Examples, rows: np.ndarray) -> np.ndarray:
    """The target (n, T) as a multiple of `size_of`: a baseline is given the same help as the network."""
    import numpy as np

    return examples.target.to_numpy(dtype=np.float64)[rows] / size_of(task, examples, rows)[:, None]
