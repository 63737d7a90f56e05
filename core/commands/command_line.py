"""`python -m core`: parse, carry out, and answer every error that a person can make with a sentence and exit code 2."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from core import environment
from core.commands import (
    computing,
    exporting,
    listing,
    log,
    measuring,
    messages,
    queue,
    recording,
    serving,
    stored_runs,
    training,
    worked_examples,
)
from core.commands.parser import Parser
from core.errors import UnknownNameError, UserError
from core.formatting.text import say
from core.logs.handler import start
from core.registry import outside
from core.store import store_folder

_GROUPS = (
    listing,
    training,
    stored_runs,
    exporting,
    serving,
    queue,
    log,
    recording,
    measuring,
    computing,
    messages,
    worked_examples,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, carry out, and turn every error a person can make into one sentence and exit code 2."""
    try:
        options = _parser().parse_args(arguments)
        environment.check_at_start()
        start("command line", store_folder)
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except UserError as error:
        say(error, error=True)
        for problem in outside.light_problems() if isinstance(error, UnknownNameError) else ():
            say(problem, error=True)  # why the name may be unknown
        return 2
    except BrokenPipeError:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m core", description="Train, compare and price the use cases of Proving Ground.")
    names = (
        "list | problems | train | runs | show | export | serve | queue | pause | resume | stop | delete | log | "
        "record | results | calibrate | compute | messages | worked-examples"
    )
    commands = parser.add_subparsers(required=True, metavar=names)
    for group in _GROUPS:
        for command in group.add(commands):
            command.add_argument("--json", action="store_true", help="JSON on stdout")
    return parser
