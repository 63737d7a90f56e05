"""Every chart is a pure function: the data that went in, few points, the look that was asked for, and valid JSON."""

import base64
import json
import math
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import precision_recall_curve, roc_curve

from core.charts import calibration, coverage, data, fan, results
from core.charts import trace as traced
from core.charts.drawn import Drawn
from core.charts.look import DARK, LIGHT, MOST_POINTS, PRINT, Chart, faded, in_lines, look_named
from core.contracts import Column, ColumnKind
from core.value.confusion import cells_at

RNG = np.random.default_rng(0)
MANY = 100_000
TARGET = (RNG.random(MANY) < 0.2).astype(float)
SCORE = np.clip(0.2 * TARGET + 0.8 * RNG.random(MANY), 0, 1)
CELLS = cells_at(TARGET[:, None], SCORE[:, None], 0.5).counts()
BEFORE_SURVIVAL = np.c_[RNG.exponential(size=MANY), RNG.random(MANY) < 0.5].astype(float)
QUANTILES = np.sort(RNG.normal(size=(MANY, 3)), axis=1)
EPOCHS = [
    {
        "epoch": e,
        "train_loss": 1 / e,
        "validation_loss": None if e == 3 else 1 / e + 0.1,
        "train_score": 0.9,
        "validation_score": 0.8,
        "validation_score_low": 0.7,
        "validation_score_high": 0.85,
        "learning_rate": 1e-3 / e,
        "layers": {name: {"gradient_norm": 1 / e if e > 2 else 0.0} for name in ("skip", "hidden.0", "hidden.1")},
        "dead_units": {"hidden.0": 0.25, "hidden.1": None},
    }
    for e in range(1, 1001)
]
FAN = fan.FanRows(
    origin=0,
    when=np.arange(1, 3001),
    quantiles=QUANTILES[:3000],
    happened=QUANTILES[:3000, 1],
    known_when=np.arange(-2000, 1),
    known=QUANTILES[:2001, 1],
)
NUMBER = Column(name="spend", label="Spend", unit="$")
PLACE = Column(name="place", label="Place", kind=ColumnKind.CATEGORY)


def entry(mean):
    return {"mean": mean, "low": mean - 0.02, "high": mean + 0.03}


REPORT = {
    "metrics": {"roc_auc": {"mean": entry(0.8), "ensemble": entry(0.82), "each": [0.79, 0.8, 0.81]}},
    "baselines": [
        {"title": "Boosting", "metrics": {"roc_auc": entry(0.81)}},
        {"title": "Logistic", "metrics": {"roc_auc": entry(0.7)}},
    ],
}
CURVE = {"x": [0.0, 1.0, 2.0], "mean": [0.1, 0.2, 0.3], "low": [0.0, 0.1, 0.2], "high": [0.2, 0.3, 0.4]}
IMPORTANCE = [{"column": f"c{i}", "drop": 1.0 - 0.05 * i} for i in range(14)]
LABELS = {f"c{i}": f"Column {i}" for i in range(14)}

