"""How a number that somebody chose is written with its unit, in full: '$0.50', '28%', '100,000 households'."""

from __future__ import annotations

from core.formatting import numbers

_SHARE = "share"  # as a unit begins: 'share', 'share of sales'
_PERCENT = 100
_DIGITS = 10


def is_share(unit: str) -> bool:
    """Whether numbers of this unit are shares, which people say in percent."""
    return unit == _SHARE or unit.startswith(_SHARE + " ")


def is_currency(unit: str) -> bool:
    """Whether it is the sign of a currency: three capital letters."""
    return len(unit) == 3 and unit.isalpha() and unit.isupper()


def price(amount: float, currency: str) -> str:
    """0.5, 'USD' -> '$0.50'; 6200, 'EUR' -> '€6,200': all of its digits, cents where there are some."""
    text = numbers.exact(abs(amount))
    whole, point, cents = text.partition(".")
    text = f"{whole}{point}{cents:0<2}" if point else whole
    return (numbers.MINUS if amount < 0 else "") + numbers.symbol(currency) + text


def chosen(value: float, unit: str) -> str:
    """The number in full, as people say it: money with its sign, a share in percent, else the unit behind it."""
    if is_currency(unit):
        return price(value, unit)
    return numbers.level(value) if is_share(unit) else numbers.with_unit(numbers.exact(value), unit)


def label(label: str, unit: str) -> str:
    """The label of a number that `chosen` writes: with the unit only where the number does not say it."""
    says_itself = is_currency(unit) or unit == _SHARE or not is_share(unit)
    return numbers.labelled(label, "" if says_itself else unit)


def typed(value: float, unit: str) -> float:
    """The number as somebody would type it: a share in percent."""
    return round(value * _PERCENT, _DIGITS) if is_share(unit) else value


def meant(number: float, unit: str) -> float:
    """What a typed number means: 28 of a share is 0.28."""
    return round(number / _PERCENT, _DIGITS + 2) if is_share(unit) else number


def typed_label(label: str, unit: str) -> str:
    """The label of a field for typing it, with the unit that is typed: 'Gross margin (%)'."""
    return numbers.labelled(label, "%" if is_share(unit) else unit)
