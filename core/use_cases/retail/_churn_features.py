"""Features for churn: one row per household and cut-off, known on the eve of the cut-off."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from core.use_cases.retail._journey import (
    DAY,
    HOUSEHOLD,
    Events,
    codes,
    lines_of,
    local_time,
    people_of,
    ratio,
    seconds,
    trips_of,
    weeks_known,
)

ACTIVE, SILENT = 56, 28  # days: with a purchase in the first one is active, without one in the second one is silent
MONTH, QUARTER = 28, 84  # days looked back
WINDOWS = (7, 14, 28, 56, 84)
RECENT_GAPS = 5
EVENING = 17  # o'clock
DEPARTMENTS = {"grocery": "GROCERY", "produce": "PRODUCE", "meat": "MEAT", "drug": "DRUG GM", "deli": "DELI"}


def visits_of(trips: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Household and day (since 1970) of every day with a purchase, in order of household and day."""
    pairs = np.unique(trips["household"].to_numpy() * HOUSEHOLD + trips["when"].to_numpy() // DAY)
    return pairs // HOUSEHOLD, pairs % HOUSEHOLD


def rows_of(trips: pd.DataFrame, cut_offs: Sequence[int]) -> pd.DataFrame:
    """One row per cut-off (a second) and household with a purchase in the ACTIVE days before it; silent is the target:
    1.0 where no purchase follows in the SILENT days from the cut-off on."""
    events = Events(trips["household"].to_numpy(), trips["when"].to_numpy(), trip=np.ones(len(trips), np.int64))
    everybody, parts = np.unique(trips["household"]), []
    for cut_off in cut_offs:
        at = np.full(len(everybody), cut_off)
        active = events.total("trip", everybody, at, ACTIVE) > 0
        silent = events.total("trip", everybody, at + SILENT * DAY, SILENT) == 0
        parts.append(pd.DataFrame({"household": everybody, "cut_off": at, "silent": silent.astype(float)})[active])
    return pd.concat(parts, ignore_index=True)


def shopping(trips: pd.DataFrame, household: np.ndarray, start: np.ndarray, began: int) -> dict[str, np.ndarray]:
    """Visits, spend, times of day and coupons before the cut-off."""
    who, when = trips["household"].to_numpy(), trips["when"].to_numpy()
    one, used = np.ones(len(trips), np.int64), trips["coupon"].to_numpy() > 0
    flags = {
        "used": used,
        "weekend": (when // DAY + 4) % 7 % 6 == 0,  # 1 January 1970 was a Thursday, and Sunday is day 0
        "evening": when % DAY >= EVENING * 3600,
    }
    events = Events(who, when, trip=one, sales=trips["sales"].to_numpy(), **{n: one * f for n, f in flags.items()})
    visitor, day = visits_of(trips)
    days = Events(visitor, day * DAY, visit=np.ones(len(day), np.int64))
    past = {name: events.total(name, household, start) for name in events.totals}
    visits = {d: days.total("visit", household, start, d).astype(float) for d in WINDOWS}
    spent = {d: events.total("sales", household, start, d) / 100 for d in (MONTH, QUARTER)}
    weeks = weeks_known(start, began)
    basket = ratio(past["sales"], past["trip"]) / 100
    last = np.searchsorted(events.key, household * HOUSEHOLD + start)
    return {
        "days_since_trip": events.days_since(household, start),
        **{f"visits_{d}": visits[d] for d in WINDOWS},
        "visits_a_week": days.total("visit", household, start) / weeks,
        "visit_trend": ratio(visits[MONTH], visits[QUARTER]),
        "spend_28": spent[MONTH] / (MONTH / 7),
        "spend_84": spent[QUARTER] / weeks_known(start, began, QUARTER),
        "spend_a_week": past["sales"] / 100 / weeks,
        "spend_trend": ratio(spent[MONTH], spent[QUARTER]),
        "basket_value": basket,
        "last_basket": (events.totals["sales"][last] - events.totals["sales"][last - 1]) / 100,
        "weekend_share": ratio(past["weekend"], past["trip"]),
        "evening_share": ratio(past["evening"], past["trip"]),
        "coupon_trip_share": ratio(past["used"], past["trip"]),
        "days_since_coupon": Events(who[used], when[used]).days_since(household, start),
    }


def gaps_before(who: np.ndarray, day: np.ndarray, cut_off: int, size: int) -> dict[str, np.ndarray]:
    """What the days between a household's visits before a cut-off (a day) were like: one number per household code."""
    known = day < cut_off
    who, day = who[known], day[known]
    same = who[1:] == who[:-1]
    owner, gap = who[1:][same], np.diff(day)[same]
    last = np.full(size, -(10**6), np.int64)
    last[who] = day  # in order of time: the last one stays
    silence = cut_off - last
    count = np.bincount(owner, minlength=size)
    mean = ratio(np.bincount(owner, gap, size), count)
    spread = np.sqrt(np.maximum(ratio(np.bincount(owner, gap * gap, size), count) - mean * mean, 0))
    recent = np.cumsum(count)[owner] - np.arange(len(owner)) <= RECENT_GAPS
    longest = np.zeros(size)
    np.maximum.at(longest, owner, gap)
    shorter = np.bincount(owner, gap < silence[owner], size)
    ran_on = np.bincount(owner, gap >= silence[owner] + SILENT, size)
    weeks = np.unique(who * 1000 + (cut_off - 1 - day) // 7) if len(who) else np.empty(0, np.int64)
    return {
        "gap_mean": mean,
        "gap_median": pd.Series(gap).groupby(owner).median().reindex(range(size)).to_numpy(),
        "gap_recent": ratio(np.bincount(owner, gap * recent, size), np.bincount(owner, recent, size)),
        "gap_spread": ratio(spread, mean),
        "gap_longest": np.where(count > 0, longest, np.nan),
        "long_gaps": np.bincount(owner, gap >= SILENT, size),
        "silence_by_gap": silence / np.where(count > 0, mean, np.nan),
        "silence_by_longest": silence / np.where(count > 0, longest, np.nan),
        "gaps_shorter": ratio(shorter, count),
        "gaps_ran_on": (ran_on + 0.5) / (count - shorter + 1.0),
        "weeks_visited": np.bincount(weeks[weeks % 1000 < QUARTER // 7] // 1000, minlength=size),
    }


def basket_before(lines: pd.DataFrame, cut_off: int, size: int) -> dict[str, np.ndarray]:
    """What a household bought in the last QUARTER days before a cut-off (a second): one number per household code."""
    when = lines["when"].to_numpy()
    bought = lines[(when < cut_off) & (when >= cut_off - QUARTER * DAY)]
    who, sales, department = (bought[name].to_numpy() for name in ("household", "sales", "department"))
    total = np.bincount(who, sales, size)
    named = bought["product"].to_numpy() >= 0  # a few are in no list of products
    products = np.unique((who * HOUSEHOLD + bought["product"].to_numpy())[named])
    shelves = np.unique((who * HOUSEHOLD + department)[department >= 0])
    return {
        **{
            f"{name}_share": ratio(np.bincount(who, sales * (department == i), size), total)
            for i, name in enumerate(DEPARTMENTS)
        },
        "products_84": np.bincount(products // HOUSEHOLD, minlength=size),
        "departments_84": np.bincount(shelves // HOUSEHOLD, minlength=size),
    }


def habits(rows: pd.DataFrame, trips: pd.DataFrame, lines: pd.DataFrame, size: int) -> pd.DataFrame:
    """The features of `gaps_before` and `basket_before` for every row."""
    (who, day), parts = visits_of(trips), []
    for at in np.unique(rows["cut_off"]).tolist():
        own = rows[rows["cut_off"] == at]
        member = own["household"].to_numpy()
        found = gaps_before(who, day, at // DAY, size) | basket_before(lines, at, size)
        parts.append(pd.DataFrame({name: v[member].astype(float) for name, v in found.items()}, index=own.index))
    return pd.concat(parts).sort_index()


def offers(
    campaigns: pd.DataFrame, redemptions: pd.DataFrame, household: np.ndarray, start: np.ndarray
) -> dict[str, np.ndarray]:
    """Campaigns that the household was mailed before the cut-off, and coupons that it redeemed."""
    mailed = campaigns["household"].to_numpy()
    one = np.ones(len(campaigns), np.int64)
    begun = Events(mailed, seconds(campaigns["start_date"]), one=one)
    over = Events(mailed, seconds(campaigns["end_date"]) + DAY, one=one)
    taken = Events(
        redemptions["household"].to_numpy(),
        seconds(redemptions["redemption_date"]),
        one=np.ones(len(redemptions), np.int64),
    )
    received = begun.total("one", household, start).astype(float)
    return {
        "campaigns_received": received,
        "campaigns_running": received - over.total("one", household, start + 1),
        "coupons_redeemed": taken.total("one", household, start).astype(float),
    }


def with_departments(lines: pd.DataFrame, shelf: pd.DataFrame) -> pd.DataFrame:
    """The lines with their department's number: its place in DEPARTMENTS, others after these, -1 where unknown."""
    others = sorted(set(shelf["department"].dropna()) - set(DEPARTMENTS.values()))
    number = pd.Index([*DEPARTMENTS.values(), *others]).get_indexer(pd.Index(shelf["department"]))
    product = lines["product"].to_numpy()
    return lines.assign(department=np.where(product >= 0, number[product], -1))


def build(
    tables: Mapping[str, pd.DataFrame], cut_offs: Sequence[np.datetime64]
) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """(features, target, info) with the same index: one row per cut-off and active household.

    Needs the tables campaigns, campaign_descriptions, coupon_redemptions, demographics, products and transactions.
    """
    stamped = tables["transactions"]
    transactions = stamped.assign(transaction_timestamp=local_time(stamped["transaction_timestamp"]))
    households = np.unique(transactions["household_id"])
    shelf = tables["products"].sort_values("product_id")
    lines = with_departments(lines_of(transactions, households, shelf["product_id"].to_numpy()), shelf)
    trips = trips_of(lines)
    began = int(transactions["transaction_timestamp"].min().normalize().timestamp())
    rows = rows_of(trips, [int(c.astype("datetime64[s]").astype(np.int64)) for c in cut_offs])
    household, start = rows["household"].to_numpy(), rows["cut_off"].to_numpy()
    campaigns = tables["campaigns"].drop_duplicates().merge(tables["campaign_descriptions"], on="campaign_id")
    named = {
        name: table.assign(household=codes(table["household_id"], households)).query("household >= 0")
        for name, table in (("campaigns", campaigns), ("redemptions", tables["coupon_redemptions"]))
    }
    ids = pd.Series(households[household])
    features = pd.DataFrame(
        {
            **shopping(trips, household, start, began),
            **habits(rows, trips, lines, len(households)),
            **offers(named["campaigns"], named["redemptions"], household, start),
            **people_of(tables["demographics"], ids),
        }
    )
    info = pd.DataFrame({"household": ids, "cut_off": start.astype("datetime64[s]").astype("datetime64[ns]")})
    return features, rows["silent"], info
