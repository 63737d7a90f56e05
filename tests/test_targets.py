"""Targets as multiples of a feature: sizes, weights, and a network that learns series of many sizes."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core.contracts import Column, Examples, Kind, Task
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.kinds import targets
from core.training.preprocessing import fit

TASK = Task(
    kind=Kind.QUANTILE,
    target="sales",
    target_columns=("sales", "scale"),
    outputs=("low", "middle", "high"),
    levels=(0.1, 0.5, 0.9),
    loss="pinball",
    metrics=("mean_absolute_error",),
    headline="mean_absolute_error",
    relative_to="level",
)


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    level = rng.choice([1.0, 100.0, 5000.0], 400)
    return Examples(
        features=pd.DataFrame({"level": level, "x": rng.normal(size=400)}),
        target=pd.DataFrame({"sales": level * rng.uniform(0.5, 1.5, 400), "scale": level / 10}),
        unit=np.arange(400),
        info=pd.DataFrame(index=np.arange(400)),
    )


def test_only_the_first_target_column_becomes_a_multiple(examples):
    found = targets.multiples(TASK, examples)
    np.testing.assert_allclose(found[:, 0] * examples.features["level"], examples.target["sales"])
    np.testing.assert_array_equal(found[:, 1], examples.target["scale"])
    assert 0.5 <= found[:, 0].min() <= found[:, 0].max() <= 1.5


def test_an_error_counts_as_it_does_in_units_or_in_the_headlines_measure(examples):
    in_units = targets.weights(TASK, examples)
    assert in_units.mean() == pytest.approx(1)
    np.testing.assert_allclose(in_units / in_units[0], examples.features["level"] / examples.features["level"][0])
    scaled = targets.weights(dataclasses.replace(TASK, error_per="scale"), examples)
    np.testing.assert_allclose(scaled, 1)
    plain = targets.weights(dataclasses.replace(TASK, relative_to=""), examples)
    np.testing.assert_array_equal(plain, 1)


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.nan])
def test_a_size_that_is_not_positive_is_refused_in_a_sentence(examples, wrong):
    examples.features.loc[7, "level"] = wrong
    with pytest.raises(UserError, match="a multiple of a positive feature; 'level' is"):
        targets.multiples(TASK, examples)


def test_preprocessing_brings_multiples_back_to_units(examples):
    multiples = targets.multiples(TASK, examples)
    fitted = fit((), examples.features, multiples, method="standard", scale_target=True, relative_to="level")
    scaled = fitted.scale(multiples)
    assert scaled[:, 0].std() == pytest.approx(1)
    np.testing.assert_array_equal(scaled[:, 1], multiples[:, 1])
    back = fitted.unscale(scaled[:, :1], fitted.size(examples.features))
    np.testing.assert_allclose(back[:, 0], examples.target["sales"])


@pytest.mark.parametrize("name", ["constant", "gradient_boosting"])
def test_baselines_answer_in_units_and_are_given_the_same_help(examples, name):
    baseline = BASELINES.get(name)
    train, test = np.arange(300), np.arange(300, 400)
    columns = (Column(name="level", label="Level"), Column(name="x", label="X"))
    (found,) = baseline.fit_predict(TASK, columns, examples, train, [test], {}, 0)
    level = examples.features["level"].to_numpy()[test]
    assert found.shape == (100, 3)
    assert np.all(np.diff(found, axis=1) >= 0)
    np.testing.assert_allclose(found[:, 1] / level, 1, atol=0.45)
