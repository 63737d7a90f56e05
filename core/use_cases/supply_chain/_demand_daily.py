"""Daily sales of the Complete Journey as forecast rows. Everything in a row is known on the evening of its origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import Examples, Series

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

HORIZONS = 7
TRAIN_END = "2017-09-25"  # series are chosen by what was sold before this day, where every fold still trains
FRESH = ("PRODUCE", "MEAT", "MEAT-PCKGD", "DELI", "PASTRY", "SEAFOOD-PCKGD", "FLORAL", "SALAD BAR", "SEAFOOD")
_CLOSED = ("2017-12-25",)
_HOLIDAYS = (
    "2017-01-01",
    "2017-04-16",
    "2017-05-29",
    "2017-07-04",
    "2017-09-04",
    "2017-11-23",
    "2017-12-25",
    "2018-01-01",
)
_WINDOW, _FIRST_ORIGIN = 56, 41
_LEAST_LEVEL = 5.0  # USD a day: multiples of less than that say nothing


def sold_per_day(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Sales by department, store and day. The tables' times are UTC; a shop's day is local."""
    import pandas as pd

    lines = tables["transactions"][["store_id", "product_id", "sales_value", "transaction_timestamp"]]
    local = lines["transaction_timestamp"].dt.tz_localize("UTC").dt.tz_convert("America/New_York").dt.tz_localize(None)
    department = tables["products"].set_index("product_id")["department"]
    keyed = pd.DataFrame(
        {
            "department": lines["product_id"].map(department),
            "store": lines["store_id"].astype(str),
            "day": local.dt.normalize(),
            "sales": lines["sales_value"],
        }
    )
    return keyed.groupby(["department", "store", "day"])["sales"].sum().reset_index()


