"""Households' receipts in time, and what they add up to before a moment."""

import numpy as np
import pandas as pd

UNKNOWN = "unknown"
DAY = 86_400  # seconds
# key = household code * HOUSEHOLD + seconds since 1970: one sorted array answers "before" for everyone
HOUSEHOLD = 1 << 34

DEMOGRAPHICS = ("age", "income", "home_ownership", "marital_status", "household_size")


def seconds(times: pd.Series) -> np.ndarray:
    return times.to_numpy("datetime64[s]").astype(np.int64)


def local_time(stamped: pd.Series) -> pd.Series:
    """The shops' clock, summer time included: receipts are stamped in UTC, the shops stand in the Eastern time zone."""
    return stamped.dt.tz_localize("UTC").dt.tz_convert("America/New_York").dt.tz_localize(None)


def cents(amounts: pd.Series) -> np.ndarray:
    """Whole cents: sums of whole numbers are exact, whatever rows come later in the table."""
    return np.rint(amounts.to_numpy() * 100).astype(np.int64)


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, missing where there is nothing to divide by."""
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=np.asarray(whole) > 0)


class Events:
    """Events of households in time, answering sums "from .. until just before" for many rows at once."""

    def __init__(self, household: np.ndarray, when: np.ndarray, **amounts: np.ndarray) -> None:
        key = household * HOUSEHOLD + when
        order = np.argsort(key, kind="stable")
        self.key = key[order]
        self.totals = {name: np.concatenate([[0], np.cumsum(values[order])]) for name, values in amounts.items()}

    def total(self, name: str, household: np.ndarray, end: np.ndarray, days: int | None = None) -> np.ndarray:
        """Sum of an amount over the events before `end` (a second), at most `days` back; exact, whole numbers."""
        start = household * HOUSEHOLD + (0 if days is None else end - days * DAY)
        low, high = np.searchsorted(self.key, start), np.searchsorted(self.key, household * HOUSEHOLD + end)
        return self.totals[name][high] - self.totals[name][low]

    def days_since(self, household: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Days from the last event before `end`; missing where there is none."""
        last = np.searchsorted(self.key, household * HOUSEHOLD + end) - 1
        found = (last >= 0) & (self.key[last] // HOUSEHOLD == household)
        return np.where(found, (end - self.key[last] % HOUSEHOLD) / DAY, np.nan)


def codes(values: pd.Series, known: np.ndarray) -> np.ndarray:
    """Position of each value in the sorted array `known`, -1 where it is not in it."""
    at = np.searchsorted(known, values.to_numpy()).clip(max=len(known) - 1)
    return np.where(known[at] == values.to_numpy(), at, -1)


def trips_of(lines: pd.DataFrame) -> pd.DataFrame:
    """One row per household and till receipt (lines of the same second), amounts in cents."""
    key = lines["household"].to_numpy() * HOUSEHOLD + lines["when"].to_numpy()
    first = np.flatnonzero(np.diff(key, prepend=-1))
    summed = {name: np.add.reduceat(lines[name].to_numpy(), first) for name in ("sales", "coupon", "match")}
    return pd.DataFrame({"household": key[first] // HOUSEHOLD, "when": key[first] % HOUSEHOLD, **summed})


def lines_of(transactions: pd.DataFrame, households: np.ndarray, products: np.ndarray) -> pd.DataFrame:
    """The receipt lines of the given households in order of household and time."""
    lines = pd.DataFrame(
        {
            "household": codes(transactions["household_id"], households),
            "when": seconds(transactions["transaction_timestamp"]),
            "product": codes(transactions["product_id"], products),
            "sales": cents(transactions["sales_value"]),
            "coupon": cents(transactions["coupon_disc"]),
            "match": cents(transactions["coupon_match_disc"]),
        }
    )
    order = np.argsort(lines["household"].to_numpy() * HOUSEHOLD + lines["when"].to_numpy(), kind="stable")
    lines = lines.take(order)
    return lines[lines["household"].to_numpy() >= 0].reset_index(drop=True)


def weeks_known(start: np.ndarray, began: int, days: int | None = None) -> np.ndarray:
    """Weeks of data before the start, at most the window: early starts look back on less."""
    weeks = (start - began) / DAY / 7
    return weeks if days is None else np.minimum(weeks, days / 7)


def people_of(demographics: pd.DataFrame, household_id: pd.Series) -> dict[str, np.ndarray]:
    """The demographics of each row's household as text, UNKNOWN where the household never told."""
    people = demographics.set_index("household_id").reindex(household_id)
    return {name: people[name].astype(object).where(people[name].notna(), UNKNOWN).to_numpy() for name in DEMOGRAPHICS}
