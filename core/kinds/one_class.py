"""One class: only one kind of thing is learned, and whatever is not of it, a stray, is to be noticed.

The prediction (N, 1) is how strange a row is, from 0 to 1: of a network, how wrongly it comes back. It is no chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.checks.column_check import must_be
from core.contracts import HeldOutRows, Metric, Task
from core.contracts.ranks import Ranks
from core.errors import UserError
from core.formatting.messages import message
from core.kinds import Part, TaskKind
from core.kinds._class_metrics import AVERAGE_PRECISION, ROC_AUC, ranks_of
from core.kinds._labels import is_0_or_1
from core.kinds._spread import BY_ANOMALY
from core.kinds._written import ANOMALY
from core.kinds.anomaly_form import AnomalyScore

if TYPE_CHECKING:
    import numpy as np

FALSE_ALARMS = 0.05  # the share of what belongs that may be thrown out


def caught(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """The share of the strays that are stranger than all but a twentieth of what belongs, (R,)."""
    return _caught_of(ranks_of(rows, prediction))


def _caught_of(ranks: Ranks) -> np.ndarray:
    import numpy as np

    total = ranks.own.sum(0, dtype=np.float64)
    allowed = ranks.negatives_with <= FALSE_ALARMS * ranks.negatives
    most = np.where(allowed, ranks.positives_with, 0).max(0, initial=0).astype(np.float64)
    has_both = (total > 0) & (ranks.negatives > 0)
    return np.divide(most, total, out=np.full(len(total), np.nan), where=has_both)


CAUGHT = Metric(
    name="caught_at_5",
    label="Strays caught",
    short="caught",
    higher_is_better=True,
    perfect=1.0,
    compute=caught,
    of_ranks=_caught_of,
    undefined="It compares strays with what belongs, and these rows hold only one of the two.",
    help="The share of strays that are noticed where the alarm level throws out one in twenty of what belongs.",
)


def _check_labels(task: Task, labels: Mapping[str, np.ndarray]) -> None:
    first = task.target_columns[0]
    advice = message(
        "Write 1 for {positive} and 0 for {negative}.",
        positive=message(task.positive),
        negative=message(task.negative),
    )
    what, rule = message("the target {name!r}", name=first), message("An answer of two classes is 0 or 1")
    must_be(what, labels[first], is_0_or_1, rule, advice)


def _check_part(task: Task, part: Part) -> None:
    found = set(part.found(task.target_columns[0]).tolist())
    if part.trains and found != {0.0}:
        raise UserError(
            "Only what belongs is learned from; {where} hold strays. Give the plan other rows there.", where=part.where
        )
    if not part.trains and found != {0.0, 1.0}:
        raise UserError("Both classes are in each part that is judged; {where} hold one alone.", where=part.where)


def _constant(task: Task, target: np.ndarray) -> np.ndarray:
    """The same for all: it tells nobody from anybody."""
    import numpy as np

    return np.full(1, 0.5)


def _happened(task: Task, target: Mapping[str, float]) -> str:
    return task.positive if target[task.target_columns[0]] > 0 else task.negative


KIND = TaskKind(
    name="one_class",
    title="What does not belong",
    metrics=(ROC_AUC, AVERAGE_PRECISION, CAUGHT),
    loss="reconstruction",
    check_labels=_check_labels,
    check_part=_check_part,
    constant=_constant,
    happened=_happened,
    has_outcome=False,
    mean_tells=False,
    written=ANOMALY,
    form=AnomalyScore(),
    results="one_class",
    picture="heaps",
    money="threshold",
    spread=BY_ANOMALY,
)
