"""Pages of a use case of texts: rows to read, what is confused, and a line to type in that answers anything."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.charts import classes, words
from core.charts.look import LIGHT
from core.store.runs import Run
from tests.pages.drawing import answered_here, page_of, train

NAME, SLUG = "testing/tiny_typed", "testing-tiny_typed"


@pytest.fixture(scope="module")
def run() -> Run:
    return train(NAME)


@pytest.fixture
def app(run: Run, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    answered_here(monkeypatch)
    return page_of(NAME, section="understand", run=run.id)


def bodies(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def typed(app: AppTest, text: str) -> AppTest:
    (line,) = app.text_input
    return line.set_value(text).run()


def test_the_line_begins_with_a_question_of_the_test_and_says_what_it_was_about(app: AppTest) -> None:
    assert not app.exception
    assert app.text_input[0].value
    assert 'data-testid="lit-words"' in bodies(app)
    assert any("What really happened" in one.value for one in app.markdown)


@pytest.mark.parametrize(
    ("text", "topic", "lit"),
    [("wheres my refund", "Money", ">refund</span>"), ("我的包裹在哪里", "Delivery", ">包</span>")],
)
def test_what_is_typed_is_answered_with_its_words_lit(app: AppTest, text: str, topic: str, lit: str) -> None:
    app = typed(app, text)
    assert not app.exception
    assert not app.warning
    first = bodies(app).split('class="flat flat-wide"')[1]
    assert first.index(f">{topic}</th>") == min(
        first.index(f">{name}</th>") for name in ("Money", "Delivery", "Account")
    )
    assert lit in bodies(app)
    assert not any("What really happened" in one.value for one in app.markdown)


def test_a_stranger_is_not_answered(app: AppTest) -> None:
    app = typed(app, "qqq zzz jjj")
    assert any(one.value.startswith("I don't know") for one in app.markdown)
    assert "2px dotted" in bodies(app)


@pytest.mark.parametrize("text", ["", "   ", "?!"])
def test_nothing_to_read_is_a_sentence(app: AppTest, text: str) -> None:
    app = typed(app, text)
    assert not app.exception
    told = [one.value for one in (*app.info, *app.warning)]
    assert any(one.startswith(("Type a question", "There is no word in it yet")) for one in told)


def test_words_are_letters_and_never_html() -> None:
    text = "<b>my card</b> & more"
    drawn = words.lit(text, [words.LitWord(start=3, end=5, light=1.0, exact='say "x"', known=True)], LIGHT)
    assert "<b>" not in drawn
    assert "&lt;b&gt;" in drawn
    assert "&amp; more" in drawn
    assert "say &quot;x&quot;" in drawn


def test_the_worst_pairs_come_first_and_what_is_right_is_none() -> None:
    import numpy as np

    counted = np.array([[9, 3, 0], [3, 2, 0], [0, 1, 20]])
    assert classes.worst_pairs(counted, 9) == [(1, 0), (0, 1), (2, 1)]
    assert classes.worst_pairs(counted, 1) == [(1, 0)]
    drawn = classes.pairs(counted, ["a", "b", "c"], 2, LIGHT)
    assert drawn.index("b, taken for a") < drawn.index("a, taken for b")
    assert "c, taken for b" not in drawn
