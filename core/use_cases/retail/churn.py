"""Churn: will this household buy nothing in the next four weeks? One row per household and cut-off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import (
    Column,
    ColumnKind,
    Examples,
    Fold,
    Kind,
    Plan,
    Preset,
    Question,
    Task,
    UseCase,
    Variant,
)
from core.use_cases._presets import crawl, fade, memorise, overshoot
from core.use_cases.retail._churn_value import VALUE

if TYPE_CHECKING:
    import pandas as pd

_NUM_FOLDS = 5
_TRAIN = ("2017-04-02", "2017-09-03", 14)  # first and last cut-off, days between: the last one's outcome ends in time
_TEST = ("2017-10-01", "2017-10-29", "2017-11-26")
_CATEGORY = ColumnKind.CATEGORY


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Everything known on the eve of each cut-off about the households with a purchase in the eight weeks before it."""
    return _examples(tables, _COLUMNS)


def examples_with_people(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """The same, with what households have told about themselves."""
    return _examples(tables, (*_COLUMNS, *_PEOPLE))


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


def plan(examples: Examples) -> Plan:
    """Cut-offs whose four weeks are over before 1 October 2017 train; from that day on they test; five folds of
    households validate inside the training time."""
    import numpy as np

    assert examples.time is not None
    before = np.flatnonzero(examples.time < np.datetime64(_TEST[0]))
    test = np.flatnonzero(examples.time >= np.datetime64(_TEST[0]))
    households = np.unique(examples.unit[before])
    part_of = dict(zip(households, np.random.default_rng(28).permutation(len(households)) % _NUM_FOLDS, strict=True))
    part = np.array([part_of[h] for h in examples.unit[before]])
    return Plan(
        folds=tuple(
            Fold(name=f"households {i + 1}", train=before[part != i], validation=before[part == i], test=test)
            for i in range(_NUM_FOLDS)
        ),
        unit="household",
        separation="time",
        sentence="Twelve cut-offs, two weeks apart from 2 April to 3 September 2017, train: the four weeks that each "
        "asks about are over when the first test cut-off, 1 October, is reached. 29 October and 26 November test too. "
        "Inside the training time five groups of households take turns as validation: no household helps to judge "
        "itself. Test households are those of training, later: a shop knows its customers.",
    )


_COLUMNS = (
    Column(name="days_since_trip", label="Time since the last shopping trip", unit="days"),
    Column(name="visits_7", label="Days with a purchase, last week", unit="days"),
    Column(name="visits_14", label="Days with a purchase, last 2 weeks", unit="days"),
    Column(name="visits_28", label="Days with a purchase, last 4 weeks", unit="days"),
    Column(name="visits_56", label="Days with a purchase, last 8 weeks", unit="days"),
    Column(name="visits_84", label="Days with a purchase, last 12 weeks", unit="days"),
    Column(name="visits_a_week", label="Days with a purchase, since January", unit="per week"),
    Column(name="visit_trend", label="Visits of the last 4 weeks among those of 12", unit="share"),
    Column(name="weeks_visited", label="Weeks with a purchase, of the last 12", unit="weeks"),
    Column(name="gap_mean", label="Usual pause between visits", unit="days", help="Mean since January."),
    Column(name="gap_median", label="Middle pause between visits", unit="days"),
    Column(name="gap_recent", label="Mean of the last five pauses", unit="days"),
    Column(name="gap_longest", label="Longest pause between visits", unit="days"),
    Column(
        name="gap_spread",
        label="Irregularity of the pauses",
        help="Standard deviation over mean: 0 is clockwork, 1 is chance.",
    ),
    Column(name="long_gaps", label="Pauses of four weeks or more so far", unit="pauses"),
    Column(
        name="silence_by_gap",
        label="Present silence against the usual pause",
        unit="times",
        help="Days since the last visit over the mean pause.",
    ),
    Column(name="silence_by_longest", label="Present silence against the longest pause", unit="times"),
    Column(
        name="gaps_shorter",
        label="Pauses shorter than the present silence",
        unit="share",
        help="1: the household has never stayed away so long.",
    ),
    Column(
        name="gaps_ran_on",
        label="Pauses this long that ran on for four weeks",
        unit="share",
        help="Of the household's own pauses at least as long as the present silence, those that lasted four weeks "
        "more; drawn towards a half where there are few.",
    ),
    Column(name="spend_28", label="Spend, last 4 weeks", unit="$ per week"),
    Column(name="spend_84", label="Spend, last 12 weeks", unit="$ per week"),
    Column(name="spend_a_week", label="Spend, since January", unit="$ per week"),
    Column(name="spend_trend", label="Spend of the last 4 weeks among that of 12", unit="share"),
    Column(name="basket_value", label="Average basket", unit="$"),
    Column(name="last_basket", label="Last basket", unit="$"),
    Column(name="weekend_share", label="Trips at the weekend", unit="share of trips"),
    Column(name="evening_share", label="Trips from 17:00 on", unit="share of trips"),
    Column(name="grocery_share", label="Dry groceries, last 12 weeks", unit="share of spend"),
    Column(name="produce_share", label="Fruit and vegetables, last 12 weeks", unit="share of spend"),
    Column(name="meat_share", label="Fresh meat, last 12 weeks", unit="share of spend"),
    Column(name="drug_share", label="Drugstore goods, last 12 weeks", unit="share of spend"),
    Column(name="deli_share", label="Delicatessen, last 12 weeks", unit="share of spend"),
    Column(name="products_84", label="Different products, last 12 weeks", unit="products"),
    Column(name="departments_84", label="Departments bought from, last 12 weeks", unit="departments"),
    Column(name="coupon_trip_share", label="Trips with a coupon, since January", unit="share of trips"),
    Column(name="days_since_coupon", label="Time since a coupon was last used", unit="days"),
    Column(name="coupons_redeemed", label="Campaign coupons redeemed so far", unit="coupons"),
    Column(name="campaigns_received", label="Campaigns received so far", unit="campaigns"),
    Column(name="campaigns_running", label="Of these, still running", unit="campaigns"),
)
_PEOPLE = (
    Column(name="age", label="Age group", kind=_CATEGORY),
    Column(name="income", label="Household income", kind=_CATEGORY),
    Column(name="home_ownership", label="Home", kind=_CATEGORY),
    Column(name="marital_status", label="Marital status", kind=_CATEGORY),
    Column(name="household_size", label="Household size", unit="persons", kind=_CATEGORY),
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
    ),
    datasets=("complete_journey",),
    columns=_COLUMNS,
    task=Task(
        kind=Kind.BINARY,
        target="stays away",
        target_columns=("silent",),
        outputs=("probability",),
        loss="binary_cross_entropy",
        metrics=("roc_auc", "average_precision", "log_loss", "brier"),
        headline="roc_auc",
        positive="stays away",
        negative="comes back",
    ),
    model="table_network",
    baselines=("single_feature", "logistic", "gradient_boosting"),
    examples=examples,
    plan=plan,
    value=VALUE,
    settings={
        "learning_rate": {"default": 3e-3},
        "num_epochs": {"default": 12},
        "batch_size": {"default": 512},
        "members": {"default": 4},
        "width": {"default": 64},
        "activation": {"default": "silu"},
        "dropout": {"default": 0.5},
        "patience": {"default": 8},
        "numeric_transform": {"default": "log"},
    },
    presets=(
        Preset(
            name="recommended",
            title="Recommended",
            reason="Chosen on validation among a dozen variants that differed by a thousandth: there is little more in "
            "these columns.",
        ),
        Preset(
            name="quick",
            title="Quick",
            reason="One small layer, one network a fold: nearly as good, in a fraction of the time.",
            values={"width": 32, "depth": 1, "dropout": 0.3, "members": 1, "num_epochs": 8},
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
    order=20,
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
            changes={"columns": (*_COLUMNS, *_PEOPLE), "examples": examples_with_people},
        ),
    ),
)
