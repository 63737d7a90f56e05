"""Held-out metrics with row weights, for bootstraps: each gives (R,). Plain numpy, imported when computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import Kind, Metric, Task
from core.errors import UnknownNameError

if TYPE_CHECKING:
    import numpy as np


_FEW_WEIGHTS = 20_000  # below, making a sparse matrix takes longer than it saves
READS_THE_MIDDLE = ("mean_absolute_error", "wape", "mase")  # metrics that look at no other output


def metric(name: str) -> Metric:
    """The metric called `name`; raises UnknownNameError."""
    if name not in METRICS:
        raise UnknownNameError("metric", name, METRICS)
    return METRICS[name]


def _ones(target: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    import numpy as np

    return np.ones((1, len(target))) if weight is None else weight


def _average(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return weight @ values / weight.sum(1)


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


def roc_auc(target: np.ndarray, prediction: np.ndarray, weight: np.ndarray | None, task: Task) -> np.ndarray:
    """Chance that a positive outranks a negative, ties half (Hanley and McNeil, 1982)."""
    import numpy as np

    if weight is None:
        return np.array([_outranked(target[:, 0] > 0, _score(prediction))])
    positives, better, no_worse, negatives = _ranked(target, prediction, weight)
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


def average_precision(target: np.ndarray, prediction: np.ndarray, weight: np.ndarray | None, task: Task) -> np.ndarray:
    """Sum of precision times the step in recall, without interpolation."""
    import numpy as np

    positives, _, no_worse, _ = _ranked(target, prediction, _ones(target, weight))
    above = np.cumsum(positives, axis=0)
    acted = above + no_worse
    precision = np.divide(above, acted, out=np.zeros_like(above), where=acted > 0)
    total = positives.sum(0)
    gained = (precision * positives).sum(0)
    return np.divide(gained, total, out=np.full(len(total), np.nan), where=total > 0)


def log_loss(target: np.ndarray, prediction: np.ndarray, weight: np.ndarray | None, task: Task) -> np.ndarray:
    """Mean cross-entropy of the probabilities of two or more classes, natural logarithm."""
    import numpy as np

    if task.kind is Kind.MULTICLASS:
        of_class = np.take_along_axis(prediction, target[:, :1].astype(int), axis=1)[:, 0].astype(np.float64)
        return _average(-np.log(np.maximum(of_class, 1e-12)), _ones(target, weight))
    p = np.clip(prediction[:, -1].astype(np.float64), 1e-12, 1 - 1e-12)
    y = target[:, 0]
    return _average(-(y * np.log(p) + (1 - y) * np.log1p(-p)), _ones(target, weight))


def accuracy(target: np.ndarray, prediction: np.ndarray, weight: np.ndarray | None, task: Task) -> np.ndarray:
    """Share of rows whose most probable class is theirs. Of two classes, the second from one half up."""
    said = prediction.argmax(1) if task.kind is Kind.MULTICLASS else prediction[:, -1] >= 0.5
    return _average((said == target[:, 0]).astype(float), _ones(target, weight))


def brier(target: np.ndarray, prediction: np.ndarray, weight: np.ndarray | None, task: Task) -> np.ndarray:
    """Mean squared distance between probability and outcome (Brier, 1950)."""
    return _average((prediction[:, -1] - target[:, 0]) ** 2, _ones(target, weight))


def pinball_loss(target: np.ndarray, prediction: np.ndarray, weight: np.ndarray | None, task: Task) -> np.ndarray:
    """Mean pinball loss over the task's quantile levels (Koenker and Bassett, 1978)."""
    import numpy as np

    level = np.asarray(task.levels)
    error = target[:, :1] - prediction
    return _average(np.maximum(level * error, (level - 1) * error).mean(1), _ones(target, weight))


