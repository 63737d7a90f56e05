"""Examples and plans, checked once before anything is fitted: whatever a later step would stumble over is a sentence.

Every way in goes through here: `built` where a table becomes examples, `plan_made` and `plan_of` where examples get
their plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.checks import plans
from core.checks.array_check import check_array, check_series
from core.checks.column_check import (
    as_category,
    as_numbers,
    must_be,
    must_be_kept,
    must_be_named,
    rows_of,
    shown,
    type_of,
)
from core.checks.group_check import check_groups
from core.checks.own_code import made_by
from core.contracts import (
    ChecksInfo,
    Column,
    ColumnKind,
    Examples,
    Plan,
    Section,
    Task,
    UseCase,
)
from core.errors import UserError
from core.formatting.messages import message, plural
from core.formatting.numbers import count
from core.kinds import kind_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def built(use_case: UseCase, make: Callable[[], Examples]) -> Examples:
    """The examples that `make` builds, checked; raises UserError also for whatever fails within it."""
    return checked(use_case, made_by(use_case, "examples", make))


def plan_made(use_case: UseCase, examples: Examples) -> Plan:
    """The use case's plan of checked examples, itself checked, to look at rows by; raises UserError."""
    plan = made_by(use_case, "plan", lambda: use_case.plan(examples))
    if not isinstance(plan, Plan):
        raise UserError(
            "A use case's `plan` gives core.contracts.Plan; that of {use_case!r} gave another thing.",
            use_case=use_case.name,
        )
    return plans.check(plan, examples)


def plan_of(use_case: UseCase, examples: Examples) -> Plan:
    """The same, to train by: each part holds what it must; raises UserError."""
    plan = plan_made(use_case, examples)
    plans.check_parts(use_case, examples, plan)
    return plan


def checked(use_case: UseCase, examples: Examples) -> Examples:
    """The examples with numbers as floats and categories as text; raises UserError, naming column and rows."""
    import pandas as pd

    if not isinstance(examples, Examples):
        raise UserError(
            "A use case's `examples` gives core.contracts.Examples; that of {use_case!r} gave {type}. "
            "Return Examples(features=..., target=..., unit=..., info=...).",
            use_case=use_case.name,
            type=type(examples).__name__,
        )
    _judged(use_case.task)
    _priced(use_case)
    made = kind_of(use_case.task).target
    if made is not None and isinstance(examples.features, pd.DataFrame):
        examples = replace(examples, target=made(use_case.task, examples.features))
    tables = {"features": examples.features, "target": examples.target, "info": examples.info}
    for name, table in tables.items():
        if not isinstance(table, pd.DataFrame):
            raise UserError(
                "Examples hold tables; `{name}` is {type}. Give a pandas DataFrame.",
                name=name,
                type=type(table).__name__,
            )
    _shape_of(examples)
    for name, table in tables.items():
        twice = table.columns[table.columns.duplicated()]
        if len(twice):
            raise UserError(
                "A table has each column once; `{name}` has {twice!r} twice. Drop or rename one.",
                name=name,
                twice=twice[0],
            )
    _are_there("features", [c.name for c in use_case.columns], examples.features)
    _are_there("target", list(use_case.task.target_columns), examples.target)
    features = _features(use_case, examples.features)
    target = _target(use_case.task, examples.target)
    _relative(use_case.task, features)
    _units(examples)
    check_groups(use_case.task, examples)
    time = _times(examples.time)
    for name in examples.info.columns:
        must_be_kept(message("the info column {name!r}", name=str(name)), examples.info[name])
    kind_of(use_case.task).check_info(use_case.task, examples.info)
    if isinstance(use_case.value, ChecksInfo):
        use_case.value.check(examples.info)
    if examples.series is not None:
        check_series(examples.series, len(examples))
    for array in use_case.arrays:
        check_array(array, examples.arrays.get(array.name), len(examples))
    return replace(examples, features=features, target=target, time=time)


def _judged(task: Task) -> None:
    """As its kind can be, by its kind's metrics: another's would read other columns, and say a number all the same."""
    kind = kind_of(task)
    kind.check_task(task)
    known = [metric.name for metric in kind.metrics]
    for name in task.metrics:
        if name not in known:
            raise UserError(
                "A task is judged by metrics of its kind, {kind}: {known}; {name!r} is none of them. Take one of them.",
                kind=kind.name,
                known=", ".join(known),
                name=name,
            )


def _priced(use_case: UseCase) -> None:
    kind = kind_of(use_case.task)
    if use_case.value and not kind.money and Section.MONEY not in use_case.task.absent:
        raise UserError(
            "Money is shown by the panel of a task's kind, and the kind {kind} has none; {name!r} has a money model. "
            "Leave it out, or list Section.MONEY in the task's `absent`.",
            kind=kind.name,
            name=use_case.name,
        )


def _shape_of(examples: Examples) -> None:
    rows = len(examples.features)
    if rows == 0:
        raise UserError("Examples need rows; this table has none. Look at the filters that the examples go through.")
    parts: dict[str, Any] = {"target": examples.target, "unit": examples.unit, "info": examples.info}
    if examples.time is not None:
        parts["time"] = examples.time
    for name, part in parts.items():
        if part is None or len(part) != rows:
            raise UserError(
                "Features, target, unit, info and time have a row for each example; features have {rows} "
                "and {name} has {theirs}. Build them from the same rows.",
                rows=count(rows),
                name=name,
                theirs=message("none") if part is None else count(len(part)),
            )


