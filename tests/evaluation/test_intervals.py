"""The bootstrap: units are drawn whole, differences are paired, and the interval is about as wide as theory says."""

import dataclasses

import numpy as np
import pytest

from core.contracts import HeldOutRows, Kind, Metric, Task
from core.evaluation import intervals
from core.evaluation.intervals import Resamples, TestSet
from core.evaluation.metrics import metric_named
from core.evaluation.resampled import Bootstrap
from core.kinds import _ranked

TASK = Task(kind=Kind.BINARY, target="t", target_columns=("t",), outputs=("p",), loss="x", metrics=("m",), headline="m")


def weighted_error(rows, prediction, task):
    each, weight = (rows.target - prediction)[:, 0], rows.weight
    return np.array([each.mean()]) if weight is None else weight @ each / weight.sum(1)


def squared_error(rows, prediction, task):
    each, weight = (rows.target - prediction)[:, 0] ** 2, rows.weight
    return np.array([each.mean()]) if weight is None else weight @ each / weight.sum(1)


MEAN = Metric(name="m", label="M", short="M", higher_is_better=True, help="H.", compute=weighted_error)
SQUARED = Metric(name="s", label="S", short="S", higher_is_better=False, help="H.", compute=squared_error)


def held_out(target, unit=None, parts=None):
    rows = len(target)
    return TestSet(
        rows=HeldOutRows(target=np.asarray(target, float).reshape(rows, 1)),
        unit=np.arange(rows) if unit is None else np.asarray(unit),
        parts=(np.arange(rows),) if parts is None else parts,
    )


def of_members(tested, metric, task, prediction, draws):
    return Bootstrap(task=task, test=tested, draws=draws).of_members([metric], prediction)[0]


def of_ensemble(tested, metric, task, prediction, draws):
    return Bootstrap(task=task, test=tested, draws=draws).of_ensemble([metric], prediction)[0]


def held_out_of(target, unit):
    return TestSet(rows=HeldOutRows(target=target), unit=unit, parts=(np.arange(len(target)),))


def zeros(rows, members=1):
    return np.zeros((members, rows, 1))


def test_all_rows_of_a_unit_are_drawn_together():
    unit = np.array([0, 0, 0, 1, 2, 2, 3, 3, 3, 3])
    draws = intervals.draw(held_out(np.zeros(10), unit), 1, seed=0)
    for u in range(4):
        of_unit = draws.rows[:, unit == u]
        assert (of_unit == of_unit[:, :1]).all()
    per_unit = draws.rows[:, [0, 3, 4, 6]]
    assert (per_unit.sum(1) == 4).all(), "as many units as there are, with replacement"
    assert len(np.unique(per_unit, axis=0)) > 20
    assert per_unit.mean() == pytest.approx(1)


def test_units_need_not_be_numbered_from_nought_nor_stand_together():
    unit = np.array([70, -3, 70, 5, -3])
    draws = intervals.draw(held_out(np.zeros(5), unit), 1, seed=0)
    assert (draws.rows[:, 0] == draws.rows[:, 2]).all()
    assert (draws.rows[:, 1] == draws.rows[:, 4]).all()
    assert not (draws.rows[:, 0] == draws.rows[:, 3]).all()


def test_members_are_drawn_with_shares_that_add_up_to_one():
    draws = intervals.draw(held_out(np.zeros(30)), 5, seed=0)
    assert draws.members.shape == (len(draws.rows), 5)
    np.testing.assert_allclose(draws.members.sum(1), 1)
    assert draws.members.mean(0) == pytest.approx(np.full(5, 0.2), abs=0.02)
    assert (draws.members == 0).any()


@pytest.mark.parametrize(("rows", "count"), [(20, 1000), (10_000, 500), (100_000, 200)])
def test_larger_test_sets_get_fewer_draws(rows, count):
    assert len(intervals.draw(held_out(np.zeros(rows)), 1, seed=0).members) == count


