"""The losses of a training as a small picture without a script: on training rows, and on validation rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from core.charts.look import Look

_WIDE, _HIGH, _EDGE = 320, 130, 6
_MANY_TIMES = 30  # between the least and the most: then the scale is logarithmic


def two_losses(train: Sequence[float], validation: Sequence[float], look: Look) -> str:
    """An SVG document of both curves, epoch by epoch; what is not finite leaves a gap."""
    known = [value for value in (*train, *validation) if math.isfinite(value) and value > 0]
    low, high = (min(known), max(known)) if known else (1.0, 1.0)
    is_log = high > _MANY_TIMES * low

    def place(value: float) -> float:
        share = math.log(value / low) / math.log(high / low) if is_log else value / high
        return _HIGH - _EDGE - share * (_HIGH - 2 * _EDGE)

    lines = "".join(
        _curve(values, place, getattr(look, colour), dash)
        for values, colour, dash in ((validation, "muted", "5 4"), (train, "network", "none"))
    )
    ground = f'<path d="M0,{_HIGH - _EDGE}H{_WIDE}" stroke="{look.grid}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}" '
        f'fill="none">{ground}{lines}</svg>'
    )


def _curve(values: Sequence[float], place: Callable[[float], float], colour: str, dash: str) -> str:
    path, is_open = "", False
    for number, value in enumerate(values):
        is_drawn = math.isfinite(value) and value > 0
        if is_drawn:
            x, y = round(number / max(1, len(values) - 1) * (_WIDE - 4) + 2, 1), round(place(value), 1)
            path += f"{'L' if is_open else 'M'}{x},{y}"
        is_open = is_drawn
    return f'<path d="{path}" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
