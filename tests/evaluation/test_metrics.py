"""Every metric against scikit-learn or a double loop: with ties, with weights, and where it is not defined."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    log_loss,
    mean_absolute_error,
    mean_pinball_loss,
    roc_auc_score,
    root_mean_squared_error,
)

from core.contracts import HeldOutRows, Kind, Task
from core.errors import UnknownNameError
from core.evaluation.metrics import METRICS, metric_named
from core.kinds import _ranked

ROWS = 150
LEVELS = (0.1, 0.5, 0.8)
TASK = Task(
    kind=Kind.QUANTILE,
    target="t",
    target_columns=("t",),
    outputs=("a", "b", "c"),
    levels=LEVELS,
    loss="x",
    metrics=("m",),
    headline="m",
)
SKLEARN = {
    "roc_auc": lambda y, p, w: roc_auc_score(y[:, 0], p[:, 0], sample_weight=w),
    "average_precision": lambda y, p, w: average_precision_score(y[:, 0], p[:, 0], sample_weight=w),
    "log_loss": lambda y, p, w: log_loss(y[:, 0], p[:, 0], sample_weight=w),
    "accuracy": lambda y, p, w: accuracy_score(y[:, 0], p[:, 0] >= 0.5, sample_weight=w),
    "brier": lambda y, p, w: brier_score_loss(y[:, 0], p[:, 0], sample_weight=w),
    "pinball_loss": lambda y, p, w: np.mean(
        [mean_pinball_loss(y[:, 0], p[:, i], alpha=level, sample_weight=w) for i, level in enumerate(LEVELS)]
    ),
    "mean_absolute_error": lambda y, p, w: mean_absolute_error(y[:, 0], p[:, 1], sample_weight=w),
    "root_mean_squared_error": lambda y, p, w: root_mean_squared_error(y[:, 0], p[:, 1], sample_weight=w),
    "wape": lambda y, p, w: naive_wape(*(a.repeat(w.astype(int), axis=0) for a in (y, p))),
    "mase": lambda y, p, w: naive_mase(*(a.repeat(w.astype(int), axis=0) for a in (y, p))),
    "concordance": lambda y, p, w: naive_concordance(*(a.repeat(w.astype(int), axis=0) for a in (y, p))),
}

WITH_THEIR_KIND = {
    "ndcg_at_10": "test_ranking",
    **dict.fromkeys(("utility", "mean_return", "log_growth", "sharpe"), "test_allocation"),
    **dict.fromkeys(("unexplained", "silhouette"), "test_clusters"),
    **dict.fromkeys(("average_precision_50", "counting_error"), "test_detection"),
    **dict.fromkeys(("frechet", "kinds_made", "variety"), "test_generation"),
    "caught_at_5": "test_one_class",
}

OF_AMOUNTS = ("pinball_loss", "mean_absolute_error", "root_mean_squared_error", "wape", "mase")

every_metric = pytest.mark.parametrize("name", sorted(SKLEARN))


def naive_wape(target, prediction):
    """Misses over amounts, row by row."""
    missed = there = 0.0
    for row, said in zip(target, prediction, strict=True):
        missed += abs(row[0] - said[1])
        there += abs(row[0])
    return missed / there


def naive_mase(target, prediction):
    """The mean of misses, each divided by its own scale, row by row."""
    return sum(abs(row[0] - said[1]) / row[1] for row, said in zip(target, prediction, strict=True)) / len(target)


def naive_concordance(target, prediction):
    """Harrell's C by counting pairs: i had the event while j was known to be free of it."""
    won = pairs = 0.0
    for (time_i, event_i), risk_i in zip(target, prediction[:, 0], strict=True):
        for (time_j, event_j), risk_j in zip(target, prediction[:, 0], strict=True):
            if event_i and (time_i < time_j or (time_i == time_j and not event_j)):
                pairs += 1
                won += 1.0 if risk_i > risk_j else 0.5 if risk_i == risk_j else 0.0
    return won / pairs


def problem(name, *, ties, rows=ROWS, seed=0):
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=rows)
    if name in OF_AMOUNTS:
        target = np.c_[hidden * 10, rng.uniform(0.5, 20, rows)] if name == "mase" else hidden[:, None] * 10
        return target, np.sort(rng.normal(size=(rows, 3)), axis=1) * 10
    score = 1 / (1 + np.exp(-(hidden + rng.normal(size=rows))))
    if ties:
        score = np.round(score * 5) / 5 * 0.9 + 0.05
    if name == "concordance":
        time = rng.exponential(np.exp(-hidden))
        time = np.ceil(time * 3) if ties else time
        return np.stack([time, rng.random(rows) < 0.6], axis=1).astype(float), score[:, None]
    return (hidden + rng.normal(size=rows) > 0.5).astype(float)[:, None], score[:, None]


