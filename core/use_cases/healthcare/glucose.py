"""Glucose: what will a monitor say in half an hour? A row for every tenth minute; the network reads two hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import ArrayInput, Examples, Followed, InputKind, Question, Trace, UseCase
from core.contracts.care import Care
from core.contracts.picture import Spread
from core.use_cases.healthcare._glucose_features import BACK, BACK_OF_CURRENT, COLUMNS, PLAN, STEPS, follow, rows_of
from core.use_cases.healthcare._glucose_value import VALUE
from core.use_cases.helpers import crawl, number, overshoot, quantile_task, quick, recommended, with_defaults

if TYPE_CHECKING:
    import pandas as pd

HOURS = (67, 86, 86, 78, 77, 82, 78, 101, 278, 304, 256, 185, 149, 216, 182, 103, 93, 80, 70, 73, 62, 78, 80, 69)


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """A row for every tenth minute, of what is known half an hour before it."""
    return rows_of(tables)


USE_CASE = UseCase(
    name="healthcare/glucose",
    title="Glucose",
    summary="What will the glucose monitor say in half an hour? Warn of a low before it comes, and not too often.",
    question=Question(
        who="People with diabetes who wear a monitor, and those who build it.",
        problem="A monitor sounds when glucose is low already. Half an hour earlier there would have been time to eat.",
        cost_today="Lows that come unseen, or an alarm set so high that it sounds at every other meal.",
        what_ai_does="It reads the last two hours and says where glucose will be in half an hour, as a range. The "
        "alarm sounds when a low is likely enough.",
        picture=Spread(
            outcomes=tuple(map(float, HOURS)),
            tells="One person's glucose on 8 September 2010, hour by hour; the marked bar is noon.",
        ),
        detail="One person, from March to October 2010; no meals, no insulin. For another body nothing is promised. "
        "This is no medical device, and nothing here is advice.",
    ),
    datasets=("glucose_monitor",),
    columns=COLUMNS,
    arrays=(ArrayInput(name="glucose", kind=InputKind.SERIES, shape=(STEPS, 2)),),
    follow=Followed(
        change=follow,
        series="glucose",
        columns=(
            ("now", *(f"change_{minutes}" for minutes in BACK)),
            tuple(f"current_{minutes}" for minutes in BACK_OF_CURRENT),
        ),
        steps="readings of 5 minutes",
    ),
    task=quantile_task(
        "glucose in half an hour",
        columns=("glucose",),
        unit="mg/dL",
        metrics=("root_mean_squared_error", "mean_absolute_error", "pinball_loss"),
        headline="root_mean_squared_error",
        relative_to="now",
        trace=Trace(series="day", when="when"),
        error_grid=True,
    ),
    model="series_network",
    baselines=("persistence", "ridge_quantiles", "gradient_boosting"),
    examples=examples,
    plan=PLAN,
    value=VALUE,
    care=Care(
        privacy="One person's glucose, given into the public domain. Anybody else's is health data, a special category "
        "(GDPR, Article 9).",
        bias="Learned from one body, one sensor and one way of eating: for anybody else it may be wrong by any amount.",
        ai_act="high risk",
        because="It would be software of a medical device that a notified body examines (Article 6(1), Annex I).",
        rules=(
            "Medical Device Regulation (EU) 2017/745, rule 11: class IIb or higher where an alarm is relied on.",
            "United States: FDA, integrated continuous glucose monitoring.",
        ),
    ),
    settings=with_defaults(
        learning_rate=2e-3,
        num_epochs=16,
        batch_size=256,
        members=1,
        blocks=2,
        patterns=24,
        width=64,
        dropout=0.1,
    ),
    presets=(
        recommended("Two blocks of patterns over two hours of glucose and of the sensor's current."),
        quick("A third of the epochs.", num_epochs=5),
        overshoot("A learning rate hundreds of times too high: every step jumps across the valley.", num_epochs=5),
        crawl(num_epochs=5),
    ),
    record_label="forecast",
    beside=(
        number("day", "Day"),
        number("when", "Moment that is forecast"),
        number("was", "Glucose when it was forecast", "mg/dL"),
        number("quarter_ago", "Glucose 15 minutes before that", "mg/dL"),
    ),
    order=40,
    icon="glucose",
    looks_at="series",
)
