"""Engine failure: how many flights are left? One row per engine and flight; the network reads the last 30 flights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import ArrayInput, Examples, Followed, InputKind, Preset, Question, Trace, UseCase
from core.contracts.care import Care
from core.contracts.picture import Spread
from core.use_cases.helpers import crawl, number, overshoot, quantile_task, quick, recommended, with_defaults
from core.use_cases.manufacturing._engine_features import COLUMNS, FLIGHTS, SENSORS, follow, plan, rows_of
from core.use_cases.manufacturing._engine_value import VALUE

if TYPE_CHECKING:
    import pandas as pd

LIVES = (128, 155, 168, 185, 193, 199, 207, 214, 234, 275, 362)  # of the engines that failed, by tenths


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """A row for every second flight of the engines that fail, and one for each test engine."""
    return rows_of(tables)


USE_CASE = UseCase(
    name="manufacturing/engine_failure",
    title="Engine failure",
    summary="How many flights does this engine have left? Overhaul it late, but never too late.",
    question=Question(
        who="Whoever runs machines that wear out: an airline, a wind park, a paper mill.",
        problem="No engine tells when it will fail. Of a hundred alike, the first failed after 128 flights, the last "
        "after 362.",
        cost_today="All are overhauled at the age of the weakest. That throws away the better half of most lives.",
        what_ai_does="It reads the sensors of the last 30 flights and says how many are left, as a range. The overhaul "
        "is planned as late as the risk allows.",
        picture=Spread(
            outcomes=tuple(map(float, LIVES)),
            tells="Lives of a hundred engines of one kind, from the shortest to the longest, by tenths.",
        ),
        detail="Simulated by NASA with a physical model, no real flights. Flights left are told apart up to 125: "
        "before that an engine shows no wear. The literature counts so too, and reaches 12 to 13 flights (RMSE) on the "
        "same 100 engines: 12.6 by Li, Ding and Sun, 2018.",
    ),
    datasets=("cmapss_fd001",),
    columns=COLUMNS,
    arrays=(ArrayInput(name="sensors", kind=InputKind.SERIES, shape=(FLIGHTS, len(SENSORS))),),
    follow=Followed(
        change=follow,
        series="sensors",
        columns=tuple((name, f"{name}_trend") for name in SENSORS),
        steps="flights",
    ),
    task=quantile_task(
        "flights left, up to 125",
        columns=("remaining",),
        unit="flights",
        metrics=("root_mean_squared_error", "mean_absolute_error", "pinball_loss"),
        headline="root_mean_squared_error",
        trace=Trace(series="engine", when="flight", part="validation", fleet=True),
    ),
    model="series_network",
    baselines=("constant", "ridge_quantiles", "gradient_boosting"),
    examples=examples,
    plan=plan,
    value=VALUE,
    care=Care(
        privacy="Sensors of simulated engines: nobody's data, so the GDPR does not touch them.",
        bias="Engines that wear in other ways than these are forecast wrongly, and with confidence. Nobody is treated "
        "worse.",
        ai_act="high risk",
        because="In a real aircraft it would be a safety component (Annex I, Regulation (EU) 2018/1139). In a mill "
        "that only stands still it is minimal risk.",
        rules=(
            "EASA Part-M and Part-145: life limits and overhauls are set by the maker and approved, whatever a "
            "forecast says.",
        ),
    ),
    settings=with_defaults(
        learning_rate=2e-3,
        num_epochs=20,
        batch_size=256,
        members=1,
        blocks=2,
        patterns=16,
        width=64,
        dropout=0.1,
    ),
    presets=(
        recommended(
            "Two blocks of sixteen patterns over 30 flights, five networks validated on different engines: the best of "
            "four on validation."
        ),
        quick("A third of the epochs.", num_epochs=6),
        Preset(
            name="one_look",
            title="One look",
            reason="A pattern is as long as three flights and there is one block: noise of single flights is not "
            "averaged away.",
            values={"blocks": 1, "kernel": "3", "patterns": 4, "width": 16, "num_epochs": 6},
        ),
        overshoot("A learning rate hundreds of times too high: every step jumps across the valley.", num_epochs=6),
        crawl(num_epochs=6),
    ),
    record_label="engine",
    beside=(
        number("engine", "Engine"),
        number("flight", "Flights flown", "flights"),
        number("really_left", "Flights really left", "flights"),
    ),
    order=20,
    icon="flight",
    looks_at="series",
)
