"""The weather that was known at a moment at a New York airport. No forecast: there is none in the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

_HOUR = 60
_FIRST, _LAST = -24, 367 * 24  # hours since the start of 2013 (UTC)
_FASTEST_WIND = 150.0  # miles per hour; one row says 1,048
_MEASURED = ("temp", "dewp", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib")


def minutes(time_hour: pd.Series) -> np.ndarray:
    """Whole minutes since the start of 2013 (UTC) of texts such as 2013-01-01T10:00:00Z."""
    stamps = time_hour.str.slice(0, 16).to_numpy().astype("datetime64[m]")
    return (stamps - np.datetime64("2013-01-01T00:00", "m")).astype(np.int64)


def weather(table: pd.DataFrame, origin: np.ndarray, moment: np.ndarray) -> dict[str, np.ndarray]:
    """The last complete hour's observation at the airport, at most six hours old, and how it was three hours before.

    An hour's row is an observation made at some minute of that hour: it is read only when the hour is over.
    """
    stations = np.array(sorted(set(table["origin"])), dtype=object)
    hours = np.arange(_FIRST, _LAST)
    measured = {n: np.full((len(stations), len(hours)), np.nan) for n in _MEASURED}
    station, at = np.searchsorted(stations, table["origin"]), minutes(table["time_hour"]) // _HOUR - _FIRST
    for name, grid in measured.items():
        grid[station, at] = table[name].to_numpy(dtype=float)
        if name == "wind_gust":  # reported only where there is one
            grid[station, at] = np.fmax(grid[station, at], table["wind_speed"].to_numpy(dtype=float))
    measured["wind_speed"][measured["wind_speed"] > _FASTEST_WIND] = np.nan
    measured["wind_gust"][measured["wind_gust"] > _FASTEST_WIND] = np.nan
    rain = np.nan_to_num(measured["precip"])
    for grid in measured.values():
        _carry_forward(grid, 6)
    row, column = np.searchsorted(stations, origin), moment // _HOUR - 1 - _FIRST

    def read(name: str, back: int = 0) -> np.ndarray:
        return measured[name][row, column - back]

    return {
        "temperature": read("temp"),
        "dew_gap": read("temp") - read("dewp"),
        "wind": read("wind_speed"),
        "gust": read("wind_gust"),
        "wind_east": read("wind_speed") * np.sin(np.deg2rad(read("wind_dir"))),
        "wind_north": read("wind_speed") * np.cos(np.deg2rad(read("wind_dir"))),
        "visibility": read("visib"),
        "rain": read("precip"),
        "rain_6h": sum((rain[row, column - b] for b in range(6)), np.zeros(len(row))),
        "pressure": read("pressure"),
        "pressure_change": read("pressure") - read("pressure", 3),
        "visibility_region": np.nanmin(np.nan_to_num(measured["visib"], nan=10.0), axis=0)[column],
    }


def _carry_forward(grid: np.ndarray, hours: int) -> None:
    """Fill gaps (in place) with the last value, for so many hours at most."""
    for _ in range(hours):
        holes = np.isnan(grid[:, 1:])
        grid[:, 1:][holes] = grid[:, :-1][holes]
