"""The one place where values become JSON: a number that is not finite is null, so that nothing is lost over it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import partial
from typing import Any


def as_json(value: Any, *, indent: int | None = None, escaped: bool = True) -> str:
    """JSON text, valid everywhere: NaN and infinity become null, numpy's numbers plain ones. escaped: in ASCII."""
    write = partial(json.dumps, ensure_ascii=escaped, indent=indent, allow_nan=False, default=_plain)
    try:
        return write(value)
    except ValueError:  # a number that is not finite: rare, so the value is only then gone through
        return write(without_nan(value))


def without_nan(value: Any) -> Any:
    """The same value with None for every number that is not finite, also within it."""
    if isinstance(value, Mapping):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    if not isinstance(value, str) and callable(getattr(value, "tolist", None)):  # numpy's numbers and arrays
        return without_nan(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    if callable(getattr(value, "tolist", None)):
        return without_nan(value.tolist())
    raise TypeError(f"{type(value).__name__} is no value of JSON")
