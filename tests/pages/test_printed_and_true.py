"""The page of the worked examples: what the command computes, with what is wrong in print crossed out."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs.worked_examples import Told, computed
from pages.printed_and_true import agrees, table


def told(printed: list[float], true: list[float]) -> Told:
    return {"name": "<b>", "printed": printed, "true": true}


@pytest.mark.parametrize(
    ("printed", "true", "is_right"),
    [
        ([0.35], [0.35], True),
        ([0.9640], [0.964028], True),
        ([0.0016], [0.0016474], True),
        ([0.1495], [0.149391], False),
        ([1.9989], [1.998617], False),
        ([0.9415, 0.9709], [0.880797], False),
        ([0.7616, 0.9640], [0.964028], False),
        ([1.08, 2.12], [0.918, 1.996], False),
        ([0.1], [0.0845], False),
    ],
)
def test_what_is_printed_is_right_to_its_own_digits(printed: list[float], true: list[float], is_right: bool) -> None:
    assert agrees(told(printed, true)) == is_right
    made = table((told(printed, true),))
    assert ('class="off"' in made) != is_right
    assert "&lt;b&gt;" in made


def test_the_page_shows_what_the_command_computes() -> None:
    app = AppTest.from_string("from pages import printed_and_true\nprinted_and_true.draw()", default_timeout=120).run()
    assert not app.exception
    wrong = sum(not agrees(one) for one in computed())
    assert any(f"{wrong} of {len(computed())} printed results" in one.value for one in app.markdown)
    assert wrong >= 17
