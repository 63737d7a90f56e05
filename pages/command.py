"""`proving-ground run [streamlit options]` starts the app; every other word is a command of `python -m core`."""

from __future__ import annotations

import runpy
import sys

from core.commands.command_line import main as command_line


def main() -> int:
    """What the entry point of an installation in place calls; returns the exit code."""
    if sys.argv[1:2] != ["run"]:
        return command_line(sys.argv[1:])
    sys.argv = ["pages", *sys.argv[2:]]
    runpy.run_module("pages", run_name="__main__")
    return 0
