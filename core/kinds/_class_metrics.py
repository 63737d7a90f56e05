"""Metrics of classes and their chances, with row weights, for bootstraps: each gives (R,)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import HeldOutRows, Metric, Task
from core.kinds._weighted import average, ones

if TYPE_CHECKING:
    import numpy as np

_FEW_WEIGHTS = 20_000  # below, making a sparse matrix takes longer than it saves


def _score(prediction: np.ndarray) -> np.ndarray:
    """What rows are ranked by, (N,); no number ranks last."""
    import numpy as np

    return np.where(np.isnan(prediction[:, -1]), -np.inf, prediction[:, -1])


def _ranked(target: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
    """Per distinct score of a positive, best first: the weight of the positives with that score, of the negatives with
    a better one, and of those with one no worse, each (D, R); and of all negatives, (R,). D is at most
    the number of positives; larger test sets have fewer draws (`intervals.draw`), which bounds the memory."""
    import numpy as np

    score = -_score(prediction)
    order = np.argsort(score)
    is_positive = target[order, 0] > 0
    positives, negatives = order[is_positive], order[~is_positive]
    of_positives, of_negatives = score[positives], score[negatives]
    is_first = np.ones(len(positives), dtype=bool)
    is_first[1:] = of_positives[1:] != of_positives[:-1]
    firsts = np.flatnonzero(is_first)
    better, no_worse = (np.searchsorted(of_negatives, of_positives[firsts], side) for side in ("left", "right"))
    cuts = np.stack([better, no_worse], axis=1).ravel()  # in order; few negatives have a positive's very score
    is_other = np.ones(len(cuts), dtype=bool)
    is_other[1:] = cuts[1:] != cuts[:-1]
    place = np.cumsum(is_other) - 1
    ends = np.concatenate([[0], cuts[is_other], [len(negatives)]])
    cumulated = np.cumsum(_added_up(weight, negatives, ends), axis=0)
    own = _added_up(weight, positives, np.append(firsts, len(positives)))
    return own, cumulated[place[::2]], cumulated[place[1::2]], cumulated[-1]


def _added_up(weight_RN: np.ndarray, rows: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The weight of rows[ends[0]:ends[1]], rows[ends[1]:ends[2]], ..., (len(ends) - 1, R). For many draws by a product
    with a sparse matrix, a fraction of what cumulating all rows takes; it reads the draws of one row after the other,
    and is quickest where they lie so in memory."""
    import numpy as np

    if len(weight_RN) * len(rows) < _FEW_WEIGHTS:
        cumulated = np.zeros((len(weight_RN), len(rows) + 1))
        np.cumsum(weight_RN[:, rows], axis=1, out=cumulated[:, 1:])
        within: np.ndarray = (cumulated[:, ends[1:]] - cumulated[:, ends[:-1]]).T
        return within
    from scipy.sparse import csr_array

    each = csr_array((np.ones(len(rows)), rows, ends), shape=(len(ends) - 1, weight_RN.shape[1]))
    found: np.ndarray = each @ weight_RN.T
    return found


def roc_auc(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Chance that a positive outranks a negative, ties half (Hanley and McNeil, 1982)."""
    import numpy as np

    if rows.weight is None:
        return np.array([_outranked(rows.target[:, 0] > 0, _score(prediction))])
    positives, better, no_worse, negatives = _ranked(rows.target, prediction, rows.weight)
    total = positives.sum(0)
    won = total * negatives - (positives * (better + no_worse)).sum(0) / 2
    pairs = total * negatives
    return np.divide(won, pairs, out=np.full(len(won), np.nan), where=pairs > 0)


def _outranked(positive: np.ndarray, score: np.ndarray) -> float:
    """The same where every row counts once: asked after every epoch, of every network."""
    import numpy as np

    below, above = np.sort(score[~positive]), score[positive]
    if not (len(below) and len(above)):
        return float("nan")
    won = np.searchsorted(below, above).sum() + np.searchsorted(below, above, side="right").sum()
    return float(won) / 2 / (len(below) * len(above))


def average_precision(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Sum of precision times the step in recall, without interpolation."""
    import numpy as np

    positives, _, no_worse, _ = _ranked(rows.target, prediction, ones(rows))
    above = np.cumsum(positives, axis=0)
    acted = above + no_worse
    precision = np.divide(above, acted, out=np.zeros_like(above), where=acted > 0)
    total = positives.sum(0)
    gained = (precision * positives).sum(0)
    return np.divide(gained, total, out=np.full(len(total), np.nan), where=total > 0)


def log_loss(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean cross-entropy of the probabilities of two or more classes, natural logarithm. prediction: a column a class,
    or the chance of the second of two."""
    import numpy as np

    if prediction.shape[1] > 1:
        of_class = np.take_along_axis(prediction, rows.target[:, :1].astype(int), axis=1)[:, 0].astype(np.float64)
        return average(-np.log(np.maximum(of_class, 1e-12)), ones(rows))
    p = np.clip(prediction[:, -1].astype(np.float64), 1e-12, 1 - 1e-12)
    y = rows.target[:, 0]
    return average(-(y * np.log(p) + (1 - y) * np.log1p(-p)), ones(rows))


def accuracy(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Share of rows whose most probable class is theirs. Of two classes, the second from one half up."""
    said = prediction.argmax(1) if prediction.shape[1] > 1 else prediction[:, -1] >= 0.5
    return average((said == rows.target[:, 0]).astype(float), ones(rows))


def brier(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean squared distance between probability and outcome (Brier, 1950)."""
    return average((prediction[:, -1] - rows.target[:, 0]) ** 2, ones(rows))


ROC_AUC = Metric(
    name="roc_auc",
    label="ROC AUC",
    short="AUC",
    higher_is_better=True,
    perfect=1.0,
    compute=roc_auc,
    undefined="It compares those who did with those who did not, and these rows hold only one of the two.",
    help="Take one who did and one who did not: the chance that the model ranks them the right way round. "
    "0.5 is a coin, 1 is perfect.",
)

AVERAGE_PRECISION = Metric(
    name="average_precision",
    label="Average precision",
    short="AP",
    higher_is_better=True,
    perfect=1.0,
    compute=average_precision,
    undefined="It ranks those who did, and these rows hold nobody who did.",
    help="How pure the top of the ranking is, averaged over all depths. A random ranking scores the base rate.",
)

LOG_LOSS = Metric(
    name="log_loss",
    label="Log loss",
    short="log loss",
    higher_is_better=False,
    compute=log_loss,
    help="How surprised the probabilities were by what happened; 0 is never surprised.",
)

ACCURACY = Metric(
    name="accuracy",
    label="Accuracy",
    short="accuracy",
    higher_is_better=True,
    compute=accuracy,
    help="The share of rows whose most probable class was the right one.",
)

BRIER = Metric(
    name="brier",
    label="Brier score",
    short="Brier",
    higher_is_better=False,
    compute=brier,
    help="Mean squared distance between the predicted chance and what happened.",
)
