"""The outcome by one column: how often it happens in each group of rows, how large it is, and how the rows in which it
happens differ from the others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

from core.charts.drawn import Drawn
from core.charts.look import Chart, Look, Markup, faded, in_lines
from core.contracts import Column, ColumnKind, Task
from core.contracts.answers import ColumnProfile, OutcomeGroup
from core.formatting import numbers
from core.formatting.text import _

Of = Literal["share", "rate"]
_ROW, _TOP, _BELOW = 26, 34, 62  # pixels: of a group, of the title, of the axis
_BINS_TOGETHER = 2  # of a profile's, so that small data give a smooth line
_LONGEST, _LONGEST_TITLE = 18, 30  # letters of a group's name, and of a title, in one line


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


def group_named(group: OutcomeGroup, column: Column) -> str:
    """What a group of rows is called: a category, yes or no, a number, a range."""
    if group.get("missing"):
        return _("missing")
    if "others" in group:
        return _(numbers.counted(group["others"], "{count} other", "{count} others"))
    if "name" in group:
        return group["name"]
    low, high = group["from"], group["to"]
    if column.kind is ColumnKind.BINARY:
        return _("yes") if low else _("no")
    return numbers.between(low, high, lambda end, more: numbers.significant(end, 2 + more), joint=" – ")


def by_group(column: Column, profile: ColumnProfile, all_rows: OutcomeGroup, task: Task, look: Look) -> Drawn:
    """The outcome in each group of rows, from the first on top. A dotted line: all rows together."""
    groups = _in_order(profile["groups"])[::-1]
    names = _apart([group_named(group, column) for group in groups])
    title = in_lines(_(numbers.labelled(column.label, column.unit)), _LONGEST_TITLE)
    top = _TOP + _ROW * isinstance(title, Markup)
    chart = Chart(look, height=top + _BELOW + _ROW * len(groups), title=title)
    chart.y(
        type="category",
        showgrid=False,
        strong=True,
        tickmode="array",
        tickvals=names,
        ticktext=[in_lines(n, _LONGEST) for n in names],
    )
    rows = [_(numbers.counted(g["rows"], "{count} row", "{count} rows")) for g in groups]
    if "quantiles" in groups[0]:
        _boxes(chart, names, groups, rows, task)
        _line(chart, all_rows["quantiles"][2])
        chart.x(
            title=_(task.target if task.unit in task.target else numbers.labelled(task.target, task.unit)), nticks=5
        )
    elif "shares" in groups[0]:
        _classes(chart, names, groups, task)
        chart.x(showgrid=False, tickangle=0)
    else:
        of: Of = "share" if "share" in groups[0] else "rate"
        _bars(chart, names, groups, rows, of)
        _line(chart, all_rows[of])
        chart.x(rangemode="tozero", tickformat=".1~%" if of == "share" else "", nticks=5, title=_of_what(task, of))
    return chart.figure()


def _of_what(task: Task, of: str) -> str:
    return _(task.positive) if of == "share" else _("events per unit of time")


def _bars(chart: Chart, names: list[str], groups: Sequence[OutcomeGroup], rows: list[str], of: Of) -> None:
    values = [group[of] for group in groups]
    chart.add(
        "bar",
        x=values,
        y=names,
        customdata=rows,
        orientation="h",
        marker={"color": faded(chart.look.outcome, 0.85)},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [g["high"] - v for g, v in zip(groups, values, strict=True)],
            "arrayminus": [v - g["low"] for g, v in zip(groups, values, strict=True)],
            "color": chart.look.text,
            "thickness": 1,
            "width": 3,
        },
        hovertemplate="%{y}: %{x:.1%}, %{customdata}<extra></extra>"
        if of == "share"
        else "%{y}: %{x:,.3~g}, %{customdata}<extra></extra>",
    )
    chart.layout["bargap"] = 0.35


def _boxes(chart: Chart, names: list[str], groups: Sequence[OutcomeGroup], rows: list[str], task: Task) -> None:
    """From the 10th to the 90th percentile a line, between the quarters a bar, the median a mark."""
    q10, q25, q50, q75, q90 = zip(*(group["quantiles"] for group in groups), strict=True)
    colour = chart.look.outcome
    whiskers: dict[str, list[Any]] = {"x": [], "y": []}
    for low, high, name in zip(q10, q90, names, strict=True):
        whiskers["x"] += [low, high, None]
        whiskers["y"] += [name, name, None]
    chart.add(
        "scatter", mode="lines", line={"color": colour, "width": 1}, hoverinfo="skip", showlegend=False, **whiskers
    )
    chart.add(
        "bar",
        base=list(q25),
        x=[high - low for low, high in zip(q25, q75, strict=True)],
        y=names,
        orientation="h",
        marker={"color": faded(colour, 0.35), "line": {"color": colour, "width": 1}},
        hoverinfo="skip",
        showlegend=False,
    )
    chart.add(
        "scatter",
        x=list(q50),
        y=names,
        customdata=rows,
        mode="markers",
        marker={"color": colour, "size": 9},
        showlegend=False,
        hovertemplate="%{y}: %{x:,.3~g}, %{customdata}<extra></extra>",
    )
    chart.layout["bargap"] = 0.4


def _classes(chart: Chart, names: list[str], groups: Sequence[OutcomeGroup], task: Task) -> None:
    chart.add(
        "heatmap",
        x=list(task.outputs),
        y=names,
        z=[group["shares"] for group in groups],
        zmin=0,
        zmax=1,
        colorscale=[[0, chart.look.surface], [1, chart.look.outcome]],
        showscale=False,
        xgap=2,
        ygap=2,
        texttemplate="%{z:.0%}",
        hovertemplate="%{y}, %{x}: %{z:.1%}<extra></extra>",
    )


def _line(chart: Chart, at: float) -> None:
    line = {"color": chart.look.muted, "width": 1.5, "dash": "dot"}
    chart.layout["shapes"] = [{"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": line}]


def split(column: Column, profile: ColumnProfile, task: Task, look: Look) -> Drawn:
    """The distribution of one column in the rows in which it happened and in the others, each adding up to one."""
    groups = _in_order(profile["groups"])
    single = all(group.get("from") == group.get("to") for group in groups)
    is_curve = "split" in profile and not single
    title = in_lines(_(column.label), _LONGEST_TITLE)
    chart = Chart(look, height=240 if is_curve else 90 + 34 * len(groups), title=title)
    sides = ((_(task.negative), look.today), (_(task.positive), look.outcome))
    if is_curve:
        middle = [(a + b) / 2 for a, b in pairwise(profile["edges"][::_BINS_TOGETHER])]
        for counts, (name, colour) in zip(profile["split"], sides, strict=True):
            chart.add(
                "scatter",
                x=middle,
                y=_shares([sum(counts[i : i + _BINS_TOGETHER]) for i in range(0, len(counts), _BINS_TOGETHER)]),
                mode="lines",
                name=name,
                line={"color": colour, "width": 2, "shape": "spline", "smoothing": 0.6},
                fill="tozeroy",
                fillcolor=faded(colour, 0.18),
                hovertemplate="%{x:,.3~g}: %{y:.1%}<extra></extra>",
            )
        chart.x(title=_(column.unit), nticks=6)
        chart.y(tickformat=".0%", rangemode="tozero", nticks=4)
    else:
        _side_by_side(chart, groups[::-1], column, sides)
    return chart.figure()


def _side_by_side(
    chart: Chart, groups: Sequence[OutcomeGroup], column: Column, sides: Sequence[tuple[str, str]]
) -> None:
    """Two bars for each group: its share of the rows in which it happened, and of the others."""
    names = _apart([group_named(group, column) for group in groups])
    happened = [group["share"] * group["rows"] for group in groups]
    others = [group["rows"] - number for group, number in zip(groups, happened, strict=True)]
    for rows, (name, colour) in zip((others, happened), sides, strict=True):
        chart.add(
            "bar",
            x=_shares(rows),
            y=names,
            name=name,
            orientation="h",
            marker={"color": faded(colour, 0.85)},
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )
    chart.layout |= {"barmode": "group", "bargap": 0.3}
    chart.x(tickformat=".0%", rangemode="tozero", nticks=5)
    chart.y(type="category", showgrid=False, strong=True, tickmode="array", tickvals=names, ticktext=_in_lines(names))


def _in_lines(names: Sequence[str]) -> list[str]:
    return [in_lines(name, _LONGEST) for name in names]


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
