"""Churn: will this household buy nothing in the next four weeks? One row per household and cut-off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import Column, Examples, Question, UseCase, Variant
from core.contracts.care import Care
from core.contracts.picture import Share
from core.use_cases.helpers import (
    binary_task,
    crawl,
    fade,
    memorise,
    number,
    overshoot,
    quick,
    recommended,
    time_split,
    with_defaults,
)
from core.use_cases.retail._churn_value import VALUE
from core.use_cases.retail._people import PEOPLE

if TYPE_CHECKING:
    import pandas as pd

_TRAIN = ("2017-04-02", "2017-09-03", 14)  # first and last cut-off, days between: the last one's outcome ends in time
_TEST = ("2017-10-01", "2017-10-29", "2017-11-26")


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Everything known on the eve of each cut-off about the households with a purchase in the eight weeks before it."""
    return _examples(tables, _COLUMNS)


def examples_with_people(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """The same, with what households have told about themselves."""
    return _examples(tables, (*_COLUMNS, *PEOPLE))


def _examples(tables: Mapping[str, Mapping[str, pd.DataFrame]], columns: tuple[Column, ...]) -> Examples:
    import numpy as np

    from core.use_cases.retail._churn_features import build

    first, last, days = _TRAIN
    training = np.arange(np.datetime64(first), np.datetime64(last) + 1, days)
    features, silent, info = build(tables["complete_journey"], [*training, *(np.datetime64(day) for day in _TEST)])
    return Examples(
        features=features[[column.name for column in columns]],
        target=silent.to_frame("silent"),
        unit=info["household"].to_numpy(),
        time=info["cut_off"].to_numpy(),
        info=info,
    )


_PLAN = time_split(
    test_from=_TEST[0],
    seed=28,
    unit="household",
    part="households",
    sentence="Twelve cut-offs, two weeks apart from 2 April to 3 September 2017, train: the four weeks that each "
    "asks about are over when the first test cut-off, 1 October, is reached. 29 October and 26 November test too. "
    "Inside the training time five groups of households take turns as validation: no household helps to judge "
    "itself. Test households are those of training, later: a shop knows its customers.",
)


_COLUMNS = (
    number("days_since_trip", "Time since the last shopping trip", "days"),
    number("visits_7", "Days with a purchase, last week", "days"),
    number("visits_14", "Days with a purchase, last 2 weeks", "days"),
    number("visits_28", "Days with a purchase, last 4 weeks", "days"),
    number("visits_56", "Days with a purchase, last 8 weeks", "days"),
    number("visits_84", "Days with a purchase, last 12 weeks", "days"),
    number("visits_a_week", "Days with a purchase, since January", "per week"),
    number("visit_trend", "Visits of the last 4 weeks among those of 12", "share"),
    number("weeks_visited", "Weeks with a purchase, of the last 12", "weeks"),
    number("gap_mean", "Usual pause between visits", "days", help="Mean since January."),
    number("gap_median", "Middle pause between visits", "days"),
    number("gap_recent", "Mean of the last five pauses", "days"),
    number("gap_longest", "Longest pause between visits", "days"),
    number(
        "gap_spread", "Irregularity of the pauses", help="Standard deviation over mean: 0 is clockwork, 1 is chance."
    ),
    number("long_gaps", "Pauses of four weeks or more so far", "pauses"),
    number(
        "silence_by_gap",
        "Present silence against the usual pause",
        "times",
        help="Days since the last visit over the mean pause.",
    ),
    number("silence_by_longest", "Present silence against the longest pause", "times"),
    number(
        "gaps_shorter",
        "Pauses shorter than the present silence",
        "share",
        help="1: the household has never stayed away so long.",
    ),
    number(
        "gaps_ran_on",
        "Pauses this long that ran on for four weeks",
        "share",
        help="Of the household's own pauses at least as long as the present silence, those that lasted four weeks "
        "more; drawn towards a half where there are few.",
    ),
    number("spend_28", "Spend, last 4 weeks", "$ per week"),
    number("spend_84", "Spend, last 12 weeks", "$ per week"),
    number("spend_a_week", "Spend, since January", "$ per week"),
    number("spend_trend", "Spend of the last 4 weeks among that of 12", "share"),
    number("basket_value", "Average basket", "$"),
    number("last_basket", "Last basket", "$"),
    number("weekend_share", "Trips at the weekend", "share of trips"),
    number("evening_share", "Trips from 17:00 on", "share of trips"),
    number("grocery_share", "Dry groceries, last 12 weeks", "share of spend"),
    number("produce_share", "Fruit and vegetables, last 12 weeks", "share of spend"),
    number("meat_share", "Fresh meat, last 12 weeks", "share of spend"),
    number("drug_share", "Drugstore goods, last 12 weeks", "share of spend"),
    number("deli_share", "Delicatessen, last 12 weeks", "share of spend"),
    number("products_84", "Different products, last 12 weeks", "products"),
    number("departments_84", "Departments bought from, last 12 weeks", "departments"),
    number("coupon_trip_share", "Trips with a coupon, since January", "share of trips"),
    number("days_since_coupon", "Time since a coupon was last used", "days"),
    number("coupons_redeemed", "Campaign coupons redeemed so far", "coupons"),
    number("campaigns_received", "Campaigns received so far", "campaigns"),
    number("campaigns_running", "Of these, still running", "campaigns"),
)

USE_CASE = UseCase(
    name="retail/churn",
    title="Churn",
    summary="Which household is about to stay away? Ask those back, and give nothing away to the others.",
    question=Question(
        who="The loyalty team of a grocery chain that can send a household a personal offer.",
        problem="About one active household in eight buys nothing in the next four weeks. By the time that is plain, "
        "it may shop elsewhere.",
        cost_today="An offer to everybody is a discount for seven households that would have come anyway. No offer "
        "leaves the eighth to the competition.",
        what_ai_does="It compares each household with its own habit: how long it usually stays away, how regularly it "
        "comes, what it buys, and how that has changed. Everybody above a threshold gets an offer.",
        picture=Share(
            symbol="house",
            lit=1,
            out_of=8,
            tells="Of eight households that shop here, one is about to stay away for four weeks. Which one?",
        ),
    ),
    datasets=("complete_journey",),
    columns=_COLUMNS,
    task=binary_task("stays away", column="silent", positive="stays away", negative="comes back"),
    model="table_network",
    baselines=("single_feature", "logistic", "gradient_boosting"),
    examples=examples,
    plan=_PLAN,
    value=VALUE,
    care=Care(
        privacy="Receipts of households, without names: personal data in a shop's hands. Keeping customers by "
        "their score is profiling: tell people, and let them object (GDPR, Articles 6, 13 and 21).",
        bias="Offers go to those who seem about to leave; loyal and new customers get none. Compare who is "
        "offered what before use.",
        ai_act="minimal risk",
        because="It chooses who gets an offer; nobody loses a right or a service.",
    ),
    settings=with_defaults(
        learning_rate=3e-3,
        num_epochs=12,
        batch_size=512,
        members=4,
        width=64,
        activation="silu",
        dropout=0.5,
        patience=8,
        numeric_transform="log",
    ),
    presets=(
        recommended(
            "Chosen on validation among a dozen variants that differed by a thousandth: there is little more in "
            "these columns."
        ),
        quick(
            "One small layer, one network where the recommended has four: nearly as good, in a fraction of the time.",
            width=32,
            depth=1,
            dropout=0.3,
            members=1,
            num_epochs=8,
        ),
        memorise(
            "Wide, nothing dropped, never stopped: it learns by heart who stayed away, and validation suffers.",
            num_epochs=15,
        ),
        overshoot(
            "A learning rate some three hundred times too high: every step jumps across the valley.",
        ),
        crawl(num_epochs=6),
        fade(num_epochs=6),
    ),
    record_label="household",
    beside=(number("cut_off", "Day of the forecast"),),
    missing={
        "days_since_coupon": "never",
        **dict.fromkeys(("gap_mean", "gap_median", "gap_recent", "gap_longest", "gap_spread"), "one visit so far"),
        **dict.fromkeys(("silence_by_gap", "silence_by_longest", "gaps_shorter"), "one visit so far"),
    },
    order=20,
    icon="waving_hand",
    variants_label="What is known",
    variants=(
        Variant(
            name="receipts",
            title="Receipts only",
            reason="Purchases, coupons and mailings, each dated: nothing can come from after the cut-off.",
        ),
        Variant(
            name="demographics",
            title="Receipts and demographics",
            reason="Age, income, home and family as well. The data does not say when they were collected, and who told "
            "them stays away a third as often as others with the same past: part of that may be hindsight.",
            changes={"columns": (*_COLUMNS, *PEOPLE), "examples": examples_with_people},
        ),
    ),
)
