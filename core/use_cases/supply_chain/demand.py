"""Demand forecast: how much will sell, and how sure is that? One row per series, day of the forecast and day ahead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import Column, Examples, Fan, Fold, Plan, Preset, Question, Section, UseCase, Variant
from core.contracts.care import Care
from core.contracts.picture import Shelf
from core.use_cases.helpers import (
    crawl,
    fade,
    memorise,
    overshoot,
    quantile_task,
    quick,
    recommended,
    walk_forward,
    with_defaults,
)
from core.use_cases.supply_chain._demand_columns import BY_DEPARTMENT, BY_STORE, MONTHLY
from core.use_cases.supply_chain._demand_value import BY_STORE as VALUE_BY_STORE
from core.use_cases.supply_chain._demand_value import VALUE
from core.use_cases.supply_chain._demand_words import BESIDE, NAMES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_THIN = 3  # every third evening trains: those between say nearly the same

Tables = Mapping[str, Mapping[str, "pd.DataFrame"]]


def examples(tables: Tables) -> Examples:
    """The 12 largest departments, 1 to 7 days ahead."""
    from core.use_cases.supply_chain import _demand_daily

    daily, about = _demand_daily.by_department(tables["complete_journey"])
    return _with(_demand_daily.build(daily, about, stride=_THIN), BY_DEPARTMENT)


def examples_by_store(tables: Tables) -> Examples:
    """The same departments in each of the 20 largest stores."""
    from core.use_cases.supply_chain import _demand_daily

    daily, about = _demand_daily.by_store(tables["complete_journey"])
    return _with(_demand_daily.build(daily, about, stride=_THIN), BY_STORE)


def examples_monthly(tables: Tables) -> Examples:
    """The 1,428 monthly series of the M3 competition, 1 to 18 months ahead."""
    from core.use_cases.supply_chain import _demand_monthly

    return _with(_demand_monthly.build(tables), MONTHLY)


def _with(built: Examples, columns: tuple[Column, ...]) -> Examples:
    from dataclasses import replace

    return replace(built, features=built.features[[column.name for column in columns]])


def _thinned(examples: Examples) -> np.ndarray:
    assert examples.series is not None
    return examples.series.origin % _THIN == 0


_PLAN = walk_forward(
    ("2017-09-25", "2017-10-09", "2017-10-23", "2017-11-06"),
    trains=_thinned,
    unit="week",
    sentence="The last eight weeks of 2017 test, forecast anew every evening for the seven days ahead. Before them, "
    "the plan walks forward: networks train up to 24 September, 8 October or 22 October, and validate on the two weeks "
    "after that; of the evenings that train, every third. 25 December, when the shops were shut, is no target.",
)
_PLAN_BY_STORE = walk_forward(
    ("2017-10-23", "2017-11-06"),
    trains=_thinned,
    unit="week",
    sentence="The last eight weeks of 2017 test, forecast anew every evening for the seven days ahead; the two weeks "
    "before them validate, and every third evening before those trains. 25 December, when the shops were shut, is no "
    "target.",
)


def plan_monthly(examples: Examples) -> Plan:
    """Each series' last 18 months test, the 18 before them validate, earlier ones train."""
    import numpy as np

    assert examples.time is not None
    fold = Fold(
        name="each series' end",
        train=np.flatnonzero(examples.time < -36),
        validation=np.flatnonzero((examples.time >= -36) & (examples.time < -18)),
        test=np.flatnonzero(examples.time >= -18),
    )
    return Plan(
        folds=(fold,),
        unit="series",
        separation="time",
        sentence="The last 18 months of every series test, as in the competition, all forecast from the month before; "
        "the 18 months before them validate, and earlier months train. Time is counted back from each series' own end: "
        "their calendar dates are not known.",
    )


_TASK = quantile_task(
    "sales of a day",
    columns=("sales",),
    metrics=("wape", "pinball_loss", "mean_absolute_error"),
    headline="wape",
    unit="USD",
    relative_to="level",
    fan=Fan(series="series", origin="made", when="day"),
)
_MONTHLY_TASK = quantile_task(
    "value of a month",
    columns=("value", "scale"),
    metrics=("mase", "pinball_loss"),
    headline="mase",
    relative_to="level",
    error_per="scale",
    fan=Fan(series="series", origin="made", when="month"),
    absent=(Section.MONEY,),
)

