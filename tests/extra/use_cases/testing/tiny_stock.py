"""A tiny forecast with a fan, a level that earns money, and two variants, made by a generator with a fixed seed.
Exists only in the tests."""

from __future__ import annotations

from core.contracts import (
    Assumption,
    Column,
    ColumnKind,
    Examples,
    Fan,
    Fold,
    Kind,
    Plan,
    Preset,
    Question,
    Task,
    UseCase,
    Variant,
)
from core.value.level import LevelOutcome, LevelValue, LevelWords

SHOPS = ("Harbour", "Market", "Station", "University")
DAYS = 120
HORIZONS = 7


def examples(tables):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(5)
    days = pd.date_range("2025-01-01", periods=DAYS + HORIZONS)
    rows = []
    for s, shop in enumerate(SHOPS):
        level = (
            (20 + 12 * s)
            * (1 + 0.35 * np.sin(2 * np.pi * np.arange(len(days)) / 7))
            * (1 + s * np.arange(len(days)) / 900)
        )
        sold = rng.poisson(rng.gamma(12, level / 12)).astype(float)
        for origin in range(14, DAYS, 3):
            for h in range(1, HORIZONS + 1):
                day = days[origin + h]
                rows.append(
                    {
                        "same_weekday": sold[origin + h - 7],
                        "last_week": sold[origin - 6 : origin + 1].mean(),
                        "weekday": day.day_name(),
                        "ahead": float(h),
                        "sold": sold[origin + h],
                        "shop": shop,
                        "made_on": days[origin],
                        "day": day,
                    }
                )
    table = pd.DataFrame(rows)
    return Examples(
        features=table[["same_weekday", "last_week", "weekday", "ahead"]],
        target=table[["sold"]],
        unit=table["made_on"].dt.strftime("%Y-%m-%d").to_numpy(),
        time=table["made_on"].to_numpy(),
        info=table[["shop", "made_on", "day", "same_weekday"]].copy(),
    )


def plan(examples):
    import numpy as np

    early = examples.time < np.datetime64("2025-03-10")
    late = examples.time >= np.datetime64("2025-04-01")
    fold = Fold(
        name="forward",
        train=np.flatnonzero(early),
        validation=np.flatnonzero(~early & ~late),
        test=np.flatnonzero(late),
    )
    return Plan(folds=(fold,), unit="day", separation="time", sentence="Forecasts made before April train.")


def shuffled(examples):
    import numpy as np

    days = np.unique(examples.unit)
    part_of = dict(zip(days, np.random.default_rng(2).permutation(len(days)) % 4, strict=True))
    part = np.array([part_of[d] for d in examples.unit])
    fold = Fold(
        name="shuffled",
        train=np.flatnonzero(part < 2),
        validation=np.flatnonzero(part == 2),
        test=np.flatnonzero(part == 3),
    )
    return Plan(folds=(fold,), unit="day", separation="unit", sentence="Days are shuffled.")


def outcome(target, chosen, info, assumed):
    import numpy as np

    happened = target[:, 0]
    short, over = np.maximum(0, happened - chosen), np.maximum(0, chosen - happened)
    return LevelOutcome(
        money=assumed["margin"] * np.minimum(happened, chosen) - assumed["waste"] * over, short=short, over=over
    )


def simple(target, info, assumed):
    import numpy as np

    week = info["same_weekday"].to_numpy(dtype=float)
    return (("As many as a week ago", week), ("Always 60", np.full(len(info), 60.0)))


VALUE = LevelValue(
    assumptions=(
        Assumption(
            name="margin",
            label="Margin of a sale",
            value=2.0,
            low=0.0,
            high=20.0,
            step=0.1,
            unit="USD",
            source="Made up.",
        ),
        Assumption(
            name="waste",
            label="Cost of a piece left over",
            value=0.5,
            low=0.0,
            high=20.0,
            step=0.1,
            unit="USD",
            source="Made up.",
        ),
    ),
    levels=(0.05, 0.25, 0.5, 0.75, 0.95),
    outcome=outcome,
    simple=simple,
    rows_per_year=lambda assumed, info: 365.0 * len(SHOPS),
    words=LevelWords(
        level="Stock that is enough with this chance",
        chosen="Baked",
        kept="Days on which it was enough",
        short="Missing",
        over="Left over",
        amount_unit="pieces",
        unit="days",
    ),
)

USE_CASE = UseCase(
    name="testing/tiny_stock",
    title="Tiny stock",
    summary="Synthetic sales of four shops, a week ahead.",
    question=Question(who="Tests", problem="How many?", cost_today="Nothing.", what_ai_does="Forecasts."),
    datasets=(),
    columns=(
        Column(name="same_weekday", label="Sold a week before", unit="pieces"),
        Column(name="last_week", label="Sold a day, last week", unit="pieces"),
        Column(name="weekday", label="Weekday", kind=ColumnKind.CATEGORY),
        Column(name="ahead", label="Days ahead", unit="days"),
    ),
    task=Task(
        kind=Kind.QUANTILE,
        target="pieces sold",
        target_columns=("sold",),
        outputs=("q05", "q25", "q50", "q75", "q95"),
        levels=(0.05, 0.25, 0.5, 0.75, 0.95),
        loss="pinball",
        metrics=("pinball_loss", "mean_absolute_error"),
        headline="pinball_loss",
        unit="pieces",
        fan=Fan(series="shop", origin="made_on", when="day"),
    ),
    model="table_network",
    baselines=("constant",),
    examples=examples,
    plan=plan,
    value=VALUE,
    settings={"members": {"default": 2}, "width": {"default": 16}, "num_epochs": {"default": 30}},
    presets=(
        Preset(name="recommended", title="Recommended", reason="As it is."),
        Preset(name="one", title="One epoch", reason="Stops at once.", values={"num_epochs": 1}, good=False),
    ),
    variants=(
        Variant(name="forward", title="Forward in time", reason="What a shop would have known on the day."),
        Variant(
            name="shuffled",
            title="Days shuffled",
            reason="Days before and after the test are known: easier than life.",
            changes={"plan": shuffled},
        ),
    ),
    variants_label="Plan",
)
