"""Delivery time: how many minutes from the order to the door? One row per delivered order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import Examples, Preset, Question, UseCase
from core.contracts.care import Care
from core.contracts.picture import Wait
from core.use_cases.helpers import (
    QUANTILE_LEVELS,
    category,
    crawl,
    fade,
    guess,
    memorise,
    number,
    per_year,
    quantile_task,
    quick,
    random_folds,
    recommended,
    slider,
    typed_features,
    with_defaults,
)
from core.value.level import LevelOutcome, LevelValue, LevelWords

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_ITEMS = tuple(f"item_{i:02d}" for i in range(1, 28))
_BUFFERS = range(-5, 16)  # minutes that the simple rule may add to its average


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """What is known when the order comes in. The orders have no date and no customer: each stands for itself."""
    import numpy as np

    table = tables["restaurant_deliveries"]["deliveries"]
    features = table.assign(
        items=table[list(_ITEMS)].sum(axis=1),
        kinds=(table[list(_ITEMS)] > 0).sum(axis=1),
    )
    return Examples(
        features=typed_features(features, USE_CASE.columns),
        target=table[["time_to_delivery"]].rename(columns={"time_to_delivery": "minutes"}),
        unit=np.arange(len(table)),
        info=table[["day"]].assign(order=np.arange(1, len(table) + 1), full_hour=np.floor(table["hour"]).astype(int)),
    )


_PLAN = random_folds(
    test_share=0.25,
    seed=27,
    unit="order",
    part="orders",
    sentence="A quarter of the orders, drawn at random, is kept for the test; the other three quarters take turns "
    "in five parts as validation. The orders carry no date, so the test cannot go forward in time and says nothing "
    "about how a model ages.",
)


def _outcome(target: np.ndarray, chosen: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]) -> LevelOutcome:
    """What the promises earn beyond today's one promise for all, per order that today's promise would have won."""
    import numpy as np

    taken, minutes = target[:, 0], np.asarray(chosen, dtype=float)
    today = np.full(len(taken), assumed["todays_promise"])
    return LevelOutcome(
        money=_earned(taken, minutes, assumed) - _earned(taken, today, assumed),
        short=np.maximum(taken - minutes, 0.0),
        over=np.maximum(minutes - taken, 0.0),
    )


def _earned(taken: np.ndarray, promised: np.ndarray, assumed: Mapping[str, float]) -> np.ndarray:
    """Orders won by the promise, times what an order leaves less what a broken promise costs."""
    import numpy as np

    won = np.maximum(1 - assumed["lost_per_minute"] * (promised - assumed["todays_promise"]), 0.0)
    broken = taken > promised + assumed["grace_minutes"]
    return won * (assumed["order_margin"] - broken * assumed["broken_cost"])


def _simple(target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]) -> tuple[tuple[str, np.ndarray], ...]:
    """Promises without a model. The last two are chosen on the very orders that they are judged by, in their favour."""
    import numpy as np

    minutes = target[:, 0]
    today = np.full(len(minutes), assumed["todays_promise"])
    average = info.assign(minutes=minutes).groupby(["day", "full_hour"])["minutes"].transform("mean").to_numpy()

    def best(promises: list[np.ndarray]) -> np.ndarray:
        return max(promises, key=lambda p: float(_earned(minutes, p, assumed).sum()))

    return (
        ("Today's promise for all", today),
        ("Best single promise, known afterwards", best([np.full(len(minutes), float(m)) for m in range(10, 61)])),
        ("Average of the day and hour plus the best buffer", best([average + b for b in _BUFFERS])),
    )


VALUE = LevelValue(
    levels=QUANTILE_LEVELS,
    outcome=_outcome,
    today="Today's promise for all",
    retitled={
        "Today's promise for all": "One promise for all",
        "Best single promise, known afterwards": "The best single promise, in hindsight",
    },
    simple=_simple,
    at_once=True,
    rows_per_year=per_year("orders_per_year"),
    words=LevelWords(
        level="Share of promises to keep",
        chosen="promised minutes",
        kept="Delivered within the promise",
        short="Late",
        over="Promised longer than needed",
        amount_unit="minutes",
        unit="orders",
    ),
    assumptions=(
        guess(
            "todays_promise",
            "Minutes promised to everybody today",
            slider(35.0, "minutes", low=10.0, high=90.0, step=1.0),
            "A round number that nine of ten orders keep; put in your own. Money is counted from here.",
        ),
        guess(
            "order_margin",
            "What an order leaves",
            slider(8.0, "USD", low=0.0, high=50.0, step=0.5),
            "A 30 USD order less food, packaging and delivery, before rent and fixed wages; put in your own.",
        ),
        guess(
            "lost_per_minute",
            "Orders lost for every minute promised longer",
            slider(0.005, "share per minute", low=0.0, high=0.05, step=0.001),
            "Ten minutes longer lose one order in twenty; only showing different promises at random can tell.",
        ),
        guess(
            "broken_cost",
            "Cost of a broken promise",
            slider(3.0, "USD", low=0.0, high=100.0, step=0.5),
            "A voucher. That some customers never come back is not counted; put in your own number.",
        ),
        guess(
            "grace_minutes",
            "Minutes late that are forgiven",
            slider(2.0, "minutes", low=0.0, high=30.0, step=1.0),
            "Nobody complains about two minutes; put in what your vouchers say.",
        ),
        guess(
            "orders_per_year",
            "Delivery orders a year",
            slider(300_000.0, "orders", low=1_000.0, high=100_000_000.0, step=10_000.0),
            "A chain of ten such restaurants with some eighty deliveries a day each; put in your own.",
        ),
    ),
)

USE_CASE = UseCase(
    name="supply_chain/delivery_time",
    title="Delivery time",
    summary="How long will this order take? Promise as little as you can, and still keep it.",
    question=Question(
        who="A restaurant, or a chain of them, that delivers what it cooks and names a time when the order is placed.",
        problem="An order takes 14 minutes late on a Saturday morning and 35 the same evening. One promise for all is "
        "far too long for most and broken for some.",
        cost_today="A promise that is too long sends people elsewhere before they order. A broken one costs a voucher, "
        "and sometimes the customer.",
        what_ai_does="For every order it says not one time but a range: the minutes that it will keep in half, in nine "
        "of ten, in nineteen of twenty cases. The restaurant chooses how often it wants to keep its word.",
        picture=Wait(low=16, high=38, tells="Nine in ten orders take between 16 and 38 minutes. What do you promise?"),
    ),
    datasets=("restaurant_deliveries",),
    columns=(
        number("hour", "Time of the order", "hour of day"),
        category("day", "Weekday"),
        number("distance", "Distance to the door", "miles", help="Approximate."),
        number("items", "Items in the order"),
        number("kinds", "Different items in the order"),
        *(
            number(
                name,
                f"Menu item {int(name[-2:])}",
                help="How many of it are in the order. The items are numbered in the source, not named.",
            )
            for name in _ITEMS
        ),
    ),
    task=quantile_task("minutes to the door", columns=("minutes",), unit="minutes"),
    model="table_network",
    baselines=("constant", "ridge_quantiles", "gradient_boosting", "many_trees"),
    examples=examples,
    plan=_PLAN,
    value=VALUE,
    care=Care(
        privacy="Orders of one restaurant, without customers or couriers: no person is in the data. With addresses or "
        "names it would be personal (GDPR, Article 6).",
        bias="Far and late orders are few, and are forecast worse. Do not judge a courier by a forecast that ignores "
        "his road.",
        ai_act="minimal risk",
        because="It promises a time to a customer. It becomes high risk where it allots work to couriers or rates them "
        "(Annex III, 4b).",
        rules=("Platform Work Directive (EU) 2024/2831, where couriers are managed by algorithms.",),
    ),
    settings=with_defaults(
        learning_rate=4e-3,
        num_epochs=40,
        members=3,
        width=64,
        depth=4,
        activation="silu",
        dropout=0.05,
        weight_decay=0.6,
        patience=40,
        numeric_transform="standard",
    ),
    presets=(
        recommended("Chosen on validation among some twenty variants: four smooth layers, and a strong pull to zero."),
        quick(
            "One network where the recommended has three, three layers, an eighth of the time: about a second of "
            "precision is lost.",
            depth=3,
            members=1,
            num_epochs=20,
        ),
        Preset(
            name="straight_line",
            title="Straight line",
            reason="No hidden layer: hour and weekday can only add up, but on a Saturday evening they multiply.",
            values={"depth": 0, "members": 1, "num_epochs": 15, "weight_decay": 0.0},
            good=False,
            fault="plateau",
        ),
        memorise(
            "Wide, nothing dropped, no pull, no stop: it learns single orders by heart and errs on the rest.",
            width=128,
            depth=3,
            num_epochs=60,
        ),
        crawl(),
        fade(),
    ),
    record_label="order",
    beside=(number("full_hour", ""),),
    order=10,
    icon="timer",
)