def by_department(tables: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The 12 departments that sold most in training time: daily sales (days, series), and what each series is."""
    sold = sold_per_day(tables)
    before = sold[sold["day"] < TRAIN_END]
    names = sorted(before.groupby("department")["sales"].sum().nlargest(12).index)
    daily = _wide(sold[sold["department"].isin(names)], ["department"])
    return daily, daily.columns.to_frame(index=False).assign(store="all")


def by_store(tables: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The twelve largest departments in the twenty largest stores, where they sold on 7 days of 10 in training time."""
    sold = sold_per_day(tables)
    before = sold[sold["day"] < TRAIN_END]
    departments = before.groupby("department")["sales"].sum().nlargest(12).index
    stores = before.groupby("store")["sales"].sum().nlargest(20).index
    within = sold[sold["department"].isin(departments) & sold["store"].isin(stores)]
    daily = _wide(within, ["department", "store"])
    often = (daily[daily.index < TRAIN_END] > 0).mean() >= 0.7
    daily = daily.loc[:, often]
    return daily, daily.columns.to_frame(index=False)


def _wide(sold: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Days down, series across; nothing sold is 0, a day on which the shops were shut is missing."""
    import pandas as pd

    days = pd.date_range("2017-01-01", "2017-12-31", name="day")
    wide = sold.pivot_table(index="day", columns=keys, values="sales", aggfunc="sum")
    wide = wide.reindex(days).fillna(0.0).sort_index(axis=1)
    wide.loc[pd.DatetimeIndex(_CLOSED)] = float("nan")
    return wide


def rows(num_series: int, num_days: int, first_validation: int, stride: int) -> tuple[np.ndarray, ...]:
    """which, origin and horizon (N,) of all rows; before validation only every `stride`-th day is an origin. Strides
    that share no factor with 7 meet every weekday."""
    import numpy as np

    origins = np.arange(_FIRST_ORIGIN, num_days - 1)
    origins = origins[(origins % stride == 0) | (origins >= first_validation - HORIZONS)]
    which, origin, horizon = (
        a.ravel() for a in np.meshgrid(np.arange(num_series), origins, np.arange(1, HORIZONS + 1), indexing="ij")
    )
    inside = origin + horizon < num_days
    return which[inside], origin[inside], horizon[inside]


def history(values: np.ndarray, which: np.ndarray, origin: np.ndarray, length: int) -> np.ndarray:
    """The last `length` values up to each origin, (N, length), oldest first; NaN before the first day."""
    import numpy as np

    place = origin[:, None] - np.arange(length - 1, -1, -1)
    return np.where(place >= 0, values[which[:, None], np.maximum(place, 0)], np.nan)


def features(
    values: np.ndarray, totals: Mapping[str, np.ndarray], which: np.ndarray, origin: np.ndarray, horizon: np.ndarray
) -> dict[str, np.ndarray]:
    """What the history says of each row, in multiples of the level. totals: sums (S, L) over the series' relatives."""
    import numpy as np

    pair, of = np.unique(np.stack([which, origin], axis=1), axis=0, return_inverse=True)
    past = history(values, pair[:, 0], pair[:, 1], _WINDOW)
    level = np.maximum(np.nanmean(past, axis=1), _LEAST_LEVEL)
    shape = past / level[:, None]
    found = {
        "level": level,
        "last_day": np.where(np.isnan(shape[:, -1]), 0.0, shape[:, -1]),
        "last_3": np.nanmean(shape[:, -3:], axis=1),
        "last_7": np.nanmean(shape[:, -7:], axis=1),
        "week_before": np.nanmean(shape[:, -14:-7], axis=1),
        "last_28": np.nanmean(shape[:, -28:], axis=1),
        "spread": np.nanstd(shape, axis=1),
        "best_day": np.nanmax(shape, axis=1),
    }
    for name, total in totals.items():
        around = history(total, pair[:, 0], pair[:, 1], _WINDOW)
        found[name] = np.nanmean(around[:, -7:], axis=1) / np.maximum(np.nanmean(around, axis=1), _LEAST_LEVEL)
    found = {name: column[of] for name, column in found.items()}
    same = _same_weekday(shape, of, horizon)
    found |= {
        "same_weekday_1": np.where(np.isnan(same[:, 0]), np.nanmean(same, axis=1), same[:, 0]),
        "same_weekday_2": np.nanmean(same[:, :2], axis=1),
        "same_weekday_4": np.nanmean(same[:, :4], axis=1),
        "same_weekday_8": np.nanmean(same, axis=1),
        "same_weekday_middle": np.nanmedian(same[:, :5], axis=1),
        "horizon": horizon.astype(np.float64),
    }
    return found


def _same_weekday(shape: np.ndarray, of: np.ndarray, horizon: np.ndarray) -> np.ndarray:
    """The target's weekday in the last eight weeks (N, 8), newest first."""
    import numpy as np

    newest = shape.shape[1] - 1 + horizon - 7  # horizons go up to 7: last week's day is always known
    return shape[of[:, None], newest[:, None] - 7 * np.arange(8)]


def calendar(days: pd.DatetimeIndex) -> dict[str, np.ndarray]:
    """What a calendar says of each target day."""
    import numpy as np
    import pandas as pd

    holidays = pd.DatetimeIndex(_HOLIDAYS).to_numpy()
    gap = (holidays[None, :] - days.to_numpy()[:, None]) / np.timedelta64(1, "D")
    ahead = np.where(gap >= 0, gap, np.inf).min(1)
    behind = np.where(gap <= 0, -gap, np.inf).min(1)
    names = np.select([ahead == 0, ahead == 1, behind == 1], ["holiday", "day before", "day after"], "none")
    return {
        "weekday": days.day_name().to_numpy(dtype=object),
        "holiday": names.astype(object),
        "days_to_holiday": np.minimum(ahead, 7.0),
        "day_of_month": days.day.to_numpy(dtype=np.float64),
    }


def build(daily: pd.DataFrame, about: pd.DataFrame, stride: int) -> Examples:
    """Every series from every origin, 1 to 7 days ahead; a day on which the shops are shut is no target."""
    import numpy as np
    import pandas as pd

    values = np.ascontiguousarray(daily.to_numpy(dtype=np.float64).T)
    days = pd.DatetimeIndex(daily.index)
    first_validation = int(days.searchsorted(pd.Timestamp(TRAIN_END)))
    which, origin, horizon = rows(len(values), len(days), first_validation, stride)
    open_ = ~np.isnan(values[0, origin + horizon])
    which, origin, horizon = which[open_], origin[open_], horizon[open_]
    target_day = days[origin + horizon]
    table = features(values, _totals(values, about), which, origin, horizon) | calendar(target_day)
    of_row = about.iloc[which].reset_index(drop=True)
    monday = target_day - pd.to_timedelta(target_day.day_of_week, unit="D")
    week = monday.strftime("%Y-%m-%d").to_numpy(dtype=object)
    name = of_row["department"] + np.where(of_row["store"] == "all", "", ", store " + of_row["store"])
    return Examples(
        features=pd.DataFrame({**table, "department": of_row["department"], "store": of_row["store"]}),
        target=pd.DataFrame({"sales": values[which, origin + horizon]}),
        unit=week,
        time=target_day.to_numpy(),
        info=pd.DataFrame(
            {
                "series": name,
                "made": days[origin],
                "day": target_day,
                "horizon": horizon,
                "fresh": of_row["department"].isin(FRESH).to_numpy(),
                "week_ago": values[which, origin + horizon - 7],
                "four_weeks": table["same_weekday_4"] * table["level"],
                "week": week,
            }
        ),
        series=Series(values=values, which=which, origin=origin, horizon=horizon, period=7),
    )


def _totals(values: np.ndarray, about: pd.DataFrame) -> dict[str, np.ndarray]:
    """For each series, all its department's and all its store's sales, day by day."""
    import numpy as np

    out = {}
    for name, key in (("department_last_7", "department"), ("store_last_7", "store")):
        same = about[key].to_numpy()[:, None] == about[key].to_numpy()[None, :]
        out[name] = np.nan_to_num(same.astype(np.float64) @ np.nan_to_num(values))
        out[name][:, np.isnan(values[0])] = np.nan
    return out
