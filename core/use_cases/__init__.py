"""The use cases and their industries, found in this folder. Importing it leaves torch and scikit-learn alone."""

from __future__ import annotations

from core.contracts import Industry, UseCase
from core.formatting.messages import message
from core.registry import Registry

_AFTER_THE_DECLARED = 10_000

USE_CASES: Registry[UseCase] = Registry(
    what="use case", folder="use_cases", attribute="USE_CASE", kind=UseCase, parts=2
)
INDUSTRIES: Registry[Industry] = Registry(what="industry", folder="use_cases", attribute="INDUSTRY", kind=Industry)


def use_case(name: str) -> UseCase:
    """The use case called `name` ('retail/coupon_response'); raises UnknownNameError."""
    return USE_CASES.get(name)


def all_industries() -> list[Industry]:
    """Every industry in its order: the declared ones, and those of use cases whose industry has no story of its own."""
    found = INDUSTRIES.all()
    for name in sorted({u.industry for u in USE_CASES.all().values()} - set(found)):
        found[name] = _without_story(name)
    return sorted(found.values(), key=lambda i: (i.order, i.name))


def _without_story(name: str) -> Industry:
    """An industry that is known by its use cases alone."""
    title = name.replace("_", " ")
    told = message("Its story is not told yet; it would stand in use_cases/{name}/__init__.py.", name=name)
    return Industry(
        name=name, title=title[:1].upper() + title[1:], summary=told, earns=(), hard=(), order=_AFTER_THE_DECLARED
    )


def all_use_cases() -> list[UseCase]:
    """Every use case, in the order of industries and then their own."""
    place = {industry.name: number for number, industry in enumerate(all_industries())}
    return sorted(USE_CASES.all().values(), key=lambda u: (place[u.industry], u.order, u.name))
