"""Groups of rows that belong together, checked before anything is fitted."""

from __future__ import annotations

from core.checks.column_check import must_be_named, rows_of, shown
from core.contracts import Examples, Task
from core.errors import UserError
from core.formatting.messages import message
from core.formatting.numbers import count
from core.kinds import kind_of
from core.settings.counts import MOST_TOGETHER


def check_groups(task: Task, examples: Examples) -> None:
    """A group lies within one unit: no part of a plan cuts it, and every draw of units takes it whole. One whose rows
    stay together in a batch is no larger than a batch may be. Raises UserError."""
    import pandas as pd

    if not task.group:
        return
    must_be_named(task.group, examples.info.columns, "group", message("the info columns"))
    group = examples.info[task.group]
    if group.isna().any():
        raise UserError(
            "Every row has a group; {group!r} is missing in {rows}. Name it, or leave those rows out.",
            group=task.group,
            rows=rows_of(group.isna().to_numpy()),
        )
    units = pd.Series(examples.unit).groupby(group.to_numpy()).nunique()
    if (units > 1).any():
        raise UserError(
            "A group lies within one unit; {group!r} {one} has rows of several. Take the group as the unit, or what "
            "holds whole groups.",
            group=task.group,
            one=shown(units.index[units > 1][0]),
        )
    sizes = group.value_counts()
    if kind_of(task).blocks is not None and sizes.iloc[0] > MOST_TOGETHER:
        raise UserError(
            "The rows of a group are learned from together, {most} of them at most; {group!r} {one} has {rows}. Divide "
            "it into smaller groups, or leave some of its rows out.",
            most=count(MOST_TOGETHER),
            group=task.group,
            one=shown(sizes.index[0]),
            rows=count(int(sizes.iloc[0])),
        )
