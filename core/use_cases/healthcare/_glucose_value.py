"""The money of an alarm before a low glucose: lows that come unwarned against alarms for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.use_cases.healthcare._glucose_features import LOW
from core.use_cases.helpers import QUANTILE_LEVELS, guess, slider
from core.value.level import LevelCounts, LevelOutcome, LevelValue, LevelWords

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

QUIET_MIN = 30  # after an alarm, and after a low before the next one counts
IN_TIME_MIN = (15, 60)  # before a low's first reading: the alarm's moment
AHEAD_MIN = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarms:
    """What alarms came to, per row in time order as given: lows that began there (N,), those of them that were warned
    of in time, alarms that sounded, those of them for nothing."""

    lows: np.ndarray
    warned: np.ndarray
    alarms: np.ndarray
    false: np.ndarray


def alarms_of(when: np.ndarray, happened: np.ndarray, chosen: np.ndarray) -> Alarms:
    """An alarm sounds half an hour before the moment `when` (N,) that is forecast, where `chosen` is below the limit,
    no alarm sounded within half an hour before, and glucose was not low by then. It is for nothing where no low begins
    within an hour. A low begins with a reading below the limit after half an hour of none; it was warned of in time
    where an alarm sounded 15 to 60 minutes before."""
    import numpy as np

    order = np.argsort(when, kind="stable")
    at = when[order].astype("datetime64[m]").astype(np.int64)
    low, wanted = happened[order] < LOW, chosen[order] < LOW
    starts = _after_quiet(at, low)
    now_low = np.isin(at - AHEAD_MIN, at[low])
    sounds = _after_quiet(at, wanted & ~now_low, from_first=True)
    sounded, began = at[sounds] - AHEAD_MIN, at[starts]
    lead = began[:, None] - sounded[None, :]
    early, late = IN_TIME_MIN
    caught = ((lead >= early) & (lead <= late)).any(axis=1)
    useful = ((lead >= 0) & (lead <= late)).any(axis=0)
    found = np.zeros((4, len(when)), dtype=bool)
    found[0, order[starts]] = True
    found[1, order[starts]] = caught
    found[2, order[sounds]] = True
    found[3, order[sounds]] = ~useful
    return Alarms(lows=found[0], warned=found[1], alarms=found[2], false=found[3])


def _after_quiet(at: np.ndarray, so: np.ndarray, *, from_first: bool = False) -> np.ndarray:
    """The places of moments at which it is so and was not within the quiet time before; from_first: and was not taken
    within it, so that one that lasts is taken again and again."""
    import numpy as np

    places, last = [], -(10**9)
    for place in np.flatnonzero(so):
        if at[place] - last > QUIET_MIN:
            places.append(place)
            last = at[place]
        elif not from_first:
            last = at[place]
    return np.array(places, dtype=int)


def _outcome(target: np.ndarray, chosen: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]) -> LevelOutcome:
    """Against no alarm at all: each low that was warned of in time is worth something, each alarm costs something, one
    for nothing most."""
    import numpy as np

    found = alarms_of(info["when"].to_numpy(), target[:, 0], np.asarray(chosen, dtype=float))
    worth = assumed["low_cost"] * assumed["averted_share"]
    money = found.warned * worth - found.false * assumed["false_cost"]
    return LevelOutcome(money=money, short=1.0 * (found.lows & ~found.warned), over=1.0 * found.false)


def _counts(target: np.ndarray, chosen: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]) -> LevelCounts:
    """A day's alarms, lows without one, and alarms for nothing."""
    import numpy as np

    found = alarms_of(info["when"].to_numpy(), target[:, 0], np.asarray(chosen, dtype=float))
    days = max(1, info["day"].nunique())
    lows = int(found.lows.sum())
    return LevelCounts(
        kept=float(found.warned.sum() / lows) if lows else 1.0,
        acted=float(found.alarms.sum() / days),
        short=float((found.lows & ~found.warned).sum() / days),
        over=float(found.false.sum() / days),
        rows=lows,
    )


def _simple(target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]) -> tuple[tuple[str, np.ndarray], ...]:
    """Alarms without a model: where glucose stands now, and the line through the last quarter of an hour."""
    import numpy as np

    now: np.ndarray = info["was"].to_numpy(dtype=float)
    line = now + (now - info["quarter_ago"].to_numpy(dtype=float)) * (AHEAD_MIN / 15)
    return (
        ("Alarm at a glucose of today's limit", now - assumed["todays_limit"] + LOW),
        ("Alarm by the line of the last 15 minutes", line),
        ("No alarm", np.full(len(now), 1e3)),
    )


def _rows_per_year(assumed: Mapping[str, float], info: pd.DataFrame) -> float:
    return len(info) / max(1, info["day"].nunique()) * 365 * assumed["people"]


VALUE = LevelValue(
    levels=QUANTILE_LEVELS,
    outcome=_outcome,
    counts=_counts,
    today="Alarm at a glucose of today's limit",
    simple=_simple,
    rows_per_year=_rows_per_year,
    words=LevelWords(
        level="Alarm when the chance of a low is at least",
        chosen="alarms a day",
        kept="Lows warned of in time",
        short="Lows without a warning",
        over="Alarms for nothing",
        amount_unit="a day",
        unit="lows",
        axis="How sure of a low an alarm must be",
        risk=True,
    ),
    assumptions=(
        guess(
            "low_cost",
            "What a low costs that nobody saw coming",
            slider(20.0, "USD", low=0.0, high=1_000.0, step=1.0),
            "Half an hour in which nothing goes, a meal, and once in a great while an ambulance. Put in your own.",
        ),
        guess(
            "averted_share",
            "Of lows warned of in time, averted",
            slider(0.7, "share", low=0.0, high=1.0, step=0.05),
            "Some warnings are not heard, and some lows come in spite of them. Only a trial can tell.",
        ),
        guess(
            "false_cost",
            "What an alarm for nothing costs",
            slider(3.0, "USD", low=0.0, high=100.0, step=0.5),
            "A broken sleep or meeting; who is woken too often turns the alarm off. Put in your own.",
        ),
        guess(
            "todays_limit",
            "Glucose below which the monitor sounds today",
            slider(80.0, "mg/dL", low=70.0, high=120.0, step=1.0),
            "Monitors of 2010 sounded at a limit that their wearer set; ten above a low is common.",
        ),
        guess(
            "people",
            "People who wear the monitor",
            slider(1_000.0, "people", low=1.0, high=10_000_000.0, step=100.0),
            "A practice for diabetes. All are taken to be like the one person of the data, which they are not.",
        ),
    ),
)