def _are_there(table: str, names: list[str], found: pd.DataFrame) -> None:
    gone = [name for name in names if name not in found.columns]
    if gone:
        has = ", ".join(str(c) for c in found.columns[:12]) or message("no column")
        raise UserError(
            plural(
                "The table of {table} has every declared column; {names} is missing. It has: {has}. Mend the name, or "
                "the declaration.",
                "The table of {table} has every declared column; {names} are missing. It has: {has}. Mend the name, or "
                "the declaration.",
                len(gone),
                table=table,
                names=", ".join(map(repr, gone)),
                has=has,
            )
        )


def _features(use_case: UseCase, features: pd.DataFrame) -> pd.DataFrame:
    changed = {}
    for column in use_case.columns:
        values = features[column.name]
        tidy = _feature(use_case, column, values)
        if tidy is not values:
            changed[column.name] = tidy
    if use_case.text and all(type_of(features[c.name]) == "nothing" for c in use_case.columns):
        raise UserError("A text has words; every token of every row is missing. Look at how the text is cut up.")
    return features.assign(**changed) if changed else features


def _feature(use_case: UseCase, column: Column, values: pd.Series) -> pd.Series:
    import pandas as pd

    what = message("the column {name!r}", name=column.name)
    if column.kind is ColumnKind.CATEGORY:
        tidy = as_category(what, values)
        if not use_case.text and not tidy.notna().any():
            raise _empty(what, len(values))
        return tidy
    instead = message("Declare it as a category, or turn it into numbers (for a time: hours or days since something).")
    numbers = as_numbers(what, values, may_miss=use_case.image is None, instead=instead)
    if not (numbers == numbers).any():
        raise _empty(what, len(values))
    if column.kind is ColumnKind.BINARY:
        rule = message("A column declared as binary holds 0 and 1")
        must_be(what, numbers, lambda x: (x == 0) | (x == 1), rule, message("Declare it as numeric, or recode it."))
    return values if values.dtype == "float64" else pd.Series(numbers, index=values.index, name=values.name)


def _empty(what: str, rows: int) -> UserError:
    return UserError(
        "A column needs a value somewhere to learn from; {what} is empty in all {rows} rows. Leave the column out, or "
        "look at where its values were lost.",
        what=what,
        rows=count(rows),
    )


def _target(task: Task, target: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    numbers = {}
    for name in task.target_columns:
        what = message("the target {name!r}", name=name)
        if type_of(target[name]) == "nothing":
            raise UserError(
                "Answers that are known are learned from; {what} is missing in all {rows} rows. Look at "
                "where its values were lost.",
                what=what,
                rows=count(len(target)),
            )
        numbers[name] = as_numbers(
            what,
            target[name],
            may_miss=True,
            instead=message("Give numbers; of two classes, 0 and 1; of more, 0, 1, 2, ..."),
        )
        missing = pd.isna(numbers[name])
        if missing.any():
            raise UserError(
                "Every example has an answer to learn from or to be tested on; {what} is missing in "
                "{rows}. It is not counted as a no: fill it, or leave those rows out of the examples.",
                what=what,
                rows=rows_of(missing),
            )
    kind_of(task).check_labels(task, numbers)
    _scaled(task, numbers)
    fits = list(target.columns) == list(task.target_columns) and (target.dtypes == "float64").all()
    return target if fits else pd.DataFrame(numbers, index=target.index)


def _scaled(task: Task, numbers: dict[str, np.ndarray]) -> None:
    if task.error_per:
        must_be_named(task.error_per, numbers, "error_per", message("the target's columns"))
        rule = message("Errors are divided by a scale above 0")
        advice = message("A series that never changes needs a small scale of its own.")
        must_be(
            message("the target {name!r}", name=task.error_per), numbers[task.error_per], lambda x: x > 0, rule, advice
        )


def _relative(task: Task, features: pd.DataFrame) -> None:
    if not task.relative_to:
        return
    must_be_named(task.relative_to, features.columns, "relative_to", message("the features"))
    what = message("the feature {name!r}, which the target is a multiple of,", name=task.relative_to)
    numbers = as_numbers(what, features[task.relative_to], may_miss=False, instead=message("Name a numeric feature."))
    rule = message("A target can only be a multiple of something above 0")
    advice = message("Give those rows a size, or leave them out.")
    must_be(what, numbers, lambda x: x > 0, rule, advice)


def _units(examples: Examples) -> None:
    import numpy as np
    import pandas as pd

    unit = np.asarray(examples.unit)
    if (missing := pd.isna(unit)).any():
        raise UserError(
            "Every row belongs to a unit (a household, a patient), and no unit is in two parts; the unit "
            "is missing in {rows}. Name it, give each such row one of its own, or leave the rows out.",
            rows=rows_of(missing),
        )
    must_be_kept(message("the unit"), pd.Series(unit))


def _times(given: Any) -> Any:
    """The times, in UTC where they have a zone; raises UserError for what cannot be put in order."""
    import numpy as np
    import pandas as pd

    if given is None:
        return None
    time = np.asarray(given)
    if time.dtype == object and isinstance(pd.Series(time).infer_objects().dtype, pd.DatetimeTZDtype):
        given = time = pd.Series(time).infer_objects().dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    if time.dtype.kind not in "Mmiuf":
        raise UserError(
            "Times are datetime64 or numbers, so that they can be put in order; `time` holds {example} as "
            "{type}. Convert it with pandas.to_datetime(..., utc=True).dt.tz_localize(None).to_numpy().",
            example=shown(time[0]),
            type=type(time[0]).__name__,
        )
    if (missing := pd.isna(time)).any():
        raise UserError(
            "Every row of examples with a time has one; it is missing in {rows}. Without it nobody knows "
            "whether the row is past or future: fill it, or leave the rows out.",
            rows=rows_of(missing),
        )
    return given
