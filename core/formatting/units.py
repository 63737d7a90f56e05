"""How a number is written with its unit as people say it: '$0.50', '28%', '1 min 22 s', '100,000 households'."""

from __future__ import annotations

from core.formatting import durations, numbers

_SHARE = "share"  # as a unit begins: 'share', 'share of sales'
_CLOCK = "hour of day"  # as a unit begins: 15.5 is half past three in the afternoon
_PERCENT, _MINUTES = 100, 60
_DIGITS = 10


def is_share(unit: str) -> bool:
    """Whether numbers of this unit are shares, which people say in percent."""
    return unit == _SHARE or unit.startswith(_SHARE + " ")


def is_clock(unit: str) -> bool:
    """Whether numbers of this unit are hours of a day, which people say as a clock does."""
    return unit == _CLOCK or unit.startswith((_CLOCK + " ", _CLOCK + ","))


def clock(hour: float) -> str:
    """15.74 -> '15:44'."""
    hours, minutes = divmod(round(hour * _MINUTES), _MINUTES)
    return f"{hours:02d}:{minutes:02d}"


def is_said(unit: str) -> bool:
    """Whether a number of this unit is written otherwise than with the unit behind it."""
    return numbers.is_currency(unit) or durations.is_time(unit) or is_clock(unit)


def amount(value: float | None, unit: str, *, digits: int | None = None, more: int = 0, sign: bool = False) -> str:
    """1.37, 'minutes' -> '1 min 22 s'; 64.3, 'USD' -> '$64.30'; 7, 'items' -> '7 items'. digits: decimals; None: three
    digits that count. Of a time they are a clock's."""
    if value is None or numbers.is_missing(value):
        return numbers.MISSING
    if is_clock(unit):
        return clock(value)
    if durations.is_time(unit):
        return durations.in_unit(value, unit, more=more, sign=sign)
    text = numbers.amount(value, sign=sign) if digits is None else numbers.fixed(value, digits, sign=sign)
    if not numbers.is_currency(unit):
        return numbers.with_unit(text, unit)
    before, size = (text[:1], text[1:]) if text[:1] in ("+", numbers.MINUS) else ("", text)
    return before + numbers.symbol(unit) + _with_cents(size)


def amount_between(low: float, high: float, unit: str) -> str:
    """'8.24 – 34.2 items', '21 min 5 s – 30 min 21 s'."""
    if not is_said(unit):
        return numbers.amount_between(low, high, unit)
    return numbers.between(low, high, lambda end, more: amount(end, unit, more=more), joint=" – ")


def _with_cents(text: str) -> str:
    whole, point, cents = text.partition(".")
    return f"{whole}{point}{cents:0<2}" if point else whole


def price(amount: float, currency: str) -> str:
    """0.5, 'USD' -> '$0.50'; 6200, 'EUR' -> '€6,200': all of its digits, cents where there are some."""
    return (numbers.MINUS if amount < 0 else "") + numbers.symbol(currency) + _with_cents(numbers.exact(abs(amount)))


def chosen(value: float, unit: str) -> str:
    """The number in full, as people say it: money with its sign, a share in percent, else the unit behind it."""
    if numbers.is_currency(unit):
        return price(value, unit)
    if is_share(unit):
        return numbers.level(value)
    return clock(value) if is_clock(unit) else numbers.with_unit(numbers.exact(value), _of(value, unit))


def _of(value: float, unit: str) -> str:
    """The unit of one thing in the singular: 1 minute, 1 round."""
    is_plural = unit.isalpha() and unit.islower() and unit.endswith("s") and not unit.endswith(("ss", "ies"))
    return unit[:-1] if value == 1 and is_plural and len(unit) > 1 else unit


def label(label: str, unit: str) -> str:
    """The label of a number that `chosen` writes: with the unit only where the number does not say it."""
    says_itself = numbers.is_currency(unit) or is_clock(unit) or unit == _SHARE or not is_share(unit)
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