@every_metric
@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "tied"])
def test_a_metric_without_weights_is_the_reference(name, ties):
    target, prediction = problem(name, ties=ties)
    ours = METRICS[name].compute(HeldOutRows(target=target), prediction, TASK)
    assert ours.shape == (1,)
    assert ours[0] == pytest.approx(SKLEARN[name](target, prediction, np.ones(ROWS)), rel=1e-10)


@every_metric
@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "tied"])
def test_whole_weights_are_repeated_rows(name, ties):
    """As a bootstrap draws: some rows not at all, some several times; each row of weights is its own problem."""
    target, prediction = problem(name, ties=ties, rows=60)
    weight = np.random.default_rng(1).integers(0, 4, (5, 60)).astype(float)
    ours = METRICS[name].compute(HeldOutRows(target=target, weight=weight), prediction, TASK)
    assert ours.shape == (5,)
    for drawn, value in zip(weight, ours, strict=True):
        assert value == pytest.approx(SKLEARN[name](target, prediction, drawn), rel=1e-10)
        times = drawn.astype(int)
        repeated = METRICS[name].compute(HeldOutRows(target=target.repeat(times, 0)), prediction.repeat(times, 0), TASK)
        assert value == pytest.approx(repeated[0], rel=1e-10)


@every_metric
def test_the_order_of_rows_does_not_matter(name):
    target, prediction = problem(name, ties=True)
    order = np.random.default_rng(2).permutation(ROWS)
    shuffled = METRICS[name].compute(HeldOutRows(target=target[order]), prediction[order], TASK)
    np.testing.assert_allclose(
        shuffled, METRICS[name].compute(HeldOutRows(target=target), prediction, TASK), rtol=1e-12
    )


@every_metric
def test_better_predictions_score_on_the_side_that_is_called_better(name):
    target, prediction = problem(name, ties=False)
    if name in OF_AMOUNTS:
        better = target[:, :1] + (prediction - target[:, :1]) / 10
    elif name == "concordance":
        better = -target[:, :1]
    else:
        better = 0.9 * target + 0.05
    worse, good = (METRICS[name].compute(HeldOutRows(target=target), p, TASK)[0] for p in (prediction, better))
    assert good != worse
    assert (good > worse) == METRICS[name].higher_is_better


@pytest.mark.parametrize("name", ["roc_auc", "concordance"])
def test_a_ranking_metric_of_equal_scores_is_a_coin(name):
    target, _ = problem(name, ties=False)
    assert METRICS[name].compute(HeldOutRows(target=target), np.full((ROWS, 1), 0.3), TASK)[0] == 0.5


def test_average_precision_of_equal_scores_is_the_base_rate():
    target, _ = problem("average_precision", ties=False)
    value = METRICS["average_precision"].compute(HeldOutRows(target=target), np.full((ROWS, 1), 0.3), TASK)[0]
    assert value == pytest.approx(target.mean())


@pytest.mark.parametrize("name", ["roc_auc", "average_precision", "concordance"])
def test_what_is_not_defined_is_nan_and_no_warning(name):
    nothing_happened = np.c_[np.zeros(4), np.zeros(4)]
    assert np.isnan(METRICS[name].compute(HeldOutRows(target=nothing_happened), np.arange(4.0)[:, None], TASK)).all()


def test_an_undefined_draw_leaves_the_others_defined():
    target, prediction = np.array([[1.0], [0.0], [0.0]]), np.array([[0.9], [0.1], [0.2]])
    weight = np.array([[1.0, 1, 1], [0, 2, 1], [1, 2, 0]])
    for name in ("roc_auc", "average_precision"):
        values = METRICS[name].compute(HeldOutRows(target=target, weight=weight), prediction, TASK)
        assert values[[0, 2]].tolist() == [1.0, 1.0]
        assert np.isnan(values[1])


def test_a_share_of_nothing_sold_is_not_defined_and_no_warning():
    assert np.isnan(METRICS["wape"].compute(HeldOutRows(target=np.zeros((3, 1))), np.ones((3, 3)), TASK)).all()


def test_log_loss_of_a_certain_mistake_is_large_and_finite():
    value = METRICS["log_loss"].compute(HeldOutRows(target=np.array([[1.0], [0.0]])), np.array([[0.0], [1.0]]), TASK)[0]
    assert 25 < value < 40


def test_float32_probabilities_of_one_are_survived():
    prediction = np.array([[1.0], [0.0]], dtype=np.float32)
    assert METRICS["log_loss"].compute(HeldOutRows(target=np.array([[1.0], [0.0]])), prediction, TASK)[
        0
    ] == pytest.approx(0, abs=1e-9)


