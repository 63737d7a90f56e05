"""The lines that a training's curve has to cross: the simple methods on the validation rows of the same plan."""

from __future__ import annotations

from typing import Any

from core.contracts import UseCase
from core.evaluation.metrics import metric_named
from core.formatting import numbers
from core.formatting.text import _, plain
from core.store import runs, store_folder
from core.store.caches import validated
from core.value.scoreboard import Scoreboard


def lines(use_case: UseCase) -> list[dict[str, Any]]:
    """Every simple method of the use case's variant, known before the first epoch. best: the one that every number of
    the page calls the best simple method. Empty where none ship."""
    metric, best = metric_named(use_case.task.headline), best_name(use_case)
    return [
        {
            "title": plain(_(method.title)),
            "value": method.score,
            "said": numbers.score(metric, method.score),
            "best": method.name == best,
        }
        for method in validated(runs.RECORDED, use_case)
    ]


def best_name(use_case: UseCase) -> str:
    """The best simple method of the showcase; empty where there is none."""
    run = runs.showcase(store_folder(), use_case)
    board = Scoreboard.of(use_case, run.summary) if run else None
    return board.best_simple.name if board and board.best_simple else ""
