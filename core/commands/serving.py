"""`python -m core serve`: a run as a small HTTP service, until it is told to end."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from core.commands.printing import print_json
from core.errors import UserError
from core.formatting.text import say
from core.store import runs, store_folder

if TYPE_CHECKING:
    from core.commands.parser import Parsers

_MOST_PORT = 65_535


def add(commands: Parsers) -> list[argparse.ArgumentParser]:
    """Add the command's parser, and return it."""
    serving = commands.add_parser("serve", help="a run as a small HTTP service, until Ctrl+C")
    serving.add_argument("run")
    serving.add_argument("--host", default="127.0.0.1", help="0.0.0.0: for other machines too")
    serving.add_argument("--port", type=int, default=8600, metavar="N", help="0: any that is free")
    serving.set_defaults(command=_serve)
    return [serving]


def _serve(options: argparse.Namespace) -> int:
    if not 0 <= options.port <= _MOST_PORT:
        raise UserError("A port is 0 to {most}; --port was {port}.", most=_MOST_PORT, port=options.port)
    store = store_folder()
    run = runs.load_run(store, options.run)
    from core.serving.listening import listen  # torch: only this command waits for it

    def told(address: str) -> None:
        say(f"run {run.id} answers at {address}; Ctrl+C ends it", error=True)
        if options.json:
            print_json({"run": run.id, "address": address})

    listen(run, store, options.host, options.port, told)
    return 0
