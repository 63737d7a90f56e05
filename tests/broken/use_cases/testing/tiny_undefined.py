"""A tiny forecast on sound tables that leave a metric without a value, a variant each. Exists only in the tests."""

from __future__ import annotations

from dataclasses import replace

from core.contracts import Assumption, Column, Examples, Fold, Kind, Plan, Question, Task, UseCase, Variant
from core.value.level import LevelOutcome, LevelValue, LevelWords

ROWS, TESTS = 360, 3


def examples(tables, no_volume=(), scale=1.0):
    """Rows of three shops; what the shops in `no_volume` sold is nothing at all."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(29)
    shop, x = np.arange(ROWS) % TESTS, rng.normal(size=ROWS)
    sold = np.where(np.isin(shop, no_volume), 0.0, np.maximum(0, 10 + 3 * x + rng.normal(size=ROWS)))
    return Examples(
        features=pd.DataFrame({"x": x, "noise": rng.normal(size=ROWS)}),
        target=pd.DataFrame({"sold": sold, "scale": np.full(ROWS, scale)}),
        unit=np.arange(ROWS),
        info=pd.DataFrame({"shop": shop}),
    )


def without_volume(tables):
    """Shop 0 is closed."""
    return examples(tables, no_volume=(0,))


def without_scale(tables):
    """No series ever changed."""
    return examples(tables, scale=0.0)


def plan(examples):
    """One shop is tested, another validates, the third trains."""
    import numpy as np

    shop = examples.info["shop"].to_numpy()
    folds = tuple(
        Fold(
            name=f"shop {i}",
            train=np.flatnonzero(shop == (i + 1) % TESTS),
            validation=np.flatnonzero(shop == (i + 2) % TESTS),
            test=np.flatnonzero(shop == i),
            test_name=f"shop {i}",
        )
        for i in range(TESTS)
    )
    return Plan(folds=folds, unit="row", separation="unit", aggregation="mean_of_tests", sentence="A shop each.")


def closed_test(examples):
    """Only the closed shop is tested; the others train and validate."""
    made = plan(examples)
    return replace(made, folds=made.folds[:1], aggregation="pooled")


def outcome(target, chosen, info, assumed):
    """Money per piece sold: without a sale, no number."""
    import numpy as np

    happened = target[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        money = np.minimum(chosen, happened) / happened * assumed["margin"]
    return LevelOutcome(money=money, short=np.maximum(0, happened - chosen), over=np.maximum(0, chosen - happened))


VALUE = LevelValue(
    assumptions=(
        Assumption(
            name="margin", label="Margin", value=2.0, low=0.0, high=9.0, step=0.5, unit="USD", source="Made up."
        ),
    ),
    levels=(0.1, 0.5, 0.9),
    outcome=outcome,
    simple=lambda target, info, assumed: (("Always 9", target[:, 0] * 0 + 9.0),),
    rows_per_year=lambda assumed, info: 365.0,
    words=LevelWords(
        level="Level", chosen="Baked", kept="Enough", short="Missing", over="Left", amount_unit="pieces", unit="days"
    ),
)
_SCALED = Task(
    kind=Kind.QUANTILE,
    target="pieces",
    target_columns=("sold", "scale"),
    outputs=("q10", "q50", "q90"),
    levels=(0.1, 0.5, 0.9),
    loss="pinball",
    metrics=("wape", "mase", "pinball_loss"),
    headline="wape",
    unit="pieces",
)
USE_CASE = UseCase(
    name="testing/tiny_undefined",
    title="Tiny undefined metrics",
    summary="Synthetic sales of three shops, some of which sell nothing.",
    question=Question(who="Tests", problem="How many?", cost_today="Nothing.", what_ai_does="Forecasts."),
    datasets=(),
    columns=(Column(name="x", label="Signal"), Column(name="noise", label="Noise")),
    task=_SCALED,
    model="table_network",
    baselines=("constant", "ridge_quantiles", "seasonal_naive"),
    examples=examples,
    plan=plan,
    value=VALUE,
    settings={"members": {"default": 2}, "width": {"default": 8}, "num_epochs": {"default": 3}},
    variants=(
        Variant(name="sound", title="Sound", reason="Every metric has a value."),
        Variant(
            name="closed_shop",
            title="One test set without volume",
            reason="A shop is closed.",
            changes={"examples": without_volume},
        ),
        Variant(
            name="closed_test",
            title="No volume in all of the test",
            reason="Only the closed shop is tested.",
            changes={"examples": without_volume, "plan": closed_test},
        ),
        Variant(
            name="no_scale",
            title="No scale",
            reason="No series changes.",
            changes={"examples": without_scale, "task": replace(_SCALED, headline="mase")},
        ),
    ),
)
