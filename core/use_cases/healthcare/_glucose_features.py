"""A glucose monitor's last two hours, and what it says half an hour later; days apart, forward in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import Examples
from core.use_cases.helpers import number, time_split, typed_features

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

STEP_MIN = 5
STEPS = 24  # two hours
AHEAD = 6  # half an hour
EVERY = 2  # a forecast every ten minutes
TEST_FROM = "2010-09-01"
LOW = 70.0  # mg/dL; the international consensus calls less a level 1 low

BACK = (5, 10, 15, 20, 30, 45, 60, 90, 115)  # minutes
BACK_OF_CURRENT = (5, 10, 15, 30, 60)

COLUMNS = (
    number("now", "Glucose now", "mg/dL"),
    *(number(f"change_{minutes}", f"Change in {minutes} minutes", "mg/dL") for minutes in BACK),
    *(
        number(
            f"current_{minutes}",
            f"Change of the sensor's current in {minutes} minutes",
            "mg/dL",
            help="In mg/dL, as the monitor reads the current now. It runs ahead of what the monitor shows.",
        )
        for minutes in BACK_OF_CURRENT
    ),
    number("calibration", "Glucose for a unit of current", "mg/dL per nA"),
    number("hour", "Time of day", "hour of day"),
)


def on_a_grid(table: pd.DataFrame) -> pd.DataFrame:
    """Glucose and current (T, 2) at every fifth minute, the nearest reading within two minutes and a half; missing
    without one."""
    import pandas as pd

    readings = table.drop_duplicates("datetime").set_index("datetime")
    current = pd.to_numeric(readings["isig"], errors="coerce")
    known = pd.DataFrame({"glucose": readings["glucose"].astype(float), "current": current.where(current > 0)})
    first = known.index[0].floor(f"{STEP_MIN}min")
    grid = pd.date_range(first, known.index[-1], freq=f"{STEP_MIN}min")
    return known.reindex(grid, method="nearest", tolerance=pd.Timedelta(minutes=STEP_MIN / 2))


def rows_of(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """A row for every tenth minute with two whole hours of glucose before it and a reading half an hour later. Its time
    is the moment that is forecast."""
    import numpy as np
    import pandas as pd

    readings = on_a_grid(tables["glucose_monitor"]["glucose"])
    values, moments = readings["glucose"].to_numpy(), readings.index.to_numpy()
    both = np.lib.stride_tricks.sliding_window_view(readings.to_numpy(), STEPS, axis=0)  # (T, 2, steps)
    at = np.arange(STEPS - 1, len(values) - AHEAD, EVERY)
    at = at[~np.isnan(both[at - STEPS + 1, 0]).any(axis=1) & ~np.isnan(values[at + AHEAD])]
    window, current, when = both[at - STEPS + 1, 0], both[at - STEPS + 1, 1], moments[at + AHEAD]
    calibration = window[:, -1] / current[:, -1]
    now, day = pd.DatetimeIndex(moments[at]), when.astype("datetime64[D]").astype(str)
    series = np.stack([window, current * calibration[:, None]], axis=-1)
    return Examples(
        features=_features(series, calibration, np.asarray(now.hour + now.minute / 60)),
        target=pd.DataFrame({"glucose": values[at + AHEAD]}),
        unit=day,
        time=when,
        info=pd.DataFrame({"day": day, "when": when, "was": window[:, -1], "quarter_ago": window[:, -4]}),
        arrays={"glucose": series.astype(np.float32)},
    )


def _features(series_NT2: np.ndarray, calibration: np.ndarray, hour: np.ndarray) -> pd.DataFrame:
    """The table beside: where glucose stands, how far it and the current came in so many minutes, what a unit of
    current is worth, and the time of day in hours."""
    import pandas as pd

    now = series_NT2[:, -1]
    changes = {f"change_{m}": now[:, 0] - series_NT2[:, -1 - m // STEP_MIN, 0] for m in BACK}
    of_current = {f"current_{m}": now[:, 1] - series_NT2[:, -1 - m // STEP_MIN, 1] for m in BACK_OF_CURRENT}
    table = {"now": now[:, 0], **changes, **of_current, "calibration": calibration, "hour": hour}
    return typed_features(pd.DataFrame(table), COLUMNS)


def follow(
    arrays: Mapping[str, np.ndarray], was: pd.DataFrame, now: pd.DataFrame
) -> tuple[Mapping[str, np.ndarray], pd.DataFrame]:
    """The last two hours as they are when someone moves where glucose stands, which shifts all of them, or how far it
    or the current came in some minutes, which turns those and shifts what was before; and all columns anew."""
    import numpy as np

    series = arrays["glucose"].astype(float)
    change = now.reset_index(drop=True) - was.reset_index(drop=True)
    back = np.arange(STEPS - 1, -1, -1) * STEP_MIN
    series += change["now"].to_numpy()[:, None, None]
    for channel, name, minutes in [(0, "change", m) for m in BACK] + [(1, "current", m) for m in BACK_OF_CURRENT]:
        turned = change[f"{name}_{minutes}"].fillna(0.0).to_numpy()[:, None] * np.clip(back / minutes, 0, 1)
        series[:, :, channel] -= turned
    told = _features(series, now["calibration"].to_numpy(), now["hour"].to_numpy())
    return {**arrays, "glucose": series.astype(arrays["glucose"].dtype)}, told


PLAN = time_split(
    test_from=TEST_FROM,
    unit="day",
    part="days",
    seed=5,
    sentence="September and October test: the same person, later. Days drawn at random from before take turns in five "
    "parts as validation. No other person was forecast: for a body that was never seen nothing is promised.",
)
