"""`python -m core log`: what happened in the store, the latest last."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from core.commands.printing import print_json
from core.errors import UserError
from core.formatting.as_json import as_json
from core.formatting.numbers import counted
from core.formatting.text import SENTENCE, json_for_terminal, plain, say
from core.logs.reading import LEVELS, Entry, LogReader
from core.store import store_folder

if TYPE_CHECKING:
    from core.commands.parser import Parsers

_LOOK_S = 0.5


def add(commands: Parsers) -> list[argparse.ArgumentParser]:
    """Add the command's parser, and return it."""
    command = commands.add_parser("log", help="what happened: runs, workers, errors of pages")
    command.add_argument("--level", choices=LEVELS, default="info", help="leave out what matters less")
    command.add_argument("--run", metavar="ID", help="of one run alone")
    command.add_argument("--follow", action="store_true", help="go on with what comes, until Ctrl-C")
    command.set_defaults(command=_log)
    return [command]


def _log(options: argparse.Namespace) -> int:
    reader = LogReader(store_folder())
    try:
        _print(reader, options)
    except KeyboardInterrupt:
        pass
    except OSError as error:
        raise UserError(
            "The log {path} could not be read ({error}). Whose it is can read it.", path=reader.path, error=error
        ) from error
    finally:
        reader.close()
    if reader.damaged:
        lines = counted(reader.damaged, "{count} line", "{count} lines")
        say(f"{lines} of {reader.path} could not be read.", error=True)
    return 0


def _print(reader: LogReader, options: argparse.Namespace) -> None:
    """What fits. --json: a list; with --follow an object a line, as they come."""
    found = [entry for entry in reader.new() if entry.fits(options.level, options.run)]
    if options.json and not options.follow:
        print_json([entry.to_json() for entry in found])
    else:
        _show(found, options.json)
    while options.follow:
        time.sleep(_LOOK_S)
        _show([entry for entry in reader.new() if entry.fits(options.level, options.run)], options.json)


def _show(entries: list[Entry], in_json: bool) -> None:
    for entry in entries:
        if in_json:
            print(json_for_terminal(as_json(entry.to_json(), escaped=False)), flush=True)
            continue
        about = " ".join(plain(part) for part in (entry.event, entry.run) if part)
        who = f"{plain(entry.process)}[{entry.pid}]"
        text = f"{about}: {plain(entry.text, SENTENCE)}" if about else plain(entry.text, SENTENCE)
        say(f"{plain(entry.time)} {entry.level.upper():8} {who}: {text}")
        if entry.trace:
            say("    " + entry.trace.rstrip().replace("\n", "\n    "))
