"""`python -m core worked-examples`: what the articles print, and what is true."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from core.commands.printing import print_json
from core.formatting.powers import written
from core.formatting.text import say

if TYPE_CHECKING:
    from core.commands.parser import Parsers


def add(commands: Parsers) -> list[argparse.ArgumentParser]:
    """Add the command's parser, and return it."""
    showing = commands.add_parser("worked-examples", help="the articles' worked examples: printed and true")
    showing.set_defaults(command=_worked_examples)
    return [showing]


def _worked_examples(options: argparse.Namespace) -> int:
    from core.training.worked_examples import worked_examples  # torch

    found = worked_examples()
    if options.json:
        print_json([{"name": one.name, "printed": list(one.printed), "true": list(one.true)} for one in found])
        return 0
    for one in found:
        printed, true = ("  ".join(written(value) for value in values) for values in (one.printed, one.true))
        say(f"{one.name:60} {printed:24} {true}")
    return 0
