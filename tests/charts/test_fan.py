"""A fan shows one series' one forecast, what happened, and only what was known before."""

import numpy as np
import pandas as pd
import pytest

from core.charts.fan import fan, fan_rows
from core.charts.look import LIGHT, MOST_POINTS
from core.contracts import Fan

NAMES = Fan(series="shop", origin="made_on", when="day")
DAYS = pd.date_range("2025-01-01", periods=60)
LEVELS = (0.1, 0.5, 0.9)


def table(origins):
    """Two shops, forecasts of three days from each origin; the value of a day is its number, of shop b plus 100."""
    rows = [
        {"shop": shop, "made_on": DAYS[o], "day": DAYS[o + h], "value": 100.0 * (shop == "b") + o + h}
        for shop in "ab"
        for o in origins
        for h in (3, 1, 2)
    ]
    return pd.DataFrame(rows)


def rows_of(shop, origin, origins=(10, 12, 14, 20)):
    found = table(origins)
    target = found["value"].to_numpy()
    prediction = target[:, None] + np.array([-5.0, 0.0, 5.0])
    return fan_rows(NAMES, found.drop(columns="value"), target, prediction, found, shop, DAYS[origin])


def test_the_rows_are_one_series_and_one_origin_in_the_order_of_time():
    rows = rows_of("b", 14)
    assert list(rows.when) == list(DAYS[[15, 16, 17]].to_numpy())
    assert rows.happened.tolist() == [115, 116, 117]
    np.testing.assert_allclose(rows.quantiles[:, 1], rows.happened)


def test_the_history_ends_at_the_origin_and_has_every_day_once():
    rows = rows_of("a", 14)
    assert rows.known.tolist() == [11, 12, 13, 14]
    assert rows.known_when.max() <= DAYS[14].to_datetime64()
    assert rows_of("a", 10).known.tolist() == []


def test_the_picture_opens_at_the_last_known_value():
    fig = fan(rows_of("a", 14), LEVELS, "pieces", LIGHT)
    named = {t.name: t for t in fig.data if t.showlegend is not False}
    assert list(named["median"].y) == [14, 15, 16, 17]
    assert list(named["80% interval"].y) == [14, 20, 21, 22]
    assert list(named["known then"].y) == [11, 12, 13, 14]
    assert list(named["happened"].y) == [15, 16, 17]
    assert named["happened"].x[0].startswith("2025-01-16")
    assert fig.layout.shapes[0].x0.startswith("2025-01-15")


def test_without_a_history_the_fan_is_drawn_alone_and_moments_may_be_numbers():
    rows = rows_of("a", 10)
    names = [t.name for t in fan(rows, LEVELS, "pieces", LIGHT).data]
    assert "known then" not in names
    assert "happened" in names
    found = table((10,)).assign(made_on=3, day=[4, 5, 6, 4, 5, 6])
    numbered = fan_rows(NAMES, found, found["value"].to_numpy(), np.zeros((6, 3)), found, "a", 3)
    assert list(fan(numbered, LEVELS, "", LIGHT).data[-1].x) == [4, 5, 6]


@pytest.mark.parametrize("count", [1, 3000])
def test_few_points_however_long_the_forecast(count):
    found = pd.DataFrame({"shop": "a", "made_on": 0, "day": np.arange(count) - count // 2, "value": 1.0})
    rows = fan_rows(NAMES, found, np.ones(count), np.ones((count, 3)), found, "a", 0)
    for trace in fan(rows, LEVELS, "", LIGHT).data:
        assert 0 < len(trace.x) <= MOST_POINTS
