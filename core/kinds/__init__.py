"""The kinds of tasks, a file each, found in this folder: what every other step needs to know of a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from core.contracts import Examples, HeldOutRows, Metric, Task
from core.errors import UserError
from core.formatting.numbers import plain
from core.kinds._spread import Spread
from core.kinds._written import AMOUNT, Written
from core.kinds.anomaly_form import AnomalyScore
from core.kinds.boxes_form import Boxes
from core.kinds.forms import Form
from core.kinds.pictures_form import MadePictures
from core.kinds.targets import multiples, weights
from core.registry import Registry

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_PRIOR_ROWS = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a fold, to be checked: `where` it is, in words; whether the networks train on it; `found` gives the
    different values of a target column there, ascending; `advice` for one that lacks something."""

    where: str
    trains: bool
    found: Callable[[str], np.ndarray]
    advice: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnCodes:
    """One column as small whole numbers, of training rows and of validation rows, with the targets (n, T) of both."""

    train_codes: np.ndarray
    train_target: np.ndarray
    codes: np.ndarray
    target: np.ndarray

    def mean(self, outcome: np.ndarray) -> np.ndarray:
        """The mean of an outcome (n,) of the training rows with each code, drawn to the mean of all by ten rows."""
        import numpy as np

        count = int(max(self.train_codes.max(), self.codes.max())) + 1
        rows, prior = np.bincount(self.train_codes, minlength=count), _PRIOR_ROWS * outcome.mean()
        return np.asarray((np.bincount(self.train_codes, outcome, count) + prior) / (rows + _PRIOR_ROWS))


@dataclass(frozen=True, kw_only=True, slots=True)
class Alone:
    """What a column tells by itself: the share of pairs of validation rows that it puts in the right order; NaN where
    there are none. most_rows: how many rows that is asked of."""

    score: Callable[[Task, ColumnCodes], float]
    most_rows: int


def _nothing_to_check(*of: object) -> None:
    pass


def _each_named(task: Task, target: Mapping[str, float]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {plain(value)}" for name, value in target.items())


def _middle(task: Task, mean: list[float]) -> int:
    return len(task.outputs) // 2


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskKind:
    """One kind of task.

    metrics: what it may be judged by. loss: the name of the loss that its networks learn by where a task names none.
    target: makes the target of the features (N, F) where rows have no answer of their own; None: they have one.
    scales_each: whether each target column is learned in standard deviations of its own. check_settings raises
    UserError for settings that do not fit the task; check_task, check_labels, check_info, check_part: raise UserError
    for a declaration, for target columns (name -> (N,)), for info, and for a part of a fold that nothing can be learned
    from or judged by. constant: the best constant prediction (O,) for a target (N, T); None: there is none. learned,
    weights: the target (N, T) as networks learn it, before it is scaled, and how much each row counts in that (N,).
    blocks: of all examples, which rows stay together in a batch: those of one number (N,); None: each row is shuffled
    by itself. form: what a prediction is to simple methods; None: nothing that they know. alone: None where no column
    tells anything by itself. happened: a target in words. has_outcome: whether the first target column is what
    happened; False where all columns count alike. mean_tells: whether the mean of the first target column says
    something. shown: which of the averaged outputs stands for the prediction. written: how it is written. results,
    money: the names of the panels that pages draw; empty: none. picture: the small one on its card, a name in
    `core.publish.pictures`. spread: how predictions lie while networks learn; None: nothing is told of it. boxes: of
    the prediction (O,) for one picture the boxes that are shown while networks learn, as an epoch's event has them.
    crowd: of validation targets (N, T) and predictions (N, O) what an epoch's event tells of them together; where there
    is one, the loss shows the pictures that were made.
    """

    name: str
    title: str
    metrics: tuple[Metric, ...]
    loss: str
    target: Callable[[Task, pd.DataFrame], pd.DataFrame] | None = None
    scales_each: bool = False
    check_settings: Callable[[Task, Mapping[str, Any]], None] = _nothing_to_check
    check_task: Callable[[Task], None] = _nothing_to_check
    check_labels: Callable[[Task, Mapping[str, np.ndarray]], None] = _nothing_to_check
    check_part: Callable[[Task, Part], None] = _nothing_to_check
    check_info: Callable[[Task, pd.DataFrame], None] = _nothing_to_check
    constant: Callable[[Task, np.ndarray], np.ndarray] | None = None
    learned: Callable[[Task, Examples], np.ndarray] = multiples
    weights: Callable[[Task, Examples], np.ndarray] = weights
    blocks: Callable[[Task, HeldOutRows], np.ndarray] | None = None
    form: Form | Boxes | MadePictures | AnomalyScore | None = None
    alone: Alone | None = None
    happened: Callable[[Task, Mapping[str, float]], str] = _each_named
    has_outcome: bool = True
    mean_tells: bool = True
    shown: Callable[[Task, list[float]], int] = _middle
    written: Written = field(default=AMOUNT)
    results: str = ""
    money: str = ""
    picture: str = ""
    spread: Spread | None = None
    boxes: Callable[[np.ndarray], list[list[int]]] | None = None
    crowd: Callable[[np.ndarray, np.ndarray], dict[str, float]] | None = None


KINDS: Registry[TaskKind] = Registry(what="kind of task", folder="kinds", attribute="KIND", kind=TaskKind)


def loss_of(task: Task) -> str:
    """The name of the loss that a task's networks learn by: its own, or its kind's."""
    return task.loss or kind_of(task).loss


def kind_of(task: Task) -> TaskKind:
    """The kind of a task; raises UnknownNameError for one that nobody declared."""
    return KINDS.get(task.kind)


def with_form(*forms: type[Form] | type[Boxes] | type[MadePictures] | type[AnomalyScore]) -> tuple[str, ...]:
    """The names of the kinds whose predictions have one of some forms."""
    return tuple(name for name, kind in KINDS.all().items() if isinstance(kind.form, forms))


_Form = TypeVar("_Form", bound=Form)


def form_of(task: Task, wanted: type[_Form]) -> _Form:
    """What a task's predictions are; raises UserError where they have another form."""
    form = kind_of(task).form
    if not isinstance(form, wanted):
        raise UserError(
            "This method knows nothing of predictions of kind {kind!r}. Take another baseline.", kind=str(task.kind)
        )
    return form
