"""Pages of a use case of pictures: films to guess from, films of either outcome, and what is drawn of one."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.answering import picture_answers
from core.answering.own_picture import FOLDER, read_own
from core.answering.picture_damage import DAMAGES
from core.answering.worker import Answerer
from core.charts.look import LIGHT
from core.contracts.picture import Share
from core.formatting.as_json import as_json
from core.formatting.png import png
from core.jobs.local import LocalJobs
from core.pipeline import load_examples
from core.store import profiles, store_folder
from core.use_cases import use_case
from pages.components import client, own_picture, picture_box, picture_wall, picture_what_if
from pages.components.context import Context
from pages.components.kept import forget_all
from pages.components.picture_box import shows_pictures
from pages.components.state import PageState, link, open_section
from tests.pages.drawing import nobody_answers, page_of

NAME = "healthcare/chest_xray"


def boxes(app: AppTest) -> list[str]:
    """The light boxes, as HTML."""
    found = [element.proto.body for element in app.get("html")]
    return [body for body in found if "data:image/png;base64," in body]


def pictures(app: AppTest) -> list[str]:
    """The boxes of pictures, without curves."""
    return [box for box in boxes(app) if "<figure" in box]


def curves(app: AppTest) -> list[str]:
    found = [element.proto.body for element in app.get("html")]
    return [body for body in found if "data:image/svg+xml" in body and " at each strength" in body]


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


@pytest.fixture
def answered_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked is answered in this process; of a visitor's own picture nothing is kept for others."""
    answerer, asked = Answerer(store_folder()), list[str]()

    def ask(self: LocalJobs, question: Mapping[str, Any], *, timeout_s: float) -> Any:
        asked.append(str(question["ask"]))
        return json.loads(as_json(answerer.answer(dict(question))))

    monkeypatch.setattr(LocalJobs, "ask", ask)
    monkeypatch.setattr(picture_answers, "_MOST_ROWS", 20)
    forget_all()
    return asked


def metric(app: AppTest, label: str) -> str:
    return next(str(one.value) for one in app.metric if one.label == label)


def test_a_film_is_damaged_by_a_slider_and_answered_anew_beside_a_curve_of_each_damage(
    answered_here: list[str],
) -> None:
    app = page_of(NAME, section="understand")
    assert not app.exception
    (box,), chance = pictures(app), metric(app, "Predicted chance: shows pneumonia")
    assert box.count("<img ") == 4
    assert "As the networks read it" in box
    assert len(curves(app)) == len(DAMAGES) == answered_here.count("robustness")
    assert all("AUC at each strength. " in curve for curve in curves(app))
    slider = app.select_slider(key="healthcare-chest_xray:damage-noise")
    changed = slider.set_value(0.4).run()
    assert not changed.exception
    assert metric(changed, "Predicted chance: shows pneumonia") != chance
    assert metric(changed, "Unlike what it learned") == "100%"
    assert changed.markdown[0].value.startswith("I don't know")
    assert "Damaged" in pictures(changed)[0]
    assert answered_here.count("robustness") == len(DAMAGES), "measured once"
    assert "damage.noise=0.4" in link(use_case(NAME), changed.session_state["state:healthcare-chest_xray"], None)
    back = changed.button(key="healthcare-chest_xray:as-it-was").click().run()
    assert pictures(back) == [box]
    assert metric(back, "Predicted chance: shows pneumonia") == chance


def test_a_wall_of_a_hundred_films_is_small_and_made_at_once(answered_here: list[str]) -> None:
    """What the page sends of it, and what it takes of the answer worker and the web server, by the processor."""
    examples = load_examples(use_case(NAME))
    context = Context(use_case=use_case(NAME), state=PageState(settings={}), look=LIGHT, run=None)
    answerer = Answerer(store_folder())
    rows = use_case(NAME).plan(examples).folds[0].test[:100].tolist()
    question = {"ask": "records", "use_case": NAME, "rows": rows}
    answerer.answer(question)
    begun = time.process_time()
    records = answerer.answer(question)["records"]
    shown = picture_box.on_wall(context, records, ["20.4%"] * 100)  # type: ignore[arg-type]
    sent = json.dumps(picture_wall.payload(shown, asks=True))
    assert time.process_time() - begun < 0.3
    assert len(shown) == 100
    assert len(sent) < 150_000


def test_the_records_of_results_hang_on_a_wall_under_what_was_predicted(answered_here: list[str]) -> None:
    app = page_of(NAME, section="results")
    assert not app.exception
    wall = next(e.proto for e in app.get("bidi_component") if e.proto.component_name.endswith("wall"))
    told = json.loads(wall.json)
    assert told["asks"] is True
    assert [one["said"] for one in told["pictures"]] == ["20.0%"]
    assert told["pictures"][0]["marked"] is True


