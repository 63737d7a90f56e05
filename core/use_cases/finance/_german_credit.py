"""The German loans of the credit-default use case: their features, how the table calls them, and their money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.use_cases.helpers import category, number

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
    category("checking_account", "Checking account here", help="Its balance, where there is one."),
    category("savings", "Savings and bonds"),
    category("credit_history", "Earlier loans"),
    category("purpose", "Purpose"),
    number("amount", "Amount of the loan", "DM"),
    number("term", "Term", "months"),
    number("instalment", "Amount per month of the term", "DM", help="The instalment before interest."),
    number(
        "instalment_rate",
        "Instalment as a share of income, in four classes",
        "class",
        help="4 is the highest share in the publisher's description; Grömping (2019) reads it the other way round.",
    ),
    category("employed_since", "Time in the present job"),
    category("job", "Job"),
    category("property", "Most valuable property"),
    category("housing", "Housing"),
    number("residence_since", "Time at the present address, in four classes", "class"),
    category("guarantor", "Co-applicant or guarantor"),
    category("other_plans", "Instalment plans elsewhere"),
    number("loans_here", "Loans at this bank", "loans", help="This one included."),
    number("dependants", "People to be maintained", "persons"),
    category("telephone", "Telephone"),
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
