"""Pages of things in boxes: right, missed and false have forms of their own, and counts follow the least score."""

import base64
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.charts.boxes import Box, key, slide
from core.charts.look import LIGHT
from core.contracts.boxes import packed, targets
from core.store import runs, store_folder
from core.store.held_out import read_results
from core.use_cases import use_case
from core.value.counting import Mistakes
from pages.components import detection_what_if, slides
from tests.pages.drawing import answered_here, page_of

NAME = "healthcare/blood_cells"
USE_CASE = use_case(NAME)


def drawings(body):
    """The drawings laid over pictures, as SVG."""
    found = re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", body)
    return [base64.b64decode(each).decode() for each in found]


def slides_of(app):
    """The slides of a page, as HTML."""
    bodies = [element.proto.body for element in app.get("html")]
    return [body for body in bodies if "data:image/jpeg;base64," in body]


def test_each_class_has_a_form_and_what_is_false_a_cross():
    whole = (0.1, 0.1, 0.5, 0.5)
    (drawn,) = drawings(slide("data:x", "a <slide>", [Box(kind, whole) for kind in range(3)], 4 / 3))
    assert [drawn.count(f"<{form} ") for form in ("ellipse", "rect", "polygon")] == [1, 1, 1]
    assert "stroke-dasharray" not in drawn
    (false,) = drawings(slide("data:x", "a", [Box(0, whole, "false", "a <b>")], 4 / 3))
    assert "<path" in false
    assert "stroke-dasharray" in false
    assert "a &lt;b&gt;" in false
    assert "a &lt;slide&gt;" in slide("data:x", "a <slide>", [], 1)
    assert len(drawings(key(["one", "two"], [("missed", "gone")]))) == 3


def test_boxes_are_told_apart_as_they_were_found_missed_or_made_up():
    ends = np.array([[0.1, 0.1, 0.2, 0.2], [0.4, 0.4, 0.6, 0.6]])
    target = targets([(np.array([0, 1]), ends)])[0]
    found = packed([(np.array([0, 2]), np.array([0.9, 0.5]), np.array([ends[0], [0.7, 0.7, 0.9, 0.9]]))])[0]
    states = [(box.kind, box.status) for box in slides.judged_boxes(USE_CASE.task, found, target, 0.4)]
    assert states == [(0, "right"), (2, "false"), (1, "missed")]
    states = [(box.kind, box.status) for box in slides.judged_boxes(USE_CASE.task, found, target, 0.95)]
    assert states == [(0, "missed"), (1, "missed")]
    assert len(slides.found_boxes(USE_CASE.task, found, 0.6)) == 1


def test_sizes_are_drawn_anew_where_data_or_variant_are_others(monkeypatch):
    drawn = []
    monkeypatch.setattr(slides, "chart", lambda figure, key: drawn.append(figure))
    monkeypatch.setattr(slides, "draw_key", lambda context, judged: None)
    for variant, share in (("as declared", 0.25), ("as declared", 0.75), ("another", 0.75), ("another", 0.75)):
        context = SimpleNamespace(use_case=replace(USE_CASE, variant=variant), look=LIGHT, key=str)
        boxes = {"edges": [0.0, 0.5, 1.0], "sizes": [[share, 1 - share]] * 3}
        slides.draw_known(context, {"boxes": boxes, "sample": []})
    assert "0.75" in drawn[1]
    assert drawn[0] != drawn[1] == drawn[2] is drawn[3]
    assert drawn[1] is not drawn[2]


@pytest.fixture
def answered(monkeypatch):
    answered_here(monkeypatch)


def test_results_show_slides_with_what_is_right_missed_and_false(answered):
    app = page_of(NAME, section="results").run()
    assert not app.exception
    shown = slides_of(app)
    assert len(shown) == 6
    crossed = sum("<path" in drawn for body in shown for drawn in drawings(body))
    dotted = sum("stroke-dasharray" in drawn for body in shown for drawn in drawings(body))
    assert 0 < crossed <= dotted
    said = [caption.value for caption in app.caption if "false alarm" in caption.value]
    assert len(said) == 7


def test_what_if_counts_fewer_boxes_when_they_must_be_surer(answered):
    app = page_of(NAME, section="understand").run()
    assert not app.exception

    def counted():
        return sum(int(tile.value) for tile in app.metric[:3])

    run = runs.showcase(store_folder(), USE_CASE)
    _report, found = read_results(run, USE_CASE)
    (least,) = (slider for slider in app.slider if "score" in slider.label)
    assert 0.3 < least.value < 0.5
    usual = counted()
    assert usual > 0
    app = least.set_value(0.9).run()
    assert not app.exception
    assert counted() < usual
    assert len(slides_of(app)) == 1
    assert len(found.rows) == 77


def test_a_link_to_a_slide_that_is_not_tested_says_so_and_shows_one_that_is(answered):
    _report, found = read_results(runs.showcase(store_folder(), USE_CASE), USE_CASE)
    gone = min({*range(364)} - {*found.rows.tolist()})
    app = page_of(NAME, section="understand", record=str(gone)).run()
    assert not app.exception
    (said,) = [warning.value for warning in app.warning if "not among the rows" in warning.value]
    assert said.startswith(f"Record {gone} ")
    assert len(slides_of(app)) == 1


def test_the_slide_that_is_shown_first_follows_the_declared_score():
    _report, found = read_results(runs.showcase(store_folder(), USE_CASE), USE_CASE)
    for least in (0.3, USE_CASE.task.detection.counted):
        at = Mistakes.at(found.target, found.ensemble, least)
        many = at.false + at.missed
        assert many[detection_what_if._usual(found, least)] == np.sort(many)[len(many) // 2]


def test_data_show_what_is_known_and_question_hides_it_until_it_is_asked_for(answered):
    app = page_of(NAME, section="data").run()
    assert not app.exception
    assert all("<ellipse" in drawings(body)[0] for body in slides_of(app))
    assert "2,556" in app.main.markdown[1].value or any("2,556" in m.value for m in app.markdown)
    app = page_of(NAME, section="question").run()
    assert not app.exception
    assert not any("<ellipse" in drawings(body)[0] for body in slides_of(app))
    app = app.toggle[0].set_value(True).run()
    assert all("<ellipse" in drawings(body)[0] for body in slides_of(app))
