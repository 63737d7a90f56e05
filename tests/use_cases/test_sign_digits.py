"""Signed digits: photos as the source has them, labels as a setting, and what is paid for them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from core import pipeline
from core.contracts import UseCase
from core.settings import defaults
from core.settings.use_case import settings_of
from core.store import learning_curves
from core.use_cases import use_case
from core.value.threshold import assumed_values

NAME = "services/sign_digits"


@pytest.fixture(scope="module")
def examples():
    return pipeline.load_examples(use_case(NAME))


def with_labels(count: int) -> UseCase:
    return use_case(NAME).with_variant({"labels": count})


def test_every_photo_is_read_in_colour(examples):
    assert examples.arrays["photo"].shape == (2_062, 64, 64, 3)
    assert examples.arrays["photo"].dtype == np.uint8
    assert np.bincount(examples.target["digit"].astype(int)).tolist() == [
        205,
        206,
        206,
        206,
        207,
        207,
        207,
        206,
        208,
        204,
    ]


def test_more_labels_are_the_same_and_some_more_and_the_test_stays(examples):
    few, many = (with_labels(count).plan(examples).folds[0] for count in (20, 1_500))
    assert len(few.train) == 20
    assert len(many.train) == 1_500
    assert set(few.train) < set(many.train)
    assert np.array_equal(few.test, many.test)
    assert np.array_equal(few.validation, many.validation)
    assert len(set(many.train) | set(many.validation) | set(many.test)) == 2_062
    digits = examples.target["digit"].to_numpy().astype(int)
    assert np.bincount(digits[few.train]).tolist() == [2] * 10, "as many of each digit"


def test_labels_are_paid_whatever_is_decided_by_whom_ever():
    cheap, dear = with_labels(20).value, with_labels(220).value
    assumed = assumed_values(cheap.assumptions)
    info = pipeline.load_examples(use_case(NAME)).info.iloc[:4]
    target, sure = np.zeros((4, 1)), np.eye(10)[[0, 0, 0, 1]] * 0.9
    for level in (0.5, 1.0):
        first, second = (value.amount(target, sure, info, level, assumed)[0] for value in (cheap, dear))
        assert first - second == pytest.approx(200 * assumed["label_cost"])
    assert cheap.amount(target, sure, info, 1.0, assumed)[0] == pytest.approx(-170 * assumed["label_cost"])


def test_frozen_features_are_kept_and_give_the_same_run_again(examples):
    declared = dataclasses.replace(use_case(NAME), baselines=("constant",))
    asked = defaults(settings_of(declared)) | {
        "labels": 40,
        "tuned": 0,
        "num_epochs": 2,
        "device": "cpu",
        "shift": 0,
        "rotation": 0,
        "zoom": 0.0,
    }

    class Cache:
        kept: dict[str, tuple[dict[str, object], dict[str, np.ndarray]]]

        def __init__(self) -> None:
            self.kept, self.found = {}, 0

        def get(self, key):
            self.found += key in self.kept
            return self.kept.get(key)

        def put(self, key, meta, arrays):
            self.kept[key] = meta, arrays

    cache = Cache()
    first, again = (
        pipeline.run(declared, asked, progress=lambda _: None, load=lambda _: examples, baseline_cache=cache)
        for _ in range(2)
    )
    (seen,) = [arrays for _meta, arrays in cache.kept.values() if "frozen.seen" in arrays]
    assert seen["frozen.seen"].shape == (2_062, 4, 4, 112)
    assert cache.found
    assert first.report["metrics"] == again.report["metrics"]
    assert not any("frozen" in name for name in first.ensemble.params)
    row = [int(first.held_out.loc[first.held_out["part"] == "test", "row"].iloc[0])]
    told = first.ensemble.predict(examples.features.iloc[row], None, examples.arrays_of(np.array(row)))
    kept = first.predictions.query("source == 'network' and part == 'test' and row == @row[0]")
    columns = [c for c in kept if c not in ("row", "part", "source", "member")]
    np.testing.assert_allclose(told[0, 0], kept[columns].to_numpy(dtype=float)[0], atol=2e-3)


def test_the_curve_was_measured_and_says_where_a_million_photos_help():
    curve = learning_curves.load(use_case(NAME))
    assert curve is not None
    lines = {line["name"]: {p["labels"]: p["mean"] for p in line["points"]} for line in curve["lines"]}
    assert lines["recommended"][50] - lines["scratch"][50] > 0.05
    assert lines["recommended"][200] > lines["hog_logistic"][200] + 0.1
    assert curve["rows"] == 412
