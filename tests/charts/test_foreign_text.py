"""Text that comes from data is shown letter by letter in every figure: plotly reads links and pictures out of text."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from core.charts import calibration, coverage, data, fan, results
from core.charts.look import LIGHT, Chart, Markup
from core.contracts import Column, ColumnKind, Fan

LINK = '<a href="https://example.invalid/x">Sign in</a>'
SHOWN = "&lt;a href=&quot;https://example.invalid/x&quot;&gt;Sign in&lt;/a&gt;".replace("&quot;", '"')
LEVELS = (0.1, 0.5, 0.9)


def texts(figure):
    """Every text of a figure, where it stands."""
    found, todo = [], [("", json.loads(figure.to_json()))]
    while todo:
        place, value = todo.pop()
        if isinstance(value, str):
            found.append((place, value))
        elif isinstance(value, dict):
            todo += [(f"{place}.{key}", one) for key, one in value.items()]
        elif isinstance(value, list):
            todo += [(f"{place}[]", one) for one in value]
    return found


def curve(x):
    ones = [0.1] * len(x)
    return {"x": x, "mean": ones, "low": ones, "high": ones}


def report():
    entry = {"mean": 0.7, "low": 0.6, "high": 0.8, "each": [0.7], "ensemble": {"mean": 0.7, "low": 0.6, "high": 0.8}}
    entry["mean"] = {"mean": 0.7, "low": 0.6, "high": 0.8}
    one = {"title": LINK, "metrics": {"m": {"mean": 0.5, "low": 0.4, "high": 0.6}}}
    return {"metrics": {"m": entry}, "baselines": [one]}


def fan_rows():
    when = np.array(["2026-01-01", "2026-01-02"], dtype="datetime64[D]")
    info = pd.DataFrame({"s": [LINK, LINK], "o": [when[0], when[0]], "w": when})
    names = Fan(series="s", origin="o", when="w")
    known = info.assign(value=1.0)
    return fan.fan_rows(names, info, np.ones(2), np.ones((2, 3)), known, LINK, when[0])


TARGET, SCORE = np.array([0.0, 1, 0, 1]), np.array([0.1, 0.9, 0.4, 0.6])
CELLS = {"tp": 1, "fp": 2, "fn": 3, "tn": 4}
FIGURES = {
    "histogram of categories": lambda: data.histogram(
        Column(name="c", label=LINK, unit=LINK, kind=ColumnKind.CATEGORY), {"categories": {LINK: 3, "b": 1}}, LIGHT
    ),
    "histogram of numbers": lambda: data.histogram(
        Column(name="c", label=LINK, unit=LINK), {"edges": [0, 1, 2], "counts": [1, 2]}, LIGHT
    ),
    "what if": lambda: data.what_if_curve(
        Column(name="c", label=LINK, unit=LINK), curve([LINK, "b"]), "b", LINK, LIGHT
    ),
    "importance": lambda: data.importance([{"column": "c", "drop": 0.1}], {"c": LINK}, LINK, LIGHT),
    "comparison": lambda: results.comparison(report(), "m", LINK, LIGHT),
    "roc": lambda: results.roc(TARGET, {"network": SCORE, LINK: SCORE}, LIGHT, CELLS),
    "precision and recall": lambda: results.precision_recall(TARGET, {LINK: SCORE}, LIGHT, CELLS),
    "forecasts": lambda: results.forecasts(TARGET[:, None], np.ones((4, 3)), LINK, LIGHT),
    "fan": lambda: fan.fan(fan_rows(), LEVELS, LINK, LIGHT),
    "calibration": lambda: calibration.calibration(TARGET, {LINK: SCORE}, LIGHT),
    "coverage": lambda: coverage.coverage(TARGET, {LINK: np.ones((4, 3))}, LEVELS, LIGHT),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_link_in_the_data_is_letters_in_the_figure(name):
    found = texts(FIGURES[name]())
    marks = [(place, text) for place, text in found if re.search(r"<(?!extra>|/extra>|br>)", text)]
    assert marks == []
    assert any(SHOWN in text for _place, text in found), "the text is not in the figure at all"


def test_names_that_are_cut_stay_apart_and_ticks_stand_at_their_bars():
    long = ["x" * 150 + "a", "x" * 150 + "b"]
    figure = data.histogram(
        Column(name="c", label="C", kind=ColumnKind.CATEGORY), {"categories": {long[0]: 3, long[1]: 1}}, LIGHT
    )
    bars = figure.data[0].y
    assert len(set(bars)) == 2
    assert max(map(len, bars)) <= 104
    assert list(figure.layout.yaxis.tickvals) == list(bars)[::-1]


def test_categories_in_an_array_are_made_plain_too():
    chart = Chart(LIGHT, height=100)
    chart.add("bar", x=np.array([LINK, "b"], dtype=object), y=np.array([1.0, 2.0]))
    assert list(chart.figure().data[0].x) == [SHOWN, "b"]


def test_lines_of_our_own_may_be_broken():
    chart = Chart(LIGHT, height=100)
    chart.add("bar", x=[1], y=[2], text=[Markup("a<br>b"), "c<br>d"])
    assert list(chart.figure().data[0].text) == ["a<br>b", "c&lt;br&gt;d"]


def test_control_characters_and_turned_text_do_not_reach_a_figure():
    chart = Chart(LIGHT, height=100, title="Income\n\u202e(x)\x1b[31m")
    assert chart.figure().layout.title.text == "Income (x)"
