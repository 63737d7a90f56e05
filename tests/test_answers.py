"""Answers about a record or a dataset, as plain functions: what they say, and what they refuse."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pytest

from core.answering import answers
from core.answering.profile import data_profile
from core.contracts import ArrayInput, Column, ColumnKind, Fold, InputKind, Mel, Plan
from core.errors import UnknownNameError, UserError
from core.use_cases import use_case as use_case_named


class Network:
    """Stands in for an ensemble: two networks, one of x times 10 (missing: -1), one of twice that."""

    def __init__(self) -> None:
        self.asked: list[pd.DataFrame] = []

    def predict(self, table: pd.DataFrame, networks: object = None, arrays: object = None) -> np.ndarray:
        self.asked.append(table)
        one = table["x"].fillna(-1).to_numpy(dtype=float) * 10
        return np.stack([np.stack([start, start + 1, start + 2], 1) for start in (one, 2 * one)])


@pytest.fixture(scope="module")
def tiny():
    return use_case_named("testing/tiny_quantile")


@pytest.fixture(scope="module")
def examples(tiny):
    return tiny.examples({})


def test_a_record_is_the_row_as_it_stands_in_the_table(tiny, examples):
    found = answers.record(tiny, examples, 3)
    assert found["row"] == 3
    assert found["features"] == {"x": examples.features.x[3], "group": examples.features.group[3]}
    assert found["target"] == {"minutes": examples.target.minutes[3]}
    assert found["info"] == {"order": 3}


def test_a_record_with_an_image_and_a_sound_has_a_picture_of_both(tiny, examples):
    image = ArrayInput(name="photo", kind=InputKind.IMAGE, shape=(4, 4, 1))
    sound = ArrayInput(name="voice", kind=InputKind.WAVEFORM, shape=(4000,), mel=Mel())
    both = dataclasses.replace(tiny, arrays=(image, sound))
    arrays = {"photo": np.zeros((900, 4, 4, 1), np.uint8), "voice": np.zeros((900, 4000), np.int16)}
    found = answers.record(both, dataclasses.replace(examples, arrays=arrays), 3)
    assert set(found["pictures"]) == {"photo", "voice"}
    assert set(found["sounds"]) == {"voice"}


def test_a_missing_value_of_a_record_is_none_and_valid_json(tiny, examples):
    row = int(np.flatnonzero(examples.features.x.isna())[0])
    found = answers.record(tiny, examples, row)
    assert found["features"]["x"] is None
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("row", [-1, 900, 10**9])
def test_a_row_outside_the_table_is_refused_with_the_rows_that_there_are(tiny, examples, row):
    with pytest.raises(UserError, match=rf"0 to 899; there is no row {row}"):
        answers.record(tiny, examples, row)


def test_a_what_if_gives_the_mean_of_the_networks_and_each_one_s_middle_output(tiny, examples):
    found = answers.what_if(tiny, examples, Network(), {"x": 1.5, "group": "a"}, None)
    assert found == {"mean": [22.5, 23.5, 24.5], "networks": [16.0, 31.0], "curve": None}


def test_an_answer_is_rounded_nowhere(tiny, examples):
    """Whoever shows it rounds it: a page, and a script that compares."""
    x = 1.23456789012345
    found = answers.what_if(tiny, examples, Network(), {"x": x, "group": "a"}, "x")
    one, other = 10 * x, 20 * x
    assert found["mean"] == [(one + more + other + more) / 2 for more in (0, 1, 2)]
    assert found["networks"] == [one + 1, other + 1]
    stops = np.array(found["curve"]["x"])
    np.testing.assert_array_equal(stops, answers.stops_of(tiny.columns[0], examples.features.x))
    np.testing.assert_array_equal(found["curve"]["low"], np.minimum(10 * stops, 20 * stops) + 1)
    np.testing.assert_array_equal(found["curve"]["high"], np.maximum(10 * stops, 20 * stops) + 1)


def test_a_feature_that_is_not_given_is_missing_and_not_zero(tiny, examples):
    network = Network()
    answers.what_if(tiny, examples, network, {}, None)
    answers.what_if(tiny, examples, network, {"x": None, "group": None}, None)
    for table in network.asked:
        assert list(table.columns) == ["x", "group"]
        assert math.isnan(table.x[0])
        assert table.group[0] is None or pd.isna(table.group[0])


def test_a_curve_keeps_every_other_feature_and_spans_the_networks(tiny, examples):
    network = Network()
    curve = answers.what_if(tiny, examples, network, {"x": 9.0, "group": "b"}, "x")["curve"]
    table = network.asked[-1]
    assert table.x.tolist() == curve["x"]
    assert set(table.group) == {"b"}
    low, high = np.nanquantile(examples.features.x, [0.01, 0.99])
    assert (curve["x"][0], curve["x"][-1], len(curve["x"])) == (pytest.approx(low), pytest.approx(high), 41)
    values = np.array(curve["x"]) * 10
    np.testing.assert_allclose(curve["mean"], 1.5 * values + 1)
    np.testing.assert_allclose(curve["low"], np.minimum(values, 2 * values) + 1)
    np.testing.assert_allclose(curve["high"], np.maximum(values, 2 * values) + 1)
    np.testing.assert_allclose(curve["outputs"], [1.5 * values + level for level in range(3)])


def test_a_curve_over_categories_asks_each_of_them_once(tiny, examples):
    network = Network()
    curve = answers.what_if(tiny, examples, network, {"x": 1.0, "group": "b"}, "group")["curve"]
    assert curve["x"] == network.asked[-1].group.tolist() == ["a", "b", "c"]
    assert set(network.asked[-1].x) == {1.0}


@pytest.mark.parametrize(("features", "vary"), [({"grupo": "a"}, None), ({}, "grupo")])
def test_an_unknown_feature_is_answered_with_the_nearest(tiny, examples, features, vary):
    with pytest.raises(UnknownNameError, match="No feature named 'grupo'. Did you mean 'group'"):
        answers.what_if(tiny, examples, Network(), features, vary)


@pytest.mark.parametrize(
    ("kind", "values", "first", "last", "count"),
    [
        (ColumnKind.NUMERIC, [4.0, 4.0, None], 4.0, 5.0, 41),
        (ColumnKind.NUMERIC, [None, None], 0.0, 1.0, 41),
        (ColumnKind.NUMERIC, [0.0, 1.0, 2.0], 0.02, 1.98, 41),
        (ColumnKind.BINARY, [1.0, 1.0], 0.0, 1.0, 2),
    ],
)
def test_a_curve_has_stops_for_every_column_there_can_be(kind, values, first, last, count):
    stops = answers.stops_of(Column(name="c", label="C", kind=kind), pd.Series(values, dtype=float))
    assert (stops[0], stops[-1], len(stops)) == (pytest.approx(first), pytest.approx(last), count)


def test_a_profile_counts_what_the_data_have(tiny, examples):
    found = data_profile(tiny, examples)
    json.dumps(found, allow_nan=False)
    assert (found["rows"], found["units"], found["unit"], found["num_folds"]) == (900, 900, "order", 3)
    assert [part["name"] for part in found["parts"]] == ["train", "validation", "test"]
    fold = tiny.plan(examples).folds[0]
    assert [part["rows"] for part in found["parts"]] == [len(fold.train), len(fold.validation), len(fold.test)]
    assert found["parts"][0]["target_mean"] == pytest.approx(examples.target.minutes[fold.train].mean())
    assert [r["row"] for r in found["sample"]] == sorted({r["row"] for r in found["sample"]})
    x, group = found["columns"]
    assert x["missing"] == pytest.approx(examples.features.x.isna().mean())
    assert x["missing_rows"] == examples.features.x.isna().sum()
    assert x["median"] == pytest.approx(examples.features.x.median())
    assert sum(x["counts"]) == examples.features.x.notna().sum()
    assert len(x["edges"]) == len(x["counts"]) + 1
    assert not x["whole"]
    assert group["categories"] == examples.features.group.value_counts().to_dict()


def test_a_profile_stands_columns_that_are_empty_constant_or_whole(tiny, examples):
    columns = tuple(Column(name=n, label=n) for n in ("empty", "constant", "whole"))
    table = pd.DataFrame({"empty": np.nan, "constant": 3.0, "whole": np.arange(900.0)}, index=range(900))
    odd = dataclasses.replace(tiny, columns=columns)
    found = data_profile(odd, dataclasses.replace(examples, features=table))
    json.dumps(found, allow_nan=False)
    empty, constant, whole = found["columns"]
    assert (empty["missing"], empty["counts"]) == (1.0, [])
    assert (constant["low"], constant["high"], sum(constant["counts"])) == (3.0, 3.0, 900)
    assert whole["whole"]
    assert sum(whole["counts"]) == 900


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (math.nan, None),
        (np.float64("nan"), None),
        (pd.NaT, None),
        (pd.NA, None),
        (np.datetime64("NaT"), None),
        (np.int64(3), 3),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (pd.Timestamp("2026-02-03 04:05"), "2026-02-03 04:05"),
        (pd.Timestamp("2026-02-03"), "2026-02-03"),
        (np.datetime64("2026-02-03T04:05", "ns"), "2026-02-03 04:05"),
        ("2026-02-03T04:05", "2026-02-03T04:05"),
        ("text", "text"),
        (7, 7),
    ],
)
def test_a_value_of_a_table_becomes_what_json_knows(value, expected):
    found = answers.plain(value)
    assert found == expected
    assert type(found) is type(expected)
    json.dumps(found, allow_nan=False)


def test_every_moment_of_a_column_has_its_hour_where_one_of_them_has(tiny, examples):
    departs = pd.date_range("2013-10-31", periods=len(examples), freq="30min")
    info = pd.DataFrame({"departs": departs, "day": departs.normalize(), "gone": pd.NaT})
    found = answers.records(tiny, dataclasses.replace(examples, info=info), [0, 21])
    assert found[0]["info"] == {"departs": "2013-10-31 00:00", "day": "2013-10-31", "gone": None}
    assert found[1]["info"]["departs"] == "2013-10-31 10:30"


def test_values_that_no_training_row_comes_near_are_named(tiny, examples):
    def strange(**features):
        return answers.strangers(answers.seen_values(tiny, examples, np.arange(300)), features)

    x = examples.features.x[:300]
    assert strange(x=float(x.median()), group="a") == []
    assert strange(x=None, group=None) == []
    assert strange(group="zeppelin") == [{"column": "group", "value": "zeppelin"}]
    low, high = float(x.min()), float(x.max())
    for value in (low - 1, high + 1):
        assert strange(x=value) == [{"column": "x", "value": value, "low": low, "high": high}]
    nobody = dataclasses.replace(examples, features=examples.features.assign(group=None))
    seen = answers.seen_values(tiny, nobody, np.arange(300))
    assert answers.strangers(seen, {"group": "a"}) == [{"column": "group", "value": "a"}]


def test_only_networks_that_never_saw_a_row_are_asked_about_it():
    """Two test sets of two folds each; one network a fold."""
    from types import SimpleNamespace

    from core.answering.answers import held_out_members

    rows = np.arange(12)
    folds = tuple(
        Fold(name=f"{t}{v}", train=rows[:1], validation=rows[:1], test=rows[6 * t : 6 * t + 6], test_name=f"test {t}")
        for t in (0, 1)
        for v in (0, 1)
    )
    plan = Plan(folds=folds, unit="row", separation="unit", sentence="S.")
    ensemble = SimpleNamespace(fold_of=[0, 0, 1, 2, 3])
    assert held_out_members(plan, ensemble, 2) == [0, 1, 2]
    assert held_out_members(plan, ensemble, 8) == [3, 4]
    assert held_out_members(plan, ensemble, 50) is None
    assert (answers.folds_of(ensemble), answers.folds_of(ensemble, [3, 4])) == ((0, 1, 2, 3), (2, 3))
    assert answers.training_rows(plan, (2, 3)).tolist() == [0]


def test_networks_of_a_plan_are_chosen_by_what_their_folds_test():
    folds = tuple(
        Fold(name=str(f), train=np.arange(3), validation=np.arange(3, 5), test=np.arange(5 + f, 7 + f), test_name=t)
        for f, t in enumerate("aab")
    )
    plan = Plan(folds=folds, unit="row", separation="unit", sentence="")
    of = (0, 0, 1, 1, 2, 2)
    assert plan.networks(of, lambda fold: fold.test_name == "a") == [0, 1, 2, 3]
    assert plan.networks(of, lambda fold: fold is folds[1]) == [2, 3]
    assert plan.networks(of, lambda fold: 6 in fold.test) == [0, 1, 2, 3]
    assert plan.networks(of, lambda fold: False) == []
