"""Product photos: their counts, that none trains which is nearly a held-out one, that the label reaches no photo."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core import datasets, pipeline
from core.checks import examples_check, plans
from core.contracts import Plan
from core.contracts.appearance import LooksAt
from core.datasets import DATASETS
from core.use_cases import use_case
from core.use_cases.retail.product_photos import KINDS

USE_CASE = use_case("retail/product_photos")


@pytest.fixture(scope="module")
def table():
    return datasets.read(DATASETS.get("fashion_mnist"))["photos"]


def examples_of(table):
    return USE_CASE.examples({"fashion_mnist": {"photos": table}})


@pytest.fixture(scope="module")
def examples(table):
    return examples_of(table)


@pytest.fixture(scope="module")
def fold(examples):
    return USE_CASE.plan(examples).folds[0]


def standard(pictures):
    flat = pictures.reshape(len(pictures), -1).astype(np.float32)
    flat -= flat.mean(1, keepdims=True)
    return flat / np.linalg.norm(flat, axis=1, keepdims=True)


def test_the_parts_have_the_photos_that_are_reported(examples, fold):
    kinds = examples.target["kind"].to_numpy().astype(int)
    assert examples.arrays["photo"].shape == (14_000, 28, 28, 1)
    assert [len(rows) for rows in (fold.train, fold.validation, fold.test)] == [9_989, 1_999, 2_000]
    assert np.bincount(kinds).tolist() == [1_400] * 10
    assert np.bincount(kinds[fold.test]).tolist() == [200] * 10
    assert len(np.unique(examples.unit[fold.test])) == 1_999


def test_no_photo_that_is_nearly_a_held_out_one_is_trained_or_validated_on(examples, fold):
    photos = examples.arrays["photo"]
    part = examples.info["part"].to_numpy()
    learned, held = standard(photos[fold.train]), standard(photos[np.r_[fold.validation, fold.test]])
    assert max(float((held[at : at + 500] @ learned.T).max()) for at in range(0, len(held), 500)) <= 0.99
    assert float((standard(photos[fold.test]) @ standard(photos[fold.validation]).T).max()) <= 0.99
    left_out = np.setdiff1d(np.flatnonzero(part != "test"), np.r_[fold.train, fold.validation])
    assert len(left_out) == 12
    plans.check(USE_CASE.plan(examples), examples)


@pytest.mark.long
def test_photos_are_one_unit_where_they_are_nearly_the_same(examples):
    alike, unit = standard(examples.arrays["photo"]), np.arange(14_000)
    for at in range(0, 14_000, 1_000):
        for one, other in zip(*np.nonzero(alike[at : at + 1_000] @ alike.T > 0.99), strict=True):
            first, second = unit[at + one], unit[other]
            unit[unit == max(first, second)] = min(first, second)
    np.testing.assert_array_equal(examples.unit, unit)
    assert (np.bincount(unit) > 1).sum() == 16


def test_a_photo_is_its_pixels_row_by_row_and_no_label(table, examples):
    for row in (0, 4321, 13_999):
        photo = np.array(list(table["pixels"].iloc[row]), dtype=np.uint8).reshape(28, 28)
        np.testing.assert_array_equal(examples.arrays["photo"][row, :, :, 0], photo)
    turned = examples_of(table.assign(kind=(table["kind"] + 1) % 10))
    np.testing.assert_array_equal(turned.arrays["photo"], examples.arrays["photo"])
    assert not turned.target.equals(examples.target)
    assert examples.features.shape == (14_000, 0)
    examples_check.checked(USE_CASE, examples)


def test_trousers_are_taller_than_bags_and_sneakers_lower(table):
    """The names stand in the order of the numbers: by what is lit, without looking."""
    lit = np.frombuffer(b"".join(table["pixels"]), dtype=np.uint8).reshape(-1, 28, 28) > 40
    high = pd.Series(lit.any(2).sum(1)).groupby(table["kind"]).mean()
    wide = pd.Series(lit.any(1).sum(1)).groupby(table["kind"]).mean()
    ratio = (high / wide).rename(index=dict(enumerate(KINDS)))
    assert ratio.idxmax() == "trousers"
    assert ratio["sneaker"] < ratio["bag"] < ratio["dress"]
    assert ratio["sneaker"] < ratio["ankle boot"] < ratio["T-shirt"]


def test_it_is_found_among_pictures():
    assert USE_CASE.seen == LooksAt.PICTURE
    assert KINDS == USE_CASE.task.outputs == USE_CASE.question.picture.names


def score_of_a_small_network(examples, fold):
    """The accuracy on test photos, after three epochs."""
    plan = Plan(folds=(fold,), unit="photo", separation="unit", sentence="S.")
    bare = dataclasses.replace(USE_CASE, plan=lambda _: plan, baselines=(), value=None)
    settings = {"num_epochs": 3, "patterns": 8, "width": 32, "device": "cpu"}
    report = pipeline.run(bare, settings, progress=lambda _: None, load=lambda _: examples).report
    return report["metrics"]["accuracy"]["ensemble"]["mean"]


@pytest.mark.long
def test_of_shuffled_labels_nothing_is_learned(examples, fold):
    """A small network on 3,000 photos: with the labels dealt anew it is right by chance, one time in ten."""
    few = dataclasses.replace(fold, train=fold.train[:3000], validation=fold.validation[:500])
    known = np.r_[few.train, few.validation]
    dealt = examples.target.copy()
    dealt.iloc[known, 0] = np.random.default_rng(0).permutation(dealt.iloc[known, 0])
    assert score_of_a_small_network(dataclasses.replace(examples, target=dealt), few) < 0.16
    assert score_of_a_small_network(examples, few) > 0.7
