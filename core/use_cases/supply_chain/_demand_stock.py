"""A shelf of fresh goods, day by day: ordered up to a forecast, sold oldest first, thrown away when too old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.value.level import LevelOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd


def simulate(
    demand: np.ndarray, up_to: np.ndarray, lead_days: int, shelf_life: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sold, lacking and thrown away, each (S, D), of a base-stock policy with a lead time.

    demand (S, D). up_to (S, D, H): what is chosen for day d, h + 1 days ahead; 0 where no forecast is. On the evening
    of day o, what is to arrive on the morning of o + lead_days is ordered: what is chosen for the days up to then, less
    what stands on the shelf or is on its way. Goods last shelf_life days, that of arrival included.
    """
    import numpy as np

    num_series, num_days = demand.shape
    arriving = np.zeros((num_series, num_days + lead_days))
    shelf = np.zeros((num_series, shelf_life))  # by days left, the oldest first
    sold, lacking, wasted = (np.zeros_like(demand) for _ in range(3))
    for day in range(-lead_days, num_days):
        if day >= 0:
            shelf[:, -1] += arriving[:, day]
            wanted = demand[:, day].copy()
            for age in range(shelf_life):
                taken = np.minimum(shelf[:, age], wanted)
                shelf[:, age] -= taken
                wanted -= taken
            sold[:, day], lacking[:, day], wasted[:, day] = demand[:, day] - wanted, wanted, shelf[:, 0]
            shelf = np.concatenate([shelf[:, 1:], np.zeros((num_series, 1))], axis=1)
        ahead = [(day + h, h - 1) for h in range(1, lead_days + 1) if 0 <= day + h < num_days]
        needed = sum((up_to[:, d, h] for d, h in ahead), np.zeros(num_series))
        on_its_way = arriving[:, max(day + 1, 0) : day + lead_days].sum(1)
        arriving[:, day + lead_days] = np.maximum(needed - shelf.sum(1) - on_its_way, 0.0)
    return sold, lacking, wasted


def outcome(target: np.ndarray, chosen: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]) -> LevelOutcome:
    """The shelves of the fresh departments; what a day earned stands at its row `lead_days` ahead, other rows at 0."""
    import numpy as np
    import pandas as pd

    lead_days, shelf_life = round(assumed["lead_days"]), round(assumed["shelf_life"])
    fresh = np.flatnonzero(info["fresh"].to_numpy())
    series = pd.factorize(info["series"].to_numpy()[fresh])[0]
    date = info["day"].to_numpy()[fresh].astype("datetime64[D]").astype(np.int64)
    day = date - (date.min() if len(date) else 0)
    ahead = info["horizon"].to_numpy()[fresh].astype(np.int64) - 1
    shape = (series.max(initial=-1) + 1, day.max(initial=-1) + 1)
    demand, up_to = np.zeros(shape), np.zeros((*shape, max(ahead.max(initial=0) + 1, lead_days)))
    demand[series, day] = target[fresh, 0]
    up_to[series, day, ahead] = np.maximum(chosen[fresh], 0.0)
    sold, lacking, wasted = simulate(demand, up_to, lead_days, shelf_life)
    kept = (1 - assumed["lost_share"]) * lacking  # bought as something else, or another day
    earned = assumed["margin"] * (sold + kept) - assumed["waste_cost"] * wasted
    at = ahead == lead_days - 1
    money, short, over = (np.zeros(len(info)) for _ in range(3))
    for column, grid in ((money, earned), (short, lacking), (over, wasted)):
        column[fresh[at]] = grid[series[at], day[at]]
    return LevelOutcome(money=money, short=short, over=over)


def simple(target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]) -> tuple[tuple[str, np.ndarray], ...]:
    """What each row would be stocked with by a rule of thumb."""
    import numpy as np

    week_ago = info["week_ago"].to_numpy(dtype=np.float64)
    four_weeks = info["four_weeks"].to_numpy(dtype=np.float64)
    return (
        ("What sold a week ago", week_ago),
        ("The mean of the last 4 weeks", four_weeks),
        ("That mean and a tenth more", 1.1 * four_weeks),
    )
