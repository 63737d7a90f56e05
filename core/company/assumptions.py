"""Assumptions of the company: value, likely range, unit, source and date, and what has been changed of them. Whatever a
company page computes with is one of these."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import UserError
from core.formatting import units
from core.formatting.messages import message

MOST_LETTERS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """value lies within low to high, the likely range; these within least to most, beyond which nothing is taken. used:
    the pages that compute with it. by, changed: who changed it and when; empty for one as declared."""

    name: str
    label: str
    value: float
    low: float
    high: float
    least: float
    most: float
    unit: str
    source: str
    date: str
    used: tuple[str, ...]
    guess: bool = True
    by: str = ""
    changed: str = ""

    def __post_init__(self) -> None:
        for name in ("value", "low", "high", "least", "most"):
            object.__setattr__(self, name, float(getattr(self, name)))
        numbers = (self.least, self.low, self.value, self.high, self.most)
        if not all(map(math.isfinite, numbers)) or list(numbers) != sorted(numbers):
            raise UserError(
                "{label}: low, value and high rise in this order, from {least} to {most}.", **self._bounds_in_words()
            )

    def _bounds_in_words(self) -> dict[str, str]:
        ends = (units.chosen(end, self.unit) for end in (self.least, self.most))
        return dict(zip(("label", "least", "most"), (message(self.label), *ends), strict=True))

    def moved(self, value: float) -> Figure:
        """With another value, and a range as wide in proportion. Raises UserError for one beyond its bounds."""
        if not (math.isfinite(value) and self.least <= value <= self.most):
            raise UserError("{label} lies between {least} and {most}.", **self._bounds_in_words())
        if value == self.value:
            return self
        if self.value > 0 and value > 0:
            low, high = self.low * value / self.value, self.high * value / self.value
        else:
            low, high = self.low + value - self.value, self.high + value - self.value
        return replace(self, value=value, low=max(self.least, min(low, value)), high=min(self.most, max(high, value)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What somebody wrote into the ledger."""

    value: float
    low: float
    high: float
    source: str
    guess: bool
    by: str
    at: str

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, told: Any) -> Change:
        """As it was kept. Raises ValueError for anything else."""
        if not isinstance(told, Mapping):
            raise ValueError("a change of it is no object")
        given: dict[str, Any] = {name: told.get(name) for name in cls.__slots__}
        for name in ("value", "low", "high"):
            if isinstance(given[name], bool) or not isinstance(given[name], int | float):
                raise ValueError(f"the {name} of a change is no number")
        for name in ("source", "by", "at"):
            if not isinstance(given[name], str) or len(given[name]) > MOST_LETTERS:
                raise ValueError(f"the {name} of a change is no text, or a long one")
        if not isinstance(given["guess"], bool):
            raise ValueError("a change of it is neither a guess nor none")
        return cls(**given)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """Every declared figure, and what has been changed of them by name."""

    declared: tuple[Figure, ...]
    changes: Mapping[str, Change] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Figure:
        figure = next(one for one in self.declared if one.name == name)
        change = self.changes.get(name)
        return applied(figure, change) if change else figure

    def value(self, name: str) -> float:
        """The value of a figure as it stands."""
        return self[name].value

    @property
    def every(self) -> tuple[Figure, ...]:
        """All of them as they stand."""
        return tuple(self[one.name] for one in self.declared)

    def of_page(self, page: str) -> tuple[Figure, ...]:
        """Those that a page computes with."""
        return tuple(one for one in self.every if page in one.used)

    def with_change(self, name: str, change: Change) -> Ledger:
        """With one change more. Raises UserError where the figure refuses it."""
        applied(next(one for one in self.declared if one.name == name), change)
        return replace(self, changes={**self.changes, name: change})

    def without(self, name: str) -> Ledger:
        """With a figure as declared."""
        return replace(self, changes={n: c for n, c in self.changes.items() if n != name})


def applied(figure: Figure, change: Change) -> Figure:
    """A figure with what was changed. Raises UserError where it breaks the figure's rule."""
    return replace(
        figure,
        value=change.value,
        low=change.low,
        high=change.high,
        source=change.source or figure.source,
        guess=change.guess,
        by=change.by,
        changed=change.at,
    )
