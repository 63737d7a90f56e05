"""How numbers, money, shares, sizes and ranges are written, and what stands where there is none. Imports nothing heavy.

Every visible number goes through here or, where it is a time, through `moments` and `durations`; a test looks for
others. `units` and `scores` write them with their units.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.formatting.currencies import CURRENCIES
from core.formatting.messages import message, plural

MISSING = "—"  # where a table has no value
MINUS = "−"
_SIGNIFICANT = 4
_MOST_DECIMALS = 6
_MORE_TO_TELL_APART = 3
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
_STOPS_POWER = 2
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _half_up(size: Decimal, digits: int) -> Decimal:
    """Rounded as a browser rounds: half of the last digit goes up, of the number as it is written."""
    return size.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def undefined() -> str:
    """What is said of a metric that these rows leave without a value."""
    return message("undefined")


def is_missing(value: Any) -> bool:
    """Whether it is None, NaN, NaT or NA, of whichever library."""
    if value is None or type(value).__name__ in ("NaTType", "NAType"):
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):  # an array
        return False


def decimals(size: float, significant: int = _SIGNIFICANT) -> int:
    """How many decimals show so many significant digits of a number of this size."""
    if not math.isfinite(size) or size == 0:
        return significant - 1
    return min(_MOST_DECIMALS, max(0, significant - 1 - math.floor(math.log10(abs(size)))))


def fixed(value: float, digits: int, *, sign: bool = False) -> str:
    """A number with so many decimals; one that they would make nothing of gets two digits that count. Nothing at all
    has no sign."""
    if not math.isfinite(value):
        return undefined()
    text = f"{abs(value):,.{digits}f}"
    if value != 0 and not any(d in "123456789" for d in text):
        text = _tiny(abs(value))
    return (MINUS if value < 0 else "+" if sign and value > 0 else "") + text


def _tiny(size: float, significant: int = 2) -> str:
    """0.0000123 -> '0.000012', 1.23e-9 -> '1.2·10⁻⁹'."""
    if size >= 10**-_MOST_DECIMALS:
        return f"{size:.{significant - 1 - math.floor(math.log10(size))}f}"
    return scientific(size, significant)


def amount(value: float | None, unit: str = "", *, significant: int = 3, sign: bool = False) -> str:
    """34.234, 'min' -> '34.2 min'. A whole number has no decimals."""
    if value is None or is_missing(value):
        return MISSING
    digits = 0 if math.isfinite(value) and value == round(value) else decimals(value, significant)
    return with_unit(fixed(value, digits, sign=sign), unit)


def rounded(value: Any) -> Any:
    """A table's number with four significant digits, None where there is none; anything else as `plain` says it."""
    if is_missing(value):
        return None
    if not isinstance(value, float) or not math.isfinite(value) or value == round(value):
        return value
    return round(value, decimals(value)) or float(f"{value:.2g}")  # a tiny one is not nothing


def plain(value: Any) -> str:
    """A value of a table as text."""
    if is_missing(value):
        return MISSING
    if isinstance(value, bool):
        return message("yes") if value else message("no")
    return amount(value) if isinstance(value, float) and math.isfinite(value) else str(value)


def exact(value: float) -> str:
    """A number that somebody chose, in full: 0.00001 -> '0.00001', 2048 -> '2,048'."""
    if not math.isfinite(value):
        return undefined()
    last = Decimal(f"{value:.10g}").normalize().as_tuple().exponent
    digits = max(0, -int(last))
    return fixed(value, digits) if digits <= _MOST_DECIMALS + _SIGNIFICANT else fixed(value, 0)


def in_full(value: float) -> str:
    """All digits of a number, so that no other one reads the same: 0.99999999999 is not '1'; 1e39 -> '1·10³⁹'."""
    if not math.isfinite(value):
        return undefined()
    text, _e, power = repr(abs(float(value))).partition("e")
    whole, _dot, rest = text.partition(".")
    text = f"{int(whole):,}" + (f".{rest}" if rest not in ("", "0") else "")
    return (MINUS if value < 0 else "") + text + (f"·10{str(int(power)).translate(_RAISED)}" if power else "")


