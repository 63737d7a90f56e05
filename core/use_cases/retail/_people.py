"""What a household has told about itself, as columns."""

from __future__ import annotations

from core.use_cases.helpers import category

PEOPLE = (
    category("age", "Age group"),
    category("income", "Household income"),
    category("home_ownership", "Home"),
    category("marital_status", "Marital status"),
    category("household_size", "Household size", "persons"),
)
