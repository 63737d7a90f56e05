"""A training as a race: the lines that its curve has to cross, the simple methods on the validation rows of the same
plan; and who won on the held-out rows, in words."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from core.contracts import Event, Task, UseCase
from core.contracts.events import verdict_of
from core.contracts.report import Report, Summary
from core.errors import UserError
from core.evaluation.metrics import metric_named
from core.formatting import numbers, scores
from core.formatting.text import _, plain
from core.store import runs, store_folder
from core.store.caches import validated
from core.store.runs import Run
from core.use_cases import use_case as use_case_named
from core.value.scoreboard import Scoreboard
from core.value.scoreboard_words import score_words, verdict_sentence


def lines(use_case: UseCase) -> list[dict[str, Any]]:
    """Every simple method of the use case's variant, known before the first epoch. best: the one that every number of
    the page calls the best simple method. Empty where none ship."""
    metric, best = metric_named(use_case.task.headline), best_name(use_case)
    return [
        {
            "title": plain(_(method.title)),
            "value": method.score,
            "said": scores.score(metric, method.score),
            "best": method.name == best,
        }
        for method in validated(runs.RECORDED, use_case)
    ]


def best_name(use_case: UseCase) -> str:
    """The best simple method of the showcase; empty where there is none."""
    run = runs.showcase(store_folder(), use_case)
    board = Scoreboard.of(use_case, run.summary) if run else None
    return board.best_simple.name if board and board.best_simple else ""


class VerdictWords(NamedTuple):
    """How the network came out beside the best simple method. sentence, compared: in words and in numbers; judged: win,
    tie, loss or undefined, and empty before it is known; scores: title and score of both, the network first."""

    sentence: str = ""
    compared: str = ""
    judged: str = ""
    scores: tuple[tuple[str, str], ...] = ()


def verdict_words(run: Run, events: list[Event]) -> VerdictWords:
    """Empty before it is known, and for a use case that nobody declares any more."""
    kept = _known(run, events)
    if kept is None:
        return VerdictWords()
    try:
        use_case = use_case_named(run.use_case).with_variant(run.settings)
        board = Scoreboard.of(use_case, kept)
    except UserError:
        return VerdictWords()
    best = board.best_simple
    paired = best.score_difference if best else None
    return VerdictWords(
        sentence=verdict_sentence(board),
        compared=_numbers(board, use_case.task),
        judged=paired["verdict"] if paired else "undefined",
        scores=tuple(
            (plain(_(standing.title)), score_words(board, use_case.task, standing))
            for standing in (board.network, *((best,) if best else ()))
        ),
    )


def _known(run: Run, events: list[Event]) -> Report | Summary | None:
    """A finalized run's summary; before, what it has told of its headline, as a report has it."""
    if run.summary:
        return run.summary
    told = verdict_of(events)
    if told is None:
        return None
    network, name = told["network"], told["metric"]
    headline = {**network["mean"], "metric": name, "members": len(network["each"]), "ensemble": network["ensemble"]}
    methods = [
        {"name": b["name"], "title": b["title"], "tuned": b["tuned"], "metrics": {name: b["score"]}}
        | {"value": b["score"]["mean"]}
        for b in told["baselines"]
    ]
    known = {"headline": headline, "metrics": {name: network}, "baselines": methods, "value": None}
    return cast(Report, known)


def _numbers(board: Scoreboard, task: Task) -> str:
    best = board.best_simple
    paired = best.score_difference if best else None
    if best is None or paired is None or paired["mean"] is None or not best.score:
        return ""
    interval = scores.score_between(
        board.metric, paired["low"], paired["high"], like=best.score["mean"], more=1, sign=True
    )
    return _("{label} on held-out rows. Difference {difference} (95% interval {interval}).").format(
        label=_(numbers.labelled(board.metric.label, scores.unit_of(board.metric, task))),
        difference=scores.score(board.metric, paired["mean"], like=best.score["mean"], more=1, sign=True),
        interval=interval,
    )
