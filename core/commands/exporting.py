"""`python -m core export`: what people take home of a run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.commands.printing import print_json
from core.errors import UserError
from core.formatting import numbers
from core.formatting.text import plain, say
from core.store import store_folder

if TYPE_CHECKING:
    from core.commands.parser import Parsers
    from core.export.taken import Taken


_KINDS = ("html", "pptx", "zip", "onnx", "code")


def add(commands: Parsers) -> list[argparse.ArgumentParser]:
    """Add the command's parser, and return it."""
    exporting = commands.add_parser("export", help="take a run home: a page, slides, its network, its data room")
    exporting.add_argument("run", help="a run's or a recorded run's name")
    exporting.add_argument("--html", metavar="FILE", type=Path, help="one page with charts that needs nothing else")
    exporting.add_argument("--pptx", metavar="FILE", type=Path, help="slides with charts that can be edited")
    exporting.add_argument("--onnx", metavar="FILE", type=Path, help="the network as ONNX, compared with our own")
    exporting.add_argument("--code", metavar="FILE.py", type=Path, help="plain PyTorch, with its weights beside it")
    exporting.add_argument("--zip", metavar="FILE", type=Path, help="the data room: cards, weights, code, predictions")
    exporting.set_defaults(command=_export)
    return [exporting]


def _export(options: argparse.Namespace) -> int:
    wanted = {kind: getattr(options, kind) for kind in _KINDS if getattr(options, kind)}
    if not wanted:
        raise UserError(
            "Nothing was asked for. Say what to write, as in: python -m core export RUN --onnx network.onnx."
        )
    from core.export.offered import OFFERED  # torch: only this command waits for it
    from core.export.subject import Subject

    subject = Subject.load(store_folder(), options.run)
    made = [OFFERED[kind](subject, place) for kind, place in wanted.items()]
    for one in made:
        _write(one)
    if options.json:
        told = {"run": subject.run.id, "use_case": subject.run.use_case, "recorded": subject.run.recorded}
        print_json({**told, **{one.kind: one.to_json() for one in made}})
        return 0
    for one in made:
        for path, content in one.files.items():
            say(f"{plain(str(path))}  {numbers.size(len(content))}")
        if one.parity:
            say(_compared(one.parity.to_json()))
    return 0


def _compared(told: dict[str, Any]) -> str:
    rows = numbers.counted(int(told["rows"]), "{count} held-out row", "{count} held-out rows")
    largest = numbers.significant(float(told["largest"]))
    return f"  says the same as the run: {largest} at most apart, in {rows}"


def _write(made: Taken) -> None:
    for path, content in made.files.items():
        try:
            path.write_bytes(content)
        except OSError as error:
            raise UserError(
                "{path} could not be written ({why}). Name a file in a folder that is there.",
                path=plain(str(path)),
                why=error.strerror or "it cannot be opened",
            ) from error
