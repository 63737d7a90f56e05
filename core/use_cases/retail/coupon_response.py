"""Coupon response: will this household redeem a coupon of this campaign? One row per household and campaign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import Examples, Question, UseCase
from core.contracts.care import Care
from core.contracts.picture import Share
from core.use_cases.helpers import (
    binary,
    binary_task,
    category,
    crawl,
    fade,
    from_data,
    guess,
    memorise,
    number,
    overshoot,
    per_year,
    quick,
    recommended,
    slider,
    time_split,
    with_defaults,
)
from core.use_cases.retail._people import PEOPLE
from core.value.threshold import Payoffs, ThresholdValue, ThresholdWords

if TYPE_CHECKING:
    import pandas as pd


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Everything known on the eve of each campaign's start; households without a purchase before it are left out."""
    from core.use_cases.retail._coupon_features import build

    features, target, info = build(tables["complete_journey"])
    return Examples(
        features=features[[column.name for column in USE_CASE.columns]],
        target=target.to_frame("redeemed").astype(float),
        unit=info["household_id"].to_numpy(),
        time=info["start_date"].to_numpy(),
        info=info.rename(
            columns={"household_id": "household", "campaign_id": "campaign", "start_date": "campaign_start"}
        ),
    )


_PLAN = time_split(
    test_from="2017-08-15",
    seed=15,
    unit="household",
    part="households",
    sentence="Campaigns that began before 15 August 2017 train, those after it test. Inside the training time five "
    "groups of households take turns as validation. Two training campaigns were still running on that day and are "
    "used with their complete outcomes: a model trained on the very day would have known less.",
)


def _payoffs(assumed: Mapping[str, float]) -> Payoffs:
    gain = assumed["extra_sales"] * assumed["gross_margin"] - assumed["coupon_cost"]
    cost = assumed["mailing_cost"]
    return Payoffs(tp=gain - cost, fp=-cost, fn=0.0, tn=0.0)


VALUE = ThresholdValue(
    payoffs=_payoffs,
    records_per_year=per_year("households", "campaigns_per_year"),
    today="Mail everybody",
    words=ThresholdWords(
        tp="Mailed, redeemed",
        fp="Mailed, not redeemed",
        fn="Not mailed, would have redeemed",
        tn="Not mailed, would not have",
        act="mail",
        unit="mailings",
        whom="households",
        threshold="Mail when the predicted chance is at least",
        everybody="Mail everybody",
        nobody="Mail nobody",
    ),
    assumptions=(
        guess(
            "mailing_cost",
            "Cost of a mailing",
            slider(0.50, "USD", low=0.01, high=10.0, step=0.05),
            "Print and postage of a booklet in bulk; put in your own quote.",
        ),
        from_data(
            "extra_sales",
            "Extra sales per redeeming household and campaign",
            slider(29.0, "USD", low=0.0, high=200.0, step=1.0),
            "Training-time campaigns: redeemers' weekly spend rose by 4.85 more than that of others, over six "
            "weeks. Selection, not proof of cause.",
        ),
        guess(
            "gross_margin",
            "Gross margin on extra sales",
            slider(0.28, "share", low=0.0, high=1.0, step=0.01),
            "In the usual range of grocery chains; put in your own.",
        ),
        from_data(
            "coupon_cost",
            "Face value given per redeeming household and campaign",
            slider(2.72, "USD", low=0.0, high=50.0, step=0.1),
            "Training-time receipts: 2.57 coupons at 1.06 each; half of the redemptions link to a line.",
        ),
        guess(
            "households",
            "Households in the loyalty programme",
            slider(100_000.0, "households", low=100.0, high=50_000_000.0, step=10_000.0),
            "A regional chain; put in your own number.",
        ),
        from_data(
            "campaigns_per_year",
            "Campaigns per household and year",
            slider(4.2, "campaigns", low=0.5, high=52.0, step=0.1),
            "6,589 mailings to 1,559 households in 2017.",
        ),
    ),
)

