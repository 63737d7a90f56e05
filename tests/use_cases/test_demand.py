"""Demand: its counts, its plans, that nothing after an evening reaches its forecasts, and its shelves by hand."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core import datasets, pipeline
from core.checks import plans
from core.contracts import HeldOutRows
from core.datasets import DATASETS
from core.evaluation.baselines import BASELINES
from core.evaluation.metrics import METRICS
from core.use_cases import use_case
from core.use_cases.supply_chain import _demand_daily, _demand_monthly
from core.use_cases.supply_chain._demand_stock import simulate
from core.value.threshold import assumed_values

USE_CASE = use_case("supply_chain/demand")
NAMES = ("departments", "stores", "m3_monthly")
VARIANTS = {name: USE_CASE.with_variant({"variant": name}) for name in NAMES}
LEAK_FROM = pd.Timestamp("2017-10-10")  # a local day; evenings before it must not notice
FIRST_TEST = np.datetime64("2017-11-06")


@pytest.fixture(scope="module")
def tables():
    return {name: datasets.read(DATASETS.get(name)) for name in ("complete_journey", "m3_competition")}


@pytest.fixture(scope="module")
def built(tables):
    return {name: variant.examples(tables) for name, variant in VARIANTS.items()}


@pytest.fixture(scope="module")
def made(built):
    return {name: variant.plan(built[name]) for name, variant in VARIANTS.items()}


def local_day(lines):
    eastern = lines["transaction_timestamp"].dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    return eastern.dt.tz_localize(None).dt.normalize()


def test_the_rows_are_those_that_are_reported(built, made):
    sizes = {name: [(len(f.train), len(f.validation), len(f.test)) for f in made[name].folds] for name in NAMES}
    assert sizes == {
        "departments": [(6216, 1176, 4620), (6612, 1176, 4620), (6996, 1176, 4620)],
        "stores": [(51887, 8722, 34265)],
        "m3_monthly": [(69792, 25704, 25704)],
    }
    assert [len(np.unique(built[name].series.which)) for name in NAMES] == [12, 89, 1428]


def test_the_target_is_what_was_sold_on_the_local_day(tables, built):
    lines = tables["complete_journey"]["transactions"].merge(tables["complete_journey"]["products"], on="product_id")
    lines["day"] = local_day(lines)
    for name in ("departments", "stores"):
        examples = built[name]
        for row in np.random.default_rng(1).choice(len(examples), 4, replace=False):
            about = examples.features.iloc[row]
            own = lines[(lines["department"] == about["department"]) & (lines["day"] == examples.time[row])]
            if name == "stores":
                own = own[own["store_id"] == int(about["store"])]
            assert examples.target["sales"].iloc[row] == pytest.approx(own["sales_value"].sum())


def test_every_line_falls_in_2017_by_its_local_day(tables):
    day = local_day(tables["complete_journey"]["transactions"])
    assert (day.min(), day.max()) == (pd.Timestamp("2017-01-01"), pd.Timestamp("2017-12-31"))
    assert day.nunique() == 364, "on Christmas Day the shops were shut"


def test_some_daily_features_by_a_slow_way(built):
    examples = built["departments"]
    for row in np.random.default_rng(0).choice(len(examples), 12, replace=False):
        own = examples.series.values[examples.series.which[row]]
        evening, ahead = int(examples.series.origin[row]), int(examples.series.horizon[row])
        known = own[max(0, evening - 55) : evening + 1]
        weekdays = [own[evening + ahead - 7 * k] for k in range(1, 9) if evening + ahead - 7 * k >= 0]
        level = max(np.nanmean(known), 5)
        expected = {
            "level": level,
            "last_7": np.nanmean(own[evening - 6 : evening + 1]) / level,
            "same_weekday_4": np.nanmean(weekdays[:4]) / level,
            "best_day": np.nanmax(known) / level,
            "horizon": ahead,
            "weekday": pd.Timestamp(examples.time[row]).day_name(),
        }
        found = examples.features.iloc[row]
        assert all(found[n] == (v if isinstance(v, str) else pytest.approx(v)) for n, v in expected.items()), row


@pytest.mark.parametrize("name", ["departments", "stores"])
def test_absurd_sales_after_an_evening_leave_its_forecasts_bit_identical(tables, built, name):
    journey = tables["complete_journey"]
    transactions = journey["transactions"].copy()
    late = (local_day(transactions) >= LEAK_FROM).to_numpy()
    transactions.loc[late, "sales_value"] = 123_456.78
    poisoned = VARIANTS[name].examples({"complete_journey": {**journey, "transactions": transactions}})
    examples = built[name]
    np.testing.assert_array_equal(examples.series.which, poisoned.series.which)
    np.testing.assert_array_equal(examples.series.origin, poisoned.series.origin)
    before = examples.info["made"].to_numpy() < LEAK_FROM.to_datetime64()
    assert 0 < before.sum() < len(examples)
    tables_of = [(e.features, e.info[["week_ago", "four_weeks"]]) for e in (examples, poisoned)]
    for ours, theirs in zip(*tables_of, strict=True):
        pd.testing.assert_frame_equal(ours[before], theirs[before], check_exact=True)
    assert poisoned.features["level"].max() > 100 * examples.features["level"].max()


def test_an_absurd_end_of_every_monthly_series_changes_no_feature_and_no_scale(tables, built):
    """Not even those of test rows: they are forecast from the month before."""
    m3 = tables["m3_competition"]["m3"]
    from_end = m3.groupby("sid")["t"].transform("max") - m3["t"]
    poisoned = VARIANTS["m3_monthly"].examples(
        {"m3_competition": {"m3": m3.assign(y=m3["y"].where(from_end >= 18, 1e9))}}
    )
    examples = built["m3_monthly"]
    pd.testing.assert_frame_equal(examples.features, poisoned.features, check_exact=True)
    pd.testing.assert_series_equal(examples.target["scale"], poisoned.target["scale"], check_exact=True)
    assert (poisoned.target["value"] == 1e9).sum() == 1428 * 18


def test_some_monthly_features_by_a_slow_way(built):
    examples = built["m3_monthly"]
    for row in np.random.default_rng(0).choice(len(examples), 12, replace=False):
        month, ahead = int(examples.series.origin[row]), int(examples.series.horizon[row])
        known = examples.series.values[examples.series.which[row], : month + 1]
        level = known[-12:].mean()
        back = 12 if ahead <= 12 else 24
        expected = {
            "level": level,
            "year_before": known[month + ahead - back] / level,
            "growth": level / known[-24:-12].mean(),
            "months_known": month + 1,
        }
        assert {n: examples.features[n].iloc[row] for n in expected} == pytest.approx(expected)
        change = np.abs(known[12:] - known[:-12]).mean()
        assert examples.target["scale"].iloc[row] == pytest.approx(max(change, 1e-3 * known.mean()))


def test_seasons_and_trend_are_found_where_there_are_some():
    t = np.arange(96.0)
    shape = 1 + 0.3 * np.sin(2 * np.pi * (t + 1) / 12)
    past = ((50 + t) * shape)[None, :72]
    season = _demand_monthly.seasonality(past)
    np.testing.assert_allclose(season[0], shape[72:84] / shape[72:84].mean(), rtol=0.03)
    table, _ = _demand_monthly.features(
        np.tile((50 + t) * shape, (2, 1)), *np.array([[0] * 18, [71] * 18, range(1, 19)])
    )
    theta = table["theta"] * table["level"]
    truth = ((50 + t) * shape)[72:90]
    assert np.abs(theta / truth - 1).mean() < np.abs(past[0, -12:][np.arange(18) % 12] / truth - 1).mean() / 2


def test_noise_alone_gets_no_seasons():
    past = 1 + 0.1 * np.random.default_rng(0).normal(size=(300, 72))
    assert np.abs(_demand_monthly.seasonality(past) - 1).mean() < 0.02


@pytest.mark.parametrize("name", NAMES)
def test_the_plan_passes_the_check_and_walks_forward(built, made, name):
    examples, plan = built[name], made[name]
    assert plans.check(plan, examples) is plan
    assert plan.separation == "time"
    np.testing.assert_array_equal(examples.unit, examples.info[plan.unit])
    for fold in plan.folds:
        train, validation, test = (examples.time[rows] for rows in (fold.train, fold.validation, fold.test))
        assert train.max() < validation.min() <= validation.max() < test.min()
    if name != "m3_monthly":
        assert test.min() == FIRST_TEST
        assert len(np.unique(examples.unit[fold.test])) == 8
        assert np.datetime64("2017-12-25") not in set(examples.time)


def test_the_seasonal_naive_forecast_has_the_error_that_is_known_of_it(built, made):
    """1.146 on the monthly series of M3 (its published MASE), and the miss of last week's sales on the journey."""
    naive = BASELINES.get("seasonal_naive")
    for name, metric, expected in (("m3_monthly", "mase", 1.146), ("departments", "wape", 0.2652)):
        variant, fold, examples = VARIANTS[name], made[name].folds[0], built[name]
        (said,) = naive.fit_predict(variant.task, (), examples, fold.train, [fold.test], naive.candidates[0], 0)
        target = examples.target.to_numpy()[fold.test]
        assert METRICS[metric].compute(HeldOutRows(target=target), said, variant.task)[0] == pytest.approx(
            expected, abs=5e-4
        )