def test_the_same_seed_draws_the_same():
    tested = held_out(np.zeros(30))
    first, again, other = (intervals.draw(tested, 3, seed=seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first.rows, again.rows)
    np.testing.assert_array_equal(first.members, again.members)
    assert (first.rows != other.rows).any()


def test_the_interval_of_a_mean_is_as_wide_as_theory_says():
    values = np.random.default_rng(0).normal(3, 2, 800)
    tested = held_out(values)
    drawn = of_members(tested, MEAN, TASK, zeros(800), intervals.draw(tested, 1, seed=1))
    low, high = intervals.interval(drawn)
    half = 1.96 * values.std() / np.sqrt(800)
    assert low == pytest.approx(values.mean() - half, abs=0.15 * half)
    assert high == pytest.approx(values.mean() + half, abs=0.15 * half)


def test_rows_that_repeat_within_a_unit_do_not_make_the_interval_narrower():
    """100 units of 8 equal rows know as much as 100 rows; drawing rows alone would claim sqrt(8) times more."""
    values = np.random.default_rng(0).normal(size=100)
    alone, repeated = held_out(values), held_out(values.repeat(8), np.arange(100).repeat(8))
    widths = []
    for tested in (alone, repeated):
        rows = len(tested.rows)
        low, high = intervals.interval(of_members(tested, MEAN, TASK, zeros(rows), intervals.draw(tested, 1, seed=1)))
        widths.append(high - low)
    assert widths[1] == pytest.approx(widths[0], rel=0.1)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng, covered, trials = np.random.default_rng(3), 0, 200
    for trial in range(trials):
        tested = held_out(rng.normal(1.0, 1.0, 60))
        draws = intervals.draw(tested, 1, seed=trial)
        low, high = intervals.interval(of_members(tested, MEAN, TASK, zeros(60), draws))
        covered += low <= 1.0 <= high
    assert 0.88 <= covered / trials <= 0.99


def test_the_spread_of_members_widens_the_interval():
    tested = held_out(np.random.default_rng(0).normal(size=400))
    draws = intervals.draw(tested, 4, seed=1)
    equal, spread = zeros(400, 4), zeros(400, 4) + np.array([-1, -0.5, 0.5, 1])[:, None, None]
    widths = []
    for prediction in (equal, spread):
        low, high = intervals.interval(of_members(tested, MEAN, TASK, prediction, draws))
        widths.append(high - low)
    assert widths[1] > 3 * widths[0]


def test_the_ensemble_is_averaged_before_it_is_scored():
    """Two members that err in opposite directions: each alone is wrong, their average is right."""
    tested = held_out(np.zeros(3))
    prediction = np.stack([np.ones((3, 1)), -np.ones((3, 1))])
    draws = Resamples.of_rows(np.array([[1.0, 1, 1], [2, 0, 1]]), np.array([[0.5, 0.5], [1.0, 0.0]]))
    assert of_members(tested, SQUARED, TASK, prediction, draws).tolist() == [1.0, 1.0]
    assert of_ensemble(tested, SQUARED, TASK, prediction, draws).tolist() == [0.0, 1.0]


def test_members_are_weighted_as_they_were_drawn():
    tested = held_out(np.zeros(2))
    prediction = np.stack([np.full((2, 1), -1.0), np.full((2, 1), -4.0)])
    draws = Resamples.of_rows(np.ones((3, 2)), np.array([[1.0, 0], [0, 1], [0.5, 0.5]]))
    assert of_members(tested, MEAN, TASK, prediction, draws).tolist() == [1.0, 4.0, 2.5]


def test_a_bootstrap_draw_weights_the_rows_that_it_drew():
    tested = held_out([1.0, 2.0, 4.0])
    draws = Resamples.of_rows(np.array([[3.0, 0, 0], [0, 1, 2]]), np.ones((2, 1)))
    np.testing.assert_allclose(of_members(tested, MEAN, TASK, zeros(3), draws), [1.0, 10 / 3])


def test_parts_are_scored_apart_and_averaged():
    tested = held_out([1.0, 1.0, 1.0, 5.0], parts=(np.array([0, 1, 2]), np.array([3])))
    assert tested.score(MEAN, TASK, np.zeros((4, 1))).tolist() == [3.0]
    draws = Resamples.of_rows(np.array([[1.0, 0, 0, 2.0]]), np.ones((1, 1)))
    assert tested.score(MEAN, TASK, np.zeros((4, 1)), draws.of(tested)).tolist() == [3.0]
    assert held_out([1.0, 1.0, 1.0, 5.0]).score(MEAN, TASK, np.zeros((4, 1))).tolist() == [2.0]


def test_the_interval_holds_the_central_95_percent():
    assert intervals.interval(np.arange(1001)) == pytest.approx((25.0, 975.0))


def test_draws_without_a_value_are_left_out():
    assert intervals.interval([np.nan, 1.0, 1.0, np.nan]) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("low", "high", "higher_is_better", "expected"),
    [
        (0.1, 0.3, True, "win"),
        (0.1, 0.3, False, "loss"),
        (-0.3, -0.1, True, "loss"),
        (-0.3, -0.1, False, "win"),
        (-0.1, 0.2, True, "tie"),
        (-0.1, 0.2, False, "tie"),
        (0.0, 0.2, True, "tie"),
        (-0.2, 0.0, True, "tie"),
        (0.0, 0.0, True, "tie"),
        (np.nan, np.nan, True, "undefined"),
        (np.nan, np.nan, False, "undefined"),
    ],
)
def test_better_is_said_only_where_the_interval_excludes_nought(low, high, higher_is_better, expected):
    assert intervals.verdict(low, high, higher_is_better) == expected


