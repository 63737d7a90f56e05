"""Features for coupon response: one row per household and campaign, known on the eve of the campaign's start."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from core.use_cases.retail._journey import (
    DAY,
    Events,
    codes,
    lines_of,
    people_of,
    ratio,
    seconds,
    trips_of,
    weeks_known,
)

SHORT, LONG = 28, 84  # days looked back


def shopping(trips: pd.DataFrame, household: np.ndarray, start: np.ndarray, began: int) -> dict[str, np.ndarray]:
    """Trips, spend and coupons used before the start."""
    who, when = trips["household"].to_numpy(), trips["when"].to_numpy()
    used, matched = trips["coupon"].to_numpy() > 0, trips["match"].to_numpy() > 0
    flags = {"trip": np.ones(len(trips), np.int64), "used": used.astype(np.int64), "matched": matched.astype(np.int64)}
    events = Events(who, when, **flags, sales=trips["sales"].to_numpy(), coupon=trips["coupon"].to_numpy())
    with_coupon = Events(who[used], when[used])
    past = {name: events.total(name, household, start) for name in events.totals}

    def weekly(name: str, days: int | None = None) -> np.ndarray:
        return events.total(name, household, start, days) / weeks_known(start, began, days)

    return {
        "days_since_trip": events.days_since(household, start),
        "trips_84": weekly("trip", LONG),
        "spend_28": weekly("sales", SHORT) / 100,
        "basket_value": ratio(past["sales"], past["trip"]) / 100,
        "coupon_trips_84": weekly("used", LONG),
        "coupon_trip_share": ratio(past["used"], past["trip"]),
        "coupon_value": weekly("coupon") / 100,
        "coupon_match_share": ratio(past["matched"], past["used"]),
        "days_since_coupon": with_coupon.days_since(household, start),
    }


def campaign_history(
    info: pd.DataFrame, redemptions: pd.DataFrame, household: np.ndarray, start: np.ndarray
) -> dict[str, np.ndarray]:
    """Earlier campaigns of the household and what it redeemed of them before this one began."""
    first = (
        redemptions.groupby(["household_id", "campaign_id"])["redemption_date"].min().rename("redeemed").reset_index()
    )
    sent = info.assign(row=np.arange(len(info)))
    then = info.merge(first, how="left", on=["household_id", "campaign_id"])
    pairs = sent.merge(then, on="household_id", suffixes=("", "_then"))
    pairs = pairs[pairs["start_date_then"] < pairs["start_date"]]
    answered = (pairs["redeemed"] < pairs["start_date"]).to_numpy()

    def count(mask: np.ndarray) -> np.ndarray:
        return np.bincount(pairs["row"].to_numpy()[mask], minlength=len(info)).astype(float)

    received, hits = count(np.ones(len(pairs), bool)), count(answered)
    taken = Events(
        redemptions["household"].to_numpy(),
        seconds(redemptions["redemption_date"]),
        one=np.ones(len(redemptions), np.int64),
    )
    return {
        "campaigns_received": received,
        "campaigns_running": count((pairs["end_date_then"] >= pairs["start_date"]).to_numpy()),
        "campaigns_answered": hits,
        "answer_rate": ratio(hits, received),
        "answered_same_type": (
            count(answered & (pairs["campaign_type"] == pairs["campaign_type_then"]).to_numpy()) > 0
        ).astype(float),
        "coupons_redeemed": taken.total("one", household, start).astype(float),
        "days_since_redemption": taken.days_since(household, start),
    }


def match(bought: pd.DataFrame, offer: csr_matrix, start: int, began: int, size: int) -> dict[str, np.ndarray]:
    """How one campaign's coupons (offer: products x coupons) fit what each household bought before its start."""
    household, product, when, sales = (bought[name].to_numpy() for name in ("household", "product", "when", "sales"))
    hit = (np.diff(offer.indptr) > 0)[product]
    recent = hit & (when >= start - LONG * DAY)
    pairs = np.unique(household[recent] * np.int64(offer.shape[0]) + product[recent])
    where = np.divmod(pairs, offer.shape[0])
    basket = csr_matrix((np.ones(len(pairs), np.int32), where), (size, offer.shape[0]))
    last = np.full(size, -1, np.int64)
    np.maximum.at(last, household[hit], when[hit])
    return {
        "offer_spend_84": np.bincount(household, sales * recent, size)
        / 100
        / weeks_known(np.array(start), began, LONG),
        "coupon_spend_share": ratio(np.bincount(household, sales * hit, size), np.bincount(household, sales, size)),
        "coupons_matched_84": np.diff((basket @ offer).tocsr().indptr).astype(float),
        "offer_coupon_items": np.bincount(household, hit & (bought["coupon"].to_numpy() > 0), size),
        "days_since_coupon_product": np.where(last >= 0, (start - last) / DAY, np.nan),
        "campaign_coupons": np.full(size, float(offer.shape[1])),
    }


