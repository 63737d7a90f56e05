"""Credit default: will this loan go bad? One row per loan, with what its application stated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.contracts import (
    Assumption,
    Column,
    ColumnKind,
    Examples,
    Kind,
    Plan,
    Preset,
    Question,
    Task,
    UseCase,
    Variant,
)
from core.use_cases._presets import crawl, fade, memorise, overshoot
from core.use_cases._random_folds import dealt, folds_of
from core.use_cases.finance import _german_credit as german
from core.value.threshold import Payoffs, ThresholdValue, ThresholdWords

if TYPE_CHECKING:
    import pandas as pd

_NUM_TESTS, _NUM_FOLDS = 5, 5
_NOT_STATED = "not stated"
_BAD_IN_DATA = 1254 / 4454  # share of the credit-scoring loans that went bad: far more than a lender sees
_CATEGORY, _BINARY = ColumnKind.CATEGORY, ColumnKind.BINARY


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """The loans of the credit-scoring table. Age and marital status stand beside a loan and are no features."""
    table = tables["credit_scoring"]["credit"].rename(columns=str.lower).rename(columns={"time": "term"})
    left = table["income"] - table["expenses"]
    instalment = table["amount"] / table["term"]
    table = table.assign(
        records=(table["records"] == "yes").astype(float),
        instalment=instalment,
        left=left,
        cover=left / instalment,
        financed=table["amount"] / table["price"],
        own_money=table["price"] - table["amount"],
        net_worth=table["assets"] - table["debt"],
    )
    return _examples(table, USE_CASE.columns, table["status"] == "bad", {"age": "age", "marital": "marital_status"})


def german_examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """The German loans. Age, sex with marital status, and foreign worker stand beside a loan and are no features."""
    table = tables["german_credit"]["german_credit"].rename(columns=german.NAMES)
    table = table.assign(instalment=table["amount"] / table["term"])
    return _examples(table, german.COLUMNS, table["creditability"] == "bad", german.LEFT_OUT)


def _examples(table: pd.DataFrame, columns: Sequence[Column], bad: pd.Series, beside: Mapping[str, str]) -> Examples:
    import numpy as np

    number = np.arange(1, len(table) + 1)
    features = table[[column.name for column in columns]].copy()
    for column in columns:
        values = features[column.name]
        if column.kind is _CATEGORY:
            features[column.name] = values.astype(object).where(values.notna(), _NOT_STATED)
        else:
            features[column.name] = values.astype(float)
    return Examples(
        features=features,
        target=bad.astype(float).to_frame("bad"),
        unit=number,
        info=table[list(beside)].rename(columns=dict(beside)).assign(loan=number),
    )


def plan(examples: Examples) -> Plan:
    """Five random parts of loans are tested in turn; inside the other four, five parts take turns as validation."""
    import numpy as np

    rng = np.random.default_rng(20)
    bad = examples.target["bad"].to_numpy() > 0
    part = dealt(bad, _NUM_TESTS, rng)
    folds = [f for t in range(_NUM_TESTS) for f in folds_of(f"test {t + 1}", part == t, bad, _NUM_FOLDS, rng)]
    return Plan(
        folds=tuple(folds),
        unit="loan",
        separation="unit",
        aggregation="mean_of_tests",
        sentence="Every loan is tested once, by networks that never saw it: five random parts with the same share of "
        "bad loans are tested in turn, and inside the other four, five parts take turns as validation. The headline "
        "is the mean over the five tests, because chances from different networks are not on one scale. No day is "
        "stated, so this is a random split: it cannot show how a model ages. Settings and the threshold were chosen "
        "on validation loans, which are test loans of another part.",
    )


def _payoffs(assumed: Mapping[str, float], bad_in_data: float = _BAD_IN_DATA) -> Payoffs:
    """Declined earns nothing. Repaid in equal parts, half of a loan is outstanding on average."""
    earned = assumed["loan"] * assumed["net_margin"] * assumed["years"] / 2
    lost = assumed["loan"] * assumed["still_owed"] * assumed["loss_share"]
    return Payoffs(tp=0.0, fp=0.0, fn=-lost, tn=earned).with_share(assumed["bad_share"], bad_in_data)


def _german_payoffs(assumed: Mapping[str, float]) -> Payoffs:
    return _payoffs(assumed, german.BAD_IN_DATA)


def _records_per_year(assumed: Mapping[str, float], info: pd.DataFrame) -> float:
    return assumed["applications"]


VALUE = ThresholdValue(
    payoffs=_payoffs,
    records_per_year=_records_per_year,
    currency="EUR",
    words=ThresholdWords(
        tp="Declined, would have gone bad",
        fp="Declined, would have been repaid",
        fn="Granted, went bad",
        tn="Granted, repaid",
        act="decline",
        unit="applications",
        threshold="Decline when the predicted chance of going bad is at least",
        everybody="Decline everybody",
        nobody="Grant everybody",
    ),
    assumptions=(
        Assumption(
            name="loan",
            label="Average loan",
            value=6_200.0,
            low=100.0,
            high=500_000.0,
            step=100.0,
            unit="EUR",
            source="The loans of the data average 1,039 in no stated currency; as thousand pesetas that is 6,244 EUR.",
        ),
        Assumption(
            name="years",
            label="Average term",
            value=3.9,
            low=0.1,
            high=40.0,
            step=0.1,
            unit="years",
            guess=False,
            source="46.4 months on average.",
        ),
        Assumption(
            name="net_margin",
            label="Margin on the outstanding balance",
            value=0.05,
            low=0.0,
            high=0.5,
            step=0.005,
            unit="share per year",
            source="Interest less funding and running costs, before losses; consumer loans in the euro area have cost "
            "some 7 to 8% a year lately. Put in your own.",
        ),
        Assumption(
            name="still_owed",
            label="Still owed when a loan goes bad",
            value=0.7,
            low=0.0,
            high=1.0,
            step=0.05,
            unit="share of the loan",
            source="Loans that fail tend to fail in the first half of their term. Put in your own.",
        ),
        Assumption(
            name="loss_share",
            label="Lost of what is still owed",
            value=0.45,
            low=0.0,
            high=1.0,
            step=0.05,
            unit="share",
            source="45% is what Basel II prescribed for unsecured claims on companies; collection of consumer loans "
            "varies widely. Put in your own.",
        ),
        Assumption(
            name="bad_share",
            label="Share of applications that would go bad",
            value=0.1,
            low=0.01,
            high=0.5,
            step=0.01,
            unit="share",
            source="In the data 28% are bad, far more than lenders usually see. The money counts each bad loan of the "
            "data for less and each good one for more, until this share is reached; predicted chances stay those of "
            "the data, and read too high. Put in your own.",
        ),
        Assumption(
            name="applications",
            label="Applications per year",
            value=10_000.0,
            low=100.0,
            high=10_000_000.0,
            step=1_000.0,
            unit="applications",
            source="A small lender, whose applications are like the granted loans of the data but for the share of bad "
            "ones. Put in your own.",
        ),
    ),
)

GERMAN_VALUE = replace(
    VALUE,
    payoffs=_german_payoffs,
    assumptions=tuple(replace(a, **german.ASSUMED.get(a.name, {})) for a in VALUE.assumptions),
)

USE_CASE = UseCase(
    name="finance/credit_default",
    title="Credit default",
    summary="Which loans will go bad? Decline those, and lend to the others.",
    question=Question(
        who="A lender of instalment loans to private people, for cars, furniture and the like.",
        problem="A good loan earns a little, a bad one loses several times as much. Which applications should be "
        "declined?",
        cost_today="Granting everybody lets a few bad loans eat up much of what many good ones earn; strict rules by "
        "hand turn away sound customers, who go to somebody else.",
        what_ai_does="It reads what an application states about job, income, belongings and the loan itself, and says "
        "how likely the loan is to go bad. From a threshold on, the application is declined. Age, sex, marital status "
        "and origin are left out on purpose: the law forbids a lender most of them, and they would have added next to "
        "nothing. They stay beside each loan, so that anyone can check whether a group is declined more often: what is "
        "left out can still act through other columns. In Europe and the United States a person who is declined must "
        "be told why.",
    ),
    datasets=("credit_scoring",),
    columns=(
        Column(name="seniority", label="Time in the job", unit="years"),
        Column(name="job", label="Kind of job", kind=_CATEGORY),
        Column(name="home", label="Home", kind=_CATEGORY),
        Column(name="records", label="A bad record is known", kind=_BINARY),
        Column(name="income", label="Income", unit="thousand a month", help="The currency is not stated."),
        Column(name="expenses", label="Living expenses", unit="thousand a month"),
        Column(name="left", label="Income less expenses", unit="thousand a month"),
        Column(name="assets", label="Assets", unit="thousand"),
        Column(name="debt", label="Debt", unit="thousand"),
        Column(name="net_worth", label="Assets less debt", unit="thousand"),
        Column(name="amount", label="Amount of the loan", unit="thousand"),
        Column(name="term", label="Term", unit="months"),
        Column(name="instalment", label="Amount per month of the term", unit="thousand", help="Before interest."),
        Column(
            name="cover",
            label="Income less expenses, in instalments",
            unit="times",
            help="How many instalments before interest a month's income less expenses would pay.",
        ),
        Column(name="price", label="Price of the goods", unit="thousand"),
        Column(name="financed", label="Share of the price that is financed", unit="share"),
        Column(name="own_money", label="Price less loan", unit="thousand", help="What the customer pays at once."),
    ),
    task=Task(
        kind=Kind.BINARY,
        target="goes bad",
        target_columns=("bad",),
        outputs=("probability",),
        loss="binary_cross_entropy",
        metrics=("roc_auc", "average_precision", "log_loss", "brier"),
        headline="roc_auc",
        positive="went bad",
        negative="repaid",
    ),
    model="table_network",
    baselines=("logistic", "gradient_boosting", "single_feature"),
    examples=examples,
    plan=plan,
    value=VALUE,
    settings={
        "learning_rate": {"default": 3e-3},
        "num_epochs": {"default": 30},
        "members": {"default": 2},
        "width": {"default": 64},
        "dropout": {"default": 0.4},
        "patience": {"default": 8},
    },
    presets=(
        Preset(
            name="recommended",
            title="Recommended",
            reason="Chosen on validation among some 25 variants, which lie within .005 of one another: two layers, "
            "many units dropped, numbers as their rank.",
        ),
        Preset(
            name="quick",
            title="Quick",
            reason="One small layer: nearly as good, in a fraction of the time.",
            values={"width": 16, "depth": 1, "dropout": 0.2, "num_epochs": 15, "batch_size": 128, "members": 1},
        ),
        memorise(
            "Wide, nothing dropped, never stopped: the training loans are learned by heart, all others suffer.",
            width=128,
        ),
        overshoot(
            "A learning rate some three hundred times too high, and no weight decay to hold the weights: every step "
            "jumps across the valley.",
            weight_decay=0.0,
        ),
        crawl(),
        fade(),
    ),
    record_label="loan",
    order=10,
    variants=(
        Variant(
            name="credit_scoring", title="Credit scoring", reason="4,454 loans, probably from Spain: the larger table."
        ),
        Variant(
            name="german_credit",
            title="German credit",
            reason="1,000 loans of a German bank in the 1970s: the textbook table, and too small to tell good methods "
            "apart.",
            changes={
                "datasets": ("german_credit",),
                "columns": german.COLUMNS,
                "examples": german_examples,
                "value": GERMAN_VALUE,
            },
        ),
    ),
    variants_label="Data",
)
