"""Spoken digits: counts, decoding, that no tested voice is trained on, that the label reaches no sound, its money."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core import datasets, pipeline
from core.checks import examples_check, plans
from core.contracts.appearance import LooksAt
from core.datasets import DATASETS
from core.use_cases import use_case
from core.use_cases.services.spoken_digits import DIGITS, decoded
from core.value.threshold import assumed_values

USE_CASE = use_case("services/spoken_digits")
KNOWN = USE_CASE.with_variant({"variant": "known_voices"})


@pytest.fixture(scope="module")
def table():
    return datasets.read(DATASETS.get("spoken_digits"))["recordings"]


def examples_of(table):
    return USE_CASE.examples({"spoken_digits": {"recordings": table}})


@pytest.fixture(scope="module")
def examples(table):
    return examples_of(table)


def test_every_speaker_says_every_digit_as_often(table, examples):
    counted = pd.crosstab(table["speaker"], table["digit"])
    assert counted.shape == (6, 10)
    assert (counted == 25).all().all()
    assert examples.arrays["sound"].shape == (1500, 8000)
    assert examples.arrays["sound"].dtype == np.int16
    assert table["mulaw8k"].nunique() == 1500, "no recording is another, byte for byte"


def test_a_byte_is_a_sample_as_the_card_says(table, examples):
    content = table["mulaw8k"].iloc[7]
    slow = []
    for byte in content:
        level = byte / 127.5 - 1
        slow.append(round(np.sign(level) * (256 ** abs(level) - 1) / 255 * 32_767))
    np.testing.assert_array_equal(decoded(content), slow)
    np.testing.assert_array_equal(examples.arrays["sound"][7, : len(slow)], slow)
    assert not examples.arrays["sound"][7, len(slow) :].any()


def test_a_voice_that_is_tested_trains_and_validates_nothing(examples):
    plan, speaker = USE_CASE.plan(examples), examples.info["speaker"].to_numpy()
    plans.check(plan, examples)
    assert len(plan.folds) == 12
    tested = np.concatenate([fold.test for fold in plan.folds[::2]])
    assert sorted(tested) == list(range(1500))
    for fold in plan.folds:
        whose = [set(speaker[rows]) for rows in (fold.train, fold.validation, fold.test)]
        assert [len(of) for of in whose] == [4, 1, 1]
        assert len(set.union(*whose)) == 6
        assert whose[2] == {fold.test_name}


def test_known_voices_are_the_source_s_own_test(examples):
    plan = KNOWN.plan(examples)
    plans.check(plan, examples)
    for fold in plan.folds:
        assert (examples.info["take"].to_numpy()[fold.test] < 5).all()
        assert [len(rows) for rows in (fold.train, fold.validation, fold.test)] == [900, 300, 300]
        assert set(examples.info["speaker"].to_numpy()[fold.train]) == set(examples.info["speaker"])


def test_the_label_reaches_no_sound(table, examples):
    turned = examples_of(table.assign(digit=9 - table["digit"]))
    np.testing.assert_array_equal(turned.arrays["sound"], examples.arrays["sound"])
    assert not turned.target.equals(examples.target)
    assert USE_CASE.columns == ()
    examples_check.checked(USE_CASE, examples)


def test_it_is_found_among_sounds():
    assert USE_CASE.seen == LooksAt.SOUND


def test_money_is_seconds_of_an_agent_against_calls_that_go_astray():
    value = USE_CASE.value
    assumed = assumed_values(value.assumptions)
    target = np.array([3.0, 3.0, 7.0, 9.0])[:, None]
    sure = np.full((4, 10), 0.001)
    sure[np.arange(4), [3, 3, 7, 8]] = [0.99, 0.6, 0.9, 0.8]  # the last is wrong
    info = pd.DataFrame(index=range(4))
    saved = 20 / 3600 * 30 - 0.01
    astray = 90 / 3600 * 30 + 0.5
    for level, answered, wrong in ((0.0, 4, 1), (0.7, 3, 1), (0.85, 2, 0), (1.0, 0, 0)):
        (amount,) = value.amount(target, sure, info, level, assumed)
        assert amount == pytest.approx(200_000 / 4 * (answered * saved - wrong * astray))
    assert value.choose(target, sure, info, assumed) == pytest.approx(0.9)
    assert value.references(target, info, assumed) == (("An agent answers every call", 0.0),)


@pytest.mark.long
def test_with_shuffled_digits_nothing_is_learned():
    examples = pipeline.load_examples(USE_CASE)
    speaker = examples.info["speaker"].to_numpy()
    digit = examples.target["digit"].to_numpy().copy()
    rng = np.random.default_rng(0)
    for one in np.unique(speaker):
        digit[speaker == one] = rng.permutation(digit[speaker == one])
    shuffled = dataclasses.replace(examples, target=pd.DataFrame({"digit": digit}))
    settings = {"num_epochs": 6, "variant": "known_voices", "members": 1}
    outcome = pipeline.run(USE_CASE, settings, progress=lambda event: None, load=lambda _: shuffled)
    headline = outcome.report["headline"]["ensemble"]
    assert headline["low"] <= 1 / len(DIGITS) <= headline["high"]
    for method in outcome.report["baselines"]:
        told = method["metrics"]["accuracy"]
        assert told["low"] - 0.02 <= 1 / len(DIGITS) <= told["high"] + 0.02
