"""`python -m core record`: train every preset and keep the runs that ship."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.commands.parser import Parsers


def add(commands: Parsers) -> list[argparse.ArgumentParser]:
    """Add the command's parser, and return it."""
    recording = commands.add_parser("record", help="train every preset and keep the runs under data/recorded/")
    recording.add_argument("use_case", nargs="*")
    recording.add_argument("--preset", nargs="+", help="these presets alone")
    recording.add_argument("--money", action="store_true", help="count the money of kept runs again; train nothing")
    recording.add_argument("--pack", action="store_true", help="pack kept runs again as they ship; train nothing")
    recording.add_argument("--pictures", action="store_true", help="draw the cards' pictures again; train nothing")
    recording.add_argument(
        "--profiles", action="store_true", help="make the shipped profiles of the data again; train nothing"
    )
    recording.add_argument(
        "--baselines",
        action="store_true",
        help="name shipped simple methods by keys of today's code; train nothing",
    )
    recording.set_defaults(command=_record)
    return [recording]


def _record(options: argparse.Namespace) -> int:
    from core.commands.recorder import record_all  # torch: only this command waits for it

    return record_all(options)
