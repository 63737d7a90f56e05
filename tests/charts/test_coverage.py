"""Coverage of quantile forecasts: shares counted by hand, intervals from the widest in, an honest forecaster."""

import numpy as np
import pytest
from scipy.stats import norm

from core.charts.coverage import below, central_intervals, coverage
from core.charts.look import LIGHT

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def test_shares_below_are_counted_and_on_the_line_counts_as_below():
    prediction = np.array([[1.0, 5.0], [1.0, 5.0], [1.0, 5.0], [1.0, 5.0]])
    found = below(np.array([0.0, 1.0, 3.0, 9.0]), prediction)
    assert found.observed.tolist() == [0.5, 0.75]
    assert found.count.tolist() == [4, 4]


def test_central_intervals_go_from_the_widest_in_and_are_counted():
    prediction = np.tile([0.0, 2.0, 3.0, 4.0, 10.0], (4, 1))
    wide, narrow = central_intervals(np.array([1.0, 3.0, 4.0, 11.0]), prediction, LEVELS)
    assert (wide.nominal, narrow.nominal) == pytest.approx((0.9, 0.5))
    assert (wide.covered, narrow.covered) == (0.75, 0.5)
    assert (wide.width, narrow.width) == (10.0, 2.0)
    assert wide.low < 0.75 < wide.high


def test_one_level_has_no_interval():
    assert central_intervals(np.zeros(3), np.zeros((3, 1)), (0.5,)) == []


def test_an_honest_forecaster_lies_on_the_diagonal_and_is_drawn_there():
    target = np.random.default_rng(1).normal(size=20_000)
    honest, narrow = (np.tile(norm.ppf(LEVELS) * s, (len(target), 1)) for s in (1.0, 0.5))
    fig = coverage(target, {"network": honest, "Other": narrow}, LEVELS, LIGHT)
    _diagonal, other, network = fig.data
    assert tuple(network.x) == LEVELS
    np.testing.assert_allclose(network.y, LEVELS, atol=0.01)
    assert other.y[0] > 0.15, "a forecaster that is too sure misses too often"
    assert len(fig.data) == 3
