"""Forecasters of series: by a slow way, blind to what comes after an origin, and refusing examples without series."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core.contracts import Examples, HeldOutRows, Kind, Series, Task
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.evaluation.baselines._series import seasonal_change
from core.evaluation.metrics import METRICS

NAIVE, SMOOTHING = BASELINES.get("seasonal_naive"), BASELINES.get("exponential_smoothing")
TASK = Task(
    kind=Kind.QUANTILE,
    target="t",
    target_columns=("t",),
    outputs=("a", "b", "c"),
    levels=(0.1, 0.5, 0.9),
    loss="x",
    metrics=("m",),
    headline="m",
)
LENGTH, PERIOD, HORIZONS = 120, 7, 9
TEST_FROM = 100

every_forecaster = pytest.mark.parametrize("baseline", [NAIVE, SMOOTHING], ids=["naive", "smoothing"])
every_candidate = pytest.mark.parametrize(
    ("baseline", "candidate"), [(b, c) for b in (NAIVE, SMOOTHING) for c in b.candidates]
)


def made(seed=0, spoil=None):
    """Three series with weeks, levels that wander, and noise; one begins late. Every fifth step is an origin."""
    rng = np.random.default_rng(seed)
    week = np.array([1, 1, 1.1, 1.2, 1.5, 2, 0.4])
    t = np.arange(LENGTH)
    level = 50 * np.exp(np.cumsum(0.02 * rng.normal(size=(3, LENGTH)), axis=1)) * np.array([[1], [5], [20]])
    values = level * week[t % 7] * np.exp(0.1 * rng.normal(size=(3, LENGTH)))
    values[1, :30] = np.nan
    if spoil:
        values[:, spoil:] = 1e9
    which, origin, horizon = (
        a.ravel() for a in np.meshgrid(range(3), range(64, LENGTH - 1, 5), range(1, HORIZONS + 1), indexing="ij")
    )
    inside = origin + horizon < LENGTH
    which, origin, horizon = which[inside], origin[inside], horizon[inside]
    rows = len(which)
    return Examples(
        features=pd.DataFrame({"x": np.zeros(rows)}),
        target=pd.DataFrame({"t": values[which, origin + horizon]}),
        unit=which,
        info=pd.DataFrame(index=range(rows)),
        time=origin + horizon,
        series=Series(values=values, which=which, origin=origin, horizon=horizon, period=PERIOD),
    )


def parts(examples):
    return np.flatnonzero(examples.time < TEST_FROM), np.flatnonzero(examples.series.origin >= TEST_FROM - 1)


def forecast(baseline, examples, candidate=None, task=TASK):
    train, test = parts(examples)
    chosen = baseline.candidates[0] if candidate is None else candidate
    return baseline.fit_predict(task, (), examples, train, [test], chosen, 0)[0]


@every_candidate
def test_a_forecast_has_quantiles_in_order_around_a_middle(baseline, candidate):
    said = forecast(baseline, made(), candidate)
    assert np.isfinite(said).all()
    assert (np.diff(said, axis=1) >= 0).all()
    assert said.min() >= 0


@pytest.mark.parametrize("candidate", NAIVE.candidates)
def test_the_naive_middle_by_a_slow_way(candidate):
    examples = made()
    said, series = forecast(NAIVE, examples, candidate), examples.series
    average = {"mean": np.nanmean, "median": np.nanmedian}[candidate["of"]]
    for row, middle in zip(parts(examples)[1], said[:, 1], strict=True):
        when = series.origin[row] + series.horizon[row]
        seen = [w for w in range(when - PERIOD, -1, -PERIOD) if w <= series.origin[row]][: candidate["seasons"]]
        assert middle == pytest.approx(average(series.values[series.which[row], seen]))


def test_the_width_is_that_of_training_errors_at_the_same_distance():
    examples = made()
    said, series, target = forecast(NAIVE, examples), examples.series, examples.target["t"].to_numpy()
    train, test = parts(examples)
    for ahead in (1, 8):
        errors = []
        for row in train[series.horizon[train] == ahead]:
            own, origin = series.values[series.which[row]], series.origin[row]
            known = own[: origin + 1]
            before = own[origin + ahead - PERIOD * (1 + (ahead > PERIOD))]
            errors.append((target[row] - before) / np.nanmean(np.abs(known[PERIOD:] - known[:-PERIOD])))
        offset = np.quantile(errors, 0.9) - np.median(errors)
        at = series.horizon[test] == ahead
        width = (said[at, 2] - said[at, 1]) / seasonal_change(series, test[at])
        np.testing.assert_allclose(width, offset)


@every_forecaster
def test_what_comes_after_an_origin_is_not_read(baseline):
    """The last twenty steps become absurd: test rows are forecast from the very same history before them."""
    honest, spoilt = made(), made(spoil=TEST_FROM)
    train, test = parts(honest)
    first = test[honest.series.origin[test] == TEST_FROM - 1]
    assert len(first) == 3 * HORIZONS
    for candidate in baseline.candidates:
        ours, theirs = (baseline.fit_predict(TASK, (), e, train, [first], candidate, 0)[0] for e in (honest, spoilt))
        assert ours.tobytes() == theirs.tobytes()


def test_smoothing_beats_the_naive_forecast_where_levels_wander():
    examples = made()
    target = examples.target.to_numpy()[parts(examples)[1]]
    naive, *smooth = (
        METRICS["wape"].compute(HeldOutRows(target=target), forecast(b, examples, c), TASK)[0]
        for b, c in ((NAIVE, NAIVE.candidates[0]), *((SMOOTHING, c) for c in SMOOTHING.candidates))
    )
    assert max(smooth) < naive


@every_forecaster
def test_series_of_one_value_or_few_are_survived(baseline):
    flat = made()
    flat.series.values[0] = 3.0
    flat.series.values[2, :62] = np.nan
    for candidate in baseline.candidates:
        assert np.isfinite(forecast(baseline, flat, candidate)).all()


@every_forecaster
def test_examples_without_series_are_refused_in_a_sentence(baseline):
    examples = dataclasses.replace(made(), series=None)
    with pytest.raises(UserError, match="needs the history of each series, and these examples have none"):
        baseline.fit_predict(TASK, (), examples, np.arange(5), [np.arange(5)], baseline.candidates[0], 0)