def test_a_calendar_knows_its_holidays():
    days = pd.DatetimeIndex(["2017-11-22", "2017-11-23", "2017-11-24", "2017-11-15", "2017-12-31"])
    found = _demand_daily.calendar(days)
    assert found["holiday"].tolist() == ["day before", "holiday", "day after", "none", "day before"]
    assert found["days_to_holiday"].tolist() == [1.0, 0.0, 7.0, 7.0, 1.0]


def test_shuffled_answers_teach_nothing_but_the_level(built, made):
    """Multiples of the level, dealt out anew among training rows: what is left is one multiple for everybody."""
    examples = built["departments"]
    fold = made["departments"].folds[-1]
    multiple = (examples.target["sales"] / examples.features["level"]).to_numpy(copy=True)
    multiple[fold.train] = np.random.default_rng(0).permutation(multiple[fold.train])
    shuffled = dataclasses.replace(
        examples, target=pd.DataFrame({"sales": multiple * examples.features["level"].to_numpy()})
    )
    small = dataclasses.replace(
        USE_CASE,
        plan=lambda e: dataclasses.replace(made["departments"], folds=(fold,)),
        baselines=("constant",),
        value=None,
    )
    found = pipeline.run(
        small, {"members": 1, "num_epochs": 4, "device": "cpu"}, progress=lambda e: None, load=lambda u: shuffled
    )
    learned, constant = found.report["headline"]["mean"], found.report["baselines"][0]["value"]
    assert learned > 0.95 * constant
    assert constant > 0.2, "an honest network is far below: this test can fail"


