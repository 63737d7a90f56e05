"""Clusters: rows are told apart by what they are alone. A network draws each together into a few numbers and back; the
segments are those of what comes back. There is no answer: the outputs are features, and the target is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.checks.column_check import as_numbers, rows_of
from core.contracts import Clusters, HeldOutRows, Metric, Task
from core.errors import UserError
from core.formatting.messages import message
from core.kinds import TaskKind
from core.kinds._clustering import k_means, plane, silhouette, stability
from core.kinds._weighted import average, ones
from core.kinds.forms import Profiles

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MOST_ROWS = 1500  # distances between all pairs of them


def clusters_of(task: Task) -> Clusters:
    """The task's own; raises UserError where it has none."""
    if task.clusters is None:
        raise UserError("Segments have a number; the task has no `clusters`. Give core.contracts.Clusters(count=...).")
    return task.clusters


def in_spreads(values_NO: np.ndarray, target_NO: np.ndarray) -> np.ndarray:
    """Profiles (N, O) in standard deviations of the target's columns: each column counts alike."""
    import numpy as np

    spread = target_NO.std(0)
    return (values_NO - target_NO.mean(0)) / np.where(spread > 0, spread, 1.0)


def unexplained(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """The squared error of what comes back over the variance of what there was, mean over the columns that vary."""
    import numpy as np

    weight, target = ones(rows), rows.target
    total = weight.sum(1)[:, None]
    mean = weight @ target / total
    spread = np.maximum(weight @ (target - target.mean(0)) ** 2 / total - (mean - target.mean(0)) ** 2, 0.0)
    lost = weight @ (target - prediction) ** 2 / total
    varies = spread > 1e-12 * np.maximum(target.var(0), 1e-300)
    each = np.divide(lost, spread, out=np.full(lost.shape, np.nan), where=varies)
    count = varies.sum(1)
    return np.divide(np.nansum(each, axis=1), count, out=np.full(len(count), np.nan), where=count > 0)


def standing_apart(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean silhouette of the rows as they are, divided by the segments of what came back: a method whose profiles are
    all alike gains nothing by that. Of many rows, some, evenly."""
    import numpy as np

    some = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), _MOST_ROWS)).astype(int))
    target = rows.target[some]
    label, _ = k_means(in_spreads(prediction[some], target), clusters_of(task).count)
    return average(silhouette(in_spreads(target, target), label), ones(rows)[:, some])


UNEXPLAINED = Metric(
    name="unexplained",
    label="Left unexplained",
    short="unexplained",
    higher_is_better=False,
    perfect=None,
    compute=unexplained,
    undefined="It divides by how much rows differ, and in these nothing does.",
    help="How much of what makes rows differ is lost when each is drawn together into a few numbers: 0 is nothing, "
    "1 is all of it, as if every row were the average one.",
)
SILHOUETTE = Metric(
    name="silhouette",
    label="Silhouette",
    short="silhouette",
    higher_is_better=True,
    perfect=None,
    compute=standing_apart,
    undefined="It compares segments, and all rows are in one.",
    help="How much nearer rows lie to their own segment than to the next one: 1 is far apart, 0 is no border at all.",
)


def _target(task: Task, features: pd.DataFrame) -> pd.DataFrame:
    """The features that are drawn together and back, (N, O); raises UserError where one is not there, or not whole."""
    import numpy as np
    import pandas as pd

    found = {}
    for name in task.outputs:
        if name not in features.columns:
            raise UserError(
                "Without a target the outputs are numeric features; {name!r} is none. Name some of the columns.",
                name=name,
            )
        what, instead = message("the column {name!r}", name=name), message("Leave it out of `outputs`.")
        found[name] = as_numbers(what, features[name], may_miss=True, instead=instead)
        missing = np.isnan(found[name])
        if missing.any():
            raise UserError(
                "A profile has every number; {name!r} is missing in {rows}. Fill it, or leave it out of `outputs`.",
                name=name,
                rows=rows_of(missing),
            )
    return pd.DataFrame(found, index=features.index)


def _check_task(task: Task) -> None:
    asked = clusters_of(task)
    if asked.count < 2 or not 1 <= asked.dimensions < len(task.outputs):
        raise UserError(
            "Segments are two or more, and rows are drawn together into fewer numbers than they have; here are {count} "
            "segments, {dimensions} dimensions and {outputs} outputs. Mend `clusters`, or name more outputs.",
            count=asked.count,
            dimensions=asked.dimensions,
            outputs=len(task.outputs),
        )


def _check_settings(task: Task, settings: Mapping[str, Any]) -> None:
    """Simple methods are compared with as many numbers as the network has."""
    width = settings.get("bottleneck")
    if width is None or int(width) != clusters_of(task).dimensions:
        raise UserError(
            "A network is compared with simple methods of as many dimensions, {dimensions}; its bottleneck is {width}. "
            "Choose a model with a bottleneck, and set it to that.",
            dimensions=clusters_of(task).dimensions,
            width=message("none") if width is None else str(width),
        )


def _constant(task: Task, target: np.ndarray) -> np.ndarray:
    """The average row."""
    found: np.ndarray = target.mean(0)
    return found


def segments(task: Task, target_NO: np.ndarray, prediction_NO: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Of held-out rows: the segment (N,) of each, the largest first; where each lies on a map (N, 2); and how alike the
    segments are to those of other samples, 1 at most."""
    points, count = in_spreads(prediction_NO, target_NO), clusters_of(task).count
    return k_means(points, count)[0], plane(points), stability(points, count)


KIND = TaskKind(
    name="clusters",
    title="Segments of rows",
    metrics=(UNEXPLAINED, SILHOUETTE),
    loss="squared_error",
    target=_target,
    scales_each=True,
    check_settings=_check_settings,
    check_task=_check_task,
    constant=_constant,
    form=Profiles(dimensions=lambda task: clusters_of(task).dimensions, segments=lambda task: clusters_of(task).count),
    has_outcome=False,
    mean_tells=False,
    results="clusters",
    picture="dots",
)
