"""Pages of made pictures: a riddle of real and made ones, their growth, crowds of them, and a plane to walk on."""

import base64
import re
import struct

import pytest

from core.answering.worker import Answerer
from core.errors import UserError
from core.store import runs, store_folder
from core.use_cases import use_case
from pages.components import made_pictures
from tests.pages.drawing import answered_here, page_of

NAME = "vision/imagine"
USE_CASE = use_case(NAME)
RECORDED = "vision-imagine-{preset}"


@pytest.fixture
def drawn(monkeypatch):
    """What the two pictures in the browser are given."""
    answered_here(monkeypatch)
    given = {}
    monkeypatch.setattr(made_pictures, "_growing", lambda key, data: given.update(growing=data))
    monkeypatch.setattr(made_pictures, "_plane", lambda key, data: given.update(plane=data))
    return given


def figures(app):
    return [body for element in app.get("html") if "<figure" in (body := element.proto.body)]


def size_of(address):
    content = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    return struct.unpack(">II", content[16:24])


def test_question_hides_which_pictures_were_made_until_it_is_asked(drawn):
    app = page_of(NAME, section="question").run()
    assert not app.exception
    (box,) = figures(app)
    assert box.count("<img") == 8
    assert "Made up" not in box
    app = app.toggle[0].set_value(True).run()
    (box,) = figures(app)
    assert box.count("Made up") == box.count("Real") == 4


def test_results_replay_how_pictures_grew_and_say_the_floor(drawn):
    app = page_of(NAME, section="results").run()
    assert not app.exception
    run = runs.showcase(store_folder(), USE_CASE)
    told = made_pictures.told_of(run)
    assert [e["number"] for e in drawn["growing"]["epochs"]] == [e["epoch"] for e, _ in told]
    assert len(told) == run.settings["num_epochs"]
    (floor,) = [c.value for c in app.caption if c.value.startswith("The floor: ")]
    assert 0 < float(re.search(r"lie ([\d.]+) from", floor)[1]) < 0.2
    sheets = [b for e in app.get("html") if 'alt="Pictures by: ' in (b := e.proto.body)]
    assert len(sheets) == 1


def test_what_if_walks_between_four_noises_or_four_photos(drawn):
    app = page_of(NAME, section="understand").run()
    assert not app.exception
    plane = drawn["plane"]
    assert size_of(plane["picture"]) == (28 * plane["columns"], 28 * plane["rows"])
    assert [b.key for b in app.get("button_group")] == ["vision-imagine:section"], "a GAN draws no photo together"
    app.button(key=next(b.key for b in app.button if b.key and b.key.endswith("other-corners"))).click().run()
    assert drawn["plane"]["picture"] != plane["picture"]


def test_the_corners_are_what_becomes_of_their_rows_and_only_an_autoencoder_knows_photos():
    answerer = Answerer(store_folder())
    asked = {"use_case": NAME, "ask": "plane", "corners": [13000, 13001, 13002, 13003]}
    autoencoder, gan = (RECORDED.format(preset=preset) for preset in ("autoencoder", "recommended"))
    noises, photos = (answerer.answer({**asked, "run": autoencoder, "between": name}) for name in ("noises", "photos"))
    assert noises != photos
    with pytest.raises(UserError, match="Only a variational autoencoder"):
        answerer.answer({**asked, "run": gan, "between": "photos"})
    for corners in (None, [1, 2, 3], [0, 1, 2, 99_999], ["a", "b", "c", "d"]):
        with pytest.raises(UserError, match="four"):
            answerer.answer({**asked, "run": gan, "corners": corners})


def test_crowds_are_real_made_or_of_a_simple_method(drawn):
    answerer = Answerer(store_folder())
    asked = {"use_case": NAME, "ask": "crowd", "run": RECORDED.format(preset="recommended")}
    sheets = [answerer.answer({**asked, "of": of}) for of in ("real", "network", *USE_CASE.baselines)]
    assert len({sheet["picture"] for sheet in sheets}) == len(sheets)
    assert {size_of(sheet["picture"]) for sheet in sheets} == {(28 * sheets[0]["columns"], 28 * sheets[0]["rows"])}
    with pytest.raises(UserError, match="method"):
        answerer.answer({**asked, "of": "logistic"})


def test_the_doctor_names_the_preset_that_fails_on_purpose_and_no_other():
    from core.diagnosis.doctor import diagnose

    for preset in USE_CASE.presets:
        run = runs.read(runs.RECORDED / RECORDED.format(preset=preset.name), recorded=True)
        found = [finding.fault for finding in diagnose(run.progress())]
        assert found[:1] == ([preset.fault] if preset.fault else []), preset.name
