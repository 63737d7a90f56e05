"""Engine failure: counts, the official test, features by a slow way, no leak from later flights, its money by hand."""

import numpy as np
import pandas as pd
import pytest

from core import datasets
from core.answering.answers import what_if
from core.checks import examples_check, plans
from core.datasets import DATASETS
from core.use_cases import use_case
from core.use_cases._windows import moved, standing, trend
from core.use_cases.manufacturing.engine_failure import LIVES
from core.value.threshold import assumed_values

USE_CASE = use_case("manufacturing/engine_failure")
VALUE = USE_CASE.value


@pytest.fixture(scope="module")
def tables():
    return datasets.read(DATASETS.get("cmapss_fd001"))


def examples_of(tables):
    return USE_CASE.examples({"cmapss_fd001": tables})


@pytest.fixture(scope="module")
def examples(tables):
    return examples_of(tables)


@pytest.fixture(scope="module")
def plan(examples):
    return USE_CASE.plan(examples)


def test_the_test_is_the_source_s_own(tables, examples, plan):
    test = plan.folds[0].test
    assert len(examples) == 8990
    assert len(test) == 100
    assert [len(set(examples.unit[fold.validation])) for fold in plan.folds] == [20] * 5
    np.testing.assert_array_equal(examples.info["really_left"].iloc[test], tables["remaining"]["rul"])
    lengths = tables["test"].groupby("unit")["cycle"].max()
    np.testing.assert_array_equal(examples.info["flight"].iloc[test], lengths)
    np.testing.assert_array_equal(examples.target["remaining"], examples.info["really_left"].clip(upper=125))
    assert examples.features["flown"].min() == 30
    lives = np.quantile(tables["train"].groupby("unit")["cycle"].max(), np.linspace(0, 1, 11), method="nearest")
    assert tuple(lives) == LIVES, "what the question shows"


def test_no_engine_is_in_two_parts(examples, plan):
    plans.check(plan, examples)
    examples_check.checked(USE_CASE, examples)
    for fold in plan.folds:
        train, validation, test = (set(examples.unit[rows]) for rows in (fold.train, fold.validation, fold.test))
        assert not train & validation
        assert not (train | validation) & test
        assert (len(train), len(validation), len(test)) == (80, 20, 100)


def test_features_and_window_by_a_slow_way(tables, examples):
    for row in np.random.default_rng(0).choice(len(examples), 12, replace=False):
        engine, flight = examples.info["engine"].iloc[row], examples.info["flight"].iloc[row]
        table = tables["train"] if engine <= 100 else tables["test"]
        own = table[table["unit"] == (engine if engine <= 100 else engine - 100)].sort_values("cycle")
        own = own[own["cycle"] <= flight].tail(30)
        assert own["cycle"].tolist() == list(range(flight - 29, flight + 1))
        found = examples.features.iloc[row]
        for place, sensor in enumerate(("s2", "s3", "s4", "s7")):
            values = own[sensor].to_numpy()
            assert found[sensor] == pytest.approx(values[-5:].mean())
            assert found[f"{sensor}_trend"] == pytest.approx(np.polyfit(range(30), values, 1)[0], abs=1e-6)
            np.testing.assert_allclose(examples.arrays["sensors"][row, :, place], values, rtol=1e-6)
        assert found["flown"] == flight


def test_nothing_after_a_flight_is_known_at_it(tables, examples):
    """Absurd sensors after flight 100, and an absurd rest of the test engines, change no feature before."""
    late = tables["train"]["cycle"] > 100
    sensors = [name for name in tables["train"].columns if name.startswith("s")]
    absurd = tables["train"].copy()
    absurd.loc[late, sensors] = 1e6
    again = examples_of({**tables, "train": absurd, "remaining": tables["remaining"] * 0 + 7})
    known = (examples.info["flight"] <= 100).to_numpy() | (examples.unit > 100)
    pd.testing.assert_frame_equal(again.features[known], examples.features[known])
    np.testing.assert_array_equal(again.arrays["sensors"][known], examples.arrays["sensors"][known])
    assert not again.features.equals(examples.features)


def test_a_window_that_is_moved_stands_and_rises_as_it_was_asked_to():
    window = np.random.default_rng(1).normal(size=(3, 30, 2))
    higher, steeper = np.array([[1.0, -2.0]] * 3), np.array([[0.5, 0.0]] * 3)
    other = moved(window, higher, steeper)
    np.testing.assert_allclose(standing(other), standing(window) + higher)
    np.testing.assert_allclose(trend(other), trend(window) + steeper)
    np.testing.assert_allclose(moved(window, higher * 0, steeper * 0), window)


def test_what_if_moves_the_series_along_with_the_sliders(examples):
    """The networks are asked about the moved window; a column that is as it was leaves it as it is."""

    class Asked:
        def predict(self, table, networks, arrays):
            self.table, self.arrays = table, dict(arrays)
            return np.zeros((1, len(table), 7))

    asked, row = Asked(), 50
    features = examples.features.iloc[row].to_dict()
    answer = what_if(USE_CASE, examples, asked, features, None, None, row)
    np.testing.assert_allclose(answer["series"], examples.arrays["sensors"][row].T)
    answer = what_if(USE_CASE, examples, asked, {**features, "s3": features["s3"] + 5}, "s4", None, row)
    np.testing.assert_allclose(np.array(answer["series"])[1], examples.arrays["sensors"][row, :, 1] + 5, rtol=1e-6)
    np.testing.assert_allclose(np.array(answer["series"])[2], examples.arrays["sensors"][row, :, 2], rtol=1e-6)
    for stop, window in zip(asked.table["s4"], asked.arrays["sensors"], strict=True):
        assert window[-5:, 2].mean() == pytest.approx(stop, rel=1e-5), "the curve moves it too"
        assert window[-5:, 1].mean() == pytest.approx(features["s3"] + 5, rel=1e-5)


def test_money_is_flights_thrown_away_against_failures():
    assumed = {"failure_cost": 1000.0, "flight_cost": 10.0, "todays_age": 125.0, "overhauls": 8.0}
    info = pd.DataFrame({"really_left": [50, 20, 100, 10], "flight": [100, 130, 60, 120]})
    target = info[["really_left"]].to_numpy(dtype=float)
    # today: after 25, 0, 65, 5 flights, all in time: 25, 20, 35, 5 flights thrown away
    today = np.array([250.0, 200.0, 350.0, 50.0])
    outcome = VALUE.outcome(target, np.array([49.9, 20.0, 30.0, 12.0]), info, assumed)
    np.testing.assert_allclose(outcome.money, today - [10, 1000, 700, 1000])  # 20 of 20 flights: it has failed
    np.testing.assert_allclose(outcome.short, [0, 0, 0, 2])
    assert dict(VALUE.references(target, info, assumed)) == pytest.approx(
        {
            "Overhaul at a fixed age, as today": 0.0,
            "Fly until it fails": (today.sum() - 4000) / 4 * 8,
            "The best fixed age, known afterwards": 0.0,
        }
    )
    assert assumed_values(VALUE.assumptions)["todays_age"] < LIVES[0], "today no engine that was seen would fail"
