"""Random folds inside random tests, for data without a time. Knows no use case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import Fold

if TYPE_CHECKING:
    import numpy as np


def dealt(stratum: np.ndarray, parts: int, rng: np.random.Generator) -> np.ndarray:
    """A part 0 .. parts-1 for each row (N,), at random; each stratum is spread evenly."""
    import numpy as np

    order = rng.permutation(len(stratum))
    order = order[np.argsort(stratum[order], kind="stable")]
    part = np.empty(len(stratum), dtype=int)
    part[order] = np.arange(len(stratum)) % parts
    return part


def folds_of(
    test_name: str, tested: np.ndarray, stratum: np.ndarray, num_folds: int, rng: np.random.Generator
) -> list[Fold]:
    """Folds that test the rows where `tested` (N,) is true; random parts of all others take turns as validation."""
    import numpy as np

    test, rest = np.flatnonzero(tested), np.flatnonzero(~tested)
    part = dealt(stratum[rest], num_folds, rng)
    return [
        Fold(
            name=f"{test_name}, part {i + 1}",
            train=rest[part != i],
            validation=rest[part == i],
            test=test,
            test_name=test_name,
        )
        for i in range(num_folds)
    ]