CHARTS = {
    "histogram of numbers": lambda look: data.histogram(NUMBER, {"edges": [0.0, 1, 3], "counts": [5, 2]}, look),
    "histogram of categories": lambda look: data.histogram(PLACE, {"categories": {"north": 7, "south": 3}}, look),
    "what-if of a number": lambda look: data.what_if_curve(NUMBER, CURVE, 1.5, "chance", look),
    "what-if of a category": lambda look: data.what_if_curve(
        PLACE, {**CURVE, "x": ["a", "b", "c"]}, "a", "chance", look
    ),
    "importance": lambda look: data.importance(IMPORTANCE, LABELS, "AUC", look),
    "comparison": lambda look: results.comparison(REPORT, "roc_auc", "AUC", look),
    "roc": lambda look: results.roc(TARGET, {"Network": SCORE, "Other": 1 - SCORE}, look, CELLS),
    "precision and recall": lambda look: results.precision_recall(TARGET, {"Network": SCORE}, look, CELLS),
    "calibration": lambda look: calibration.calibration(TARGET, {"Network": SCORE, "Other": 1 - SCORE}, look),
    "coverage": lambda look: coverage.coverage(QUANTILES[:, 1], {"Network": QUANTILES}, (0.1, 0.5, 0.9), look),
    "fan": lambda look: fan.fan(FAN, (0.1, 0.5, 0.9), "min", look),
    "trace": lambda look: traced.trace(
        np.arange(len(QUANTILES)), QUANTILES, QUANTILES[:, 1], (0.1, 0.5, 0.9), ("day", "min"), look
    ),
    "fleet": lambda look: traced.fleet(
        QUANTILES[:100], QUANTILES[:100, 1], list(map(str, range(100))), 1.0, ("engines", "flights"), look
    ),
    "window": lambda look: traced.window([1.0, 2.0], [2.0, 3.0], "Speed", ("flights before now", "rpm"), look),
    "forecasts": lambda look: results.forecasts(QUANTILES[:, :1], QUANTILES, "min", look),
    "risk groups": lambda look: results.risk_groups(BEFORE_SURVIVAL, SCORE, look),
}
every_chart = pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)


def traces(name, look=LIGHT):
    return {trace.name: trace for trace in CHARTS[name](look).data}


@every_chart
def test_a_chart_of_many_rows_has_few_points(draw):
    fig = draw(LIGHT)
    assert fig.data
    for trace in fig.data:
        sizes = [len(values) for values in (trace.x, trace.y) if values is not None]
        assert 0 < max(sizes) <= MOST_POINTS == 400


@every_chart
def test_light_dark_and_print_look_different_and_show_the_same_numbers(draw):
    light, dark, paper = (json.loads(draw(look).to_json()) for look in (LIGHT, DARK, PRINT))
    assert light != dark
    assert light != paper
    assert light["layout"]["font"]["color"] == LIGHT.text
    assert dark["layout"]["font"]["color"] == DARK.text
    for ours, other in zip(light["data"], dark["data"], strict=True):
        assert (ours.get("x"), ours.get("y"), ours.get("z")) == (other.get("x"), other.get("y"), other.get("z"))


@every_chart
def test_a_chart_is_valid_json_with_a_fixed_height_and_keeps_a_visitors_zoom(draw):
    layout = json.loads(draw(LIGHT).to_json(), parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))["layout"]
    assert layout["height"] >= 100
    assert layout["uirevision"] == "keep"


def decoded(value):
    """Arrays as lists, wherever they are."""
    if isinstance(value, dict) and "bdata" in value:
        found = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
        return (found.reshape([int(n) for n in value["shape"].split(",")]) if "shape" in value else found).tolist()
    if isinstance(value, dict):
        return {name: decoded(one) for name, one in value.items()}
    return [decoded(one) for one in value] if isinstance(value, list) else value


@every_chart
def test_what_a_browser_is_sent_is_what_plotly_would_send_of_the_checked_figure(draw):
    drawn = draw(LIGHT)
    sent, plotlys = (decoded(json.loads(text)) for text in (drawn.to_json(), drawn.figure.to_json()))
    for figure in (sent, plotlys):
        figure["layout"].pop("template")  # an empty one, which plotly fills with a scatter trace that says nothing
    assert sent == plotlys


@every_chart
def test_a_chart_has_none_of_the_other_looks_colours(draw):
    text = draw(DARK).to_json()
    for colour in {LIGHT.text, LIGHT.muted, LIGHT.grid, LIGHT.accent} - set(DARK.colours().values()):
        assert colour not in text
        assert faded(colour, 1)[:-2] not in text