def significant(value: float | None, digits: int = 3) -> str:
    """So many digits that count, and all of a whole number's: 0.00012345 -> '0.000123', 12345.6 -> '12,346'; half of
    the last digit goes up, as in the panels in the browser."""
    if value is None or is_missing(value):
        return MISSING
    if not math.isfinite(value) or value == 0:
        return fixed(value, 0)
    size = Decimal(repr(float(value)))
    return exact(float(_half_up(size, max(0, digits - 1 - size.adjusted()))))


def scientific(value: float, digits: int = 2) -> str:
    """8.4e22 -> '8.4·10²²': so many digits that count, for what nobody says in words."""
    mantissa, _e, power = f"{value:.{digits - 1}e}".partition("e")
    return f"{mantissa}·10{str(int(power)).translate(_RAISED)}"


def rough(value: float, digits: int = 1) -> float:
    """The nearest number with so many digits that count: 47,619 -> 50,000."""
    return float(f"{value:.{digits}g}")


def count(number: float) -> str:
    """1234 -> '1,234'."""
    return fixed(round(number), 0)


def counted(number: float, one: str, many: str, **parameters: object) -> str:
    """'1 row', '1,234 rows': the sentence for this many, whose {count} is filled in."""
    return plural(one, many, number, count=count(number), **parameters)


def percent(share: float | None, digits: int = 0, *, sign: bool = False) -> str:
    """0.123 -> '12%', 0.125 -> '13%' as in the panels in the browser. Neither none nor all is said of what is not: the
    ends get a decimal more, or '<0.1%'."""
    if share is None or not math.isfinite(share):
        return MISSING if share is None else undefined()
    size, before = round(float(abs(share)), 12), MINUS if share < 0 else "+" if sign and share > 0 else ""
    most = max(digits, 1)
    for places in range(digits, most + 1):
        shown = _half_up(100 * Decimal(repr(size)), places)
        if (shown > 0 or size == 0) and (shown < 100 or size >= 1):
            return f"{before}{shown:,.{places}f}%"
    step = 10.0**-most
    return before + (f"<{step:.{most}f}%" if size < 0.5 else f">{100 - step:.{most}f}%")


def chance_digits(low: float, high: float) -> int:
    """How many decimals percentages need so that there are some twenty different ones between two chances: 1 to 4."""
    spread = 100 * (high - low)
    return min(4, max(1, math.ceil(math.log10(20 / spread)))) if spread > 0 else 1


def threshold(chance: float, digits: int) -> str:
    """A threshold in percent, a small one with a decimal more; as the panel in the browser writes it."""
    return percent(chance, max(digits, 2 if chance < 0.1 else 1))


def level(share: float) -> str:
    """A declared level, in full: 0.025 -> '2.5%'."""
    return f"{float(f'{100 * share:.6g}'):g}%"


def part_of(part: int, whole: int, words: str) -> str:
    """11, 7043, 'in {part} of {whole} rows ({share})' -> 'in 11 of 7,043 rows (0.2%)'."""
    share = percent(part / whole if whole else None)
    return words.format(part=count(part), whole=count(whole), share=share)


def points(change: float, digits: int = 1) -> str:
    """A difference of two shares: 0.0123 -> '+1.2 points'."""
    return message("{change} points", change=fixed(100 * change, digits, sign=True))


def is_currency(unit: str) -> bool:
    """Whether it is the sign of a currency of the world, as 'USD'."""
    return unit in CURRENCIES


def symbol(currency: str) -> str:
    """What stands before an amount: '$', 'CHF ' where there is no sign; nothing before what is no currency."""
    return _SYMBOLS.get(currency, f"{currency}\u00a0" if is_currency(currency) else "")


def money(amount: float | None, currency: str, *, sign: bool = False, significant: int = 3) -> str:
    """1234567.0, 'USD' -> '$1.23M'; 12, 'points' -> '12 points'. What rounds to nothing has no sign."""
    if amount is None or not math.isfinite(amount):
        return undefined()
    before = symbol(currency)
    size, unit, digits = Decimal(repr(float(abs(amount)))), "", 0
    for power, name in ((12, "T"), (9, "B"), (6, "M"), (3, "K")):
        if size >= Decimal("0.9995").scaleb(power):
            size, unit = size.scaleb(-power), name
            digits = max(0, significant - 1 - max(0, size.adjusted()))
            if _half_up(size, digits).adjusted() > max(0, size.adjusted()):  # 9.996 becomes 10.0, not 10.00
                digits = max(0, digits - 1)
            break
    text = f"{_half_up(size, digits):,f}"
    told = "" if text == "0" else MINUS if amount < 0 else "+" if sign else ""
    return with_unit(f"{told}{before}{text}{unit}", "" if is_currency(currency) else currency)


