"""Detection: things of some classes are found in a picture, each in a box, and counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.contracts import Examples, HeldOutRows, Metric, Task
from core.contracts.boxes import Found, Known, counts, detection_of, matched, output_names, target_names
from core.errors import UserError
from core.formatting.messages import message
from core.formatting.numbers import count
from core.kinds import Part, TaskKind
from core.kinds._weighted import ones
from core.kinds.boxes_form import Boxes

if TYPE_CHECKING:
    import numpy as np

FIRST_CLASS = target_names()[0]
_MOST_SHOWN, _FAINTEST_SHOWN = 24, 0.1


@dataclass(frozen=True, slots=True)
class ByScore:
    """The boxes of one class in all pictures, the surest first: score (D,), whether it is right (D,), picture (D,), and
    where its score ends (D,): boxes of one score stand or fall together. known (N,): boxes to be found per picture."""

    score: np.ndarray
    right: np.ndarray
    row: np.ndarray
    end: np.ndarray
    known: np.ndarray

    def precision(self, weight_RN: np.ndarray) -> np.ndarray:
        """The best precision that is reached with this recall or a higher one, (R, D), in draws of the pictures."""
        import numpy as np

        drawn = weight_RN[:, self.row]
        right, all_of_them = np.cumsum(drawn * self.right, axis=1), np.cumsum(drawn, axis=1)
        share = np.divide(right, all_of_them, out=np.zeros_like(right), where=all_of_them > 0)[:, self.end]
        best: np.ndarray = np.maximum.accumulate(share[:, ::-1], axis=1)[:, ::-1]
        return best

    def average_precision(self, weight_RN: np.ndarray) -> np.ndarray:
        """The area under precision over recall (Everingham et al., 2010), (R,); NaN where there is nothing to find."""
        import numpy as np

        total = weight_RN @ self.known
        area = (weight_RN[:, self.row] * self.right * self.precision(weight_RN)).sum(1)
        found: np.ndarray = np.divide(area, total, out=np.full(len(weight_RN), np.nan), where=total > 0)
        return found

    def curve(self) -> tuple[np.ndarray, np.ndarray]:
        """Recall and precision at every score, from the highest."""
        import numpy as np

        once = np.ones((1, len(self.known)))
        right = np.cumsum(self.right)[self.end]
        return right / max(1, int(self.known.sum())), self.precision(once)[0]


def by_score(target_NT: np.ndarray, prediction_NO: np.ndarray, task: Task) -> list[ByScore]:
    """Of each class, what was found."""
    import numpy as np

    classes = len(detection_of(task).classes)
    found, right = Found.of(prediction_NO), matched(prediction_NO, target_NT) >= 0
    known, made = Known.of(target_NT).counts(classes), []
    for one in range(classes):
        row, slot = np.nonzero((found.kind == one) & (found.score > 0))
        score = found.score[row, slot]
        order = np.argsort(-score, kind="stable")
        row, slot, score = row[order], slot[order], score[order]
        end = np.searchsorted(-score, -score, side="right") - 1
        made.append(ByScore(score, right[row, slot].astype(np.float64), row, end, known[:, one]))
    return made


def average_precision(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean over the classes of which there is something to be found; NaN where there is nothing."""
    import numpy as np

    each = np.stack([one.average_precision(ones(rows)) for one in by_score(rows.target, prediction, task)])
    has = ~np.isnan(each)
    total, number = np.where(has, each, 0.0).sum(0), has.sum(0)
    return np.divide(total, number, out=np.full(len(total), np.nan), where=number > 0)


