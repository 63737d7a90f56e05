"""Numbers too large to be written out, as a power of ten: 7.96 × 10²⁷."""

from __future__ import annotations

import math

from core.formatting.numbers import significant

_LARGE = 1e9
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def written(value: float, digits: int = 6) -> str:
    """So many digits that count, as `significant` writes them, and a power of ten where the number is large."""
    if not math.isfinite(value) or abs(value) < _LARGE:
        return significant(value, digits)
    power = math.floor(math.log10(abs(value)))
    return f"{significant(value / 10**power, digits)} × 10{str(power).translate(_RAISED)}"