_STORES = {"members": 4, "num_epochs": 15, "batch_size": 1024, "dropout": 0.3, "patience": 5}
_MONTHLY = {"members": 4, "num_epochs": 12, "batch_size": 1024, "patience": 5, "numeric_embedding": "piecewise"}

USE_CASE = UseCase(
    name="supply_chain/demand",
    title="Demand forecast",
    summary="How much will sell on each of the next days, and how sure is that? Order for it: less thrown away, less "
    "missing.",
    question=Question(
        who="The replenishment team of a grocery chain, which orders every evening for the days ahead.",
        problem="What is ordered too much is thrown away, what is ordered too little is not sold. Both depend on sales "
        "that have not happened yet.",
        cost_today="Orders by rule of thumb, as much as last week or the mean of four, miss every trend and holiday, "
        "and say nothing about how far they may be off.",
        what_ai_does="One network learns from all series together and gives, for each day ahead, a whole range: seven "
        "levels that sales stay below with a known chance. The order follows the level that pays best.",
        picture=Shelf(
            series="DELI",
            first_day="2017-11-06",
            ordered=(430, 355, 307, 452, 316, 521, 694),
            sold=(399, 376, 367, 232, 401, 461, 548),
            box=50,
            tells="A week at the deli counter, ordered as the week before sold: too much on most days, too little on "
            "the others.",
        ),
    ),
    datasets=("complete_journey",),
    columns=BY_DEPARTMENT,
    task=_TASK,
    model="table_network",
    baselines=("seasonal_naive", "exponential_smoothing", "gradient_boosting"),
    examples=examples,
    plan=_PLAN,
    value=VALUE,
    care=Care(
        privacy="Sales in sum: no person is in the data.",
        bias="Small shops and rare goods are forecast worse, and are out of stock more often.",
        ai_act="minimal risk",
        because="It forecasts how much is sold; nobody is judged.",
    ),
    settings=with_defaults(learning_rate=3e-3, num_epochs=60, members=4, width=64, dropout=0.1, patience=8),
    presets=(
        recommended("Chosen on validation among some fifteen runs: two small layers, stopped early, four networks."),
        quick(
            "One small layer, two networks where the recommended has four: a little worse, in a third of the time.",
            width=32,
            depth=1,
            members=2,
            num_epochs=30,
        ),
        Preset(
            name="stores",
            title="Stores",
            reason="89 series of single stores: mostly noise, so a third of the units is dropped in each step.",
            values={"variant": "stores", **_STORES},
        ),
        Preset(
            name="m3_monthly",
            title="M3 competition",
            reason="1,428 business series, 18 months ahead: each number enters by its way through sixteen bins.",
            values={"variant": "m3_monthly", **_MONTHLY},
        ),
        memorise(
            "Wide, nothing dropped, never stopped: it learns its weeks by heart and forecasts the next month no "
            "better than the mean of the last weeks does.",
        ),
        overshoot(
            "A learning rate some three hundred times too high: every step jumps across the valley.",
            num_epochs=30,
        ),
        crawl(),
        fade(),
    ),
    variants=(
        Variant(
            name="departments",
            title="12 departments, daily",
            reason="The sales of a whole department are smooth: here the mean of a few weeks is hard to beat. "
            "Money is counted as if all stores shared one shelf: an upper bound; the stores variant is the realistic "
            "one.",
        ),
        Variant(
            name="stores",
            title="89 departments in stores, daily",
            reason="The same sales split over 20 stores are mostly noise: the range says more than its middle.",
            changes={
                "columns": BY_STORE,
                "examples": examples_by_store,
                "plan": _PLAN_BY_STORE,
                "value": VALUE_BY_STORE,
            },
        ),
        Variant(
            name="m3_monthly",
            title="M3: 1,428 monthly series",
            reason="The classic contest: business series of every kind, 18 months ahead, without a common calendar.",
            changes={
                "datasets": ("m3_competition",),
                "columns": MONTHLY,
                "task": _MONTHLY_TASK,
                "examples": examples_monthly,
                "plan": plan_monthly,
                "value": None,
                "record_label": "forecast",
            },
        ),
    ),
    variants_label="Series",
    record_label="forecast",
    beside=BESIDE,
    names=NAMES,
    order=10,
    icon="inventory_2",
    looks_at="series",
)
