"""Shipment delay: its counts, its plan, its money, and that nothing after a flight's moment reaches its features."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core import datasets, pipeline
from core.checks import plans
from core.contracts import ColumnKind, Examples, Fold, HeldOutRows, Plan
from core.datasets import DATASETS
from core.evaluation.metrics import metric_named
from core.pipeline.prepare import headline_of, prepare
from core.settings import resolve
from core.settings.use_case import settings_of
from core.training import devices
from core.use_cases import use_case
from core.use_cases.supply_chain._flight_features import LATE_MIN, NOTICE_MIN, _in_order, _read, _schedule
from core.value.threshold import assumed_values

USE_CASE = use_case("supply_chain/shipment_delay")
CUT_OFF = np.datetime64("2013-10-01")
NOTICE = np.timedelta64(NOTICE_MIN, "m")
# On the eve of a blizzard flights are leaving, standing and cancelled; on 10 January the flight to Honolulu of the day
# before leaves at 6:41, after the next one's moment: first it stands, then it is in the air.
LEAKS = [np.datetime64(t) for t in ("2013-02-08T18:00", "2013-01-10T06:20", "2013-01-10T07:00")]


@pytest.fixture(scope="module")
def tables():
    return datasets.read(DATASETS.get("nyc_flights_2013"))


@pytest.fixture(scope="module")
def winter(tables):
    """Six weeks of flights: enough for windows of 28 days, and quick."""
    return {**tables, "flights": first_weeks(tables["flights"])}


def first_weeks(flights):
    return flights[(flights["month"] == 1) | ((flights["month"] == 2) & (flights["day"] <= 11))].reset_index(drop=True)


@pytest.fixture(scope="module")
def few(winter):
    return USE_CASE.examples({"nyc_flights_2013": winter})


@pytest.fixture(scope="module")
def examples(tables):
    return USE_CASE.examples({"nyc_flights_2013": tables})


@pytest.fixture(scope="module")
def plan(examples):
    return USE_CASE.plan(examples)


def scheduled(flights):
    """Scheduled departure by New York's clock, worked out from the date and the clock time alone."""
    days = pd.to_datetime(flights[["year", "month", "day"]])
    minutes = flights["sched_dep_time"] // 100 * 60 + flights["sched_dep_time"] % 100
    return (days + pd.to_timedelta(minutes, unit="m")).to_numpy()


def departed(flights):
    """Actual departure; NaT where the flight did not leave."""
    return scheduled(flights) + pd.to_timedelta(flights["dep_delay"], unit="m").to_numpy()


def test_the_table_has_the_rows_and_base_rates_that_are_reported(examples, plan):
    (fold,) = plan.folds
    late = examples.target["late"].to_numpy()
    assert len(examples) == 336_776
    assert (len(fold.train), len(fold.validation), len(fold.test)) == (220_172, 32_312, 84_292)
    assert set(late) == {0.0, 1.0}
    assert late[np.r_[fold.train, fold.validation]].mean() == pytest.approx(0.26571, abs=1e-5)
    assert late[fold.test].mean() == pytest.approx(0.23695, abs=1e-5)
    arrived = examples.info["arrival_delay_min"].notna().to_numpy()
    assert late[fold.test][arrived[fold.test]].mean() == pytest.approx(0.22140, abs=1e-5)  # without the cancelled


def test_late_means_more_than_a_quarter_of_an_hour_or_never(tables, examples):
    flights = tables["flights"]
    expected = [0.0 if delay <= LATE_MIN else 1.0 for delay in flights["arr_delay"]]  # of NaN the comparison is false
    key = ["scheduled_departure", "flight", "origin", "destination"]
    name = flights["carrier"] + " " + flights["flight"].astype(str)
    theirs = pd.DataFrame(dict(zip(key, (scheduled(flights), name, flights["origin"], flights["dest"]), strict=True)))
    ours = examples.info[key].assign(late=examples.target["late"])
    both = ours.merge(theirs.assign(expected=expected), on=key, validate="one_to_one")
    assert len(both) == len(examples)
    np.testing.assert_array_equal(both["late"], both["expected"])


def test_rows_are_ordered_by_schedule_not_as_in_the_file(tables, few, winter):
    """The file is ordered by actual departure, the cancelled last in each day: an order that tells the outcome."""
    shuffled = {**winter, "flights": winter["flights"].sample(frac=1, random_state=0)}
    again = USE_CASE.examples({"nyc_flights_2013": shuffled})
    pd.testing.assert_frame_equal(few.features, again.features)
    pd.testing.assert_frame_equal(few.info, again.info)
    assert (np.diff(few.time) >= np.timedelta64(0)).all()


