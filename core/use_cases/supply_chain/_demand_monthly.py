"""M3's monthly series as forecast rows. Everything in a row is known at its origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import Examples, Series
from core.use_cases.supply_chain._demand_daily import history

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

HORIZONS, PERIOD = 18, 12
FIRST_SID, LAST_SID = "N1402", "N2829"
_WINDOW, _LEAST_HISTORY, _ORIGIN_STRIDE, _THIN = 72, 24, 3, 6
_ALPHAS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def wide(m3: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """The monthly series (S, L), NaN after a series' end, and the id and type of each."""
    import numpy as np

    monthly = m3[(m3["sid"] >= FIRST_SID) & (m3["sid"] <= LAST_SID)]
    table = monthly.pivot_table(index="sid", columns="t", values="y")
    kinds = monthly.drop_duplicates("sid").set_index("sid")["type"].loc[table.index]
    return np.ascontiguousarray(table.to_numpy(dtype=np.float64)), kinds.rename("kind").reset_index()


def rows(length: np.ndarray) -> tuple[np.ndarray, ...]:
    """which, origin and horizon (N,). Test and validation are the last 18 months and the 18 before them, each from the
    month before; of earlier times, every third month is an origin, and every sixth of its horizons a row."""
    import numpy as np

    parts = []
    for s, n in enumerate(length):
        for blocks in (1, 2):
            parts.append(np.stack([np.full(18, s), np.full(18, n - 18 * blocks - 1), np.arange(1, 19)]))
        last = n - 37  # the last month that training knows
        for i, origin in enumerate(range(last - 1, _LEAST_HISTORY - 2, -_ORIGIN_STRIDE)):
            ahead = np.arange(1 + (s + i) % _THIN, min(HORIZONS, last - origin) + 1, _THIN)
            parts.append(np.stack([np.full(len(ahead), s), np.full(len(ahead), origin), ahead]))
    which, origin, horizon = np.concatenate(parts, axis=1)
    return which, origin, horizon


def scale(past: np.ndarray) -> np.ndarray:
    """Mean absolute change over a season, of each history (N, L): what MASE is measured in."""
    import numpy as np

    change = np.nanmean(np.abs(past[:, PERIOD:] - past[:, :-PERIOD]), axis=1)
    return np.maximum(change, 1e-3 * np.nanmean(past, axis=1))  # a series that never changed has no scale of its own


