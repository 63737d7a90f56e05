"""A finished figure as plain values, which is all that a browser needs: plotly's own objects check every property of
every trace, and that takes longer than all else that a change on a page does."""

from __future__ import annotations

import base64
import json
import math
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MOST_INT32 = 2**31 - 1


class Drawn:
    """Traces and layout. Whatever else is asked of it is asked of plotly's figure, which is made and checked then."""

    def __init__(self, data: list[dict[str, Any]], layout: dict[str, Any]) -> None:
        traces = [{name: value for name, value in trace.items() if value is not None} for trace in data]
        self.parts = {"data": traces, "layout": layout}

    @cached_property
    def figure(self) -> go.Figure:
        """The same as plotly's figure; raises ValueError for a property that plotly does not know."""
        import plotly.graph_objects as go

        return go.Figure(**self.parts)

    def to_json(self) -> str:
        """As plotly.js reads it, unchecked."""
        try:
            return _written(self.parts)
        except ValueError:  # a number that JSON does not have
            return _written(_finite(self.parts))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.figure, name)


def _written(parts: Any) -> str:
    return json.dumps(parts, default=_plain, allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """An array as plotly.js takes it: bytes, type and shape; a moment as ISO text; all else of numpy as JSON."""
    import numpy as np  # late: the front page draws without it

    if isinstance(value, date):
        value = np.datetime64(value)
    if isinstance(value, np.generic | np.ndarray) and value.dtype.kind == "M":
        return np.asarray(value).astype(str).tolist()
    if isinstance(value, np.generic):
        return _finite(value.item())
    if not isinstance(value, np.ndarray):
        raise TypeError(f"a figure holds {type(value).__name__}, which no browser can draw")
    kind = value.dtype.kind
    if kind in "iu" and value.size and max(-int(value.min()), int(value.max())) <= _MOST_INT32:
        value = value.astype("<i4")
    elif kind == "f":
        value = value.astype("<f8")
    if value.dtype.str not in ("<i4", "<f8") or value.ndim > 2:
        return _finite(value.tolist())
    packed = {"dtype": value.dtype.str[1:], "bdata": base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()}
    return packed if value.ndim == 1 else {**packed, "shape": ", ".join(map(str, value.shape))}


def _finite(value: Any) -> Any:
    """None where a number is none, as in plotly's own JSON."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
