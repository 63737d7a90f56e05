"""The money of an engine's last flights: overhauled too early they are thrown away, too late the engine fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.use_cases.helpers import QUANTILE_LEVELS, from_data, guess, per_year, slider
from core.value.level import LevelOutcome, LevelValue, LevelWords

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_AGES = range(100, 361, 5)  # flights since new, of the simple rule
_RUN_TO_FAILURE = 10_000.0  # flights: later than any engine


def _outcome(target: np.ndarray, chosen: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]) -> LevelOutcome:
    """What an engine costs that is taken out after `chosen` more flights, against today's rule. Counted on the flights
    that were really left, of which the forecast tells 125 apart."""
    import numpy as np

    left = info["really_left"].to_numpy(dtype=float)
    cost = _cost(left, np.asarray(chosen, dtype=float), assumed)
    return LevelOutcome(
        money=_cost(left, _today(info, assumed), assumed) - cost,
        short=np.maximum(chosen - left, 0.0),
        over=np.maximum(left - chosen, 0.0),
    )


def _cost(left: np.ndarray, chosen: np.ndarray, assumed: Mapping[str, float]) -> np.ndarray:
    """Flights thrown away, or a failure."""
    import numpy as np

    wasted = np.maximum(left - np.floor(chosen), 0.0) * assumed["flight_cost"]
    return np.where(np.floor(chosen) >= left, assumed["failure_cost"], wasted)


def _today(info: pd.DataFrame, assumed: Mapping[str, float]) -> np.ndarray:
    """Flights until an engine is as old as the rule allows; one that is older is taken out at once."""
    import numpy as np

    age: np.ndarray = info["flight"].to_numpy(dtype=float)
    return np.maximum(assumed["todays_age"] - age, 0.0)


def _simple(target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]) -> tuple[tuple[str, np.ndarray], ...]:
    """Rules without a model. The last is chosen on the very engines that it is judged by, in its favour."""
    import numpy as np

    left = info["really_left"].to_numpy(dtype=float)
    by_age = [_today(info, {**assumed, "todays_age": float(age)}) for age in _AGES]
    return (
        ("Overhaul at a fixed age, as today", _today(info, assumed)),
        ("Fly until it fails", np.full(len(left), _RUN_TO_FAILURE)),
        ("The best fixed age, known afterwards", min(by_age, key=lambda chosen: _cost(left, chosen, assumed).sum())),
    )


VALUE = LevelValue(
    levels=QUANTILE_LEVELS,
    outcome=_outcome,
    today="Overhaul at a fixed age, as today",
    retitled={
        "Overhaul at a fixed age, as today": "A fixed age",
        "The best fixed age, known afterwards": "The best fixed age, in hindsight",
    },
    simple=_simple,
    at_once=True,
    rows_per_year=per_year("overhauls"),
    words=LevelWords(
        level="Risk of a failure before the overhaul",
        chosen="flights until the overhaul",
        kept="Overhauled in time",
        short="Planned too late by",
        over="Flights thrown away",
        amount_unit="flights",
        unit="engines",
        axis="How much risk to take",
        risk=True,
    ),
    assumptions=(
        guess(
            "failure_cost",
            "What a failure costs beyond an overhaul",
            slider(300_000.0, "USD", low=0.0, high=10_000_000.0, step=10_000.0),
            "A cancelled flight, an engine on hire, parts that broke along. Put in your own.",
        ),
        guess(
            "flight_cost",
            "What a flight of life thrown away costs",
            slider(2_500.0, "USD", low=0.0, high=50_000.0, step=100.0),
            "An overhaul for half a million lasts some 200 of these simulated flights.",
        ),
        from_data(
            "todays_age",
            "Flights after which an engine is overhauled today",
            slider(125.0, "flights", low=50.0, high=360.0, step=5.0),
            "The first of the 100 engines that were flown until they failed did so after 128 flights.",
        ),
        guess(
            "overhauls",
            "Overhauls a year",
            slider(200.0, "overhauls", low=1.0, high=20_000.0, step=10.0),
            "An airline of a hundred aircraft with two engines each, one overhaul a year.",
        ),
    ),
)
