"""Metrics of classes and their chances, with row weights, for bootstraps: each gives (R,)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import HeldOutRows, Metric, Task
from core.contracts.ranks import Ranks
from core.kinds._ranked import of_order, ordered
from core.kinds._weighted import average, ones

if TYPE_CHECKING:
    import numpy as np

_LEAST = 1e-12  # a chance below costs no more


def _score(prediction: np.ndarray) -> np.ndarray:
    """What rows are ranked by, (N,); no number ranks last."""
    import numpy as np

    return np.where(np.isnan(prediction[:, -1]), -np.inf, prediction[:, -1])


def ranks_of(rows: HeldOutRows, prediction: np.ndarray) -> Ranks:
    """The rows in the order of the last output, under their weights."""
    import numpy as np

    return of_order(ordered(rows.target[:, 0] > 0, prediction[:, -1]), np.arange(len(rows)), ones(rows).T)


def roc_auc(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Chance that a positive outranks a negative, ties half (Hanley and McNeil, 1982)."""
    import numpy as np

    if rows.weight is None:
        return np.array([_outranked(rows.target[:, 0] > 0, _score(prediction))])
    return _roc_auc_of(ranks_of(rows, prediction))


def _roc_auc_of(ranks: Ranks) -> np.ndarray:
    import numpy as np

    own, pairs = ranks.own.astype(np.float64), ranks.own.sum(0, dtype=np.float64) * ranks.negatives
    if ranks.negatives_above is ranks.negatives_with:
        lost = np.einsum("dr,dr->r", own, ranks.negatives_with.astype(np.float64))
    else:
        lost = np.einsum("dr,dr->r", own, ranks.negatives_above.astype(np.float64) + ranks.negatives_with) / 2
    return np.divide(pairs - lost, pairs, out=np.full(len(lost), np.nan), where=pairs > 0)


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

    return _average_precision_of(ranks_of(rows, prediction))


def _average_precision_of(ranks: Ranks) -> np.ndarray:
    import numpy as np

    above = ranks.positives_with.astype(np.float64)
    acted = above + ranks.negatives_with
    np.divide(above, acted, out=acted, where=acted > 0)
    total = ranks.own.sum(0, dtype=np.float64)
    gained = np.einsum("dr,dr->r", acted, ranks.own.astype(np.float64))
    return np.divide(gained, total, out=np.full(len(total), np.nan), where=total > 0)


def log_loss(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean cross-entropy of the probabilities of two or more classes, natural logarithm. prediction: a column a class,
    or the chance of the second of two."""

    return average(_log_losses(rows, prediction, task), ones(rows))


def _log_losses(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Of each row; predictions (..., N, O) -> (..., N)."""
    import numpy as np

    if prediction.shape[-1] > 1:
        of_class = prediction[..., np.arange(len(rows)), rows.target[:, 0].astype(int)].astype(np.float64)
        return -np.log(np.maximum(of_class, _LEAST))
    said = np.clip(prediction[..., -1].astype(np.float64), 0, 1)
    said -= rows.target[:, 0] <= 0
    np.abs(said, out=said)  # the chance of what happened
    np.clip(said, _LEAST, 1 - _LEAST, out=said)
    return np.negative(np.log(said, out=said), out=said)


def accuracy(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Share of rows whose most probable class is theirs. Of two classes, the second from one half up."""
    return average(_hits(rows, prediction, task), ones(rows))


def _hits(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    said = prediction.argmax(-1) if prediction.shape[-1] > 1 else prediction[..., -1] >= 0.5
    return (said == rows.target[:, 0]).astype(float)


def brier(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Mean squared distance between probability and outcome (Brier, 1950)."""
    return average(_squares(rows, prediction, task), ones(rows))


def _squares(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    return (prediction[..., -1] - rows.target[:, 0]) ** 2


ROC_AUC = Metric(
    name="roc_auc",
    label="ROC AUC",
    short="AUC",
    higher_is_better=True,
    perfect=1.0,
    compute=roc_auc,
    of_ranks=_roc_auc_of,
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
    of_ranks=_average_precision_of,
    undefined="It ranks those who did, and these rows hold nobody who did.",
    help="How pure the top of the ranking is, averaged over all depths. A random ranking scores the base rate.",
)

LOG_LOSS = Metric(
    name="log_loss",
    label="Log loss",
    short="log loss",
    higher_is_better=False,
    compute=log_loss,
    each=_log_losses,
    help="How surprised the probabilities were by what happened; 0 is never surprised.",
)

ACCURACY = Metric(
    name="accuracy",
    label="Accuracy",
    short="accuracy",
    higher_is_better=True,
    compute=accuracy,
    each=_hits,
    help="The share of rows whose most probable class was the right one.",
)

BRIER = Metric(
    name="brier",
    label="Brier score",
    short="Brier",
    higher_is_better=False,
    compute=brier,
    each=_squares,
    help="Mean squared distance between the predicted chance and what happened.",
)
