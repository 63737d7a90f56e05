"""`python -m core train`: train one use case and wait for its report."""

from __future__ import annotations

import argparse
import getpass
from typing import TYPE_CHECKING

from core.commands.following import follow
from core.commands.printing import describe, print_json
from core.errors import UserError
from core.formatting.text import say
from core.jobs.backends import backend
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import store_folder
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
    train.set_defaults(command=_train)
    return [train]


def _train(options: argparse.Namespace) -> int:
    use_case = use_case_named(options.use_case)
    settings = resolve(settings_of(use_case), _given(options))
    jobs = backend(store_folder())
    run = jobs.submit(use_case, settings, visitor=f"cli-{getpass.getuser()}")
    say(f"run {run.id}", error=True)
    state = follow(jobs, run)
    if not state.has_report:
        raise UserError(jobs.status(run).reason)
    report = run.report()
    result = {
        "run": run.id,
        "use_case": use_case.name,
        "state": state.value,
        **{key: report[key] for key in ("headline", "baselines", "value", "device", "train_s", "samples_per_s")},
        "metrics": report["metrics"],
        "not_fitted": report.get("not_fitted", []),
        "settings": report["settings"],
    }
    if options.json:
        print_json(result)
    else:
        describe(report)
    return 0


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
