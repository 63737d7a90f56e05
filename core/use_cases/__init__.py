"""The use cases and their industries, found in this folder. Importing it leaves torch and scikit-learn alone."""

from __future__ import annotations

from core.contracts import Industry, UseCase
from core.registry import Registry

USE_CASES: Registry[UseCase] = Registry(what="use case", folder="use_cases", attribute="USE_CASE")
INDUSTRIES: Registry[Industry] = Registry(what="industry", folder="use_cases", attribute="INDUSTRY")


def use_case(name: str) -> UseCase:
    """The use case called `name` ('retail/coupon_response'); raises UnknownNameError."""
    return USE_CASES.get(name)


def all_use_cases() -> list[UseCase]:
    """Every use case, in the order of industries and then their own."""
    rank = {industry.name: (industry.order, industry.name) for industry in INDUSTRIES.all().values()}
    last = (10_000, "")
    return sorted(USE_CASES.all().values(), key=lambda u: (rank.get(u.industry, last), u.order, u.name))