def offer_of(coupons: pd.DataFrame, products: np.ndarray) -> csr_matrix:
    """Products x coupons of one campaign, 1 where the coupon is good for the product."""
    at, column = codes(coupons["product_id"], products), pd.factorize(coupons["coupon_upc"])[0]
    known = at >= 0
    return csr_matrix((np.ones(known.sum(), np.int32), (at[known], column[known])), (len(products), column.max() + 1))


def matches(
    info: pd.DataFrame,
    lines: pd.DataFrame,
    coupons: pd.DataFrame,
    redemptions: pd.DataFrame,
    products: np.ndarray,
    began: int,
) -> pd.DataFrame:
    """The features of `match`, and earlier redemptions of the same coupons, for every row of info."""
    household, size, parts = info["household"].to_numpy(), int(info["household"].max()) + 1, []
    lines = lines[lines["product"].to_numpy() >= 0]
    coupons = coupons.drop_duplicates()
    for campaign, rows in info.groupby("campaign_id").indices.items():
        begin = info["start_date"].iloc[rows[0]]
        start = int(begin.timestamp())
        member = np.zeros(size, bool)
        member[household[rows]] = True
        offered = coupons[coupons["campaign_id"] == campaign]
        bought = lines[member[lines["household"].to_numpy()] & (lines["when"].to_numpy() < start)]
        again = redemptions[
            (redemptions["redemption_date"] < begin) & redemptions["coupon_upc"].isin(offered["coupon_upc"])
        ]
        found = match(bought, offer_of(offered, products), start, began, size)
        found["same_coupons_redeemed"] = np.bincount(again["household"], minlength=size)
        parts.append(
            pd.DataFrame({name: values[household[rows]].astype(float) for name, values in found.items()}, index=rows)
        )
    return pd.concat(parts).sort_index()


def build(tables: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """(features, target, info) with the same index: one row per household and campaign, in order of start date.

    The target is 1 where the household redeemed at least one coupon of that campaign. Households without any purchase
    before the start are left out. Needs the tables campaigns, campaign_descriptions, coupons, coupon_redemptions,
    demographics, products and transactions.
    """
    info = tables["campaigns"].drop_duplicates().merge(tables["campaign_descriptions"], on="campaign_id")
    info = info.sort_values(["start_date", "campaign_id", "household_id"], ignore_index=True)
    households, products = np.unique(info["household_id"]), np.sort(tables["products"]["product_id"].to_numpy())
    info["household"] = codes(info["household_id"], households)
    household, start = info["household"].to_numpy(), seconds(info["start_date"])
    redemptions = tables["coupon_redemptions"].assign(household=lambda table: codes(table["household_id"], households))
    redemptions = redemptions[redemptions["household"] >= 0]
    lines = lines_of(tables["transactions"], households, products)
    began = int(tables["transactions"]["transaction_timestamp"].min().normalize().timestamp())
    features = pd.DataFrame(
        {
            **shopping(trips_of(lines), household, start, began),
            **campaign_history(info, redemptions, household, start),
            **matches(info, lines, tables["coupons"], redemptions, products, began),
            "campaign_type": info["campaign_type"].astype(str),
            "campaign_days": (info["end_date"] - info["start_date"]).dt.days.astype(float),
            **people_of(tables["demographics"], info["household_id"]),
        }
    )
    answered = tables["coupon_redemptions"][["household_id", "campaign_id"]].drop_duplicates().assign(target=1)
    target = info.merge(answered, how="left", on=["household_id", "campaign_id"])["target"].fillna(0).astype(int)
    seen = features["days_since_trip"].notna()
    columns = ["household_id", "campaign_id", "start_date"]
    return (
        features[seen].reset_index(drop=True),
        target[seen].reset_index(drop=True),
        info.loc[seen, columns].reset_index(drop=True),
    )
