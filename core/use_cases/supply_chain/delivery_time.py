"""Delivery time: how many minutes from the order to the door? One row per delivered order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import (
    Assumption,
    Column,
    ColumnKind,
    Examples,
    Fold,
    Kind,
    Plan,
    Preset,
    Question,
    Task,
    UseCase,
)
from core.use_cases._presets import crawl, fade, memorise
from core.value.level import LevelOutcome, LevelValue, LevelWords

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_ITEMS = tuple(f"item_{i:02d}" for i in range(1, 28))
_LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
_NUM_FOLDS, _NUM_TEST = 5, 2503
_BUFFERS = range(-5, 16)  # minutes that the simple rule may add to its average


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """What is known when the order comes in. The orders have no date and no customer: each stands for itself."""
    import numpy as np

    table = tables["restaurant_deliveries"]["deliveries"]
    features = table.assign(
        day=table["day"].astype(object),
        items=table[list(_ITEMS)].sum(axis=1),
        kinds=(table[list(_ITEMS)] > 0).sum(axis=1),
    )
    names = [column.name for column in USE_CASE.columns]
    numbers = {c.name: float for c in USE_CASE.columns if c.kind is not ColumnKind.CATEGORY}
    return Examples(
        features=features[names].astype(numbers),
        target=table[["time_to_delivery"]].rename(columns={"time_to_delivery": "minutes"}),
        unit=np.arange(len(table)),
        info=table[["day"]].assign(order=np.arange(1, len(table) + 1), full_hour=np.floor(table["hour"]).astype(int)),
    )


def plan(examples: Examples) -> Plan:
    """A quarter of the orders, drawn at random, tests; five parts of the others take turns as validation."""
    import numpy as np

    drawn = np.random.default_rng(27).permutation(len(examples))
    test, known = np.sort(drawn[:_NUM_TEST]), np.sort(drawn[_NUM_TEST:])
    part = np.random.default_rng(28).permutation(len(known)) % _NUM_FOLDS
    return Plan(
        folds=tuple(
            Fold(name=f"orders {i + 1}", train=known[part != i], validation=known[part == i], test=test)
            for i in range(_NUM_FOLDS)
        ),
        unit="order",
        separation="unit",
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
    """Shuffler won by the promise, times what an order leaves less what a broken promise costs."""
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


def _rows_per_year(assumed: Mapping[str, float], info: pd.DataFrame) -> float:
    return assumed["orders_per_year"]


VALUE = LevelValue(
    levels=_LEVELS,
    outcome=_outcome,
    simple=_simple,
    rows_per_year=_rows_per_year,
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
        Assumption(
            name="todays_promise",
            label="Minutes promised to everybody today",
            value=35.0,
            low=10.0,
            high=90.0,
            step=1.0,
            unit="minutes",
            source="A round number that nine of ten orders keep; put in your own. Money is counted from here.",
        ),
        Assumption(
            name="order_margin",
            label="What an order leaves",
            value=8.0,
            low=0.0,
            high=50.0,
            step=0.5,
            unit="USD",
            source="A 30 USD order less food, packaging and delivery, before rent and fixed wages; put in your own.",
        ),
        Assumption(
            name="lost_per_minute",
            label="Shuffler lost for every minute promised longer",
            value=0.005,
            low=0.0,
            high=0.05,
            step=0.001,
            unit="share per minute",
            source="Ten minutes longer lose one order in twenty; only showing different promises at random can tell.",
        ),
        Assumption(
            name="broken_cost",
            label="Cost of a broken promise",
            value=3.0,
            low=0.0,
            high=100.0,
            step=0.5,
            unit="USD",
            source="A voucher. That some customers never come back is not counted; put in your own number.",
        ),
        Assumption(
            name="grace_minutes",
            label="Minutes late that are forgiven",
            value=2.0,
            low=0.0,
            high=30.0,
            step=1.0,
            unit="minutes",
            source="Nobody complains about two minutes; put in what your vouchers say.",
        ),
        Assumption(
            name="orders_per_year",
            label="Delivery orders a year",
            value=300_000.0,
            low=1_000.0,
            high=100_000_000.0,
            step=10_000.0,
            unit="orders",
            source="A chain of ten such restaurants with some eighty deliveries a day each; put in your own.",
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
    ),
    datasets=("restaurant_deliveries",),
    columns=(
        Column(name="hour", label="Time of the order", unit="h", help="Decimal hours: 18.5 is half past six."),
        Column(name="day", label="Weekday", kind=ColumnKind.CATEGORY),
        Column(name="distance", label="Distance to the door", unit="miles", help="Approximate."),
        Column(name="items", label="Items in the order", unit="items"),
        Column(name="kinds", label="Different items in the order", unit="items"),
        *(
            Column(
                name=name,
                label=f"Menu item {int(name[-2:])}",
                unit="items",
                help="How many of it are in the order. The items are numbered in the source, not named.",
            )
            for name in _ITEMS
        ),
    ),
    task=Task(
        kind=Kind.QUANTILE,
        target="minutes to the door",
        target_columns=("minutes",),
        outputs=tuple(f"q{round(100 * level):02d}" for level in _LEVELS),
        loss="pinball",
        metrics=("mean_absolute_error", "pinball_loss"),
        headline="mean_absolute_error",
        unit="minutes",
        levels=_LEVELS,
    ),
    model="table_network",
    baselines=("constant", "ridge_quantiles", "gradient_boosting", "many_trees"),
    examples=examples,
    plan=plan,
    value=VALUE,
    settings={
        "learning_rate": {"default": 4e-3},
        "num_epochs": {"default": 40},
        "members": {"default": 3},
        "width": {"default": 64},
        "depth": {"default": 4},
        "activation": {"default": "silu"},
        "dropout": {"default": 0.05},
        "weight_decay": {"default": 0.6},
        "patience": {"default": 40},
        "numeric_transform": {"default": "standard"},
    },
    presets=(
        Preset(
            name="recommended",
            title="Recommended",
            reason="Chosen on validation among some twenty variants: four smooth layers, and a strong pull to zero.",
        ),
        Preset(
            name="quick",
            title="Quick",
            reason="One network a fold, three layers, an eighth of the time: about a second of precision is lost.",
            values={"depth": 3, "members": 1, "num_epochs": 20},
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
    order=10,
)
