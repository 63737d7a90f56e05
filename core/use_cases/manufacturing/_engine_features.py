"""Engines by flights: sensors of the last flights, flights that remain, whole engines apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import Examples, Fold, Plan
from core.use_cases._windows import moved, standing, trend
from core.use_cases.helpers import number, typed_features

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FLIGHTS = 30  # the shortest test record has 31
MOST = 125  # remaining flights that are told apart: before that an engine shows no wear
EVERY = 2  # flights from one row of an engine to the next: their windows are nearly the same
NUM_TEST = NUM_TRAIN = 100
_PARTS = 5

SENSORS = {
    "s2": ("Temperature behind the low-pressure compressor", "°R"),
    "s3": ("Temperature behind the high-pressure compressor", "°R"),
    "s4": ("Temperature behind the low-pressure turbine", "°R"),
    "s7": ("Pressure behind the high-pressure compressor", "psia"),
    "s8": ("Fan speed", "rpm"),
    "s9": ("Core speed", "rpm"),
    "s11": ("Static pressure behind the high-pressure compressor", "psia"),
    "s12": ("Fuel flow for that pressure", "pps/psi"),
    "s13": ("Fan speed, corrected", "rpm"),
    "s14": ("Core speed, corrected", "rpm"),
    "s15": ("Bypass ratio", ""),
    "s17": ("Bleed enthalpy", ""),
    "s20": ("Coolant bleed of the high-pressure turbine", "lbm/s"),
    "s21": ("Coolant bleed of the low-pressure turbine", "lbm/s"),
}

COLUMNS = (
    number("flown", "Flights flown", "flights"),
    *(number(name, label, unit, help="Mean of the last 5 flights.") for name, (label, unit) in SENSORS.items()),
    *(
        number(
            f"{name}_trend",
            f"Trend: {label[0].lower() + label[1:]}",
            f"{unit} per flight" if unit else "per flight",
            help="Slope of the line through the last 30 flights.",
        )
        for name, (label, unit) in SENSORS.items()
    ),
)


def rows_of(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """A row for every second flight of the engines that fail, from the thirtieth on, and one for each test engine,
    after the last flight of its record. Engines 101 to 200 are the source's test engines."""
    import numpy as np
    import pandas as pd

    files = tables["cmapss_fd001"]
    rest = np.concatenate([np.zeros(NUM_TRAIN, dtype=int), files["remaining"]["rul"].to_numpy()])
    own = [*_by_engine(files["train"]), *_by_engine(files["test"])]
    ends = [np.arange(len(v), FLIGHTS - 1, -EVERY)[::-1] if e < NUM_TRAIN else [len(v)] for e, v in enumerate(own)]
    windows = np.stack([v[end - FLIGHTS : end] for v, of_it in zip(own, ends, strict=True) for end in of_it])
    engine = np.repeat(np.arange(len(own)), list(map(len, ends)))
    flown = np.concatenate(ends)
    remaining = np.array(list(map(len, own)))[engine] + rest[engine] - flown
    return Examples(
        features=_features(flown, windows),
        target=pd.DataFrame({"remaining": np.minimum(remaining, MOST)}, dtype=float),
        unit=engine + 1,
        info=pd.DataFrame({"engine": engine + 1, "flight": flown, "really_left": remaining}),
        arrays={"sensors": windows.astype(np.float32)},
    )


def _by_engine(table: pd.DataFrame) -> list[np.ndarray]:
    """The sensors (flights, 14) of each engine, first flight first."""
    import numpy as np

    ordered = table.sort_values(["unit", "cycle"])
    begins = np.flatnonzero(np.diff(ordered["unit"].to_numpy())) + 1
    return np.split(ordered[list(SENSORS)].to_numpy(dtype=np.float64), begins)


def _features(flown: np.ndarray, windows: np.ndarray) -> pd.DataFrame:
    """The table beside: flights flown, where each sensor stands, and how it moves."""
    import numpy as np
    import pandas as pd

    names = [column.name for column in COLUMNS]
    table = np.concatenate([flown[:, None], standing(windows), trend(windows)], axis=1)
    return typed_features(pd.DataFrame(table, columns=names), COLUMNS)


def follow(
    arrays: Mapping[str, np.ndarray], was: pd.DataFrame, now: pd.DataFrame
) -> tuple[Mapping[str, np.ndarray], pd.DataFrame]:
    """The sensors of the last flights as they are when someone moves where they stand, or their trends."""
    names = list(SENSORS)
    change = now.reset_index(drop=True) - was.reset_index(drop=True)
    higher, steeper = change[names].to_numpy(), change[[f"{name}_trend" for name in names]].to_numpy()
    return {**arrays, "sensors": moved(arrays["sensors"], higher, steeper).astype(arrays["sensors"].dtype)}, now


def plan(examples: Examples) -> Plan:
    """The source's test engines test; the others take turns in five parts as validation, whole engines at a time."""
    import numpy as np

    turn = np.random.default_rng(17).permutation(NUM_TRAIN) % _PARTS
    engine = np.asarray(examples.unit)
    tests = engine > NUM_TRAIN
    of_row = np.where(tests, -1, turn[np.minimum(engine, NUM_TRAIN) - 1])
    return Plan(
        folds=tuple(
            Fold(
                name=f"engines, part {part + 1}",
                train=np.flatnonzero(~tests & (of_row != part)),
                validation=np.flatnonzero(of_row == part),
                test=np.flatnonzero(tests),
            )
            for part in range(_PARTS)
        ),
        unit="engine",
        separation="unit",
        sentence="The source's own 100 test engines test, each once, after the last flight of its record. The other "
        "100 take turns in five parts as validation, whole engines at a time: no engine is in two parts. Settings were "
        "chosen on validation.",
    )
