"""A target learned as a multiple of a feature: series of many sizes in one network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import Examples, Task
from core.errors import UserError
from core.formatting.numbers import significant

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def size_of(relative_to: str, features: pd.DataFrame) -> np.ndarray:
    """What each row's target is a multiple of, (n,): a feature, or 1 where `relative_to` is empty."""
    import numpy as np

    if not relative_to:
        return np.ones(len(features))
    size = features[relative_to].to_numpy(dtype=np.float64, na_value=np.nan)
    if not (size > 0).all():
        least = significant(float(np.nanmin(size)))
        raise UserError(
            "A target can only be a multiple of a positive feature; {relative_to!r} is {least} or missing "
            "in some row. Give it a value above 0.",
            relative_to=relative_to,
            least=least,
        )
    return size


def multiples(task: Task, examples: Examples) -> np.ndarray:
    """The target (N, T) with its first column as a multiple of `size_of`; the target itself where not relative."""
    import numpy as np

    target = examples.target.to_numpy(dtype=np.float64, copy=True)
    target[:, 0] /= size_of(task.relative_to, examples.features)
    return target


def weights(task: Task, examples: Examples) -> np.ndarray:
    """How much an error of the multiple counts, (N,), mean 1: as much as in units, or as the headline measures it."""
    import numpy as np

    size = size_of(task.relative_to, examples.features)
    if task.error_per:
        size = size / examples.target[task.error_per].to_numpy(dtype=np.float64)
    return size / size.mean()