def test_the_comparison_shows_each_method_with_its_interval():
    points = {t.y[0]: t for t in CHARTS["comparison"](LIGHT).data}
    assert list(points) == ["Logistic", "Boosting", "Network, mean of members", "Network, ensemble of 3"]
    boosting = points["Boosting"]
    assert boosting.x[0] == 0.81
    assert boosting.error_x.array[0] == pytest.approx(0.03)
    assert boosting.error_x.arrayminus[0] == pytest.approx(0.02)
    assert points["Network, ensemble of 3"].x[0] == 0.82


def test_roc_points_are_scikit_learns():
    score = np.round(SCORE[:3000], 2)
    x, y, thresholds = results.roc_points(TARGET[:3000], score)
    theirs = roc_curve(TARGET[:3000], score, drop_intermediate=False)
    for ours, other in zip((x, y, thresholds), theirs, strict=True):
        np.testing.assert_allclose(ours, other)


def test_the_roc_curve_runs_from_corner_to_corner_and_keeps_its_area():
    curve = traces("roc")["Network"]
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0, 0, 1, 1)
    x, y, _ = results.roc_points(TARGET, SCORE)
    assert np.trapezoid(curve.y, curve.x) == pytest.approx(np.trapezoid(y, x), abs=1e-3)


@pytest.mark.parametrize("threshold", [0.5, 0.123, 1.000001, 0.0])
def test_the_working_point_lies_where_the_threshold_acts(threshold):
    acted, cells = threshold <= SCORE, cells_at(TARGET[:, None], SCORE[:, None], threshold).counts()
    found, alarms = acted[TARGET > 0].mean(), acted[TARGET == 0].mean()
    point = next(t for t in results.roc(TARGET, {"Network": SCORE}, LIGHT, cells).data if t.mode == "markers")
    assert (point.x[0], point.y[0]) == pytest.approx((alarms, found))
    drawn = results.precision_recall(TARGET, {"Network": SCORE}, LIGHT, cells).data
    point = next(t for t in drawn if t.mode == "markers")
    assert point.x[0] == pytest.approx(found)
    assert point.y[0] == pytest.approx(TARGET[acted].mean() if acted.any() else 1)


def test_the_working_point_is_the_first_methods_alone():
    drawn = results.roc(TARGET, {"Network": SCORE, "Other": 1 - SCORE}, LIGHT, CELLS).data
    assert sum(t.mode == "markers" for t in drawn) == 1
    assert not any(t.mode == "markers" for t in results.roc(TARGET, {"Network": SCORE}, LIGHT).data)


def test_precision_and_recall_are_scikit_learns():
    target, score = TARGET[:200], SCORE[:200]
    curve = next(t for t in results.precision_recall(target, {"Network": score}, LIGHT).data if t.name == "Network")
    precision, recall, _ = precision_recall_curve(target, score)
    np.testing.assert_allclose(curve.x, recall[-2::-1], atol=1e-12)
    np.testing.assert_allclose(curve.y, precision[-2::-1], atol=1e-12)


def test_kaplan_meier_by_hand_with_events_before_censoring_at_the_same_time():
    """Five patients; at time 2 one has the event and one is censored, who was still at risk then."""
    target = np.array([[2.0, 0], [1, 1], [2, 1], [3, 0], [4, 1]])
    time, share = results.kaplan_meier(target)
    at = {t: share[np.flatnonzero(time == t)[-1]] for t in time}
    assert at == pytest.approx({0.0: 1, 1.0: 4 / 5, 2.0: 4 / 5 * 3 / 4, 3.0: 3 / 5, 4.0: 0})


def test_higher_predicted_risk_is_the_curve_of_the_highest_third():
    rng = np.random.default_rng(1)
    risk = rng.normal(size=900)
    target = np.c_[rng.exponential(np.exp(-2 * risk)), np.ones(900)]
    curves = {t.name: t for t in results.risk_groups(target, risk, LIGHT).data}
    thirds = [curves[f"{name} third"] for name in ("lowest", "middle", "highest")]
    free_at_one = [np.interp(1.0, third.x, third.y) for third in thirds]
    assert free_at_one[0] > free_at_one[1] > free_at_one[2]