def _score_by_score(metric, task, target, unit, predicted, draws):
    """What each draw says when it is scored by itself."""
    return np.array(
        [
            metric.compute(HeldOutRows(target=target, weight=rows[None]), np.tensordot(share, predicted, axes=1), task)[
                0
            ]
            for share, rows in zip(draws.members, draws.rows, strict=True)
        ]
    )


AMOUNT = dataclasses.replace(TASK, kind=Kind.QUANTILE, outputs=("low", "middle", "high"), levels=(0.1, 0.5, 0.9))
CLASSES = dataclasses.replace(TASK, kind=Kind.MULTICLASS, outputs=("a", "b", "c"))


@pytest.mark.parametrize("members", [1, 2, 8])
@pytest.mark.parametrize(
    ("names", "task"),
    [
        (("roc_auc", "average_precision", "log_loss", "brier", "accuracy"), TASK),
        (("pinball_loss", "mean_absolute_error", "wape", "mase"), AMOUNT),
        (("log_loss", "accuracy"), CLASSES),
        (("concordance",), dataclasses.replace(TASK, kind=Kind.SURVIVAL)),
    ],
)
@pytest.mark.parametrize("steps", [64, 2**24])
def test_many_draws_at_once_say_what_each_says_by_itself(names, task, members, steps):
    """Draws of the same members are scored together, equal scores share their places: it must not show."""
    rng = np.random.default_rng(members)
    predicted = np.rint(rng.random((members, 90, len(task.outputs))) * steps) / steps  # whose averages are exact
    target = np.c_[(rng.random(90) < 0.4) * 1.0, np.ones(90)]
    if task is CLASSES:
        target = rng.integers(0, 3, (90, 1)) * 1.0
    unit = rng.integers(0, 12, 90)
    test, others = held_out_of(target, unit), [metric_named(name) for name in names]
    draws = intervals.draw(test, members, seed=1)
    bootstrap = Bootstrap(task=task, test=test, draws=draws)
    for metric, found in zip(others, bootstrap.of_ensemble(others, predicted), strict=True):
        alone = _score_by_score(metric, task, target, unit, predicted, draws)
        np.testing.assert_allclose(found, alone, rtol=1e-9, err_msg=metric.name)
    for metric, found in zip(others, bootstrap.of_each(others, list(predicted)), strict=True):
        alone = metric.compute(HeldOutRows(target=target, weight=draws.rows), predicted[0], task)
        np.testing.assert_allclose(found[0], alone, rtol=1e-9, err_msg=metric.name)


def test_parts_whose_draw_holds_one_class_alone_are_left_out_of_the_average():
    rng = np.random.default_rng(3)
    target = np.r_[np.zeros(4), 1.0, rng.random(20) < 0.5].reshape(-1, 1) * 1.0
    test = dataclasses.replace(held_out_of(target, np.arange(25)), parts=(np.arange(5), np.arange(5, 25)))
    draws, predicted, auc = intervals.draw(test, 3, seed=0), rng.random((3, 25, 1)), metric_named("roc_auc")
    found = of_ensemble(test, auc, TASK, predicted, draws)
    for drawn, share, rows in zip(found, draws.members, draws.rows, strict=True):
        average = np.tensordot(share, predicted, axes=1)
        expected = test.score(auc, TASK, average, [rows[None, part] for part in test.parts])
        np.testing.assert_allclose(drawn, expected[0], rtol=1e-9)


def test_no_number_ranks_last_and_negative_scores_keep_their_order():
    score = np.array([[-2.0, np.nan, 0.0, -0.5, 3.0, -0.5, 1e-300]])
    positive = np.array([True, True, False, True, False, False, True])
    for weight in (np.ones((7, 1)), np.arange(1.0, 8).reshape(7, 1)):
        one = _ranked.of_order(_ranked.ordered(positive, score[0]), np.arange(7), weight)
        many = _ranked.of_scores(positive, score, np.array([0]), np.arange(7), weight)
        for name in ("own", "positives_with", "negatives_above", "negatives_with", "negatives"):
            np.testing.assert_array_equal(getattr(one, name), getattr(many, name), err_msg=name)
