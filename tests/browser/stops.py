"""What the walks go through: shipped use cases with their sections, industries."""

from __future__ import annotations

from core.contracts import Section, UseCase
from core.use_cases import INDUSTRIES, all_use_cases
from tests.browser.conftest import TITLES

SHIPPED = [u for u in all_use_cases() if u.industry != "testing"]
INDUSTRY_NAMES = [name for name in INDUSTRIES.all() if name != "testing"]


def sections_of(use_case: UseCase) -> list[Section]:
    """The sections that its page has."""
    absent = {*use_case.task.absent, *((Section.MONEY,) if use_case.value is None else ())}
    return [s for s in TITLES if s not in absent]


def one_of_each_kind() -> list[UseCase]:
    """The first shipped use case of every kind of task."""
    return list({u.task.kind: u for u in reversed(SHIPPED)}.values())
