"""What the parsers of the commands have in common."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.formatting.messages import capital

if TYPE_CHECKING:
    Parsers = argparse._SubParsersAction[Any]


class Parser(argparse.ArgumentParser):
    """Answers a mistake with one sentence."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """One sentence, as every other error."""
        raise UserError("{fact}. See: python -m core --help.", fact=capital(message))
