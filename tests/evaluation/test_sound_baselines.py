"""Simple methods that hear sounds: what they measure is what a slow way measures, and they learn from it."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core.contracts import Examples, Kind, Task
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.evaluation.baselines._sounds import cepstra, parts_of

CLASSES = ("low", "middle", "high")
TASK = Task(
    kind=Kind.MULTICLASS,
    target="t",
    target_columns=("t",),
    outputs=CLASSES,
    loss="x",
    metrics=("m",),
    headline="m",
)
NAMES = ("mfcc_logistic", "mel_boosting")


@pytest.fixture(scope="module")
def notes():
    """Notes of three pitches in noise, begun anywhere, as loud as may be."""
    rng = np.random.default_rng(0)
    target = rng.integers(0, 3, 240)
    waves = rng.normal(size=(240, 4000)) * 20
    for row, which in enumerate(target):
        first, long, loud = rng.integers(0, 1500), rng.integers(1500, 2500), rng.uniform(300, 8000)
        hz = np.array([300, 800, 2000])[which] * rng.uniform(0.9, 1.1)
        waves[row, first : first + long] += loud * np.sin(2 * np.pi * hz * np.arange(long) / 8000)
    return Examples(
        features=pd.DataFrame(index=range(240)),
        target=pd.DataFrame({"t": target.astype(float)}),
        unit=np.arange(240),
        info=pd.DataFrame(index=range(240)),
        arrays={"sound": waves.astype(np.int16)},
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_method_learns_what_sounds_tell_and_nothing_of_those_it_predicts(name, notes):
    method, train, test = BASELINES.get(name), np.arange(160), np.arange(160, 240)
    turned = notes.target.assign(t=np.where(np.arange(240) < 160, notes.target["t"], 0))
    for candidate in (method.candidates[0], method.candidates[-1]):
        first, again = method.fit_predict(
            TASK, (), dataclasses.replace(notes, target=turned), train, [test, test[:5]], candidate, 0
        )
        assert first.shape == (80, 3)
        np.testing.assert_allclose(first[:5], again)
        assert (first.argmax(1) == notes.target["t"].to_numpy()[test]).mean() > 0.9


@pytest.mark.parametrize("name", NAMES)
def test_without_sounds_it_says_so(name, notes):
    method = BASELINES.get(name)
    bare = dataclasses.replace(notes, arrays={})
    with pytest.raises(UserError, match="hears a sound"):
        method.fit_predict(TASK, (), bare, np.arange(160), [np.arange(5)], method.candidates[0], 0)


def test_parts_are_means_of_their_moments():
    values = np.random.default_rng(1).normal(size=(3, 11, 2))
    found = parts_of(values, 4)
    edges = [0, 3, 6, 8, 11]
    for part in range(4):
        np.testing.assert_allclose(found[:, part], values[:, edges[part] : edges[part + 1]].mean(1))


def test_cepstra_are_cosine_sums_and_know_nothing_of_loudness():
    levels = np.random.default_rng(2).normal(size=(2, 3, 8))
    found = cepstra(levels, 4)
    for k in range(1, 5):
        wave = np.cos(np.pi * k * (np.arange(8) + 0.5) / 8) * np.sqrt(2 / 8)
        np.testing.assert_allclose(found[:, :, k - 1], levels @ wave)
    np.testing.assert_allclose(cepstra(levels + 10, 4), found)
