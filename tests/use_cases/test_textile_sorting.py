"""Textile sorting: its counts, that no stray trains, that belts differ, and what mixed kinds teach."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core import datasets, pipeline
from core.checks import examples_check, plans
from core.contracts.appearance import LooksAt
from core.datasets import DATASETS
from core.use_cases import use_case
from core.use_cases.manufacturing._sorting_value import STRAYS_IN_DATA
from core.use_cases.manufacturing.textile_sorting import KINDS

USE_CASE = use_case("manufacturing/textile_sorting")
BELTS = {"t_shirts": "T-shirt", "bags": "bag", "trousers": "trousers"}


@pytest.fixture(scope="module")
def table():
    return datasets.read(DATASETS.get("fashion_mnist"))["photos"]


def belt(name):
    return USE_CASE.with_variant({"variant": name})


def examples_of(name, table):
    return belt(name).examples({"fashion_mnist": {"photos": table}})


@pytest.mark.parametrize(("name", "wanted"), BELTS.items())
def test_the_parts_have_the_garments_that_are_reported_and_no_stray_trains(name, wanted, table):
    found = examples_of(name, table)
    plan = plans.check(USE_CASE.plan(found), found)
    (fold,) = plan.folds
    kind = found.info["kind"]
    assert set(kind.iloc[fold.train]) == {wanted} == {belt(name).task.negative}
    assert [len(rows) for rows in (fold.train, fold.validation, fold.test)] == [770, 280 + 9 * 80, 350 + 9 * 100]
    assert kind.iloc[fold.test].value_counts().drop(wanted).tolist() == [100] * 9
    stray = found.target["stray"].to_numpy()
    assert (stray == (kind != wanted)).all()
    assert stray[fold.test].mean() == stray[fold.validation].mean() == STRAYS_IN_DATA
    assert len(np.unique(found.unit[fold.test])) == len(fold.test), "no tested garment is nearly another"
    plans.check_parts(belt(name), found, plan)
    examples_check.checked(belt(name), found)


def test_a_photo_is_its_pixels_and_belongs_to_one_part(table):
    found = examples_of("t_shirts", table)
    for row in (0, 1234, len(found) - 1):
        photo = np.frombuffer(table["pixels"].iloc[found.info["photo"].iloc[row]], dtype=np.uint8)
        np.testing.assert_array_equal(found.arrays["photo"][row, :, :, 0], photo.reshape(28, 28))
        assert KINDS[int(table["kind"].iloc[found.info["photo"].iloc[row]])] == found.info["kind"].iloc[row]
    assert found.info["photo"].is_unique
    assert USE_CASE.seen == LooksAt.PICTURE


def score_after(epochs, examples):
    bare = dataclasses.replace(USE_CASE, baselines=(), value=None, examples=lambda _: examples)
    settings = {"num_epochs": epochs, "members": 1, "patterns": 6, "device": "cpu"}
    found = pipeline.run(bare, settings, progress=lambda _: None, load=lambda _: examples).report
    return found["metrics"]["roc_auc"]["ensemble"]["mean"]


@pytest.mark.long
def test_without_a_kind_that_belongs_nothing_is_a_stray(table):
    """Kinds dealt anew among the photos: what is learned is all of them, and nothing stands out."""
    dealt = table.assign(kind=pd.Series(np.random.default_rng(1).permutation(table["kind"]), index=table.index))
    assert abs(score_after(4, examples_of("t_shirts", dealt)) - 0.5) < 0.05
    assert score_after(4, examples_of("t_shirts", table)) > 0.85
