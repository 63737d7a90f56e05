"""Blood cells: their counts, that no part of a slide is on both sides, that boxes fit their pictures, the money."""

import numpy as np
import pandas as pd
import pytest

from core import datasets
from core.checks import examples_check, plans
from core.contracts.appearance import LooksAt
from core.contracts.boxes import Known, counts, packed
from core.datasets import DATASETS
from core.use_cases import use_case
from core.value.counting import Mistakes
from core.value.threshold import assumed_values

USE_CASE = use_case("healthcare/blood_cells")
_ALIKE = 0.75


@pytest.fixture(scope="module")
def tables():
    return datasets.read(DATASETS.get("bccd_blood_cells"))


@pytest.fixture(scope="module")
def examples(tables):
    return examples_check.checked(USE_CASE, USE_CASE.examples({"bccd_blood_cells": tables}))


@pytest.fixture(scope="module")
def known(examples):
    return Known.of(examples.target.to_numpy())


def test_there_are_as_many_as_the_card_says(examples, known):
    assert examples.arrays["slide"].shape == (364, 120, 160, 3)
    assert examples.arrays["slide"].dtype == np.uint8
    assert known.counts(3).sum(0).tolist() == [4153, 372, 361]
    assert len(np.unique(examples.unit)) == 326
    assert USE_CASE.seen is LooksAt.PICTURE
    fold = USE_CASE.plan(examples).folds[0]
    assert [len(rows) for rows in (fold.train, fold.validation, fold.test)] == [229, 58, 77]
    assert "a fifth tests, a fifth of the others validates" in USE_CASE.plan(examples).sentence


def test_no_part_of_a_slide_trains_that_is_also_held_out(examples):
    plan = USE_CASE.plan(examples)
    plans.check(plan, examples)
    fold = plan.folds[0]
    train, validation, test = (set(examples.unit[rows]) for rows in (fold.train, fold.validation, fold.test))
    assert not train & validation
    assert not (train | validation) & test
    assert len(set(np.concatenate([fold.train, fold.validation, fold.test]))) == 364


def test_a_box_lies_where_the_source_has_it(tables, examples, known):
    """Row by row, without the packing."""
    names = {"red": 0, "white": 1, "platelet": 2}
    for row in (0, 100, 363):
        of = tables["boxes"][tables["boxes"]["picture"] == tables["pictures"]["picture"].iloc[row]]
        expected = [[names[b.cell], b.x0 / 640, b.y0 / 480, b.x1 / 640, b.y1 / 480] for b in of.itertuples(index=False)]
        there = known.kind[row] >= 0
        assert np.c_[known.kind[row], known.ends[row]][there] == pytest.approx(np.array(expected))


def test_white_cells_are_where_the_picture_is_blue(examples, known):
    """Boxes lie over the right places of the right pictures: nuclei are bluer than all around."""
    bluer = examples.arrays["slide"].astype(float)[..., 2] - examples.arrays["slide"].astype(float)[..., 0]
    inside, overall = [], []
    for row in range(364):
        for ends in known.ends[row][known.kind[row] == 1]:
            left, top, right, bottom = (ends * (160, 120, 160, 120)).round().astype(int)
            inside.append(bluer[row, top:bottom, left:right].mean())
            overall.append(bluer[row].mean())
    assert np.mean(np.array(inside) > np.array(overall)) > 0.97


@pytest.mark.long
def test_pictures_of_different_parts_show_different_places(examples):
    """What the card says of pictures laid over one another at every shift."""
    from scipy.ndimage import gaussian_filter

    grey = examples.arrays["slide"].astype(np.float32).mean(3).reshape(364, 60, 2, 80, 2).mean((2, 4))
    grey = np.stack([one - gaussian_filter(one, 8, mode="nearest") for one in grey])
    size = (120, 160)
    of = np.fft.rfft2(grey, s=size)
    squared, one = np.fft.rfft2(grey**2, s=size), np.fft.rfft2(np.ones((60, 80)), s=size)
    shared = np.fft.irfft2(one * one.conj(), s=size) > 0.2 * 60 * 80
    joined = 0
    for row in range(363):
        both = np.fft.irfft2(of[row + 1 :] * of[row].conj(), s=size)
        first = np.maximum(np.fft.irfft2(squared[row + 1 :] * one.conj(), s=size), 1)
        second = np.maximum(np.fft.irfft2(one * squared[row].conj(), s=size), 1)
        alike = np.where(shared, both / np.sqrt(first * second), 0).max((1, 2)) >= _ALIKE
        assert (examples.unit[row + 1 :][alike] == examples.unit[row]).all()
        joined += int(alike.sum())
    assert joined == 40


def test_money_is_counted_as_one_would_by_hand(examples):
    """Three known cells; two found, one false, one missed."""
    value, assumed = USE_CASE.value, assumed_values(USE_CASE.value.assumptions)
    target = examples.target.to_numpy()[[0]] * 0
    slots = target.reshape(1, -1, 5)
    slots[:, :, 0] = -1
    ends = np.array([[0.1, 0.1, 0.2, 0.2], [0.4, 0.4, 0.5, 0.5], [0.7, 0.7, 0.8, 0.8]])
    slots[0, :3] = np.c_[[0, 0, 1], ends]
    false = np.array([0.9, 0.1, 0.95, 0.2])
    found = packed([(np.array([0, 1, 0, 0]), np.array([0.9, 0.8, 0.7, 0.1]), np.r_[ends[[0, 2]], [false], ends[[1]]])])
    at = Mistakes.at(target, found, 0.5)
    assert (at.counted[0], at.false[0], at.missed[0]) == (3, 1, 1)
    assert counts(found, 3, 0.5).tolist() == [[2, 1, 0]]
    a, second = assumed, assumed["wage"] / 3600
    by_hand = 3 * a["count"] * second + 3 * a["by_hand"] * a["repeated"] * a["repeat"]
    mending = (1 - a["overlooked"]) * (a["strike"] + a["add"])
    checked = (3 * a["glance"] + mending) * second + 2 * a["overlooked"] * a["repeated"] * a["repeat"]
    info = pd.DataFrame({"slide": [0]})
    expected = (by_hand - checked) * a["slides"] * a["pictures"]
    assert value.amount(target, found, info, 0.5, assumed)[0] == pytest.approx(expected)
    assert value.amount(target, found, info, 0.05, assumed)[0] > expected, "the faint box was right"
    assert value.choose(target, found, info, assumed) <= 0.1
    tally = value.tally(target, found, info, 0.5, assumed)
    assert (tally.acted, tally.short, tally.over, tally.kept) == (3, 1, 1, 0)
    assert value.references(target, info, assumed) == (("Count by hand", 0.0),)
    drawn = value.amount(target, found, info, 0.5, assumed, weight=np.array([[2.0], [0.0]]))
    assert drawn == pytest.approx([2 * expected, 0])
