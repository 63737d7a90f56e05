"""Chest X-ray: its counts, that no film trains which is also held out, that the label reaches no film, its money."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from core import datasets
from core.checks import examples_check, plans
from core.contracts.appearance import LooksAt
from core.datasets import DATASETS
from core.use_cases import use_case
from core.value.threshold import assumed_values

USE_CASE = use_case("healthcare/chest_xray")


@pytest.fixture(scope="module")
def table():
    return datasets.read(DATASETS.get("pneumonia_mnist"))["films"]


def examples_of(table):
    return USE_CASE.examples({"pneumonia_mnist": {"films": table}})


@pytest.fixture(scope="module")
def examples(table):
    return examples_of(table)


@pytest.fixture(scope="module")
def fold(examples):
    return USE_CASE.plan(examples).folds[0]


def test_the_parts_have_the_films_that_are_reported(examples, fold):
    ill = examples.target["pneumonia"].to_numpy()
    assert examples.arrays["film"].shape == (5856, 28, 28, 1)
    assert [len(rows) for rows in (fold.train, fold.validation, fold.test)] == [4698, 524, 624]
    assert [int(ill[rows].sum()) for rows in (fold.validation, fold.test)] == [389, 390]
    assert ill.sum() == 4273


def test_no_film_that_is_held_out_is_trained_on_byte_for_byte(examples, fold):
    def seen(rows):
        return {hashlib.sha256(film.tobytes()).hexdigest() for film in examples.arrays["film"][rows]}

    of_source = np.flatnonzero(examples.info["part"] == "training")
    held_out = np.concatenate([fold.validation, fold.test])
    assert len(of_source) - len(fold.train) == 10
    assert seen(of_source) & seen(held_out), "the source's own parts share films"
    assert not seen(fold.train) & seen(held_out)
    assert len(seen(fold.test)) == len(np.unique(examples.unit[fold.test])) == 621
    plans.check(USE_CASE.plan(examples), examples)


def test_a_film_is_its_pixels_row_by_row_and_no_label(table, examples):
    for row in (0, 1234, 5855):
        film = np.array(list(table["pixels"].iloc[row]), dtype=np.uint8).reshape(28, 28)
        np.testing.assert_array_equal(examples.arrays["film"][row, :, :, 0], film)
    turned = examples_of(table.assign(pneumonia=1 - table["pneumonia"]))
    np.testing.assert_array_equal(turned.arrays["film"], examples.arrays["film"])
    assert not turned.target.equals(examples.target)
    assert USE_CASE.columns == ()
    assert examples.features.shape == (5856, 0)
    examples_check.checked(USE_CASE, examples)


def test_it_is_found_among_pictures():
    assert USE_CASE.looks_at == "" or USE_CASE.looks_at == LooksAt.PICTURE
    assert USE_CASE.arrays[0].kind == "image"


def test_money_against_treating_every_child_counts_an_ill_and_a_healthy_child_as_often_as_in_life():
    value = USE_CASE.value
    assumed = assumed_values(value.assumptions)
    info = pd.DataFrame(index=range(8))
    target = np.array([1, 1, 1, 1, 1, 0, 0, 0.0])[:, None]  # five eighths, as in the test
    nobody = value.amount(target, np.zeros((8, 1)), info, 0.5, assumed)[0]
    everybody = value.amount(target, np.ones((8, 1)), info, 0.5, assumed)[0]
    right = value.amount(target, target, info, 0.5, assumed)[0]
    needless = 40 + 0.05 * 150 + 15
    assert everybody == 0
    assert right == pytest.approx(5000 * 0.84 * needless)
    assert nobody == pytest.approx(right - 5000 * 0.16 * 0.05 * 20_000)