def test_what_is_known_only_afterwards_is_no_feature(tables):
    afterwards = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "tailnum", "year", "month", "day"}
    assert afterwards < set(tables["flights"].columns)
    assert not afterwards & {column.name for column in USE_CASE.columns}


def test_recent_features_are_what_a_slow_count_gives(winter, few):
    flights = winter["flights"]
    table = flights.assign(sched=scheduled(flights), dep=departed(flights))
    hour = np.timedelta64(60, "m")
    for row in np.random.default_rng(3).choice(np.flatnonzero(few.time > np.datetime64("2013-02-01")), 25):
        moment = few.time[row] - NOTICE
        here = table[table["origin"] == few.info["origin"].iloc[row]]
        known = table["sched"] + np.timedelta64(LATE_MIN, "m")
        stood = ~(table["dep"] <= table["sched"] + np.timedelta64(LATE_MIN, "m"))
        month = (known >= moment - 28 * 24 * hour) & (known < moment)
        usual = (stood[month].sum() + 50 * 0.2) / (month.sum() + 50)
        lately = (known >= moment - 4 * hour) & (known < moment) & (table["origin"] == here["origin"].iloc[0])
        gone = here[(here["dep"] >= moment - 2 * hour) & (here["dep"] < moment)]
        waits = here[
            (here["sched"] + np.timedelta64(LATE_MIN, "m") < moment)
            & (here["sched"] + NOTICE >= moment)
            & ~(here["dep"] < moment)
        ]
        expected = {
            "late_origin_4h": (stood[lately].sum() + 3 * usual) / (lately.sum() + 3),
            "delay_origin_2h": (gone["dep_delay"].sum() + 10) / (len(gone) + 1),
            "overdue_origin": len(waits),
            "overdue_origin_min": ((moment - waits["sched"]) / np.timedelta64(1, "m")).mean() if len(waits) else 0,
            "departures_after": ((here["sched"] >= few.time[row]) & (here["sched"] < few.time[row] + hour)).sum(),
        }
        found = few.features.iloc[row]
        assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-5), row


def test_history_reads_flights_of_thirteen_hours_before_the_moment_and_more(winter, few):
    flights = winter["flights"]
    sched = scheduled(flights)
    late = ~(flights["arr_delay"] <= LATE_MIN)
    for row in np.random.default_rng(4).choice(np.flatnonzero(few.time > np.datetime64("2013-02-01")), 10):
        due = few.time[row] - NOTICE - np.timedelta64(13 * 60, "m")
        month = (sched >= due - np.timedelta64(28, "D")) & (sched < due)
        usual = (late[month].sum() + 50 * 0.25) / (month.sum() + 50)
        own = month & (flights["carrier"] == few.features["carrier"].iloc[row])
        expected = (late[own].sum() + 50 * usual) / (own.sum() + 50) - usual
        assert few.features["history_carrier_28d"].iloc[row] == pytest.approx(expected, abs=1e-6)


def test_no_flight_is_scheduled_to_take_thirteen_hours(tables):
    """So an arrival is due, and a late one known, thirteen hours after the scheduled departure. The airports in the
    data lie at most six hours behind New York, none before it but Puerto Rico and the Virgin Islands by one."""
    flights = tables["flights"]
    by_clock = (flights["sched_arr_time"] // 100 * 60 + flights["sched_arr_time"] % 100) - (
        flights["sched_dep_time"] // 100 * 60 + flights["sched_dep_time"] % 100
    )
    assert (flights["air_time"].max(), (by_clock[flights["dest"] == "HNL"] % 1440).max()) < (700, 6 * 60 + 45)


def test_weather_is_that_of_the_last_complete_hour(winter, few):
    weather = winter["weather"].set_index(["origin", "month", "day", "hour"])
    rows = np.random.default_rng(5).choice(np.flatnonzero(few.time > np.datetime64("2013-01-02")), 40)
    for row in rows:
        hour = pd.Timestamp(few.time[row] - NOTICE).floor("h") - pd.Timedelta("1h")
        key = (few.info["origin"].iloc[row], hour.month, hour.day, hour.hour)
        if key in weather.index:
            seen = weather.loc[key]
            assert few.features["visibility"].iloc[row] == pytest.approx(seen["visib"])
            assert few.features["dew_gap"].iloc[row] == pytest.approx(seen["temp"] - seen["dewp"], abs=1e-4)
    assert sum(pd.notna(few.features["visibility"].iloc[rows])) == 40


