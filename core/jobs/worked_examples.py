"""The articles' worked examples as the command line computes them, in a process of its own: pages load no torch."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from core.errors import UserError
from core.formatting.text import plain

_CODE = Path(__file__).parents[1]
_PATIENCE_S = 300


class Told(TypedDict):
    """One example: what was printed, and what is true."""

    name: str
    printed: list[float]
    true: list[float]


@lru_cache(maxsize=1)
def computed() -> tuple[Told, ...]:
    """All of them, once for each server. Raises UserError, in the command's own words, where they could not be."""
    command = [sys.executable, "-m", "core", "worked-examples", "--json"]
    try:
        done = subprocess.run(command, cwd=_CODE.parent, capture_output=True, text=True, timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        raise UserError("The examples were not computed within five minutes. Open the page again.") from None
    if done.returncode != 0:
        raise UserError(plain(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ""))
    return tuple(json.loads(done.stdout))