# the shelf


def test_a_shelf_by_hand_ordered_overnight():
    """Up to 10 each morning, two days of life: day 1 sells 4, day 2 sells 12 of 10, day 3 sells 1, day 4 nothing."""
    demand = np.array([[4.0, 12, 1, 0]])
    up_to = np.full((1, 4, 1), 10.0)
    sold, lacking, wasted, left = simulate(demand, up_to, lead_days=1, shelf_life=2)
    assert sold.tolist() == [[4, 10, 1, 0]]
    assert lacking.tolist() == [[0, 2, 0, 0]]
    assert wasted.tolist() == [[0, 0, 0, 9]]  # day 3 began with ten fresh ones and sold one
    assert left.tolist() == [1], "day 4 began with nine old ones and one fresh one"


def test_the_oldest_is_sold_first_and_thrown_away_last_evening():
    demand = np.array([[3.0, 3, 0, 0]])
    sold, lacking, wasted, left = simulate(demand, np.full((1, 4, 1), 8.0), lead_days=1, shelf_life=2)
    assert sold.sum() == 6
    assert lacking.sum() == 0
    assert left.tolist() == [3]
    assert wasted.tolist() == [[0, 2, 3, 5]]  # day 1 leaves 5: day 2 sells 3 of them; then 3 of day 2; then 5 of day 3


def test_two_days_of_lead_cover_two_days():
    """Ordered on evening o for the morning of o + 2: both days' levels, less what lies there or is on its way."""
    up_to = np.zeros((1, 3, 2))
    up_to[0, :, 0], up_to[0, :, 1] = 5.0, 6.0
    sold, lacking, wasted, left = simulate(np.array([[5.0, 5, 5]]), up_to, lead_days=2, shelf_life=1)
    # before day 0: 6 arrive for it. Evening before day 0: 5 + 6 - 6 on their way = 5. Evening of day 0: 5 + 6 - 5 = 6
    assert sold.tolist() == [[5, 5, 5]]
    assert wasted.tolist() == [[1, 0, 1]]
    assert lacking.sum() == left.sum() == 0