def test_equal_risks_of_everybody_are_survived():
    assert len(results.risk_groups(BEFORE_SURVIVAL[:50], np.zeros(50), LIGHT).data) == 3


def test_forecasts_are_drawn_in_order_with_their_own_outcome():
    prediction = np.array([[1.0, 5, 9], [0, 2, 3], [2, 3, 4]])
    low, high, middle, happened = results.forecasts(np.array([[50.0], [20], [30]]), prediction, "min", LIGHT).data
    assert list(middle.y) == [2, 3, 5]
    assert list(low.y) == [0, 2, 1]
    assert list(high.y) == [3, 4, 9]
    assert list(happened.y) == [20, 30, 50]
    assert high.fill == "tonexty"


def test_importance_shows_the_strongest_ten_with_the_strongest_on_top():
    (bars,) = CHARTS["importance"](LIGHT).data
    assert len(bars.x) == 10
    assert (bars.y[-1], bars.x[-1]) == ("Column 0", 1.0)
    assert (bars.y[0], bars.x[0]) == ("Column 9", pytest.approx(0.55))


def test_a_histogram_stands_in_the_middle_of_its_bins_and_categories_go_downward():
    (bars,) = CHARTS["histogram of numbers"](LIGHT).data
    assert (list(bars.x), list(bars.y)) == ([0.5, 2.0], [5, 2])
    (bars,) = CHARTS["histogram of categories"](LIGHT).data
    assert (list(bars.x), list(bars.y)) == ([3, 7], ["south", "north"])


def test_many_or_long_categories_leave_room_for_their_bars():
    counts = {f"category number {i} of a feature": 100 - i for i in range(12)}
    fig = data.histogram(PLACE, {"categories": counts}, LIGHT)
    (bars,) = fig.data
    assert (len(bars.x), bars.y[0], bars.x[0]) == (7, "6 others", sum(100 - i for i in range(6, 12)))
    assert bars.y[-1] == "category number 0 of a feature"
    assert max(len(text) for text in fig.layout.yaxis.ticktext) <= 20


def test_the_what_if_curve_marks_where_the_record_stands():
    fig = CHARTS["what-if of a number"](LIGHT)
    assert list(traces("what-if of a number")["ensemble"].y) == [0.1, 0.2, 0.3]
    assert [shape.x0 for shape in fig.layout.shapes] == [1.5]
    assert not CHARTS["what-if of a category"](LIGHT).layout.shapes
    assert traces("what-if of a category")["ensemble"].mode == "markers"
    assert traces("what-if of a category")["ensemble"].error_y.visible
    assert not traces("what-if of a number")["ensemble"].error_y.visible


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -3.0])
def test_the_axis_of_shares_stands_whatever_a_damaged_network_answers(wrong):
    curve = {**CURVE, "mean": [wrong] * len(CURVE["x"]), "high": [wrong] * len(CURVE["x"])}
    drawn = data.what_if_curve(NUMBER, curve, 1.5, "chance", LIGHT, percent=True)
    assert drawn.layout["yaxis"]["range"][0] == 0
    assert drawn.layout["yaxis"]["range"][1] > 0.9


def test_the_what_if_curve_of_a_yes_or_no_has_two_points_with_their_names():
    curve = {"x": [0.0, 1.0], "mean": [0.2, 0.69], "low": [0.1, 0.66], "high": [0.3, 0.72]}
    column = Column(name="male", label="Male", kind=ColumnKind.BINARY)
    fig = data.what_if_curve(column, curve, 1.0, "chance", LIGHT, percent=True).parts
    (points,) = [trace for trace in fig["data"] if trace.get("name") == "ensemble"]
    assert (points["x"], points["mode"], points["error_y"]["visible"]) == (["no", "yes"], "markers", True)
    assert "shapes" not in fig["layout"], "a line at 1 would begin a third place"


