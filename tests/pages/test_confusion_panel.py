"""The confusion matrix of pictures: what the browser is told of each cell, and which presses are taken."""

from __future__ import annotations

import numpy as np
import pytest

from pages.components.confusion_panel import payload, pressed_cell

COUNTED = np.array([[90, 10, 0], [2, 98, 0], [0, 0, 0]])
NAMES = ("shirt", "<b>coat</b>", "bag")


def test_each_cell_says_how_many_and_a_right_one_which_share() -> None:
    told = payload(COUNTED, NAMES, {(0, 1): "data:x"}, (0, 1))
    assert [[cell["text"] for cell in row] for row in told["rows"]] == [
        ["90%", "10", ""],
        ["2", "98%", ""],
        ["", "", ""],
    ]
    assert told["rows"][0][1]["picture"] == "data:x"
    assert told["rows"][1][0]["picture"] == ""
    assert told["rows"][0][1]["aloud"] == "10 shirt: taken for <b>coat</b>"
    assert told["chosen"] == 1
    assert payload(COUNTED, NAMES, {}, None)["chosen"] is None


def test_a_frame_is_deeper_the_larger_the_share_that_is_misread() -> None:
    rows = payload(COUNTED, NAMES, {}, None)["rows"]
    assert 0 < rows[1][0]["deep"] < rows[0][1]["deep"] <= 1
    assert rows[0][2]["deep"] == 0
    assert rows[0][0]["deep"] == 0.9


@pytest.mark.parametrize(
    ("state", "cell"),
    [
        ({"open": 1}, (0, 1)),
        ({"open": 3}, (1, 0)),
        ({"open": 2}, None),  # an empty cell
        ({"open": 9}, None),
        ({"open": -1}, None),
        ({"open": True}, None),
        ({"open": "1"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_press_counts_where_the_cell_holds_something(state, cell) -> None:
    assert pressed_cell(state, COUNTED) == cell