USE_CASE = UseCase(
    name="retail/coupon_response",
    title="Coupon response",
    summary="Who will redeem a coupon of the next campaign? Mail those, and leave the others in peace.",
    question=Question(
        who="The marketing team of a grocery chain that mails coupon booklets to the households of its loyalty "
        "programme.",
        problem="Every booklet costs money, and only about one household in eight uses a coupon from it.",
        cost_today="Mailing everybody pays for seven booklets that are thrown away to reach one that is used; mailing "
        "nobody forgoes the sales that a good offer brings.",
        what_ai_does="It looks at what each household bought, when, and which offers it took up before the campaign "
        "starts, and says how likely it is to redeem. Everybody above a threshold is mailed.",
        picture=Share(
            symbol="house",
            lit=1,
            out_of=8,
            tells="Of eight households that get the booklet, one uses a coupon. Which one?",
        ),
    ),
    datasets=("complete_journey",),
    columns=(
        number("days_since_trip", "Time since the last shopping trip", "days"),
        number("trips_84", "Shopping trips, last 12 weeks", "per week"),
        number("spend_28", "Spend, last 4 weeks", "$ per week"),
        number("basket_value", "Average basket", "$"),
        number("coupon_trips_84", "Trips with a coupon, last 12 weeks", "per week"),
        number("coupon_trip_share", "Trips with a coupon, since January", "share of trips"),
        number("coupon_value", "Saved by coupons, since January", "$ per week"),
        number("coupon_match_share", "Coupon trips topped up by the retailer", "share"),
        number("days_since_coupon", "Time since a coupon was last used", "days"),
        number("campaigns_received", "Earlier campaigns received", "campaigns"),
        number("campaigns_running", "Of these, still running", "campaigns"),
        number("campaigns_answered", "Earlier campaigns answered", "campaigns"),
        number("answer_rate", "Share of earlier campaigns answered", "share"),
        binary("answered_same_type", "Answered an earlier campaign of this type"),
        number("coupons_redeemed", "Campaign coupons redeemed so far", "coupons"),
        number("same_coupons_redeemed", "These same coupons redeemed before", "coupons"),
        number("days_since_redemption", "Time since a campaign coupon was redeemed", "days"),
        category("campaign_type", "Type of campaign"),
        number("campaign_days", "Length of the campaign", "days"),
        number("campaign_coupons", "Coupons in the campaign", "coupons"),
        number("offer_spend_84", "Spend on couponed products, last 12 weeks", "$ per week"),
        number("coupon_spend_share", "Past spend on couponed products", "share of spend"),
        number("coupons_matched_84", "Coupons for products bought in 12 weeks", "coupons"),
        number("offer_coupon_items", "Couponed products bought with a coupon", "items"),
        number("days_since_coupon_product", "Time since a couponed product was bought", "days"),
        *PEOPLE,
    ),
    task=binary_task("redeems a coupon", column="redeemed", positive="redeemed", negative="not redeemed"),
    model="table_network",
    baselines=("logistic", "gradient_boosting"),
    examples=examples,
    plan=_PLAN,
    value=VALUE,
    care=Care(
        privacy="Receipts and demographics of households, without names: personal data in a shop's hands. Who is "
        "mailed is profiling: tell people, and let them object (GDPR, Articles 6, 13 and 21).",
        bias="Households that seldom bought with coupons are mailed less, so that those who would profit most "
        "may never hear of an offer. Compare the mailed share by income and age before use.",
        ai_act="minimal risk",
        because="It chooses who gets an advertisement; nobody loses a right or a service.",
        rules=("ePrivacy Directive for mailings by e-mail or phone.",),
    ),
    settings=with_defaults(
        learning_rate=3e-3, num_epochs=40, members=4, width=64, dropout=0.5, patience=8, numeric_transform="log"
    ),
    presets=(
        recommended("Chosen on validation among some 65 variants: half of the units dropped, a falling learning rate."),
        quick(
            "One small layer, two networks where the recommended has four: nearly as good, in a fraction of the time.",
            width=32,
            depth=1,
            dropout=0.3,
            members=2,
        ),
        memorise(
            "Wide, nothing dropped, never stopped: the training rows are learned by heart, validation suffers.",
        ),
        overshoot(
            "A learning rate some three hundred times too high: every step jumps across the valley.",
        ),
        crawl(),
        fade(),
    ),
    record_label="mailing",
    missing={
        "days_since_coupon": "never",
        "days_since_redemption": "never",
        "days_since_coupon_product": "never",
        "coupon_match_share": "no coupon used",
        "answer_rate": "no campaign yet",
    },
    order=10,
    icon="local_activity",
)