def in_one_piece(name, target, prediction, weight):
    """The ranking metrics over all rows of weights at once, by sums over ties."""
    score, order = prediction[:, -1], np.argsort(-prediction[:, -1], kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0])
    positive, sorted_weight = target[order, 0] > 0, weight[:, order]
    positives = np.add.reduceat(sorted_weight * positive, starts, axis=1)
    negatives = np.add.reduceat(sorted_weight * ~positive, starts, axis=1)
    above = np.cumsum(positives, axis=1)
    with np.errstate(invalid="ignore"):  # without positives or negatives there is no value
        if name == "roc_auc":
            return (negatives * (above - positives / 2)).sum(1) / (positives.sum(1) * negatives.sum(1))
        return (above / (above + np.cumsum(negatives, axis=1)) * positives).sum(1) / positives.sum(1)


@pytest.mark.parametrize("few_weights", [0, 20_000], ids=["by a sparse product", "by cumulating"])
@pytest.mark.parametrize("missing", [0, 9])
@pytest.mark.parametrize("layout", ["C", "F"])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("name", ["roc_auc", "average_precision"])
def test_ranking_gives_what_cumulating_every_row_does(monkeypatch, name, share, layout, missing, few_weights):
    monkeypatch.setattr(_ranked, "_FEW_WEIGHTS", few_weights)
    rng = np.random.default_rng(2)
    target, prediction = (rng.random((60, 1)) < share) * 1.0, rng.integers(1, 12, (60, 1)) / 12
    weight = np.array(rng.integers(0, 4, (37, 60)), dtype=float, order=layout)
    prediction[:missing] = -1.0  # no number ranks last
    unknown = prediction.copy()
    unknown[:missing] = np.nan
    found = metric_named(name).compute(HeldOutRows(target=target, weight=weight), unknown, TASK)
    np.testing.assert_allclose(found, in_one_piece(name, target, prediction, weight), rtol=1e-13)


def test_without_weights_the_roc_auc_is_that_of_equal_weights():
    rng = np.random.default_rng(4)
    for decimals in (1, 3, 8):
        target = (rng.random((80, 1)) < 0.3) * 1.0
        prediction = np.round(rng.random((80, 1)), decimals)
        plain, weighted = (
            metric_named("roc_auc").compute(HeldOutRows(target=target, weight=w), prediction, TASK)
            for w in (None, np.ones((1, 80)))
        )
        np.testing.assert_allclose(plain, weighted, rtol=1e-13)
    assert np.isnan(metric_named("roc_auc").compute(HeldOutRows(target=np.ones((3, 1))), np.ones((3, 1)), TASK)).all()


def test_an_unknown_metric_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="No metric named 'roc_aux'. Did you mean 'roc_auc'?"):
        metric_named("roc_aux")


def test_every_metric_has_a_reference_here_or_with_its_kind():
    assert set(SKLEARN) | set(WITH_THEIR_KIND) == set(METRICS)
    for name, where in WITH_THEIR_KIND.items():
        assert f'"{name}"' in (Path(__file__).parents[1] / f"kinds/{where}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("log_loss", lambda y, p, w: log_loss(y, p, sample_weight=w, labels=[0, 1, 2])),
        ("accuracy", lambda y, p, w: accuracy_score(y, p.argmax(1), sample_weight=w)),
    ],
)
def test_a_metric_of_several_classes_is_the_reference(name, reference):
    classes = dataclasses.replace(TASK, kind=Kind.MULTICLASS, levels=())
    rng = np.random.default_rng(4)
    target, prediction = rng.integers(0, 3, (ROWS, 1)).astype(float), rng.dirichlet([1, 1, 1], ROWS)
    weight = rng.integers(0, 4, (5, ROWS)).astype(float)
    whole = METRICS[name].compute(HeldOutRows(target=target), prediction, classes)
    assert whole == pytest.approx([reference(target[:, 0], prediction, np.ones(ROWS))], rel=1e-10)
    found = METRICS[name].compute(HeldOutRows(target=target, weight=weight), prediction, classes)
    assert found == pytest.approx([reference(target[:, 0], prediction, w) for w in weight], rel=1e-10)


def test_log_loss_of_a_class_that_was_ruled_out_is_large_and_finite():
    classes = dataclasses.replace(TASK, kind=Kind.MULTICLASS, levels=())
    value = METRICS["log_loss"].compute(HeldOutRows(target=np.array([[2.0]])), np.array([[0.5, 0.5, 0.0]]), classes)[0]
    assert value == pytest.approx(-np.log(1e-12))
