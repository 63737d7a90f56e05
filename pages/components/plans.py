"""A flattering and an honest plan of one question: the runs that stand for them, and how each deals its rows."""

from __future__ import annotations

from core.contracts import UseCase, Variant
from core.errors import RunError
from core.formatting.text import _, plain
from core.settings.use_case import settings_of
from core.store import runs, store_folder
from core.store.runs import Run
from pages.components.context import best_of
from pages.components.kept import Kept

_groups = Kept(50)


def shown(use_case: UseCase, variant: Variant) -> Run | None:
    """The run that ships of a plan, else the best of the store."""
    of_it = use_case.with_variant({"variant": variant.name})
    return runs.showcase(store_folder(), of_it) or best_of(of_it)


def groups_of(honest: Run, apart: str) -> dict[str, int]:
    """Rows of each group that the honest plan keeps apart, by its name, where it tests every row once; else none, and
    none where they cannot be read."""

    def counted() -> dict[str, int]:
        try:
            rows, whole = honest.held_out().rows_of("test"), honest.report()["rows"]["all"]
        except RunError:
            return {}  # Results says what is wrong with it
        column = f"info.{apart}"
        if column not in rows or len(rows) != whole:
            return {}
        return {str(k): int(n) for k, n in rows[column].value_counts(sort=False).items()}

    return _groups.get((honest.version, apart), counted)


def tested_at_a_time(flattering: Run) -> float:
    """Which share of all rows networks of one fold neither learn from nor are tuned on; 0 where it cannot be read."""
    try:
        rows = flattering.report()["rows"]
    except RunError:
        return 0.0
    return 1 - (rows["train"] + rows["validation"]) / rows["all"]


def differences(use_case: UseCase, *compared: Run) -> str:
    """The settings in which two runs differ, beside the plan, with what each has; no Markdown."""
    one, other = (run.settings for run in compared)
    told = [
        _("{setting} {one} and {other}").format(
            setting=_(setting.label), one=plain(one[name]), other=plain(other[name])
        )
        for name, setting in settings_of(use_case).items()
        if name != "variant" and name in one and name in other and one[name] != other[name]
    ]
    return ", ".join(told)