def seasonality(past: np.ndarray) -> np.ndarray:
    """Seasonal factors (N, 12) of the steps 1..12 after each history, by classical decomposition, shrunk towards 1
    where years are few or disagree."""
    import numpy as np

    weight = np.r_[0.5, np.ones(11), 0.5] / 12
    centred = np.lib.stride_tricks.sliding_window_view(past, 13, axis=1) @ weight
    ratio = past[:, 6:-6] / np.maximum(centred, 1e-9)
    padded = np.full((len(past), -(-ratio.shape[1] // PERIOD) * PERIOD), np.nan)
    padded[:, -ratio.shape[1] :] = ratio
    by_year = padded.reshape(len(past), -1, PERIOD)
    years = (~np.isnan(by_year)).sum(1)
    filled = np.where(np.isnan(by_year), 0.0, by_year)
    mean = filled.sum(1) / np.maximum(years, 1)
    within = (np.where(np.isnan(by_year), 0.0, by_year - mean[:, None]) ** 2).sum((1, 2)) / np.maximum(
        years.sum(1) - PERIOD, 1
    )
    noise = within[:, None] / np.maximum(years, 1)
    between = np.maximum(mean.var(1)[:, None] - noise.mean(1, keepdims=True), 0.0)
    trust = np.where(years > 0, between / np.maximum(between + noise, 1e-12), 0.0)
    factor = np.maximum(1 + trust * (mean - 1), 0.05)
    factor /= factor.mean(1, keepdims=True)
    return np.roll(factor, -6, axis=1)  # the last ratio is six months before the origin


def smoothed(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Simple exponential smoothing (N,) of histories (N, L) without their seasons, each at the weight that fitted its
    own past best, and that weight."""
    import numpy as np

    alphas = np.array(_ALPHAS)
    first = np.argmax(~np.isnan(flat), axis=1)
    level = np.repeat(flat[np.arange(len(flat)), first][:, None], len(alphas), axis=1)
    missed = np.zeros_like(level)
    for t in range(1, flat.shape[1]):
        error = flat[:, t, None] - level
        known = (t > first)[:, None]
        missed += np.where(known, error**2, 0.0)
        level = level + np.where(known, alphas * error, 0.0)
    best = missed.argmin(1)
    return level[np.arange(len(flat)), best], alphas[best]


def slope(flat: np.ndarray, length: int) -> np.ndarray:
    """Slope per month (N,) of a straight line through the last `length` values that are known."""
    import numpy as np

    part = flat[:, -length:]
    t = np.where(np.isnan(part), np.nan, np.arange(part.shape[1]))
    t = t - np.nanmean(t, axis=1, keepdims=True)
    return np.nansum(t * np.where(np.isnan(part), 0.0, part), axis=1) / np.nansum(t**2, axis=1)


def features(
    values: np.ndarray, which: np.ndarray, origin: np.ndarray, horizon: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """What the history says of each row, in multiples of the level; and the scale that MASE divides by."""
    import numpy as np

    pair, of = np.unique(np.stack([which, origin], axis=1), axis=0, return_inverse=True)
    whole = history(values, pair[:, 0], pair[:, 1], values.shape[1])
    past = whole[:, -_WINDOW:]
    level = np.maximum(np.nanmean(past[:, -PERIOD:], axis=1), 1e-6)
    shape = past / level[:, None]
    season = seasonality(shape)
    flat = shape / np.tile(season, 6)
    ses, alpha = smoothed(flat)
    known = np.isfinite(whole).sum(1)
    base = {
        "level": level,
        "last": shape[:, -1],
        "last_3": np.nanmean(shape[:, -3:], axis=1),
        "last_6": np.nanmean(shape[:, -6:], axis=1),
        "growth": level / np.maximum(np.nanmean(past[:, -24:-12], axis=1), 1e-6),
        "smoothed": ses,
        "smoothing": alpha,
        "slope": slope(flat, _WINDOW),
        "slope_24": slope(flat, 24),
        "slope_12": slope(flat, 12),
        "noise": np.nanmean(np.abs(np.diff(flat[:, -36:], axis=1)), axis=1),
        "seasonal_strength": season.std(1),
        "yearly_change": scale(whole) / level,
        "months_known": known.astype(np.float64),
    }
    found = {name: column[of] for name, column in base.items()}
    phase = (horizon - 1) % PERIOD
    factor = season[of, phase]
    drift = horizon + (1 - (1 - found["smoothing"]) ** found["months_known"]) / found["smoothing"] - 1
    found |= {
        "season": factor,
        "year_before": shape[of, _WINDOW - PERIOD + phase],
        "theta": factor * (found["smoothed"] + found["slope"] / 2 * drift),
        "damped": factor * (found["smoothed"] + found["slope_24"] * (1 - 0.9**horizon) / 0.1),
        "horizon": horizon.astype(np.float64),
    }
    return found, scale(whole)[of]


def build(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every monthly series, 1 to 18 months ahead."""
    import numpy as np
    import pandas as pd

    values, about = wide(tables["m3_competition"]["m3"])
    length = np.isfinite(values).sum(1)
    which, origin, horizon = rows(length)
    table, by = features(values, which, origin, horizon)
    month = origin + horizon
    series = about["sid"].to_numpy(dtype=object)[which]
    return Examples(
        features=pd.DataFrame({**table, "kind": about["kind"].to_numpy(dtype=object)[which]}),
        target=pd.DataFrame({"value": values[which, month], "scale": by}),
        unit=series,
        time=month - length[which],  # months to the series' end, below 0: calendars differ
        info=pd.DataFrame({"series": series, "made": origin, "month": month, "horizon": horizon}),
        series=Series(values=values, which=which, origin=origin, horizon=horizon, period=PERIOD),
    )
