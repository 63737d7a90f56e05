"""Pages of pictures of several kinds: one of each to guess, a box a kind, who was taken for whom, and who decides."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.answering.worker import Answerer
from core.formatting.as_json import as_json
from core.jobs.local import LocalJobs
from core.store import runs, store_folder
from core.store.held_out import read_results
from core.use_cases import use_case
from core.value.scoreboard import Scoreboard, amount_of
from pages.components.kept import forget_all
from pages.components.misread import _head
from pages.components.what_if_words import verdict
from tests.pages.drawing import components_of, nobody_answers, page_of

NAME = "retail/product_photos"
SLUG = "retail-product_photos"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer worker, in this process."""
    answerer = Answerer(store_folder())

    def ask(self: LocalJobs, question: Mapping[str, Any], *, timeout_s: float) -> Any:
        return json.loads(as_json(answerer.answer(dict(question))))

    monkeypatch.setattr(LocalJobs, "ask", ask)
    forget_all()


def html_of(app: AppTest) -> list[str]:
    found = [element.proto.body for element in app.get("html")]
    return [body for body in found if "data:image/png;base64," in body]


def test_the_question_is_one_photo_of_each_kind_and_tells_on_a_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_answers(monkeypatch)
    app = page_of(NAME, section="question")
    assert not app.exception
    (box,) = html_of(app)
    assert box.count("<img ") == 10
    assert "<figcaption" not in box
    app = app.toggle(key=f"{SLUG}:riddle").set_value(True).run()
    (told,) = html_of(app)
    names = re.findall(r"<figcaption[^>]*>([^<]*)<", told)
    assert sorted(names) == sorted(use_case(NAME).task.outputs)
    assert names != list(use_case(NAME).task.outputs), "they do not stand in order"


def test_data_has_a_box_of_four_for_each_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_answers(monkeypatch)
    app = page_of(NAME, section="data")
    assert not app.exception
    (boxes,) = html_of(app)
    assert boxes.count("<img ") == 40
    assert len(boxes) < 60_000
    names = re.findall(r"<figcaption[^>]*>([^<]*)<", boxes)
    assert [name.lower() for name in names] == [name.lower() for name in use_case(NAME).task.outputs]
    assert any("10 kinds, 9,989 pictures to learn from" in one.value for one in app.markdown)


def test_results_show_a_picture_in_each_cell_and_all_of_a_cell_that_was_pressed(answers: None) -> None:
    app = page_of(NAME, section="results")
    assert not app.exception
    declared = use_case(NAME)
    shown = runs.showcase(store_folder(), declared)
    assert shown
    found = read_results(shown, declared)[1]
    was, said = found.target[:, 0].astype(int), found.ensemble.argmax(1)
    (matrix,) = [one for one in components_of(app) if "chosen" in one and "names" in one]
    told = [[cell["text"] for cell in row] for row in matrix["rows"]]
    for row in range(10):
        for column in range(10):
            count = int(((was == row) & (said == column)).sum())
            assert bool(matrix["rows"][row][column]["picture"]) == (count > 0)
            if row != column:
                assert told[row][column] == (str(count) if count else "")
    assert len(json.dumps(matrix)) < 150_000, "a page of pictures stays light"
    assert any(f"{(was != said).sum()} were mistaken" in one.value for one in app.header)
    pair = max(
        zip(was[was != said].tolist(), said[was != said].tolist(), strict=True),
        key=lambda p: ((was == p[0]) & (said == p[1])).sum(),
    )
    app.session_state[f"{SLUG}:cell"] = pair
    app.run()
    assert not app.exception
    assert any(
        _head(pair, int(((was == pair[0]) & (said == pair[1])).sum()), list(declared.task.outputs)) == one.value
        for one in app.header
    )
    app.button(key=f"{SLUG}:cell-all").click().run()
    assert any("were mistaken" in one.value for one in app.header)


def test_the_money_panel_says_what_the_run_says_and_every_photo_is_somebody_s() -> None:
    app = page_of(NAME, section="money")
    assert not app.exception
    (panel,) = [one for one in components_of(app) if "levels" in one]
    shown = runs.showcase(store_folder(), use_case(NAME))
    assert shown
    board = Scoreboard.of(use_case(NAME), shown.summary)
    place = int(np.argmin(np.abs(np.array(panel["levels"]) - panel["chosen"])))
    assert panel["levels"][place] == panel["chosen"]
    assert panel["amounts"][place] == pytest.approx(amount_of(board.network), rel=1e-6)
    year = panel["rows"] * panel["scale"]
    np.testing.assert_allclose(np.array(panel["kept"]) * year + np.array(panel["acted"]), year)
    wrong = np.array(panel["short"]) / np.maximum(np.array(panel["kept"]) * year, 1e-9)
    decides = np.array(panel["kept"]) > 0
    np.testing.assert_allclose(1 - wrong[decides], np.array(panel["over"])[decides])
    assert panel["kept"][0] == 1.0
    assert panel["kept"][-1] == 0.0
    assert panel["amounts"][-1] == 0.0


def test_a_sentence_says_who_decides() -> None:
    declared = use_case(NAME)
    chances = [0.01] * 9 + [0.91]
    assert verdict(declared, chances, 0.9) == "Ankle boot, 91.0% sure: the machine files it (from 90.0% on)."
    assert verdict(declared, chances, 0.95) == "Ankle boot, 91.0% sure: a person files it (below 95.0%)."
    assert "a person files it" in verdict(declared, [0.0] * 9 + [1.0], 1.0), "no chance is a certainty"


def test_what_if_begins_with_what_it_is_sure_of(answers: None) -> None:
    app = page_of(NAME, section="understand")
    assert not app.exception
    assert any("files it" in one.value for one in app.markdown)
    slider = app.slider(key=f"{SLUG}:rank")
    chance = []
    for place in (1, 1000, 2000):
        slider.set_value(place).run()
        (told,) = [one.value for one in app.markdown if "files it" in one.value]
        chance.append(float(re.search(r"([\d.]+)%", told).group(1)))  # type: ignore[union-attr]
    assert chance == sorted(chance, reverse=True)
    assert chance[0] > 99
    assert chance[-1] < 60
