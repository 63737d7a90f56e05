"""Principal components (scikit-learn): rows drawn together along straight lines, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.contracts import Column, Examples, Task
from core.evaluation.baselines._by_form import FitsForms
from core.kinds import form_of
from core.kinds.forms import Form, Profiles


@dataclass(frozen=True, kw_only=True, slots=True)
class PrincipalComponents(FitsForms):
    """The best that can be done with as few numbers without a bend (Pearson, 1901)."""

    name: str = "principal_components"
    title: str = "Principal components"
    forms: ClassVar[tuple[type[Form], ...]] = (Profiles,)
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
        """What comes back, (N, O), of as many components as the task has dimensions."""
        from sklearn.decomposition import PCA
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        table = examples.features[list(task.outputs)].to_numpy(dtype=np.float64)
        components = PCA(form_of(task, Profiles).dimensions(task), random_state=seed)
        model = make_pipeline(StandardScaler(), components).fit(table[train])
        return [model.inverse_transform(model.transform(table[r])) for r in rows]


BASELINE = PrincipalComponents()
