"""A trace shows forecasts at their moments and breaks at gaps; a fleet runs down and marks who may fail and who has."""

import numpy as np

from core.charts.look import LIGHT
from core.charts.trace import fleet, trace, window

LEVELS = (0.1, 0.5, 0.9)


def named(figure):
    return {t.name: t for t in figure.data if t.showlegend is not False}


def test_a_trace_is_in_the_order_of_time_and_breaks_where_nothing_was_forecast():
    when = np.datetime64("2010-09-01T00:00") + np.array([30, 0, 10, 20, 400]) * np.timedelta64(1, "m")
    happened = np.array([3.0, 0, 1, 2, 9])
    quantiles = happened[:, None] + np.array([-1.0, 0.5, 2])
    lines = named(trace(when, quantiles, happened, LEVELS, ("", "mg/dL"), LIGHT, np.timedelta64(40, "m")))
    np.testing.assert_array_equal(np.array(lines["happened"].y, dtype=float), [0, 1, 2, 3, np.nan, 9])
    np.testing.assert_array_equal(np.array(lines["median"].y, dtype=float), [0.5, 1.5, 2.5, 3.5, np.nan, 9.5])
    np.testing.assert_array_equal(np.array(lines["80% interval"].y, dtype=float), [2, 3, 4, 5, np.nan, 11])
    assert lines["median"].x[0] == "2010-09-01T00:00"


def test_a_fleet_runs_down_by_what_has_passed():
    quantiles = np.array([[20.0, 30, 40], [5, 10, 20], [50, 60, 80]])
    happened = np.array([25.0, 9, 70])
    bars = named(fleet(quantiles, happened, ["a", "b", "c"], 10.0, ("", "flights"), LIGHT))
    assert list(bars["may fail now, by its lowest level"].customdata) == ["b"]
    assert list(bars["may fail now, by its lowest level"].y) == [0]
    assert list(bars["median forecast"].customdata) == ["a", "c"]
    assert list(bars["median forecast"].y) == [20, 50]
    assert list(bars["median forecast"].error_y.array) == [10, 20]
    assert list(bars["has failed by then"].customdata) == ["b"]
    assert list(bars["really left"].y) == [15, 60]


def test_a_window_shows_what_it_was_only_when_it_was_moved():
    assert len(window(None, [1.0, 2.0], "t", ("", ""), LIGHT).data) == 1
    before, now = window([1.0, 2.0], [2.0, 3.0], "t", ("", ""), LIGHT).data
    assert (list(before.y), list(now.y), list(now.x)) == ([1, 2], [2, 3], [-1, 0])
