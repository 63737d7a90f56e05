"""Credit default: will this loan go bad? One row per loan, with what its application stated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.contracts import Column, Examples, Question, UseCase, Variant
from core.contracts.care import Care, GroupBy
from core.contracts.picture import Share
from core.use_cases.finance import _german_credit as german
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
    random_tests,
    recommended,
    slider,
    typed_features,
    with_defaults,
)
from core.value.threshold import Payoffs, ThresholdValue, ThresholdWords

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_BAD_IN_DATA = 1254 / 4454  # share of the credit-scoring loans that went bad: far more than a lender sees


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

    loan = np.arange(1, len(table) + 1)
    return Examples(
        features=typed_features(table, columns, missing="not stated"),
        target=bad.astype(float).to_frame("bad"),
        unit=loan,
        info=table[list(beside)].rename(columns=dict(beside)).assign(loan=loan),
    )


def _bad(examples: Examples) -> np.ndarray:
    return examples.target["bad"].to_numpy() > 0


_PLAN = random_tests(
    seed=20,
    strata=_bad,
    unit="loan",
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


VALUE = ThresholdValue(
    payoffs=_payoffs,
    records_per_year=per_year("applications"),
    currency="EUR",
    today="Grant everybody",
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
        guess(
            "loan",
            "Average loan",
            slider(6_200.0, "EUR", low=100.0, high=500_000.0, step=100.0),
            "The loans of the data average 1,039 in no stated currency; as thousand pesetas that is 6,244 EUR.",
        ),
        from_data(
            "years", "Average term", slider(3.9, "years", low=0.1, high=40.0, step=0.1), "46.4 months on average."
        ),
        guess(
            "net_margin",
            "Margin on the outstanding balance",
            slider(0.05, "share per year", low=0.0, high=0.5, step=0.005),
            "Interest less funding and running costs, before losses; consumer loans in the euro area have cost "
            "some 7 to 8% a year lately. Put in your own.",
        ),
        guess(
            "still_owed",
            "Still owed when a loan goes bad",
            slider(0.7, "share of the loan", low=0.0, high=1.0, step=0.05),
            "Loans that fail tend to fail in the first half of their term. Put in your own.",
        ),
        guess(
            "loss_share",
            "Lost of what is still owed",
            slider(0.45, "share", low=0.0, high=1.0, step=0.05),
            "45% is what Basel II prescribed for unsecured claims on companies; collection of consumer loans "
            "varies widely. Put in your own.",
        ),
        guess(
            "bad_share",
            "Share of applications that would go bad",
            slider(0.1, "share", low=0.01, high=0.5, step=0.01),
            "In the data 28% are bad, far more than lenders usually see. The money counts each bad loan of the "
            "data for less and each good one for more, until this share is reached; predicted chances stay those of "
            "the data, and read too high. Put in your own.",
        ),
        guess(
            "applications",
            "Applications per year",
            slider(10_000.0, "applications", low=100.0, high=10_000_000.0, step=1_000.0),
            "A small lender, whose applications are like the granted loans of the data but for the share of bad "
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
        "how likely the loan is to go bad. From a threshold on, the application is declined.",
        picture=Share(symbol="note", lit=3, out_of=10, tells="Of ten loans in these records, about three went bad."),
        detail="Age, sex, marital status "
        "and origin are left out on purpose: the law forbids a lender most of them, and they would have added next to "
        "nothing. They stay beside each loan, so that anyone can check whether a group is declined more often: what is "
        "left out can still act through other columns. In Europe and the United States a person who is declined must "
        "be told why.",
    ),
    datasets=("credit_scoring",),
    columns=(
        number("seniority", "Time in the job", "years"),
        category("job", "Kind of job"),
        category("home", "Home"),
        binary("records", "A bad record is known"),
        number("income", "Income", "thousand a month", help="The currency is not stated."),
        number("expenses", "Living expenses", "thousand a month"),
        number("left", "Income less expenses", "thousand a month"),
        number("assets", "Assets", "thousand"),
        number("debt", "Debt", "thousand"),
        number("net_worth", "Assets less debt", "thousand"),
        number("amount", "Amount of the loan", "thousand"),
        number("term", "Term", "months"),
        number("instalment", "Amount per month of the term", "thousand", help="Before interest."),
        number(
            "cover",
            "Income less expenses, in instalments",
            "times",
            help="How many instalments before interest a month's income less expenses would pay.",
        ),
        number("price", "Price of the goods", "thousand"),
        number("financed", "Share of the price that is financed", "share"),
        number("own_money", "Price less loan", "thousand", help="What the customer pays at once."),
    ),
    task=binary_task("goes bad", column="bad", positive="went bad", negative="repaid"),
    model="table_network",
    baselines=("logistic", "gradient_boosting", "single_feature"),
    examples=examples,
    plan=_PLAN,
    value=VALUE,
    care=Care(
        privacy="Applications for loans, without names: personal data. A loan may not be refused by a machine "
        "alone (GDPR, Article 22), and the person can ask why (Article 15).",
        bias="Age, sex, marital status and origin are no features; others may stand for them, and past "
        "decisions shaped the data: rejected applicants are missing. Compare groups before use.",
        ai_act="high risk",
        because="It scores the creditworthiness of persons (Annex III, 5b): risk management, logging, human "
        "oversight and registration are due.",
        rules=(
            "Consumer Credit Directive (EU) 2023/2225, Article 18: a person on request, and an explanation.",
            "United States: ECOA and Regulation B, with reasons for every refusal; Fair Credit Reporting Act.",
        ),
        groups=(GroupBy("age", "Age", edges=(30, 45)), GroupBy("marital_status", "Marital status")),
    ),
    settings=with_defaults(learning_rate=3e-3, num_epochs=30, members=2, width=64, dropout=0.4, patience=8),
    presets=(
        recommended(
            "Chosen on validation among some 25 variants, which lie within .005 of one another: two layers, "
            "many units dropped, numbers as their rank."
        ),
        quick(
            "One small layer: nearly as good, in a fraction of the time.",
            width=16,
            depth=1,
            dropout=0.2,
            num_epochs=15,
            batch_size=128,
            members=1,
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
    names={"partime": "part-time", "priv": "private", "others": "other", "ignore": "not stated"},
    order=10,
    icon="credit_score",
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
