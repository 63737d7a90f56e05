"""What the parsers of the commands have in common."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from core.errors import UserError

if TYPE_CHECKING:
    Parsers = argparse._SubParsersAction[Any]


class Parser(argparse.ArgumentParser):
    """Answers a mistake with one sentence."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """One sentence, as every other error."""
        raise UserError(f"{message[:1].upper()}{message[1:]}. See: python -m core --help.")