def mean_absolute_error(
    target: np.ndarray, prediction: np.ndarray, weight: np.ndarray | None, task: Task
) -> np.ndarray:
    """Mean distance between the target and the middle output (the median, for quantiles)."""
    import numpy as np

    middle = prediction[:, prediction.shape[1] // 2]
    return _average(np.abs(target[:, 0] - middle), _ones(target, weight))


def wape(target: np.ndarray, prediction: np.ndarray, weight: np.ndarray | None, task: Task) -> np.ndarray:
    """Sum of distances between the target and the middle output, over the sum of what there was."""
    import numpy as np

    w, middle = _ones(target, weight), prediction[:, prediction.shape[1] // 2]
    there = w @ np.abs(target[:, 0])
    return np.divide(w @ np.abs(target[:, 0] - middle), there, out=np.full(len(there), np.nan), where=there > 0)


def mase(target: np.ndarray, prediction: np.ndarray, weight: np.ndarray | None, task: Task) -> np.ndarray:
    """Mean absolute error of the middle output in units of the series' own past seasonal change (Hyndman and Koehler,
    2006). target: value, scale; scale is the mean absolute seasonal difference before the forecast. NaN where one is
    0."""
    import numpy as np

    middle = prediction[:, prediction.shape[1] // 2]
    error, scale = np.abs(target[:, 0] - middle), target[:, 1]
    return _average(np.divide(error, scale, out=np.full(len(error), np.nan), where=scale > 0), _ones(target, weight))


def concordance(target: np.ndarray, prediction: np.ndarray, weight: np.ndarray | None, task: Task) -> np.ndarray:
    """Harrell's C: share of comparable pairs in which the higher risk had the event first. target: time, event."""
    import numpy as np

    time, event, risk = target[:, 0], target[:, 1] > 0, prediction[:, 0]
    comparable = event[:, None] & ((time[:, None] < time) | ((time[:, None] == time) & ~event))
    agreement = comparable * ((risk[:, None] > risk) + 0.5 * (risk[:, None] == risk))
    w = _ones(target, weight)
    won = ((w @ agreement) * w).sum(1)
    pairs = ((w @ comparable.astype(np.float64)) * w).sum(1)
    return np.divide(won, pairs, out=np.full(len(won), np.nan), where=pairs > 0)


METRICS: dict[str, Metric] = {
    m.name: m
    for m in (
        Metric(
            name="roc_auc",
            label="ROC AUC",
            short="AUC",
            higher_is_better=True,
            perfect=1.0,
            compute=roc_auc,
            undefined="It compares those who did with those who did not, and these rows hold only one of the two.",
            help="Take one who did and one who did not: the chance that the model ranks them the right way round. "
            "0.5 is a coin, 1 is perfect.",
        ),
        Metric(
            name="average_precision",
            label="Average precision",
            short="AP",
            higher_is_better=True,
            perfect=1.0,
            compute=average_precision,
            undefined="It ranks those who did, and these rows hold nobody who did.",
            help="How pure the top of the ranking is, averaged over all depths. A random ranking scores the base rate.",
        ),
        Metric(
            name="log_loss",
            label="Log loss",
            short="log loss",
            higher_is_better=False,
            compute=log_loss,
            help="How surprised the probabilities were by what happened; 0 is never surprised.",
        ),
        Metric(
            name="accuracy",
            label="Accuracy",
            short="accuracy",
            higher_is_better=True,
            compute=accuracy,
            help="The share of rows whose most probable class was the right one.",
        ),
        Metric(
            name="brier",
            label="Brier score",
            short="Brier",
            higher_is_better=False,
            compute=brier,
            help="Mean squared distance between the predicted chance and what happened.",
        ),
        Metric(
            name="pinball_loss",
            label="Pinball loss",
            short="pinball",
            higher_is_better=False,
            compute=pinball_loss,
            unit="{target}",
            help="Mean cost of quantile forecasts: too low and too high are priced by the level.",
        ),
        Metric(
            name="mean_absolute_error",
            label="Mean absolute error",
            short="MAE",
            higher_is_better=False,
            compute=mean_absolute_error,
            unit="{target}",
            help="Mean distance between the middle forecast and what happened.",
        ),
        Metric(
            name="wape",
            label="Weighted absolute percentage error",
            short="WAPE",
            higher_is_better=False,
            compute=wape,
            undefined="It divides by all that there was, and in these rows, or in one of the test sets, that is 0.",
            help="All misses of the middle forecast together, as a share of all that was sold: 0.2 means that a fifth "
            "of the volume was forecast wrongly.",
        ),
        Metric(
            name="mase",
            label="Mean absolute scaled error",
            short="MASE",
            higher_is_better=False,
            compute=mase,
            undefined="It divides by how much a series used to change, and one of these never did.",
            help="Mean miss of the middle forecast, in units of how much the series used to change from one year to "
            "the next. Below 1 is better than what last year's value did in the past, one year ahead.",
        ),
        Metric(
            name="concordance",
            label="Concordance",
            short="C",
            higher_is_better=True,
            perfect=1.0,
            compute=concordance,
            undefined="It compares pairs of which it is known who had the event first, and these rows hold none.",
            help="Take two whose order is known: the chance that the one with the higher predicted risk had the event "
            "first. 0.5 is a coin.",
        ),
    )
}
