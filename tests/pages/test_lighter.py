"""What Streamlit is spared says the same as what Streamlit makes."""

from __future__ import annotations

from copy import deepcopy
from unittest.mock import patch

import pytest
from streamlit.cursor import LockedCursor, RunningCursor
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.NewSession_pb2 import CustomThemeConfig

from pages.components import lighter

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_of_the_theme_is_the_one_that_streamlit_writes(section: str) -> None:
    theirs, ours, again = CustomThemeConfig(), CustomThemeConfig(), CustomThemeConfig()
    with patch.object(lighter.app_session.config, "get_options_for_section", lambda name: {"primaryColor": name}):
        lighter._section.cache_clear()
        lighter._written(theirs, section)
        lighter._theme(ours, section)
        lighter._theme(again, section)
    lighter._section.cache_clear()
    assert theirs.primary_color == section
    assert ours == theirs == again


def _told(place: DeltaGenerator) -> list[object]:
    parent = [place._block_type, place._creating_fragment_id, place._form_data, place._provided_cursor.delta_path]
    return [*parent, *(_told(place._parent) if place._parent else [])]


def _places() -> tuple[DeltaGenerator, ...]:
    first = DeltaGenerator(0, RunningCursor(0))
    second = DeltaGenerator(0, first._cursor.open_block(), first, "column")
    second._cursor.lock_element()
    third = DeltaGenerator(0, second._cursor.open_block(), second, "expandable")
    third._creating_fragment_id = "part"
    return first, second, third, DeltaGenerator(0, LockedCursor(0, (1, 2), 3), third)


def test_copied_places_are_those_that_streamlit_copies_and_go_their_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    places = _places()
    theirs = deepcopy(places)
    monkeypatch.setattr(RunningCursor, "__deepcopy__", lighter._copied_cursor, raising=False)
    monkeypatch.setattr(LockedCursor, "__deepcopy__", lighter._copied_cursor, raising=False)
    monkeypatch.setattr(DeltaGenerator, "__deepcopy__", lighter._copied_place)
    ours, told = deepcopy(places), [_told(place) for place in places]
    assert [_told(place) for place in ours] == [_told(place) for place in theirs] == told
    for place in ours:
        place._cursor.lock_element()
        place._cursor.transient_elements[0] = "shown for now"
    assert [_told(place) for place in places] == told, "what is remembered stays as it was"
    assert not any(len(place._cursor.transient_elements) for place in places)
    assert ours[1] is ours[2]._parent, "as it was before"