def miscounted(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """How far the counts of all classes are off, in sum, per picture (..., N)."""
    asked = detection_of(task)
    classes = len(asked.classes)
    off = counts(prediction, classes, asked.counted) - Known.of(rows.target).counts(classes)
    summed: np.ndarray = abs(off).sum(-1).astype(float)
    return summed


def counting_error(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """The mean of `miscounted` over pictures."""
    weight = ones(rows)
    error: np.ndarray = weight @ miscounted(rows, prediction, task) / weight.sum(1)
    return error


AVERAGE_PRECISION = Metric(
    name="average_precision_50",
    label="Average precision",
    short="AP50",
    higher_is_better=True,
    perfect=1.0,
    compute=average_precision,
    undefined="It looks for boxes, and no picture here has any.",
    help="A box is right where it overlaps a known one of its class by half of their union or more. Precision, the "
    "share of right boxes, is averaged over recall, the share of known ones that are found, while the least score of a "
    "box falls; then over the classes. 1: everything is found and nothing else.",
)
COUNTING_ERROR = Metric(
    name="counting_error",
    label="Counting error",
    short="Miscounted",
    higher_is_better=False,
    perfect=0.0,
    compute=counting_error,
    each=miscounted,
    digits=2,
    unit="per picture",
    help="How many a picture's counts are off, all classes together, with the boxes that reach the usual score.",
)


def _check_task(task: Task) -> None:
    asked = detection_of(task)
    if task.outputs != output_names() or task.target_columns != target_names():
        raise UserError("Boxes have outputs and target columns of their own. Declare the task by `detection_task`.")
    if not asked.classes or min(asked.grid) < 1:
        raise UserError("Boxes are of one class or more, in a grid of places; look at the task's `detection`.")


def _check_labels(task: Task, labels: Mapping[str, np.ndarray]) -> None:
    import numpy as np

    known = Known.of(np.stack([labels[name] for name in target_names()], axis=1))
    last = len(detection_of(task).classes) - 1
    if (known.kind < -1).any() or (known.kind > last).any():
        raise UserError("The class of a box is its number, 0 to {last}, or -1 where there is none.", last=last)
    ends = known.ends[known.kind >= 0]
    if (ends < 0).any() or (ends > 1).any() or (ends[:, :2] >= ends[:, 2:]).any():
        raise UserError(
            "A box has left before right and top before bottom, as shares of its picture from 0 to 1. Mend its ends."
        )


def _check_part(task: Task, part: Part) -> None:
    if part.found(FIRST_CLASS).max() < 0:
        raise UserError(
            "There is something to be found in each part; {where} hold no box. {advice}",
            where=part.where,
            advice=part.advice,
        )


def _learned(task: Task, examples: Examples) -> np.ndarray:
    return examples.target.to_numpy(dtype=float)


def _weights(task: Task, examples: Examples) -> np.ndarray:
    import numpy as np

    return np.ones(len(examples))


def _happened(task: Task, target: Mapping[str, float]) -> str:
    """'14 red cells, 1 white cell': how many of each class there are."""
    import numpy as np

    classes = detection_of(task).classes
    number = Known.of(np.array([target[name] for name in target_names()], dtype=float)).counts(len(classes))
    told = [
        message("{number} {what}", number=count(int(n)), what=message(what))
        for n, what in zip(number, classes, strict=True)
    ]
    return ", ".join(told)


def _boxes(prediction: np.ndarray) -> list[list[int]]:
    """At most two dozen, the surest first; faint ones are left out."""
    import numpy as np

    found = Found.of(prediction)
    some = np.flatnonzero(found.score >= _FAINTEST_SHOWN)[:_MOST_SHOWN]
    told = np.c_[found.kind[some], np.rint(1000 * np.c_[found.score[some], found.ends[some]])]
    return [[int(number) for number in one] for one in told]


KIND = TaskKind(
    name="detection",
    title="Things in boxes",
    metrics=(AVERAGE_PRECISION, COUNTING_ERROR),
    loss="center_focal",
    check_task=_check_task,
    check_labels=_check_labels,
    check_part=_check_part,
    learned=_learned,
    weights=_weights,
    happened=_happened,
    form=Boxes(),
    has_outcome=False,
    mean_tells=False,
    results="detection",
    picture="boxes",
    money="level",
    boxes=_boxes,
)
