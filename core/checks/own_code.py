"""Code of a use case, called so that whatever it raises becomes a sentence that names the place."""

from __future__ import annotations

import re
import sysconfig
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from core.checks.column_check import shown
from core.contracts import UseCase
from core.errors import UserError
from core.formatting.messages import message

T = TypeVar("T")


def made_by(use_case: UseCase, what: str, make: Callable[[], T]) -> T:
    """What `make` gives; an error of the use case's own code becomes a sentence that names the place."""
    try:
        return make()
    except (UserError, MemoryError, OSError):  # these have sentences of their own
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if _is_own(f.filename)]
        place = (
            message("{file}, line {line}", file=Path(own[-1].filename).name, line=own[-1].lineno)
            if own
            else message("its own code")
        )
        names = _asked_for(error)
        if names:
            place = message("{place}: it asks for {names}, which is not there", place=place, names=shown(names))
        raise UserError(
            "A use case makes its {what} from its tables; {use_case!r} could not, in {place}. A "
            "column that is gone, a table that is shorter than a window over it, or values of another type "
            "are the usual causes: compare the tables with what that line expects.",
            what=message(what),
            use_case=use_case.name,
            place=place,
        ) from error


def _is_own(file: str) -> bool:
    """Whether a line of code is the use case's: not of the checks, a library, or Python itself."""
    if file.startswith("<frozen ") or "site-packages" in file:
        return False
    python = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib")}
    return not Path(file).is_relative_to(Path(__file__).parent) and not any(
        Path(file).is_relative_to(folder) for folder in python
    )


def _asked_for(error: Exception) -> str:
    """The columns that a table was asked for in vain; pandas puts several into a sentence of its own."""
    if not isinstance(error, KeyError) or not error.args:
        return ""
    asked = str(error.args[0])
    return ", ".join(re.findall(r"'([^']*)'", asked.split("dtype")[0])) if "[" in asked else asked