def test_goods_are_sold_thrown_away_or_left(built):
    rng = np.random.default_rng(0)
    demand, up_to = rng.gamma(2, 5, (4, 30)), rng.gamma(2, 6, (4, 30, 3))
    sold, lacking, wasted, left = simulate(demand, up_to, lead_days=3, shelf_life=3)
    np.testing.assert_allclose(sold + lacking, demand)
    assert (wasted >= 0).all()
    assert (left >= 0).all()
    everything = simulate(demand, np.full((4, 30, 3), 1e6), lead_days=3, shelf_life=3)
    assert everything[1].sum() == 0
    nothing = simulate(demand, np.zeros((4, 30, 3)), lead_days=3, shelf_life=3)
    assert (nothing[0].sum(), nothing[2].sum(), nothing[3].sum()) == (0, 0, 0)


def shelf(lead_days=1.0):
    """One fresh and one other series, two days, one or two days ahead."""
    rows = [(s, d, h) for s in ("fresh", "other") for d in (0, 1) for h in (1, 2)]
    info = pd.DataFrame(rows, columns=["series", "d", "horizon"])
    info["day"] = pd.Timestamp("2017-11-06") + pd.to_timedelta(info["d"], unit="D")
    info["fresh"] = info["series"] == "fresh"
    info["week_ago"], info["four_weeks"] = 6.0, 10.0
    target = np.where(info["d"] == 0, 8.0, 9.0)[:, None]
    assumed = assumed_values(USE_CASE.value.assumptions, {"lead_days": lead_days, "shelf_life": 1, "households": 2469})
    return info, target, assumed


def test_the_money_of_a_shelf_by_hand():
    """Ten stocked, 8 and 9 sold, the rest thrown away: 0.30 a dollar sold, 0.75 a dollar wasted, for a year."""
    info, target, assumed = shelf()
    value = USE_CASE.value
    found = value.outcome(target, np.full(8, 10.0), info, assumed)
    assert found.money.tolist() == pytest.approx([0.3 * 8 - 0.75 * 2, 0, 0.3 * 9 - 0.75, 0, 0, 0, 0, 0])
    assert found.over.tolist() == [2, 0, 1, 0, 0, 0, 0, 0]
    assert found.counted.tolist() == [True, False, True, False, False, False, False, False]
    amounts = dict(value.references(target, info, assumed))
    short = 0.3 * (12 + 0.5 * (2 + 3))
    assert amounts["What sold a week ago"] == pytest.approx(short * 365 / 2)
    assert amounts["The mean of the last 4 weeks"] == pytest.approx((0.3 * 17 - 0.75 * 3) * 365 / 2)
    flat = np.full((8, 7), 10.0)
    assert value.amount(target, flat, info, 0.5, assumed)[0] == pytest.approx((0.3 * 17 - 0.75 * 3) * 365 / 2)


def test_what_is_left_over_is_charged_also_on_a_closed_day_and_at_the_end():
    """Ten stocked, 8 sold; a closed day throws the two away. Then ten stocked, 9 sold: one is left, at 0.70."""
    info, target, assumed = shelf()
    info["day"] += pd.to_timedelta(info["d"], unit="D")  # the sixth and the eighth
    found = USE_CASE.value.outcome(target, np.full(8, 10.0), info, assumed | {"shelf_life": 2.0})
    assert found.money.tolist() == pytest.approx([0.3 * 8 - 0.75 * 2, 0, 0.3 * 9 - 0.7, 0, 0, 0, 0, 0])
    assert found.over.tolist() == [2, 0, 0, 0, 0, 0, 0, 0]


def test_the_mean_times_a_factor_takes_the_one_that_earns_most():
    """Ten are the mean, 8 and 9 are sold: eight tenths of it throw nothing away and lack one."""
    info, target, assumed = shelf()
    amounts = dict(USE_CASE.value.references(target, info, assumed))
    best = amounts["That mean times the best factor, known afterwards"]
    assert best == pytest.approx(0.3 * (16 + 0.5) * 365 / 2)


def test_the_money_does_not_depend_on_the_order_of_rows():
    info, target, assumed = shelf(lead_days=2)
    chosen = np.arange(5.0, 13.0)
    order = np.random.default_rng(0).permutation(8)
    money = USE_CASE.value.outcome(target, chosen, info, assumed).money
    shuffled = USE_CASE.value.outcome(target[order], chosen[order], info.iloc[order], assumed).money
    np.testing.assert_allclose(shuffled, money[order])
    assert np.flatnonzero(money).tolist() == [1, 3], "a day's money stands at the row that its order was made on"


def test_the_monthly_variant_has_no_money():
    assert VARIANTS["m3_monthly"].value is None
