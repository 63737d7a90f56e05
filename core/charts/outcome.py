"""The outcome by one column: how often it happens in each group of rows, how large it is, and how the rows in which it
happens differ from the others. HTML that is there as soon as the page is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.charts import flat, squares
from core.charts.flat import Line, Part, Scale
from core.charts.heaps import heaps
from core.charts.look import Look, faded
from core.contracts import Column, ColumnKind, Task
from core.contracts.answers import ColumnProfile, OutcomeGroup
from core.formatting import numbers, units
from core.formatting.text import _

Write = Callable[[float], str]
_BINS_TOGETHER = 2  # of a profile's, so that small data give a smooth line


def strongest(columns: Sequence[ColumnProfile], most: int) -> list[ColumnProfile]:
    """The columns that tell most about the outcome, each alone, the strongest first; those that tell nothing are left
    out."""
    told = [c for c in columns if c.get("groups") and c.get("strength", 0.0) > 0]
    return sorted(told, key=lambda c: -c["strength"])[:most]


def _in_order(groups: Sequence[OutcomeGroup]) -> list[OutcomeGroup]:
    """Categories from the one where it happens most, or is largest; ranges as they are, and so is what comes last."""

    def size(group: OutcomeGroup) -> float:
        if "name" not in group or "shares" in group:
            return 0.0
        return -(group["quantiles"][2] if "quantiles" in group else group.get("share", group.get("rate", 0.0)))

    return sorted(groups, key=lambda group: ("name" not in group and "from" not in group, size(group)))


def group_named(group: OutcomeGroup, column: Column, among: Sequence[OutcomeGroup] = ()) -> str:
    """What a group of rows is called: a category, yes or no, a number, a range. among: all groups; the lowest and the
    highest range among them are open, whatever the one row at their end holds."""
    if group.get("missing"):
        return _(group.get("said", "missing"))
    if "others" in group:
        return _(numbers.counted(group["others"], "{count} other", "{count} others"))
    if "name" in group:
        return group["name"]
    low, high = group["from"], group["to"]
    if column.kind is ColumnKind.BINARY:
        return _("yes") if low else _("no")
    ranges = [each for each in among if "from" in each]
    if low == high or len(ranges) < 2:
        return numbers.between(low, high, lambda end, more: _number(end, column, more), joint=" – ")
    if group is ranges[0]:
        return _("up to {high}").format(high=_number(high, column))
    if group is ranges[-1]:
        return _("{low} and more").format(low=_number(low, column))
    return numbers.between(low, high, lambda end, more: _number(end, column, more), joint=" – ")


def _number(value: float, column: Column, more: int = 0) -> str:
    if units.is_share(column.unit):
        return numbers.percent(value, more)
    if units.is_clock(column.unit):
        return units.clock(value)
    return numbers.significant(value, 2 + more)


def title_of(column: Column) -> str:
    """A column's label, with the unit where its numbers do not say it."""
    return _(
        numbers.labelled(
            column.label, "" if units.is_share(column.unit) or units.is_clock(column.unit) else column.unit
        )
    )


def by_group(
    columns: Sequence[tuple[Column, ColumnProfile]], all_rows: OutcomeGroup, task: Task, look: Look, write: Write
) -> str:
    """Pictures of the outcome in each group of rows of these columns, amounts on one scale. A dotted line: all rows
    together. write: a value of the outcome."""
    ordered = [(column, _in_order(profile["groups"])) for column, profile in columns]
    if "shares" in all_rows:
        heads = list(task.outputs)
        tables = [
            squares.shares(title_of(c), heads, [(n, g["shares"]) for n, g in _names(c, groups)], look)
            for c, groups in ordered
        ]
        return flat.sheet(tables, look)
    drawn = [
        (column, [_line(name, group, look, write) for name, group in _names(column, groups)])
        for column, groups in ordered
    ]
    mark = _middle(all_rows)
    every = [line for _column, told in drawn for line in told]
    scale = Scale.of(every, mark) if "quantiles" in all_rows else None
    figures = [flat.lines(title_of(column), told, mark=mark, scale=scale) for column, told in drawn]
    legend = [(look.outcome, _of_what(task, all_rows)), ("dotted", _("all rows: {value}").format(value=write(mark)))]
    return flat.sheet(figures, look, legend=legend)


def _names(column: Column, groups: Sequence[OutcomeGroup]) -> list[tuple[str, OutcomeGroup]]:
    names = _apart([group_named(group, column, groups) for group in groups])
    return list(zip(names, groups, strict=True))


