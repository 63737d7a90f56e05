"""Glucose: its grid and rows by a slow way, nothing from later, forward in time, Clarke's zones, alarms by hand."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core import datasets
from core.charts import error_grid
from core.checks import examples_check, plans
from core.datasets import DATASETS
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.use_cases import use_case
from core.use_cases.healthcare._glucose_features import BACK, follow, on_a_grid
from core.use_cases.healthcare._glucose_value import VALUE, alarms_of
from core.use_cases.healthcare.glucose import HOURS

USE_CASE = use_case("healthcare/glucose")


@pytest.fixture(scope="module")
def table():
    return datasets.read(DATASETS.get("glucose_monitor"))["glucose"]


def examples_of(table):
    return USE_CASE.examples({"glucose_monitor": {"glucose": table}})


@pytest.fixture(scope="module")
def examples(table):
    return examples_of(table)


def test_rows_by_a_slow_way(table, examples):
    raw = table.drop_duplicates("datetime")
    for row in np.random.default_rng(0).choice(len(examples), 12, replace=False):
        when = pd.Timestamp(examples.time[row])

        def read(at, what="glucose"):
            near = raw[(raw["datetime"] - at).abs() <= pd.Timedelta(minutes=2.5)]
            return near.iloc[(near["datetime"] - at).abs().argmin()][what]

        now = when - pd.Timedelta(minutes=30)
        window = [read(now - pd.Timedelta(minutes=5 * back)) for back in range(23, -1, -1)]
        np.testing.assert_allclose(examples.arrays["glucose"][row, :, 0], window)
        assert examples.target["glucose"].iloc[row] == read(when)
        found = examples.features.iloc[row]
        assert found["now"] == examples.info["was"].iloc[row] == window[-1]
        assert examples.info["quarter_ago"].iloc[row] == window[-4]
        assert [found[f"change_{m}"] for m in BACK] == [window[-1] - window[-1 - m // 5] for m in BACK]
        current = float(read(now, "isig")) or np.nan
        ago = float(read(now - pd.Timedelta(minutes=30), "isig")) or np.nan
        assert found["calibration"] == pytest.approx(window[-1] / current, nan_ok=True)
        assert found["current_30"] == pytest.approx((current - ago) * window[-1] / current, nan_ok=True)
        assert found["hour"] == now.hour + now.minute / 60
    assert len(examples) == 23_547
    of_day = on_a_grid(table)["glucose"]["2010-09-08"].resample("1h").mean()
    assert tuple(of_day.round().astype(int)) == HOURS, "what the question shows"


def test_nothing_after_a_moment_is_known_at_it(table, examples):
    cut = pd.Timestamp("2010-09-01")
    late = table["datetime"] >= cut
    absurd = table.assign(glucose=table["glucose"].mask(late, 9_999), isig=table["isig"].mask(late, "777"))
    again = examples_of(absurd)
    known = examples.time < np.datetime64(cut)
    pd.testing.assert_frame_equal(again.features[known], examples.features[known])
    np.testing.assert_array_equal(again.arrays["glucose"][known], examples.arrays["glucose"][known])
    pd.testing.assert_frame_equal(again.target[known], examples.target[known])
    assert not again.target.equals(examples.target)


def test_the_test_is_later_and_no_day_is_in_two_parts(examples):
    plan = USE_CASE.plan(examples)
    plans.check(plan, examples)
    examples_check.checked(USE_CASE, examples)
    for fold in plan.folds:
        assert examples.time[fold.train].max() < examples.time[fold.test].min()
        assert examples.time[fold.test].min() >= np.datetime64("2010-09-01")
        assert not set(examples.unit[fold.train]) & set(examples.unit[fold.validation])


def test_persistence_is_now_in_the_middle(examples):
    rows = np.arange(0, 5_000)
    (found,) = BASELINES.get("persistence").fit_predict(
        USE_CASE.task, USE_CASE.columns, examples, rows, [rows], {"drift": False}, 0
    )
    np.testing.assert_allclose(found[:, 3], examples.info["was"].iloc[rows])
    covered = (examples.target["glucose"].to_numpy()[rows] <= found[:, 5]).mean()
    assert covered == pytest.approx(0.9, abs=0.02)


def test_sliders_move_the_two_hours_and_their_own_column(examples):
    rows = np.array([10, 500, 9_000])
    arrays, was = examples.arrays_of(rows), examples.features.iloc[rows]
    same, features = follow(arrays, was, was)
    np.testing.assert_array_equal(same["glucose"], arrays["glucose"])
    pd.testing.assert_frame_equal(features, was.reset_index(drop=True))
    for column, by in (("now", 25.0), ("change_30", -12.0), ("change_115", 8.0), ("current_15", 6.0)):
        moved, features = follow(arrays, was, was.assign(**{column: was[column] + by}))
        np.testing.assert_allclose(features[column], was[column] + by, rtol=1e-5)
        if column != "now":
            np.testing.assert_allclose(moved["glucose"][:, -1], arrays["glucose"][:, -1], rtol=1e-6)


def test_clarke_s_zones_are_those_of_the_paper():
    """As the usual scalar algorithm has them, on a grid of pairs."""

    def slow(r, p):
        if (r <= 70 and p <= 70) or (0.8 * r <= p <= 1.2 * r):
            return 0
        if (r >= 180 and p <= 70) or (r <= 70 and p >= 180):
            return 4
        if (70 <= r <= 290 and p >= r + 110) or (130 <= r <= 180 and p <= 7 / 5 * r - 182):
            return 2
        if (
            (r >= 240 and 70 <= p <= 180)
            or (r <= 175 / 3 and 70 <= p <= 180)
            or (175 / 3 <= r <= 70 and p >= 6 / 5 * r)
        ):
            return 3
        return 1

    r, p = (a.ravel() for a in np.meshgrid(np.arange(40.0, 401, 3), np.arange(40.0, 401, 3)))
    np.testing.assert_array_equal(error_grid.zones(r, p), [slow(*pair) for pair in zip(r, p, strict=True)])
    assert set(error_grid.zones(r, p)) == set(range(5))
    assert error_grid.shares(r, p).sum() == pytest.approx(1)


def test_alarms_by_hand():
    """Ten minutes a row. A low begins at row 6 and lasts; another at 20 comes unseen; one alarm is vain."""
    when = np.datetime64("2010-01-01") + np.arange(24) * np.timedelta64(10, "m")
    happened = np.full(24, 100.0)
    happened[6:9] = 60
    happened[20] = 65
    chosen = np.full(24, 90.0)
    chosen[[5, 6, 7]] = 65  # for 00:50, told at 00:20: 40 minutes before the low; those after are in its quiet time
    chosen[14] = 65  # told at 01:50: no low within an hour
    order = np.random.default_rng(0).permutation(24)
    found = alarms_of(when[order], happened[order], chosen[order])
    back = np.argsort(order)
    assert np.flatnonzero(found.lows[back]).tolist() == [6, 20]
    assert np.flatnonzero(found.warned[back]).tolist() == [6]
    assert np.flatnonzero(found.alarms[back]).tolist() == [5, 14]
    assert np.flatnonzero(found.false[back]).tolist() == [14]


def test_money_is_lows_averted_less_alarms_for_nothing():
    when = np.datetime64("2010-01-01") + np.arange(24) * np.timedelta64(10, "m")
    target = np.full((24, 1), 100.0)
    target[6:9], target[20] = 60, 65
    chosen = np.full(24, 90.0)
    chosen[[5, 6, 7, 14]] = 65
    info = pd.DataFrame({"when": when, "day": "2010-01-01", "was": target[:, 0], "quarter_ago": target[:, 0]})
    assumed = {"low_cost": 20.0, "averted_share": 0.5, "false_cost": 3.0, "todays_limit": 80.0, "people": 2.0}
    outcome = VALUE.outcome(target, chosen, info, assumed)
    assert outcome.money.sum() == pytest.approx(20 * 0.5 - 3)
    prediction = np.repeat(chosen[:, None], 7, axis=1)
    told = VALUE.tally(target, prediction, info, 0.05, assumed)
    assert told.amount == pytest.approx((10 - 3) * 365 * 2)
    assert (told.kept, told.rows, told.acted, told.short, told.over) == (0.5, 2, 2.0, 1.0, 1.0)
    assert dict(VALUE.references(target, info, assumed))["No alarm"] == 0


def test_persistence_asks_what_stays_as_it_is(examples):
    nameless = dataclasses.replace(USE_CASE.task, relative_to="")
    with pytest.raises(UserError, match="Name one"):
        BASELINES.get("persistence").fit_predict(
            nameless, USE_CASE.columns, examples, np.arange(9), [np.arange(9)], {"drift": False}, 0
        )
