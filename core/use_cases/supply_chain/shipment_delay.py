"""Shipment delay: will the flight that carries this shipment arrive late? One row per flight of 2013."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import Examples, Fold, Plan, Question, UseCase
from core.contracts.care import Care
from core.contracts.picture import Share
from core.use_cases.helpers import (
    binary_task,
    crawl,
    fade,
    guess,
    memorise,
    number,
    overshoot,
    per_year,
    quick,
    recommended,
    slider,
    with_defaults,
)
from core.use_cases.supply_chain._flight_columns import COLUMNS
from core.value.threshold import Payoffs, ThresholdValue, ThresholdWords

if TYPE_CHECKING:
    import pandas as pd

_VALIDATION_WEEK, _WEEKS = 3, 8


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every scheduled flight, with what was known three hours before its scheduled departure."""
    from core.use_cases.supply_chain._flight_features import build

    features, late, info = build(tables["nyc_flights_2013"])
    return Examples(
        features=features[[column.name for column in USE_CASE.columns]],
        target=late.to_frame("late"),
        unit=info["day"].to_numpy(),
        time=info["scheduled_departure"].to_numpy(),
        info=info,
    )


def plan(examples: Examples) -> Plan:
    """Train and validate before October, test after; whole weeks validate."""
    import numpy as np

    assert examples.time is not None
    before = examples.time < np.datetime64("2013-10-01")
    week = (examples.time.astype("datetime64[D]") - np.datetime64("2013-01-01")).astype(int) // 7
    validates = week % _WEEKS == _VALIDATION_WEEK
    return Plan(
        folds=(
            Fold(
                name="weeks",
                train=np.flatnonzero(before & ~validates),
                validation=np.flatnonzero(before & validates),
                test=np.flatnonzero(~before),
            ),
        ),
        unit="day",
        separation="time",
        sentence="Flights of January to September 2013 train, those of October to December test. Of the earlier ones "
        "every eighth week is kept back whole, as validation: days of one week resemble each other.",
    )


def _payoffs(assumed: Mapping[str, float]) -> Payoffs:
    """Against leaving every shipment alone: what a rebooking saves or costs."""
    late, rebooking = assumed["late_cost"] * assumed["day_lost_share"], assumed["rebooking_cost"]
    return Payoffs(
        tp=late * assumed["saved_share"] - rebooking,
        fp=-late * assumed["harmed_share"] - rebooking,
        fn=0.0,
        tn=0.0,
    )


VALUE = ThresholdValue(
    payoffs=_payoffs,
    records_per_year=per_year("shipments"),
    today="Rebook no shipment",
    words=ThresholdWords(
        tp="Rebooked, flight was late",
        fp="Rebooked, flight was on time",
        fn="Left alone, flight was late",
        tn="Left alone, flight was on time",
        act="rebook early",
        unit="shipments",
        threshold="Rebook when the predicted chance of a late flight is at least",
        everybody="Rebook every shipment",
        nobody="Rebook no shipment",
    ),
    assumptions=(
        guess(
            "shipments",
            "Shipments out of New York a year",
            slider(20_000.0, "shipments", low=100.0, high=5_000_000.0, step=1_000.0),
            "A forwarder with some 55 air shipments a day; put in your own number.",
        ),
        guess(
            "late_cost",
            "Cost of a shipment that loses a day",
            slider(150.0, "USD", low=0.0, high=10_000.0, step=10.0),
            "A day in transit is worth 0.6 to 2.1% of the goods' value (Hummels and Schaur, American Economic "
            "Review 2013): 1% of 15,000 USD, which is a guess.",
        ),
        guess(
            "day_lost_share",
            "Share of late flights that cost the shipment a day",
            slider(0.25, "share", low=0.0, high=1.0, step=0.05),
            "A guess. One late flight in nine never arrives; of the others half are less than 43 minutes late, "
            "which few shipments notice, and 13% two hours or more.",
        ),
        guess(
            "rebooking_cost",
            "Cost of rebooking a shipment",
            slider(5.0, "USD", low=0.0, high=1_000.0, step=1.0),
            "A guess: ten minutes of a clerk, at the same rate. Where the late booking costs a fee or a higher "
            "rate, put it in: from some 19 USD on no rebooking pays.",
        ),
        guess(
            "saved_share",
            "Late shipments that rebooking saves",
            slider(0.5, "share", low=0.0, high=1.0, step=0.05),
            "The other flight leaves the same city in the same weather; half is a guess.",
        ),
        guess(
            "harmed_share",
            "Punctual shipments that rebooking makes late",
            slider(0.08, "share", low=0.0, high=1.0, step=0.01),
            "The other flight can be late where the first would have been on time: a third of the usual share.",
        ),
    ),
)


USE_CASE = UseCase(
    name="supply_chain/shipment_delay",
    title="Shipment delay",
    summary="Will the flight that carries this shipment be late? Rebook before the cargo is handed over.",
    question=Question(
        who="The desk of a freight forwarder in New York whose air shipments ride in the holds of passenger flights.",
        problem="About one flight in four arrives more than 15 minutes late or not at all, and the shipment misses its "
        "connection or its delivery slot. Three hours before departure it can still go another way: but which ones?",
        cost_today="Waiting to see costs the full price of every day lost; rebooking on every bad feeling costs a "
        "fee each time, mostly for flights that would have been on time.",
        what_ai_does="Three hours before scheduled departure it reads the timetable, the last complete weather "
        "observation, who stands late at the gates, and how such flights fared, and says how likely the flight is to "
        "arrive late. Shipments above a threshold are rebooked.",
        picture=Share(symbol="plane", lit=1, out_of=4, tells="Of four flights, about one comes late or not at all."),
    ),
    datasets=("nyc_flights_2013",),
    columns=COLUMNS,
    task=binary_task("arrives more than 15 minutes late, or never", column="late", positive="late", negative="on time"),
    model="table_network",
    baselines=("logistic", "gradient_boosting_large"),
    examples=examples,
    plan=plan,
    value=VALUE,
    care=Care(
        privacy="Public records of flights: no person is in the data.",
        bias="Small airports and carriers have few rows, and are forecast worse.",
        ai_act="minimal risk",
        because="It warns of a late shipment; nobody is judged.",
    ),
    settings=with_defaults(
        learning_rate=2e-3,
        num_epochs=8,
        batch_size=1024,
        members=6,
        width=128,
        dropout=0.3,
        patience=1,
        target_encoding="on",
        numeric_transform="quantile",
    ),
    presets=(
        recommended(
            "Chosen on the weeks kept back, among a dozen variants. One or two passes are enough: flights are "
            "many, days are few."
        ),
        quick(
            "One small layer, two networks and three passes: nearly as good, in a fraction of the time.",
            width=32,
            depth=1,
            members=2,
            num_epochs=3,
        ),
        memorise(
            "Wide, nothing dropped, never stopped: the training days are learned by heart, others suffer.",
            num_epochs=12,
        ),
        overshoot(
            "A learning rate some hundred times too high: every step jumps across the valley.",
            learning_rate=0.3,
            num_epochs=3,
        ),
        crawl(num_epochs=3),
        fade(num_epochs=3),
    ),
    record_label="flight",
    beside=(number("arrival_delay_min", "Arrival delay", "minutes"),),
    order=20,
    icon="flight_takeoff",
)