def _middle(group: OutcomeGroup) -> float:
    return group["quantiles"][2] if "quantiles" in group else group.get("share", group.get("rate", 0.0))


def _of_what(task: Task, of: OutcomeGroup) -> str:
    if "quantiles" in of:
        return _("half of the rows, and the median: {target}").format(target=_(task.target))
    return _("share of rows: {what}").format(what=_(task.positive)) if "share" in of else _("events per unit of time")


def _line(name: str, group: OutcomeGroup, look: Look, write: Write) -> Line:
    rows, value = _(numbers.counted(group["rows"], "{count} row", "{count} rows")), _middle(group)
    if "quantiles" in group:
        q10, q25, _q50, q75, q90 = group["quantiles"]
        exact = _("median {median}; half of {rows} {low} to {high}, eight of ten {lowest} to {highest}").format(
            median=write(value), rows=rows, low=write(q25), high=write(q75), lowest=write(q10), highest=write(q90)
        )
        parts = (
            Part(shape="whisker", start=q10, end=q90, colour=look.outcome),
            Part(shape="box", start=q25, end=q75, colour=faded(look.outcome, 0.4)),
            Part(shape="point", start=value, end=value, colour=look.outcome),
        )
        return Line(name=name, parts=parts, said=(write(value),), exact=exact)
    exact = _("{value}, 95% interval {low} to {high}, {rows}").format(
        value=write(value), low=write(group["low"]), high=write(group["high"]), rows=rows
    )
    bar = Part(shape="bar", start=0.0, end=value, colour=faded(look.outcome, 0.85))
    whisker = Part(shape="whisker", start=group["low"], end=group["high"], colour=look.text)
    return Line(name=name, parts=(bar, whisker), said=(write(value),), exact=exact)


def split(columns: Sequence[tuple[Column, ColumnProfile]], task: Task, look: Look) -> str:
    """Pictures of how these columns are spread in the rows in which it happened and in the others, each adding up to
    one."""
    sides = ((_(task.negative), look.today), (_(task.positive), look.outcome))
    figures = [_split(column, profile, sides) for column, profile in columns]
    return flat.sheet(figures, look, legend=[(colour, name) for name, colour in sides])


def _split(column: Column, profile: ColumnProfile, sides: Sequence[tuple[str, str]]) -> str:
    groups = _in_order(profile["groups"])
    if "split" not in profile or all(group.get("from") == group.get("to") for group in groups):
        return flat.lines(title_of(column), _side_by_side(column, groups, sides))
    together = [
        _shares([sum(counts[i : i + _BINS_TOGETHER]) for i in range(0, len(counts), _BINS_TOGETHER)])
        for counts in profile["split"]
    ]
    told = [(name, shares, colour) for (name, colour), shares in zip(sides, together, strict=True)]
    return heaps(title_of(column), profile["edges"][::_BINS_TOGETHER], told, lambda value: _number(value, column))


def _side_by_side(column: Column, groups: Sequence[OutcomeGroup], sides: Sequence[tuple[str, str]]) -> list[Line]:
    """Two bars for each group: its share of the rows in which it did not happen, and in which it did."""
    happened = [group["share"] * group["rows"] for group in groups]
    others = [group["rows"] - number for group, number in zip(groups, happened, strict=True)]
    found = []
    for (name, _group), *both in zip(_names(column, groups), _shares(others), _shares(happened), strict=True):
        said = tuple(numbers.percent(share) for share in both)
        parts = tuple(
            Part(shape="bar", start=0.0, end=share, colour=faded(colour, 0.85), lane=lane, lanes=2)
            for lane, (share, (_side, colour)) in enumerate(zip(both, sides, strict=True))
        )
        exact = ", ".join(f"{side} {numbers.percent(share, 1)}" for share, (side, _c) in zip(both, sides, strict=True))
        found.append(Line(name=name, parts=parts, said=said, exact=exact))
    return found


def _shares(counts: Sequence[float]) -> list[float]:
    whole = sum(counts)
    return [count / whole if whole else 0.0 for count in counts]


def _apart(names: Sequence[str]) -> list[str]:
    """The names, each another: two ranges may read the same."""
    found: list[str] = []
    for name in names:
        shown, others = name, 2
        while shown in found:
            shown, others = f"{name} ({others})", others + 1
        found.append(shown)
    return found
