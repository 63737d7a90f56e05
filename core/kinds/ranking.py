"""Ranking: rows of a group are put in order, the relevant ones first. The task's `group` names the groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.checks.column_check import must_be
from core.contracts import Examples, HeldOutRows, Metric, Task
from core.errors import UserError
from core.formatting.messages import message
from core.kinds import Part, TaskKind
from core.kinds._weighted import ones
from core.kinds.targets import multiples

if TYPE_CHECKING:
    import numpy as np

_DEPTH = 10


def ndcg(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Normalised discounted cumulative gain of the first ten of each group (Järvelin and Kekäläinen, 2002), the gain
    being the relevance; mean over the groups that have a relevant row, each counting as its rows do on average. Rows of
    the same score share their places. NaN where no group has one."""
    import numpy as np

    group, gain = np.unique(np.asarray(rows.group), return_inverse=True)[1], rows.target[:, 0]
    size = np.bincount(group)
    best = _gained(group, size, gain, gain)
    found = _gained(group, size, gain, np.asarray(prediction[:, 0], dtype=np.float64))
    weight = np.stack([np.bincount(group, row, len(size)) for row in ones(rows)]) / size
    known = best > 0
    each, total = np.divide(found, best, out=np.zeros(len(best)), where=known), weight[:, known].sum(1)
    return np.divide(weight @ each, total, out=np.full(len(weight), np.nan), where=total > 0)


def _gained(group: np.ndarray, size: np.ndarray, gain: np.ndarray, score: np.ndarray) -> np.ndarray:
    """The discounted gain of each group in the order of the scores, the highest first; no number comes last."""
    import numpy as np

    order = np.lexsort((np.where(np.isnan(score), np.inf, -score), group))
    ordered, of = score[order], group[order]
    place = np.arange(len(order)) - (np.cumsum(size) - size)[of]
    discount = np.where(place < _DEPTH, 1 / np.log2(place + 2), 0.0)
    is_first = np.r_[True, (of[1:] != of[:-1]) | (ordered[1:] != ordered[:-1])]
    tie = np.cumsum(is_first) - 1
    shared = (np.bincount(tie, discount) / np.bincount(tie))[tie]
    return np.bincount(of, gain[order] * shared, len(size))


NDCG_AT_10 = Metric(
    name="ndcg_at_10",
    label="NDCG@10",
    short="NDCG@10",
    higher_is_better=True,
    perfect=1.0,
    compute=ndcg,
    undefined="It rewards relevant rows near the top of their group, and no group here has a relevant row.",
    help="How near the top of its group the relevant stands, in the first ten places: 1 is the best order there is. "
    "Groups in which nothing is relevant are left out.",
)


def _check_task(task: Task) -> None:
    if not task.group:
        raise UserError("A ranking puts the rows of a group in order; the task names no `group`. Name an info column.")


def _check_labels(task: Task, labels: Mapping[str, np.ndarray]) -> None:
    first = task.target_columns[0]
    what, rule = message("the target {name!r}", name=first), message("A relevance is 0 or more")
    advice = message("Give 0 to what nobody wants, and more to what is wanted more.")
    must_be(what, labels[first], lambda x: x >= 0, rule, advice)


def _check_part(task: Task, part: Part) -> None:
    if part.found(task.target_columns[0]).max() <= 0:
        raise UserError(
            "Something is relevant in each part; {where} hold nothing that is. {advice}",
            where=part.where,
            advice=part.advice,
        )


def _constant(task: Task, target: np.ndarray) -> np.ndarray:
    """The same score for all."""
    import numpy as np

    return np.zeros(1)


def _learned(task: Task, examples: Examples) -> np.ndarray:
    """Relevance and group, (N, 2): the loss compares the rows of a group."""
    import numpy as np
    import pandas as pd

    return np.c_[multiples(task, examples), pd.factorize(examples.info[task.group])[0]]


def _blocks(task: Task, rows: HeldOutRows) -> np.ndarray:
    """A group stays together in a batch."""
    import numpy as np

    return np.asarray(rows.group)


KIND = TaskKind(
    name="ranking",
    title="The order of a group's rows",
    metrics=(NDCG_AT_10,),
    loss="list_net",
    check_task=_check_task,
    check_labels=_check_labels,
    check_part=_check_part,
    constant=_constant,
    learned=_learned,
    blocks=_blocks,
    results="ranking",
    picture="bars",
)
