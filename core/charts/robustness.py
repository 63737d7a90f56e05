"""How a score falls as pictures are damaged more: a small curve under a slider, with the same steps."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence

from core.charts.look import Look, faded
from core.contracts import Metric
from core.contracts.answers import Robustness
from core.formatting import scores
from core.formatting.text import _

_WIDE, _HIGH, _EDGE = 180, 84, 7


def curve(found: Robustness, place: int, none: int, metric: Metric, steps: Sequence[str], look: Look) -> str:
    """An HTML image. place, none: which step is chosen, and which leaves pictures as they are; steps: how each is
    written. On a scale from what the best constant prediction scores to what is perfect, where both are known."""
    told = [
        _("{step}: {score}").format(step=step, score=scores.score(metric, value))
        for step, value in zip(steps, found["scores"], strict=True)
    ]
    alt = _("{metric} at each strength").format(metric=_(metric.short)) + ". " + "; ".join(told)
    source = base64.b64encode(_svg(found, place, none, metric, look).encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{source}" alt="{html.escape(alt)}" '
        f'title="{html.escape("; ".join(told))}" style="display:block;width:100%;height:auto">'
    )


def _svg(found: Robustness, place: int, none: int, metric: Metric, look: Look) -> str:
    ends = (*found["scores"], *found["low"], *found["high"], found["constant"], metric.perfect)
    known = [value for value in ends if value is not None]
    low, high = min(known), max(known)

    def x(step: int) -> float:
        return round(_EDGE + (_WIDE - 2 * _EDGE) * step / max(1, len(found["scores"]) - 1), 1)

    def y(value: float) -> float:
        return round(_HIGH - _EDGE - (_HIGH - 2 * _EDGE) * (value - low) / ((high - low) or 1.0), 1)

    def points(values: Sequence[float | None], order: Sequence[int]) -> list[str]:
        return [f"{x(at)},{y(value)}" for at in order if (value := values[at]) is not None]

    order = range(len(found["scores"]))
    band = points(found["high"], order) + points(found["low"], order[::-1])
    drawn = [
        f'<path d="M{_EDGE},{_HIGH - _EDGE}H{_WIDE - _EDGE}" stroke="{look.grid}"/>',
        f'<polygon points="{" ".join(band)}" fill="{faded(look.network, 0.18)}"/>',
    ]
    if (whole := found["scores"][none]) is not None:
        line = f'd="M{_EDGE},{y(whole)}H{_WIDE - _EDGE}" stroke="{look.muted}" stroke-dasharray="2 4"'
        drawn.append(f"<path {line}/>")
    line = " ".join(points(found["scores"], order))
    drawn.append(f'<polyline points="{line}" fill="none" stroke="{look.network}" stroke-width="2.5"/>')
    if (chosen := found["scores"][place]) is not None:
        spot = f'cx="{x(place)}" cy="{y(chosen)}" r="5" fill="{look.network}" stroke="{look.surface}"'
        drawn.append(f'<circle {spot} stroke-width="2"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}">'
        f"{''.join(drawn)}</svg>"
    )
