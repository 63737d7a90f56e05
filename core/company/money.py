"""Amounts that know their currency: they add up within one, and change into another at a stated rate and date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import UserError
from core.formatting import numbers


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """What one unit of a currency is worth in another on a date."""

    of: str
    in_currency: str
    rate: float
    date: str


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency of the world. Raises UserError for a sign that is none."""

    amount: float
    currency: str

    def __post_init__(self) -> None:
        if not numbers.is_currency(self.currency):
            raise UserError("Money has the sign of a currency, as USD; this is {sign!r}.", sign=self.currency)

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise UserError(
                "Amounts add up within one currency; these are in {first} and {other}. Change one into the other "
                "first.",
                first=self.currency,
                other=other.currency,
            )
        return Money(self.amount + other.amount, self.currency)

    def __mul__(self, times: float) -> Money:
        return Money(self.amount * times, self.currency)

    def to(self, currency: str, rates: Mapping[str, Rate]) -> Money:
        """The same in another currency. rates: of each currency, by its sign, in `currency`. Raises UserError where
        there is none."""
        if currency == self.currency:
            return self
        rate = rates.get(self.currency)
        if rate is None or rate.in_currency != currency:
            raise UserError(
                "There is no rate of {of} in {into}. The ledger of assumptions holds the known ones.",
                of=self.currency,
                into=currency,
            )
        return Money(self.amount * rate.rate, currency)


@dataclass(frozen=True, kw_only=True, slots=True)
class Between:
    """A range of money on a date."""

    low: Money
    high: Money
    date: str

    def __mul__(self, times: float) -> Between:
        return Between(low=self.low * times, high=self.high * times, date=self.date)

    @property
    def middle(self) -> Money:
        """Halfway between the ends."""
        return Money((self.low.amount + self.high.amount) / 2, self.low.currency)
