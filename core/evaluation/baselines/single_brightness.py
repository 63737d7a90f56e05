"""The one brightness of a picture that decides best: a zone's, of all of it down to a forty-ninth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.evaluation.baselines._pictures import pictures_of, zones
from core.evaluation.baselines.single_feature import BASELINE as SINGLE_FEATURE
from core.kinds.forms import Chances, Form

_GRIDS = (1, 2, 4, 7)


@dataclass(frozen=True, kw_only=True, slots=True)
class SingleBrightness(FitsForms):
    """What somebody with a light meter would do. Which zone: the one that fits the training rows best (log loss), so
    that there is nothing to tune."""

    name: str = "single_brightness"
    title: str = "Best single brightness"
    forms: ClassVar[tuple[type[Form], ...]] = (Chances,)
    candidates: tuple[Mapping[str, Any], ...] = ({},)

    def fit_predict(
        self,
        task: Task,
        columns: Sequence[Column],
        examples: Examples,
        train: np.ndarray,
        rows: Sequence[np.ndarray],
        candidate: Mapping[str, Any],
        seed: int,
    ) -> list[np.ndarray]:
        """Chances (N, O) for each group of rows."""
        pictures = pictures_of(examples)
        found = np.concatenate([zones(pictures, parts) for parts in _GRIDS], axis=1)
        names = [f"zone {place}" for place in range(found.shape[1])]
        measured = replace(examples, features=pd.DataFrame(found, columns=names))
        each = [Column(name=name, label=name) for name in names]
        return SINGLE_FEATURE.fit_predict(task, each, measured, train, rows, candidate, seed)


BASELINE = SingleBrightness()
