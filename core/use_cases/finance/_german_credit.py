"""The German loans of the credit-default use case: their features, how the table calls them, and their money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.contracts import Column, ColumnKind

_CATEGORY = ColumnKind.CATEGORY

NAMES = {
    "status_of_existing_checking_account": "checking_account",
    "savings_account_and_bonds": "savings",
    "credit_history": "credit_history",
    "purpose": "purpose",
    "credit_amount": "amount",
    "duration_in_month": "term",
    "installment_rate_in_percentage_of_disposable_income": "instalment_rate",
    "present_employment_since": "employed_since",
    "job": "job",
    "property": "property",
    "housing": "housing",
    "present_residence_since": "residence_since",
    "other_debtors_or_guarantors": "guarantor",
    "other_installment_plans": "other_plans",
    "number_of_existing_credits_at_this_bank": "loans_here",
    "number_of_people_being_liable_to_provide_maintenance_for": "dependants",
    "telephone": "telephone",
}
LEFT_OUT = {
    "age_in_years": "age",
    "personal_status_and_sex": "status_and_sex",
    "foreign_worker": "foreign_worker",
}
COLUMNS = (
    Column(
        name="checking_account", label="Checking account here", kind=_CATEGORY, help="Its balance, where there is one."
    ),
    Column(name="savings", label="Savings and bonds", kind=_CATEGORY),
    Column(name="credit_history", label="Earlier loans", kind=_CATEGORY),
    Column(name="purpose", label="Purpose", kind=_CATEGORY),
    Column(name="amount", label="Amount of the loan", unit="DM"),
    Column(name="term", label="Term", unit="months"),
    Column(name="instalment", label="Amount per month of the term", unit="DM", help="The instalment before interest."),
    Column(
        name="instalment_rate",
        label="Instalment as a share of income, in four classes",
        unit="class",
        help="4 is the highest share in the publisher's description; Grömping (2019) reads it the other way round.",
    ),
    Column(name="employed_since", label="Time in the present job", kind=_CATEGORY),
    Column(name="job", label="Job", kind=_CATEGORY),
    Column(name="property", label="Most valuable property", kind=_CATEGORY),
    Column(name="housing", label="Housing", kind=_CATEGORY),
    Column(name="residence_since", label="Time at the present address, in four classes", unit="class"),
    Column(name="guarantor", label="Co-applicant or guarantor", kind=_CATEGORY),
    Column(name="other_plans", label="Instalment plans elsewhere", kind=_CATEGORY),
    Column(name="loans_here", label="Loans at this bank", unit="loans", help="This one included."),
    Column(name="dependants", label="People to be maintained", unit="persons"),
    Column(name="telephone", label="Telephone", kind=_CATEGORY),
)
BAD_IN_DATA = 0.3  # share of these loans that went bad: they were picked more often

ASSUMED: Mapping[str, Mapping[str, Any]] = {
    "loan": {
        "value": 1_700.0,
        "guess": False,
        "source": "3,271 DM on average, 1,673 EUR at the fixed rate; of the 1970s, when prices were far lower.",
    },
    "years": {"value": 1.7, "source": "20.9 months on average."},
    "bad_share": {
        "source": "In the data 30% are bad, because bad loans were picked more often; the bank's own share was far "
        "lower. The money counts each bad loan of the data for less and each good one for more, until this share is "
        "reached; predicted chances stay those of the data, and read too high. Put in your own.",
    },
}
