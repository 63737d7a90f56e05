"""Simple methods that learn one class alone: strays among the rows they are given teach nothing, and stand out."""

import numpy as np
import pandas as pd
import pytest

from core.contracts import Examples
from core.evaluation.baselines import BASELINES
from core.evaluation.baselines._anomalies import smoothed
from core.use_cases import use_case

TASK = use_case("manufacturing/textile_sorting").task
NAMES = ("pca_reconstruction", "isolation_forest", "nearest_belonging")
BELONG = 60


@pytest.fixture(scope="module")
def examples():
    """Upright bars belong; lying ones are strays."""
    rng = np.random.default_rng(5)
    pictures = rng.integers(0, 40, (80, 8, 8, 1))
    for row in range(80):
        at = rng.integers(1, 7)
        if row < BELONG:
            pictures[row, :, at] += 180
        else:
            pictures[row, at, :] += 180
    stray = (np.arange(80) >= BELONG).astype(float)
    return Examples(
        features=pd.DataFrame(index=range(80)),
        target=pd.DataFrame({"stray": stray}),
        unit=np.arange(80),
        info=pd.DataFrame(index=range(80)),
        arrays={"photo": pictures.astype(np.uint8)},
    )


@pytest.mark.parametrize("name", NAMES)
def test_strays_stand_out_and_teach_nothing(name, examples):
    baseline = BASELINES.get(name)
    assert baseline.kinds == ("one_class",)
    train, rows = np.arange(40), np.arange(40, 80)
    for candidate in (baseline.candidates[0], baseline.candidates[-1]):
        (alone,) = baseline.fit_predict(TASK, (), examples, train, [rows], candidate, 0)
        assert alone.shape == (40, 1)
        assert ((alone >= 0) & (alone < 1)).all()
        with_strays = np.r_[train, np.arange(70, 80)]
        (again,) = baseline.fit_predict(TASK, (), examples, with_strays, [rows], candidate, 0)
        np.testing.assert_array_equal(alone, again)
    assert alone[20:].mean() > alone[:20].mean()


def test_the_error_of_principal_components_is_what_does_not_come_back(examples):
    pictures = examples.arrays["photo"].reshape(80, 64) / 255
    learned = pictures[:40]
    mean = learned.mean(0)
    _u, _s, axes = np.linalg.svd(learned - mean, full_matrices=False)
    back = (pictures - mean) @ axes[:20].T @ axes[:20] + mean
    error = ((pictures - back) ** 2).mean(1)
    usual = error[:40].mean()
    (found,) = BASELINES.get("pca_reconstruction").fit_predict(
        TASK,
        (),
        examples,
        np.arange(40),
        [np.arange(80)],
        {"components": 20, "side": 1, "weighed": False, "place": False},
        0,
    )
    np.testing.assert_allclose(found[:, 0], error / (error + usual), rtol=2e-3)


def test_neighbourhoods_are_means_with_black_outside(examples):
    flat = np.ones((1, 64), np.float32)
    found = smoothed(flat, examples, 3).reshape(8, 8)
    assert found[3, 3] == pytest.approx(1)
    assert found[0, 3] == pytest.approx(6 / 9)
    assert found[0, 0] == pytest.approx(4 / 9)
    assert smoothed(flat, examples, 1) is flat
