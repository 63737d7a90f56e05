"""Reliability: bins of equally many rows by hand, Wilson's interval against scipy, ties that stay together."""

import numpy as np
import pytest
from scipy.stats import binomtest

from core.charts.calibration import bins_of, calibration, wilson
from core.charts.look import LIGHT

RNG = np.random.default_rng(4)
CHANCE = RNG.beta(2, 5, 20_000)
TARGET = (RNG.random(20_000) < CHANCE).astype(float)


@pytest.mark.parametrize(("hits", "count"), [(0, 10), (3, 10), (10, 10), (1, 2000), (1, 1)])
def test_wilson_is_scipys(hits, count):
    low, high = wilson(np.array([float(hits)]), np.array([float(count)]))
    theirs = binomtest(hits, count).proportion_ci(method="wilson")
    assert (low[0], high[0]) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_bins_hold_equally_many_rows_and_every_row_once():
    found = bins_of(TARGET, CHANCE)
    assert found.count.tolist() == [2000] * 10
    order = np.argsort(CHANCE)
    np.testing.assert_allclose(found.predicted, CHANCE[order].reshape(10, 2000).mean(1))
    np.testing.assert_allclose(found.observed, TARGET[order].reshape(10, 2000).mean(1))


def test_honest_chances_lie_within_their_intervals_and_boastful_ones_do_not():
    honest, boastful = bins_of(TARGET, CHANCE), bins_of(TARGET, np.sqrt(CHANCE))
    assert ((honest.low <= honest.predicted) & (honest.predicted <= honest.high)).mean() >= 0.8
    assert not ((boastful.low <= boastful.predicted) & (boastful.predicted <= boastful.high)).any()


@pytest.mark.parametrize(
    ("score", "bins"), [(np.full(50, 0.3), 1), (np.repeat([0.1, 0.9], 25), 2), (np.arange(4) / 4, 4)]
)
def test_equal_scores_stay_in_one_bin(score, bins):
    found = bins_of((np.arange(len(score)) % 2).astype(float), score)
    assert len(found.count) == bins
    assert found.count.sum() == len(score)
    assert set(np.round(found.predicted, 12)) == set(np.round(np.unique(score), 12))


def test_the_picture_shows_the_network_on_top_and_says_how_many_rows_a_point_stands_for():
    fig = calibration(TARGET, {"network": CHANCE, "Other": np.full(len(CHANCE), 0.3)}, LIGHT)
    assert [t.name for t in fig.data] == [None, "Other", "network"]
    network = fig.data[-1]
    assert network.customdata[:, 2].tolist() == [2000] * 10
    np.testing.assert_allclose(network.y + network.error_y.array, network.customdata[:, 1])
    assert "10 groups of 2,000 rows" in fig.layout.xaxis.title.text