def apart(low: float, high: float, write: Callable[[float, int], str]) -> tuple[str, str]:
    """Both ends of a range, with as many more digits as it takes to tell them apart. write: a number with some more
    digits than usual."""
    ends = write(low, 0), write(high, 0)
    for more in range(1, _MORE_TO_TELL_APART + 1):
        if low == high or ends[0] != ends[1]:
            break
        ends = write(low, more), write(high, more)
    return ends


def money_apart(amounts: Sequence[float | None], currency: str) -> list[str]:
    """Amounts that stand beside one another, with as many more digits as it takes that none which differ read the
    same."""
    for more in range(_MORE_TO_TELL_APART + 1):
        told = [money(amount, currency, significant=3 + more) for amount in amounts]
        if len(set(told)) == len(set(amounts)):
            break
    return told


def between(low: float | None, high: float | None, write: Callable[[float, int], str], joint: str = "") -> str:
    """'0.71 to 0.79'; one number where both ends are the same. joint: what stands between them instead of 'to'."""
    if low is None or high is None or is_missing(low) or is_missing(high):
        return undefined()
    first, last = apart(low, high, write)
    if first == last:
        return first
    if joint:  # the ends may be messages
        return message("{low}{joint}{high}", low=first, joint=joint, high=last)
    return message("{low} to {high}", low=first, high=last)


def money_between(low: float | None, high: float | None, currency: str, joint: str = "") -> str:
    """'$1.21M to $1.30M'."""
    return between(low, high, lambda end, more: money(end, currency, significant=3 + more), joint)


def amount_between(low: float, high: float, unit: str = "") -> str:
    """'8.24 – 34.2 min'."""
    return with_unit(between(low, high, lambda end, more: amount(end, significant=3 + more), joint=" – "), unit)


def size(number: float) -> str:
    """Bytes as people say them: '0.6 GB', '84 MB'."""
    if number >= 0.95e8:
        return f"{fixed(number / 1e9, 1)} GB"
    return f"{fixed(number / 1e6, 0)} MB" if number >= 0.95e6 else f"{fixed(number / 1e3, 0)} KB"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stops:
    """A slider's ends, its step, and the decimals that its numbers are shown with."""

    low: float
    high: float
    step: float
    digits: int


def stops(low: float, high: float, *, whole: bool = False) -> Stops:
    """A slider over a range: between a hundred and a thousand stops, on round numbers. Whole numbers stay whole."""
    high = high if high > low else low + 1
    power = math.floor(math.log10(high - low)) - _STOPS_POWER
    step = 1.0 if whole else 10.0**power
    digits = 0 if whole else max(0, -power)

    def at(stop: int) -> float:
        return round(stop * step, digits)

    first, last = math.floor(round(low / step, 6)), math.ceil(round(high / step, 6))
    first, last = first - (at(first) > low), last + (at(last) < high)  # as they are shown, no end cuts its value off
    return Stops(low=at(first), high=at(last), step=step, digits=digits)


def energy(joules: float) -> str:
    """'90 J', '2.0 Wh', '1.2 kWh'."""
    for unit, name in ((3.6e6, "kWh"), (3.6e3, "Wh")):
        if joules >= unit:
            return f"{fixed(joules / unit, 1)} {name}"
    return f"{fixed(joules, 0 if joules >= 9.5 else 1)} J"


def labelled(label: str, unit: str) -> str:
    """A label with the unit behind it: 'Spend ($)'."""
    return message("{label} ({unit})", label=message(label), unit=message(unit)) if unit else message(label)


def with_unit(text: str, unit: str) -> str:
    """The text and its unit, not to be torn apart at the end of a line."""
    if not any(letter.isalpha() for letter in unit):
        return f"{text}\u00a0{unit}" if unit else text
    return message("{number}\u00a0{unit}", number=text, unit=message(unit))