def absurd_later(tables, leak_from):
    """The tables with every outcome after `leak_from` replaced by absurd ones, and the weather of unfinished hours."""
    flights, weather = tables["flights"].copy(), tables["weather"].copy()
    unknown = ~(departed(flights) < leak_from)
    flights.loc[unknown, ["dep_delay", "arr_delay"]] = np.nan
    later = unknown & (scheduled(flights) >= leak_from)
    flights.loc[later, ["dep_delay", "arr_delay"]] = 1000.0
    # of those in the air the arrival is unknown too, unless it was due long before
    air = ~unknown & (scheduled(flights) >= leak_from - np.timedelta64(13 * 60 - LATE_MIN, "m"))
    flights.loc[air, "arr_delay"] = np.where(flights.loc[air, "arr_delay"] > LATE_MIN, -60.0, 1000.0)
    landing = departed(flights) + pd.to_timedelta(flights["air_time"], unit="m").to_numpy()
    flights.loc[~unknown & ~air & (landing > leak_from), "arr_delay"] = 5000.0  # known to be late, not how late
    hours = pd.to_datetime(weather[["year", "month", "day", "hour"]]).to_numpy()
    measured = ["temp", "dewp", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib"]
    weather.loc[hours + np.timedelta64(60, "m") > leak_from, measured] = 99.0
    return {**tables, "flights": flights, "weather": weather}, unknown.sum(), air.sum()


@pytest.mark.parametrize("leak_from", LEAKS, ids=str)
def test_what_happens_after_a_flights_moment_changes_none_of_its_features(winter, few, leak_from):
    """Bit for bit, for every flight whose moment has come by then; later ones must change, or nothing is tested."""
    absurd, unknown, in_the_air = absurd_later(winter, leak_from)
    assert unknown > 1000
    assert in_the_air > 100
    poisoned = USE_CASE.examples({"nyc_flights_2013": absurd})
    before = few.time - NOTICE <= leak_from
    assert (few.time[before] > leak_from).sum() > 50  # flights still to leave, predicted already
    np.testing.assert_array_equal(few.time, poisoned.time)
    changed = set()
    for name in few.features.columns:
        ours, theirs = few.features[name].to_numpy(), poisoned.features[name].to_numpy()
        if KINDS[name] is ColumnKind.CATEGORY:
            np.testing.assert_array_equal(ours, theirs, err_msg=name)
            continue
        assert ours[before].tobytes() == theirs[before].tobytes(), name
        if not np.array_equal(ours[~before], theirs[~before], equal_nan=True):
            changed.add(name)
    read_from_outcomes = {c.name for c in USE_CASE.columns if c.name.startswith(("late_", "overdue", "history"))}
    assert changed >= read_from_outcomes | {"cancelled_24h", "delay_origin_2h", "lost_on_route_28d", "visibility"}


KINDS = {column.name: column.kind for column in USE_CASE.columns}


def test_padding_keeps_its_level_where_only_new_yorks_clock_changes():
    """An afternoon flight a day from 20 October to 12 November to Phoenix, Los Angeles and San Juan: the clocks change
    on 3 November, and Arizona's and Puerto Rico's arrivals with them, while the scheduled durations stay."""
    days = pd.date_range("2013-10-20", "2013-11-12")
    leaves = (days + pd.Timedelta(hours=14)).tz_localize("America/New_York")
    parts = []
    for dest, zone, hours in (
        ("PHX", "America/Phoenix", 5.5),
        ("LAX", "America/Los_Angeles", 6.0),
        ("SJU", "America/Puerto_Rico", 4.0),
    ):
        lands = (leaves.tz_convert("UTC") + pd.Timedelta(hours=hours)).tz_convert(zone)
        parts.append(
            pd.DataFrame(
                {
                    "year": 2013,
                    "month": days.month,
                    "day": days.day,
                    "hour": 14,
                    "minute": 0,
                    "time_hour": leaves.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "sched_dep_time": 1400,
                    "sched_arr_time": lands.hour * 100 + lands.minute,
                    "dep_delay": 0.0,
                    "arr_delay": 0.0,
                    "carrier": "XX",
                    "flight": 1,
                    "origin": "JFK",
                    "dest": dest,
                    "distance": 2000,
                }
            )
        )
    flights = _in_order(pd.concat(parts, ignore_index=True))
    assert flights.groupby("dest")["sched_arr_time"].nunique().to_dict() == {"LAX": 1, "PHX": 2, "SJU": 2}
    assert (_schedule(flights, _read(flights))["padding"] == 0).all()


def test_the_plan_passes_the_check_and_keeps_whole_weeks_back(examples, plan):
    assert plans.check(plan, examples) is plan
    assert (plan.separation, plan.unit) == ("time", "day")
    (fold,) = plan.folds
    assert examples.time[np.r_[fold.train, fold.validation]].max() < CUT_OFF <= examples.time[fold.test].min()
    days = {part: set(examples.unit[getattr(fold, part)]) for part in ("train", "validation", "test")}
    assert not days["train"] & days["validation"]
    assert {part: len(d) for part, d in days.items()} == {"train": 238, "validation": 35, "test": 92}
    np.testing.assert_array_equal(examples.unit, examples.time.astype("datetime64[D]").astype("datetime64[s]"))


def test_every_category_is_text_and_every_number_a_number(few):
    for column in USE_CASE.columns:
        values = few.features[column.name]
        if column.kind is ColumnKind.CATEGORY:
            assert {type(v) for v in values} == {str}
        else:
            assert values.dtype == np.float64


def test_the_build_takes_seconds(winter):
    """Vectorised: six weeks take a fraction of a second; the whole year some seven."""
    import time

    began = time.process_time()
    USE_CASE.examples({"nyc_flights_2013": winter})
    assert time.process_time() - began < 5


def test_money_on_rows_counted_by_hand():
    value = USE_CASE.value
    assumed = assumed_values(value.assumptions) | {
        "shipments": 8.0,
        "late_cost": 200.0,
        "day_lost_share": 0.5,
        "rebooking_cost": 10.0,
        "saved_share": 0.5,
        "harmed_share": 0.1,
    }
    late, chance = np.array([[1.0], [1.0], [0.0], [0.0]]), np.array([[0.9], [0.2], [0.8], [0.1]])
    info = pd.DataFrame(index=range(4))
    # half of the late ones cost 200, so 100 each.
    # rebooked and late: half of 100 saved for 10; rebooked for nothing: 10, and a tenth of 100. Times two.
    assert value.amount(late, chance, info, 0.5, assumed)[0] == pytest.approx(2 * (40 - 20))
    assert dict(value.references(late, info, assumed)) == {
        "Rebook every shipment": pytest.approx(2 * (40 + 40 - 20 - 20)),
        "Rebook no shipment": 0.0,
    }
    assert value.choose(late, chance, info, assumed) == pytest.approx(0.15)  # three acted on: 40 - 20 + 40


def test_of_shuffled_outcomes_nothing_is_learned(few):
    """A small network on a quarter of the winter: with the training outcomes shuffled it ranks by chance."""
    rows = np.arange(0, len(few), 4)
    taken = Examples(
        features=few.features.iloc[rows].reset_index(drop=True),
        target=few.target.iloc[rows].reset_index(drop=True),
        unit=few.unit[rows],
        time=few.time[rows],
        info=few.info.iloc[rows].reset_index(drop=True),
    )
    train, validation, test = np.array_split(np.arange(len(taken)), [int(0.6 * len(taken)), int(0.7 * len(taken))])
    fold = Fold(name="first", train=train, validation=validation, test=test)
    known = np.r_[train, validation]
    shuffled = taken.target.copy()
    shuffled.loc[known] = shuffled.loc[known].to_numpy()[np.random.default_rng(0).permutation(len(known))]
    assert score_of_a_small_network(taken, fold) > 0.6
    assert abs(score_of_a_small_network(dataclasses.replace(taken, target=shuffled), fold) - 0.5) < 0.08


def score_of_a_small_network(examples, fold):
    settings = resolve(
        settings_of(USE_CASE),
        {"device": "cpu", "seed": 3, "num_epochs": 2, "members": 2, "width": 16, "depth": 1, "patience": 9},
    )
    plan = Plan(folds=(fold,), unit="day", separation="time", sentence="S.")
    prepared = prepare(USE_CASE, examples, plan, settings)
    device = devices.choose("cpu")
    score = headline_of(USE_CASE, prepared)
    ((ensemble, _),) = pipeline._train(
        USE_CASE, prepared, [settings], score, device, lambda event: None, lambda: False, None, None, lambda: None
    )
    predicted = ensemble.predict(examples.features.iloc[fold.test]).mean(0)
    return metric_named("roc_auc").compute(
        HeldOutRows(target=examples.target.to_numpy()[fold.test]), predicted, USE_CASE.task
    )[0]
