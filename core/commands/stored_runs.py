"""`python -m core runs | show`: the runs of the store."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from core.commands.printing import describe, print_json, print_rows
from core.contracts import Report, UseCase
from core.contracts.report import Summary
from core.errors import RunError, UnknownNameError
from core.formatting import scores
from core.formatting.text import SENTENCE, plain, say
from core.jobs import Jobs, Status
from core.jobs.backends import backend
from core.jobs.sweeps import sweep_of
from core.store import runs, store_folder
from core.store.runs import Run
from core.use_cases import use_case as use_case_named
from core.value.scoreboard import Scoreboard

if TYPE_CHECKING:
    from core.commands.parser import Parsers


def add(commands: Parsers) -> list[argparse.ArgumentParser]:
    """Add the commands' parsers, and return them."""
    listed = commands.add_parser("runs", help="the runs of the store, newest first")
    listed.add_argument("use_case", nargs="?")
    listed.set_defaults(command=_runs)
    show = commands.add_parser("show", help="one run, whole")
    show.add_argument("run")
    show.set_defaults(command=_show)
    return [listed, show]


def _runs(options: argparse.Namespace) -> int:
    if options.use_case is not None:
        use_case_named(options.use_case)
    store = store_folder()
    jobs = backend(store)
    rows: list[dict[str, Any]] = []
    for run in runs.list_runs(store, options.use_case):
        status = _status(jobs, run)
        rows.append(
            {
                "run": run.id,
                "use_case": run.use_case,
                "state": "damaged" if run.problem else status.state.value,
                "reason": status.reason,
                "created": run.config.get("created"),
                "recorded": run.recorded,
                "headline": run.summary.get("headline"),
                "value": run.summary.get("value"),
                "scoreboard": _scoreboard(run, run.summary or None) if options.json else None,
                "score": None if options.json else _score(run),
                "sweep": sweep_of(run),
            }
        )
    if options.json:
        print_rows(rows)
    for row in [] if options.json else rows:
        say(f"{row['run']:54} {row['state']:12} {row['score']:24} {plain(row['reason'], SENTENCE)}")
    return 0


def _board(run: Run, kept: Summary | Report | None) -> Scoreboard | None:
    """The numbers of a run as pages show them; None without a report, and of a use case, variant or metric that is
    gone."""
    if kept is None:
        return None
    try:
        return Scoreboard.of(_declared(run), kept)
    except UnknownNameError:
        return None


def _declared(run: Run) -> UseCase:
    return use_case_named(run.use_case).with_variant(run.settings)


def _score(run: Run) -> str:
    """The network's score as pages have it; empty where there is none to show."""
    board = _board(run, run.summary or None)
    if board is None:
        return ""
    score = board.network.score
    return scores.score_with_unit(board.metric, _declared(run).task, score["mean"] if score else None)


def _scoreboard(run: Run, kept: Summary | Report | None) -> dict[str, Any] | None:
    board = _board(run, kept)
    return board.to_json() if board else None


def _status(jobs: Jobs, run: Run) -> Status:
    """A finalized run was just read; only of one that is not must be asked where it stands."""
    if run.final_state is None:
        return jobs.status(run)
    return Status(state=run.final_state, reason=run.reason)


def _show(options: argparse.Namespace) -> int:
    store = store_folder()
    run = runs.load_run(store, options.run)
    if run.problem:
        raise RunError(run.problem)
    status = backend(store).status(run)
    report = run.report() if status.state.has_report else None
    shown = {"run": run.id, "state": status.state.value, "reason": status.reason, "config": dict(run.config)}
    if options.json:
        print_json({**shown, "report": report, "scoreboard": _scoreboard(run, report), "progress": run.progress()})
        return 0
    say(f"{run.id}: {status.state.value}. {plain(status.reason, SENTENCE)}")
    if report:
        board = _board(run, report)
        describe(report, board, _declared(run).task if board else None)
    return 0
