"""`python -m core train`: train one use case and wait for its report."""

from __future__ import annotations

import argparse
import getpass
from itertools import product
from typing import TYPE_CHECKING, Any

from core.commands.following import follow
from core.commands.printing import describe, print_json
from core.contracts import Metric, State, UseCase
from core.errors import UserError
from core.evaluation.metrics import metric_named
from core.formatting import numbers, scores
from core.formatting.numbers import counted
from core.formatting.text import SENTENCE, plain, say
from core.jobs.backends import backend
from core.jobs.sweeps import sweep_of
from core.settings import resolve
from core.settings.devices import refuse_absent
from core.settings.use_case import settings_of
from core.store import runs, store_folder
from core.store.runs import Run
from core.use_cases import use_case as use_case_named

if TYPE_CHECKING:
    from core.commands.parser import Parsers


def add(commands: Parsers) -> list[argparse.ArgumentParser]:
    """Add the command's parser, and return it."""
    train = commands.add_parser("train", help="train one use case and wait for its report")
    train.add_argument("use_case")
    train.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="given")
    train.add_argument("--seed")
    train.add_argument("--device")
    train.add_argument(
        "--sweep",
        action="append",
        default=[],
        metavar="NAME=VALUE,VALUE",
        help="train once with each value; given again, with every combination",
    )
    train.set_defaults(command=_train)
    return [train]


def _train(options: argparse.Namespace) -> int:
    use_case = use_case_named(options.use_case)
    if options.sweep:
        return _sweep(options, use_case)
    settings = resolve(settings_of(use_case), _given(options))
    refuse_absent(settings)
    jobs = backend(store_folder())
    run = jobs.submit(use_case, settings, visitor=f"cli-{getpass.getuser()}")
    say(f"run {run.id}", error=True)
    state = follow(jobs, run)
    if not state.has_report:
        raise UserError(jobs.status(run).reason)
    result = _result(run, state)
    if options.json:
        print_json(result)
    else:
        describe(run.report(), task=use_case_named(run.use_case).with_variant(run.settings).task)
    return 0


def _result(run: Run, state: State) -> dict[str, Any]:
    """What is printed of a run that has a report."""
    report = run.report()
    return {
        "run": run.id,
        "use_case": run.use_case,
        "state": state.value,
        **{key: report[key] for key in ("headline", "baselines", "value", "device", "train_s", "samples_per_s")},
        "metrics": report["metrics"],
        "not_fitted": report.get("not_fitted", []),
        "settings": report["settings"],
    }


def _sweep(options: argparse.Namespace, use_case: UseCase) -> int:
    """Train once with each combination of values. The runs of a sweep are compared by validation: the test rows are
    for the one that is chosen."""
    given, tried = _given(options), _tried(options)
    sheet = [resolve(settings_of(use_case), given | each) for each in tried]
    for settings in sheet:
        refuse_absent(settings)
    jobs = backend(store_folder())
    made = jobs.submit_sweep(use_case, sheet, visitor=f"cli-{getpass.getuser()}")
    sweep = sweep_of(made[0])
    say(f"sweep {sweep}, {counted(len(made), '{count} run', '{count} runs')}", error=True)
    rows = []
    for run, values in zip(made, tried, strict=True):
        say(f"run {run.id}: {_in_words(values)}", error=True)
        state = follow(jobs, run, sweep=made)
        result = _result(run, state) if state.has_report else {"run": run.id, "state": state.value}
        score = runs.read(run.folder).summary.get("validation_score")
        rows.append({**result, "sweep": values, "validation_score": score, "reason": jobs.status(run).reason})
    if options.json:
        print_json({"sweep": sweep, "use_case": use_case.name, "runs": rows})
    for row in [] if options.json else rows:
        score = row["validation_score"]
        told = _validated(metric_named(use_case.task.headline), score)
        say(f"{row['run']:54} {row['state']:12} validation {told:10} {_in_words(row['sweep'])}")
    if not any("settings" in row for row in rows):
        raise UserError(str(rows[-1]["reason"]))
    return 0


def _validated(metric: Metric, score: float | None) -> str:
    """The score on validation rows, with four digits."""
    if score is None:
        return numbers.undefined()
    return scores.score(metric, score, more=1) if scores.is_share(metric) else numbers.significant(score, 4)


def _tried(options: argparse.Namespace) -> list[dict[str, str]]:
    """Every combination of the values of --sweep."""
    each: list[list[tuple[str, str]]] = []
    for pair in options.sweep:
        name, separator, values = pair.partition("=")
        tried = [value.strip() for value in values.split(",") if value.strip()]
        if not separator or not tried:
            raise UserError(
                "--sweep takes NAME=VALUE,VALUE; it was given {pair!r}. Example: --sweep learning_rate=0.001,0.01.",
                pair=pair,
            )
        if any(name.strip() == other for ((other, _value), *_rest) in each):
            raise UserError("--sweep takes each setting once; {name!r} was given twice.", name=plain(name.strip()))
        each.append([(name.strip(), value) for value in tried])
    return [dict(combined) for combined in product(*each)]


def _in_words(values: dict[str, str]) -> str:
    return plain(", ".join(f"{name}={value}" for name, value in values.items()), SENTENCE)


def _given(options: argparse.Namespace) -> dict[str, str]:
    given = {}
    for pair in options.given:
        name, separator, value = pair.partition("=")
        if not separator:
            raise UserError(
                "--set takes NAME=VALUE; it was given {pair!r}. Example: --set learning_rate=0.01.", pair=pair
            )
        given[name] = value
    flags = {"seed": options.seed, "device": options.device}
    return given | {name: value for name, value in flags.items() if value is not None}
