"""Pages of a use case of pictures: films to guess from, films of either outcome, and what is drawn of one."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.answering.own_picture import FOLDER, read_own
from core.answering.worker import Answerer
from core.charts.look import LIGHT
from core.contracts.picture import Share
from core.formatting.as_json import as_json
from core.formatting.png import png
from core.jobs.local import LocalJobs
from core.pipeline import load_examples
from core.store import profiles, store_folder
from core.use_cases import use_case
from pages.components import client, own_picture
from pages.components.context import Context
from pages.components.kept import forget_all
from pages.components.picture_box import shows_pictures
from pages.components.state import PageState
from tests.pages.drawing import nobody_answers, page_of

NAME = "healthcare/chest_xray"


def boxes(app: AppTest) -> list[str]:
    """The light boxes, as HTML."""
    found = [element.proto.body for element in app.get("html")]
    return [body for body in found if "data:image/png;base64," in body]


def captions(box: str) -> list[str]:
    return re.findall(r"<figcaption[^>]*>([^<]*)<", box)


def alts(box: str) -> list[str]:
    return re.findall(r' alt="([^"]*)"', box)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Question and Data ask no worker: what they show ships."""
    nobody_answers(monkeypatch)


def test_the_question_is_films_to_guess_from_and_tells_on_a_wish() -> None:
    share = use_case(NAME).question.picture
    assert isinstance(share, Share)
    app = page_of(NAME, section="question")
    assert not app.exception
    (box,) = boxes(app)
    assert box.count("<img ") == share.out_of
    assert captions(box) == []
    assert LIGHT.outcome not in box
    app = app.toggle(key="healthcare-chest_xray:riddle").set_value(True).run()
    (told,) = boxes(app)
    assert captions(told).count("pneumonia") == share.lit
    assert captions(told).count("no pneumonia") == share.out_of - share.lit
    assert len(set(re.findall(r"base64,[^\"]*", told))) == share.out_of
    numbered = [f"Picture {place} of {share.out_of}" for place in range(1, share.out_of + 1)]
    assert alts(box) == alts(told) == numbered, "what it is called tells nothing, and no caption twice"
    first = [said == "pneumonia" for said in captions(told)]
    assert first != sorted(first)
    assert first != sorted(first, reverse=True), "the ill do not stand together"


def test_data_shows_films_of_either_outcome_and_no_empty_table() -> None:
    app = page_of(NAME, section="data")
    assert not app.exception
    assert [box.count("<img ") for box in boxes(app)] == [8, 8]
    assert sum(len(box) for box in boxes(app)) < 40_000
    assert [alts(box)[::7] for box in boxes(app)] == [["Picture 1 of 8", "Picture 8 of 8"]] * 2
    assert len(app.dataframe) == 0


def test_the_shipped_films_are_those_of_the_data() -> None:
    found = profiles.shipped(use_case(NAME))
    assert found
    assert all(list(record["pictures"]) == ["film"] for record in found["sample"])


def test_a_use_case_of_a_table_has_no_light_box() -> None:
    assert not shows_pictures(use_case("retail/churn"))
    assert boxes(page_of("retail/churn", section="question")) == []


def test_what_if_shows_what_the_networks_saw_and_answers_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A film, a broken file, and a picture that is no film."""
    answerer = Answerer(store_folder())

    def ask(self: LocalJobs, question: Mapping[str, Any], *, timeout_s: float) -> Any:
        return json.loads(as_json(answerer.answer(dict(question))))

    monkeypatch.setattr(LocalJobs, "ask", ask)
    forget_all()
    app = page_of(NAME, section="understand")
    assert not app.exception
    (box,) = boxes(app)
    assert box.count("<img ") == 3
    use = use_case(NAME)
    examples = load_examples(use)
    film = png(examples.arrays["film"][use.plan(examples).folds[0].test[5]])

    def answered(name: str, content: bytes) -> AppTest:
        (place,) = app.get("file_uploader")
        place.set_value((name, content, "image/png"))  # type: ignore[attr-defined]
        return app.run()

    found = answered("film.png", film)
    assert not found.exception
    assert boxes(found)[-1].count("<img ") == 4
    assert not found.warning
    assert not any("own_picture" in key[0] for key in client._answers._made), "kept for nobody else"
    about = boxes(found)[-1]
    for section in ("data", "understand"):
        found.session_state["healthcare-chest_xray:section"] = section
        found.run()
    assert found.get("file_uploader")[0].value is None, "as Streamlit has it"  # type: ignore[attr-defined]
    assert boxes(found)[-1] == about
    found.button(key="healthcare-chest_xray:own-remove").click().run()
    assert about not in boxes(found)
    assert boxes(answered("film.png", film))[-1] == about
    assert about not in boxes(app.button(key="healthcare-chest_xray:own-remove").click().run()), "file and all"
    told = answered("broken.png", film[:60])
    assert "cannot be read as a picture" in told.warning[0].value
    assert about not in boxes(told)
    noise = np.random.default_rng(0).integers(0, 256, (300, 200), dtype=np.uint8)
    written = io.BytesIO()
    Image.fromarray(noise).save(written, "PNG")
    strange = answered("noise.png", written.getvalue())
    assert "I don't know" in strange.warning[0].value
    assert not list((store_folder() / FOLDER).iterdir()), "what was asked about is deleted"


def test_two_visitors_may_ask_about_the_same_picture_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One comes and goes while the other's question waits."""
    context = Context(use_case=use_case(NAME), state=PageState(settings={}), look=LIGHT, run=None)
    folder, files = store_folder() / FOLDER, list[str]()

    def ask(self: LocalJobs, question: Mapping[str, Any], *, timeout_s: float) -> Any:
        files.append(question["file"])
        if len(files) == 1:
            own_picture._asked(context, b"film")
        assert read_own(folder, question["file"]) == b"film"
        return {}

    monkeypatch.setattr(LocalJobs, "ask", ask)
    own_picture._asked(context, b"film")
    assert len(set(files)) == 2
    assert not list(folder.iterdir())
