"""k-means (scikit-learn): every row is the centre of its segment."""

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
class KMeans(FitsForms):
    """What an analyst does first: as many segments as the task asks for, in standardised features."""

    name: str = "k_means"
    title: str = "k-means"
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
        """The centre of each row's segment, (N, O)."""
        from sklearn import cluster
        from sklearn.preprocessing import StandardScaler

        table = examples.features[list(task.outputs)].to_numpy(dtype=np.float64)
        scaler = StandardScaler().fit(table[train])
        model = cluster.KMeans(form_of(task, Profiles).segments(task), n_init=10, random_state=seed).fit(
            scaler.transform(table[train])
        )
        centres = scaler.inverse_transform(model.cluster_centers_)
        return [centres[model.predict(scaler.transform(table[r]))] for r in rows]


BASELINE = KMeans()