def test_an_axis_of_hours_is_a_clock_s_and_thousands_have_their_comma():
    column = Column(name="hour", label="Time", unit="hour of day")
    axis = data.what_if_curve(column, {**CURVE, "x": [11.2, 15.0, 19.9]}, 15.74, "chance", LIGHT).parts["layout"][
        "xaxis"
    ]
    assert (axis["ticktext"][0], axis["ticktext"][-1]) == ("11:00", "19:00")
    assert axis["separatethousands"] is True


@pytest.mark.parametrize("top", [0.004, 0.041, 0.2, 0.69, 0.72, 0.999, 1.0])
def test_the_axis_of_a_share_has_a_tick_at_or_above_all_that_is_drawn(top):
    curve = {**CURVE, "mean": [0.0, 0.0, top], "high": [0.0, 0.0, top]}
    axis = data.what_if_curve(NUMBER, curve, 1.5, "chance", LIGHT, percent=True).parts["layout"]["yaxis"]
    last = axis["dtick"] * math.floor(axis["range"][1] / axis["dtick"])
    assert top <= last + 1e-9
    assert last <= min(2 * top, 1.0) + 1e-9


def test_scores_are_written_as_the_caller_wants_them():
    points = {t.y[0]: t for t in results.comparison(REPORT, "roc_auc", "AUC", LIGHT, "{:.1f}".format).data}
    assert points["Boosting"].text == ("0.8",)


@pytest.mark.parametrize(
    ("name", "look"), [("light", LIGHT), ("dark", DARK), ("print", PRINT), (None, LIGHT), ("x", LIGHT)]
)
def test_a_look_is_found_by_name_and_light_otherwise(name, look):
    assert look_named(name) is look


def test_a_faded_colour_is_the_same_colour():
    assert faded("#0b6e6e", 0.5) == "rgba(11,110,110,0.5)"


def test_an_empty_figure_has_no_foreign_template():
    assert Chart(LIGHT, height=200).figure().layout.template.layout.to_plotly_json() == {}


def test_a_title_of_two_lines_is_not_cut_at_the_top():
    def room(title):
        return Chart(LIGHT, height=100, title=title).figure().layout.title.pad.t

    one, two = room("Mean absolute error"), room(in_lines("Mean absolute error (minutes) (lower is better)"))
    assert two >= one + 8, "plotly hangs the middle of two lines where it hangs one"


def test_a_title_below_an_axis_that_a_phone_would_cut_is_in_two_lines():
    def below(title):
        chart = Chart(LIGHT, height=200)
        chart.x(title=title)
        return chart.figure().layout.xaxis.title.text

    assert below("epoch") == "epoch"
    assert (
        below("ROC AUC on held-out rows, with its 95% interval") == "ROC AUC on held-out rows,<br>with its 95% interval"
    )
    assert (
        below("a <b>name</b> & another of more than thirty")
        == "a &lt;b&gt;name&lt;/b&gt; &amp; another<br>of more than thirty"
    )
    assert below("x" * 60) == "x" * 60


def test_moments_are_sent_as_their_iso_text():
    day = datetime(2026, 3, 1, 10, 30)
    drawn = Drawn(
        [{"x": [day, pd.Timestamp(day), day.date()], "y": np.array([day], "datetime64[ns]")}],
        {"title": np.datetime64(day, "ns")},
    )
    sent = json.loads(drawn.to_json())
    assert [moment[:19] for moment in sent["data"][0]["x"]] == [*["2026-03-01T10:30:00"] * 2, "2026-03-01"]
    assert sent["data"][0]["y"][0].startswith("2026-03-01T10:30:00")
    assert sent["layout"]["title"].startswith("2026-03-01T10:30:00")


def test_a_number_that_is_none_is_sent_as_none_whatever_holds_it():
    drawn = Drawn([{"y": [np.float32("nan"), float("inf"), 1.0]}], {"height": np.float64("nan")})
    assert json.loads(drawn.to_json()) == {"data": [{"y": [None, None, 1.0]}], "layout": {"height": None}}
