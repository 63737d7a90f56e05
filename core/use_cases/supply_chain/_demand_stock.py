"""A shelf of fresh goods, day by day: ordered up to a forecast, sold oldest first, thrown away when too old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.formatting.messages import message
from core.value.level import LevelOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

_FACTORS = (0.8, 0.9, 1.0, 1.1, 1.2)


def simulate(
    demand: np.ndarray, up_to: np.ndarray, lead_days: int, shelf_life: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Sold, lacking and thrown away, each (S, D), and left on the shelf after the last day (S,), of a base-stock policy
    with a lead time.

    demand (S, D). up_to (S, D, H): what is chosen for day d, h + 1 days ahead; 0 where no forecast is. On the evening
    of day o, what is to arrive on the morning of o + lead_days is ordered: what is chosen for the days up to then, less
    what stands on the shelf or is on its way. Goods last shelf_life days, that of arrival included.
    """
    import numpy as np

    num_series, num_days = demand.shape
    arriving = np.zeros((num_series, num_days + lead_days), order="F")
    shelf = np.zeros((num_series, shelf_life), order="F")  # by days left, the oldest first
    sold, lacking, wasted = (np.zeros_like(demand) for _ in range(3))
    left = np.zeros(num_series)
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
            left = shelf.sum(1)
        ahead = [(day + h, h - 1) for h in range(1, lead_days + 1) if 0 <= day + h < num_days]
        needed = sum((up_to[:, d, h] for d, h in ahead), np.zeros(num_series))
        on_its_way = arriving[:, max(day + 1, 0) : day + lead_days].sum(1)
        arriving[:, day + lead_days] = np.maximum(needed - shelf.sum(1) - on_its_way, 0.0)
    return sold, lacking, wasted, left


def outcome(target: np.ndarray, chosen: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]) -> LevelOutcome:
    """The shelves of the fresh departments; what a day earned stands at its row `lead_days` ahead, other rows at 0.
    What is thrown away on a closed day, which has no row, stands at the day before; what is left on the shelf at the
    end is charged at its purchase price. chosen (N,), or (B, N): B ways to choose, each on shelves of its own.
    """
    import numpy as np
    import pandas as pd

    lead_days, shelf_life = round(assumed["lead_days"]), round(assumed["shelf_life"])
    fresh = np.flatnonzero(info["fresh"].to_numpy())
    series = pd.factorize(info["series"].to_numpy()[fresh])[0]
    date = info["day"].to_numpy()[fresh].astype("datetime64[D]").astype(np.int64)
    day = date - (date.min() if len(date) else 0)
    ahead = info["horizon"].to_numpy()[fresh].astype(np.int64) - 1
    ways = np.atleast_2d(chosen)
    days, num_series = int(day.max(initial=-1)) + 1, int(series.max(initial=-1)) + 1
    demand = np.zeros((days, len(ways), num_series))
    up_to = np.zeros((days, max(ahead.max(initial=0) + 1, lead_days), len(ways), num_series))
    demand[day, :, series] = target[fresh, :1]
    up_to[day, ahead, :, series] = np.maximum(ways[:, fresh], 0.0).T
    by_shelf = demand.reshape(days, -1).T
    sold, lacking, wasted, left = simulate(
        by_shelf, up_to.reshape(days, up_to.shape[1], -1).transpose(2, 0, 1), lead_days, shelf_life
    )
    kept = (1 - assumed["lost_share"]) * lacking  # bought as something else, or another day
    at = ahead == lead_days - 1
    is_open = np.zeros((days, len(ways), num_series), dtype=bool)
    is_open[day[at], :, series[at]] = True
    unsold = wasted * assumed["waste_cost"]
    unsold[:, -1:] += (1 - assumed["margin"]) * left[:, None]
    earned = assumed["margin"] * (sold + kept) - _at_open_days(unsold, is_open.reshape(days, -1).T)
    wasted = _at_open_days(wasted, is_open.reshape(days, -1).T)
    money, short, over = (np.zeros(ways.shape) for _ in range(3))
    for column, grid in ((money, earned), (short, lacking), (over, wasted)):
        column[:, fresh[at]] = grid.T.reshape(demand.shape)[day[at], :, series[at]].T
    counted = np.zeros(len(info), dtype=bool)
    counted[fresh[at]] = True
    return LevelOutcome(
        money=money.reshape(chosen.shape),
        short=short.reshape(chosen.shape),
        over=over.reshape(chosen.shape),
        counted=counted,
    )


def _at_open_days(amount: np.ndarray, is_open: np.ndarray) -> np.ndarray:
    """The amounts (S, D) of closed days added to the last open day before them."""
    import numpy as np

    moved = amount.copy(order="K")
    for day in range(amount.shape[1] - 1, 0, -1):
        closed = np.where(is_open[:, day], 0.0, moved[:, day])
        moved[:, day] -= closed
        moved[:, day - 1] += closed
    return moved


def simple(target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]) -> tuple[tuple[str, np.ndarray], ...]:
    """What each row would be stocked with by a rule of thumb. The last one's factor is chosen on the very rows that it
    is judged by, in its favour."""
    import numpy as np

    week_ago = info["week_ago"].to_numpy(dtype=np.float64)
    four_weeks = info["four_weeks"].to_numpy(dtype=np.float64)

    by_factor = np.stack([factor * four_weeks for factor in _FACTORS])
    best = int(np.argmax(outcome(target, by_factor, info, assumed).money.sum(axis=1)))
    return (
        (message("What sold a week ago"), week_ago),
        (message("The mean of the last 4 weeks"), four_weeks),
        (message("That mean times the best factor, known afterwards"), by_factor[best]),
    )
