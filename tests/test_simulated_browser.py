"""The simulated browser of the benchmarks forgets what is no longer on the page, as a browser does."""

from __future__ import annotations

from collections import Counter

from streamlit.proto.Delta_pb2 import Delta

from benchmarks._held_page import HeldPage

WHOLE, SETTINGS = "whole", "settings"


def _checkbox(fragment: str, name: str) -> Delta:
    delta = Delta(fragment_id=fragment)
    delta.new_element.checkbox.id = name
    return delta


def _page() -> HeldPage:
    """A page that one run has drawn: a checkbox outside, one of the whole, and one of a part in it."""
    page = HeldPage(Counter())
    page.begin([])
    page.take(_checkbox("", "outside"), [0, 0])
    page.take(_checkbox(WHOLE, "section"), [0, 1, 0])
    page.take(_checkbox(SETTINGS, "epochs"), [0, 1, 1, 0])
    page.take(_checkbox(WHOLE, "shown"), [0, 1, 2])
    page.end()
    return page


def test_a_part_that_its_whole_no_longer_draws_is_gone() -> None:
    page = _page()
    page.begin([WHOLE])
    page.take(_checkbox(WHOLE, "section"), [0, 1, 0])
    page.end_of({WHOLE})
    assert set(page.widgets) == {"outside", "section"}


def test_a_part_that_is_drawn_alone_leaves_the_rest() -> None:
    page = _page()
    page.begin([SETTINGS])
    page.take(_checkbox(SETTINGS, "width"), [0, 1, 1, 0])
    page.end_of({SETTINGS})
    assert set(page.widgets) == {"outside", "section", "width", "shown"}
