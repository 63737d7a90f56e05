"""The bootstrap: units are drawn whole, differences are paired, and the interval is about as wide as theory says."""

import numpy as np
import pytest

from core.contracts import HeldOutRows, Kind, Metric, Task
from core.evaluation import intervals
from core.evaluation.intervals import Resamples, TestSet
from core.evaluation.metrics import metric_named

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
    drawn = intervals.of_members(tested, MEAN, TASK, zeros(800), intervals.draw(tested, 1, seed=1))
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
        low, high = intervals.interval(
            intervals.of_members(tested, MEAN, TASK, zeros(rows), intervals.draw(tested, 1, seed=1))
        )
        widths.append(high - low)
    assert widths[1] == pytest.approx(widths[0], rel=0.1)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng, covered, trials = np.random.default_rng(3), 0, 200
    for trial in range(trials):
        tested = held_out(rng.normal(1.0, 1.0, 60))
        draws = intervals.draw(tested, 1, seed=trial)
        low, high = intervals.interval(intervals.of_members(tested, MEAN, TASK, zeros(60), draws))
        covered += low <= 1.0 <= high
    assert 0.88 <= covered / trials <= 0.99


def test_the_spread_of_members_widens_the_interval():
    tested = held_out(np.random.default_rng(0).normal(size=400))
    draws = intervals.draw(tested, 4, seed=1)
    equal, spread = zeros(400, 4), zeros(400, 4) + np.array([-1, -0.5, 0.5, 1])[:, None, None]
    widths = []
    for prediction in (equal, spread):
        low, high = intervals.interval(intervals.of_members(tested, MEAN, TASK, prediction, draws))
        widths.append(high - low)
    assert widths[1] > 3 * widths[0]


def test_the_ensemble_is_averaged_before_it_is_scored():
    """Two members that err in opposite directions: each alone is wrong, their average is right."""
    tested = held_out(np.zeros(3))
    prediction = np.stack([np.ones((3, 1)), -np.ones((3, 1))])
    draws = Resamples(rows=np.array([[1.0, 1, 1], [2, 0, 1]]), members=np.array([[0.5, 0.5], [1.0, 0.0]]))
    assert intervals.of_members(tested, SQUARED, TASK, prediction, draws).tolist() == [1.0, 1.0]
    assert intervals.of_ensemble(tested, SQUARED, TASK, prediction, draws).tolist() == [0.0, 1.0]


def test_members_are_weighted_as_they_were_drawn():
    tested = held_out(np.zeros(2))
    prediction = np.stack([np.full((2, 1), -1.0), np.full((2, 1), -4.0)])
    draws = Resamples(rows=np.ones((3, 2)), members=np.array([[1.0, 0], [0, 1], [0.5, 0.5]]))
    assert intervals.of_members(tested, MEAN, TASK, prediction, draws).tolist() == [1.0, 4.0, 2.5]


def test_a_bootstrap_draw_weights_the_rows_that_it_drew():
    tested = held_out([1.0, 2.0, 4.0])
    draws = Resamples(rows=np.array([[3.0, 0, 0], [0, 1, 2]]), members=np.ones((2, 1)))
    np.testing.assert_allclose(intervals.of_members(tested, MEAN, TASK, zeros(3), draws), [1.0, 10 / 3])


def test_parts_are_scored_apart_and_averaged():
    tested = held_out([1.0, 1.0, 1.0, 5.0], parts=(np.array([0, 1, 2]), np.array([3])))
    assert tested.score(MEAN, TASK, np.zeros((4, 1))).tolist() == [3.0]
    draws = Resamples(rows=np.array([[1.0, 0, 0, 2.0]]), members=np.ones((1, 1)))
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


def test_the_members_averaged_prediction_is_scored_per_draw_as_if_each_stood_alone():
    """Draws of the same members are scored together: it must not show."""
    rng = np.random.default_rng(0)
    predicted, target = rng.random((3, 80, 1)), (rng.random(80) < 0.4) * 1.0
    test = held_out(target, rng.integers(0, 12, 80))
    draws = intervals.draw(test, 3, seed=1)
    for name in ("roc_auc", "average_precision", "log_loss"):
        metric = metric_named(name)
        alone = [
            metric.compute(
                HeldOutRows(target=test.rows.target, weight=rows[None]), np.tensordot(share, predicted, axes=1), TASK
            )[0]
            for share, rows in zip(draws.members, draws.rows, strict=True)
        ]
        np.testing.assert_allclose(intervals.of_ensemble(test, metric, TASK, predicted, draws), alone, rtol=1e-12)
