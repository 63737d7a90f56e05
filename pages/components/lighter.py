"""What Streamlit makes again in every run although it cannot have changed, made once; by names of its own that a test
looks for. Nothing that a page shows depends on it."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from streamlit.components.v2.bidi_component import serialization
from streamlit.cursor import Cursor, LockedCursor, RunningCursor, SparseList
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

_written = app_session._populate_theme_msg
_looked_at = getattr(serialization, "is_dataframe_like")  # noqa: B009 - it is no name of that module's own
_PLAIN = (dict, list)


def lighten() -> None:
    """From now on, once a server."""
    app_session._populate_theme_msg = _theme
    for cursor in (RunningCursor, LockedCursor):
        cursor.__deepcopy__ = _copied_cursor  # type: ignore[union-attr]
    DeltaGenerator.__deepcopy__ = _copied_place  # type: ignore[method-assign, assignment]
    setattr(serialization, "is_dataframe_like", _is_table)  # noqa: B010 - it is no name of that module's own


@cache
def _section(name: str) -> CustomThemeConfig:
    made = CustomThemeConfig()
    _written(made, name)
    return made


def _theme(msg: CustomThemeConfig, section: str = "theme") -> None:
    """A section of the theme, which the server's configuration has fixed: six are said at the beginning of each run."""
    msg.MergeFrom(_section(section))


def _copied_cursor(self: Cursor, _memo: dict[int, Any]) -> Cursor:
    """A fragment remembers where it stands, in copies; the parts of a cursor are numbers and what is shown for now."""
    made = object.__new__(type(self))
    made.__dict__.update(self.__dict__)
    transient = SparseList[Any]()
    transient._data.update(self._transient_elements._data)
    made._transient_elements = transient
    return made


def _copied_place(self: DeltaGenerator, memo: dict[int, Any]) -> DeltaGenerator:
    """The same of a place on the page; the places around it are copied once for all that stand in them."""
    made = DeltaGenerator(
        root_container=self._root_container,
        cursor=deepcopy(self._cursor, memo),
        parent=deepcopy(self._parent, memo),
        block_type=self._block_type,
    )
    made._form_data = deepcopy(self._form_data, memo)
    made._creating_fragment_id = self._creating_fragment_id
    return made


def _is_table(value: object) -> bool:
    """Whether a part of what a component is given is a table. Dictionaries and lists of ours hold no columns."""
    return type(value) not in _PLAIN and _looked_at(value)
