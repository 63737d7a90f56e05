"""How a metric's values, intervals and differences are written, and why one has none. Times are said in minutes and
seconds, shares in percent and their differences in points."""

from __future__ import annotations

from core.contracts import Metric, Task
from core.contracts.report import Range
from core.formatting import units
from core.formatting.messages import message
from core.formatting.numbers import between, decimals, fixed, percent, points, undefined

_SHARE_DIGITS = 1
_PERCENT = 100


def unit_of(metric: Metric, task: Task) -> str:
    """A metric's unit; '{target}' stands for the target's own. None of a share: the percent sign says it."""
    return "" if is_share(metric) else metric.unit.format(target=task.unit)


def is_share(metric: Metric) -> bool:
    """Whether its values are said in percent."""
    return units.is_share(metric.unit)


def score(metric: Metric, value: float | None, *, like: float | None = None, more: int = 0, sign: bool = False) -> str:
    """A metric's value, with `more` digits than it has. In the target's unit it has as many decimals as `like`, else
    itself, needs for four digits. None: these rows leave it undefined."""
    if value is None:
        return undefined()
    if is_share(metric):
        return points(value, _SHARE_DIGITS + more) if sign else percent(value, _SHARE_DIGITS + more)
    digits = decimals(value if like is None else like) if metric.unit else metric.digits + more
    return fixed(value, digits, sign=sign)


def score_with_unit(metric: Metric, task: Task, value: float | None, *, more: int = 0) -> str:
    """A metric's value and unit: '0.785', '1 min 22 s', '$45.20'."""
    unit = unit_of(metric, task)
    if value is None or not unit:
        return score(metric, value, more=more)
    return units.amount(value, unit, digits=decimals(value) + more, more=more)


def why_undefined(metric: Metric, *entries: Range) -> str:
    """Why a value or an interval among these of one metric is undefined, in a sentence; empty where none is."""
    if all(None not in (entry["mean"], entry["low"], entry["high"]) for entry in entries):
        return ""
    reason = next((str(e["undefined"]) for e in entries if e.get("undefined")), metric.undefined)
    return message("{metric} is undefined here. {reason}", metric=message(metric.label), reason=message(reason))


def score_between(
    metric: Metric,
    low: float | None,
    high: float | None,
    *,
    like: float | None = None,
    more: int = 0,
    sign: bool = False,
    unit: str = "",
) -> str:
    """An interval of a metric: '0.781 to 0.794'. unit: written with both ends, where it is one that people say so."""

    def write(end: float, extra: int) -> str:
        if units.is_said(unit):
            return units.amount(end, unit, digits=decimals(end) + more + extra, more=more + extra, sign=sign)
        if is_share(metric) and sign:  # the unit stands once, behind both
            return fixed(_PERCENT * end, _SHARE_DIGITS + more + extra, sign=True)
        if is_share(metric) or not metric.unit:
            return score(metric, end, more=more + extra, sign=sign)
        return fixed(end, decimals(end if like is None else like) + extra, sign=sign)

    told = between(low, high, write)
    return message("{change} points", change=told) if is_share(metric) and sign and told != undefined() else told