def test_of_several_classes_the_one_before_the_damage_is_said_where_it_was_another() -> None:
    task = use_case("testing/tiny_pictures").task
    two, seven = [0.0] * 10, [0.0] * 10
    two[2], seven[7] = 0.99, 0.9
    assert picture_what_if.as_it_was(task, two, seven) == "As it was: predicted chance: two, 99.0%"
    assert picture_what_if.as_it_was(task, two, two) == ""
    assert picture_what_if.as_it_was(use_case(NAME).task, [0.99], [0.01]) == ""


def test_a_link_opens_on_a_damaged_film_and_says_what_it_cannot_use(answered_here: list[str]) -> None:
    query = {"use_case": NAME, "section": "understand", "v": "1", "damage.noise": "0.19", "damage.rust": "1"}
    app = page_of(NAME, **query)
    assert not app.exception
    assert app.select_slider(key="healthcare-chest_xray:damage-noise").value == 0.2
    assert "rust" in app.warning[0].value


def test_a_file_of_ones_own_is_answered_damaged_and_forgotten(answered_here: list[str]) -> None:
    """A film, a broken file, and a picture that is no film."""
    use = use_case(NAME)
    examples = load_examples(use)
    film = png(examples.arrays["film"][use.plan(examples).folds[0].test[5]])
    app = page_of(NAME, section="understand")
    app.session_state["healthcare-chest_xray:source"] = "own"
    app.run()
    assert not app.exception
    assert pictures(app) == []
    assert "Choose a file" in app.info[0].value

    def answered(name: str, content: bytes) -> AppTest:
        (place,) = app.get("file_uploader")
        place.set_value((name, content, "image/png"))  # type: ignore[attr-defined]
        return app.run()

    found = answered("film.png", film)
    assert not found.exception
    assert not found.warning
    (about,) = pictures(found)
    assert about.count("<img ") == 4
    assert not any("pixels" in key[0] or "own_picture" in key[0] for key in client._answers._made), "for nobody else"
    (noise,) = [slider for slider in found.select_slider if "damage-noise" in str(slider.key)]
    noisy = noise.set_value(0.3).run()
    assert pictures(noisy) != [about]
    assert pictures(noisy.button(key="healthcare-chest_xray:as-it-was").click().run()) == [about]
    for section in ("data", "understand"):
        open_section(found.session_state["state:healthcare-chest_xray"], section)
        found.run()
    found.session_state["healthcare-chest_xray:source"] = "own"
    found.run()
    assert found.get("file_uploader")[0].value is None, "as Streamlit has it"  # type: ignore[attr-defined]
    assert pictures(found) == [about]
    found.button(key="healthcare-chest_xray:own-remove").click().run()
    assert pictures(found) == []
    assert pictures(answered("film.png", film)) == [about]
    assert pictures(app.button(key="healthcare-chest_xray:own-remove").click().run()) == [], "file and all"
    told = answered("broken.png", film[:60])
    assert "cannot be read as a picture" in told.warning[0].value
    assert pictures(told) == []
    noise = np.random.default_rng(0).integers(0, 256, (300, 200), dtype=np.uint8)
    written = io.BytesIO()
    Image.fromarray(noise).save(written, "PNG")
    strange = answered("noise.png", written.getvalue())
    assert strange.markdown[0].value.startswith("I don't know")
    assert not list((store_folder() / FOLDER).iterdir()), "what was asked about is deleted"


def test_two_visitors_may_ask_about_the_same_picture_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One comes and goes while the other's question waits."""
    context = Context(use_case=use_case(NAME), state=PageState(settings={}), look=LIGHT, run=None)
    folder, files = store_folder() / FOLDER, list[str]()

    def ask(self: LocalJobs, question: Mapping[str, Any], *, timeout_s: float) -> Any:
        files.append(question["file"])
        if len(files) == 1:
            own_picture._read(context, b"film")
        assert read_own(folder, question["file"]) == b"film"
        return {"pixels": "", "swapped": False}

    monkeypatch.setattr(LocalJobs, "ask", ask)
    own_picture._read(context, b"film")
    assert len(set(files)) == 2
    assert not list(folder.iterdir())


def test_a_picture_of_one_s_own_begins_undamaged(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = use_case("healthcare/chest_xray")
    state = PageState(settings={}, damage={"noise": 0.4})
    context = Context(use_case=declared, state=state, look=LIGHT, run=None)
    kept = {context.key("damage-noise"): 0.4}
    monkeypatch.setattr(own_picture.st, "session_state", kept)
    own_picture._forget(context)
    assert state.damage == {}
    assert context.key("damage-noise") not in kept
