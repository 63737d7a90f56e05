"""How to read this: every term and measure is explained, and is reached from helps and footer."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from core import __version__
from core.charts.look import DARK, LIGHT
from core.charts.sketches import _SKETCHES, sketch
from core.contracts.glossary import FORMULAS, PAGE, SKETCHES_OF_METRICS, TERMS
from core.evaluation.metrics import METRICS
from core.formatting.text import named
from tests.pages.drawing import nobody_answers, page_of, unfolded
from tests.pages.test_language import _PAGE, _drawn


def test_every_name_is_another_and_every_formula_and_sketch_has_its_word() -> None:
    names = [term.name for term in TERMS] + list(METRICS)
    assert len(names) == len(set(names))
    assert set(FORMULAS) | set(SKETCHES_OF_METRICS) <= set(METRICS)
    drawn = {term.sketch for term in TERMS if term.sketch} | set(SKETCHES_OF_METRICS.values())
    assert drawn == set(_SKETCHES)


@pytest.mark.parametrize("name", _SKETCHES)
def test_a_sketch_is_a_picture_in_the_colours_of_the_look(name: str) -> None:
    for look in (LIGHT, DARK):
        root = ET.fromstring(sketch(name, look))
        colours = {part.get(kind) for part in root.iter() for kind in ("stroke", "fill")} - {None, "none"}
        assert colours
        assert colours <= set(look.colours().values())


def test_the_page_has_a_place_for_every_term_and_measure() -> None:
    app = _drawn("from pages import glossary\nglossary.draw()\n")
    assert not app.exception
    titles = [one.value for one in app.subheader]
    assert titles == [*(named(term.title) for term in TERMS), *(named(metric.label) for metric in METRICS.values())]


def test_the_footer_says_version_licence_and_the_way_to_the_page() -> None:
    app = _drawn(_PAGE + "from pages.components.footer import draw_footer\ndraw_footer(page, page)\n")
    assert any(f"Proving Ground {__version__} · Apache License 2.0" in one.value for one in app.caption)


def test_helps_of_a_page_lead_to_places_that_there_are() -> None:
    page = page_of("retail/coupon_response", section="question")
    told = " ".join(metric.help for metric in page.metric)
    links = re.findall(r"\[How to read this\]\(/([^#)]*)#([^)]*)\)", told)
    assert len(links) >= 3
    assert {address for address, _ in links} == {PAGE}
    assert {place for _, place in links} <= {term.name for term in TERMS} | set(METRICS)


@pytest.mark.parametrize(
    ("section", "folds", "terms"),
    [
        ("results", ("methods", "curves"), {"difference", "threshold", "calibration", "interval", "roc_auc"}),
        ("money", (), {"value"}),
    ],
)
def test_terms_of_results_and_money_are_explained_where_they_stand(
    section: str, folds: tuple[str, ...], terms: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_answers(monkeypatch)
    name = "retail/coupon_response"
    page = unfolded(page_of(name, section=section), name, *folds)
    assert not page.exception
    said = [f"{one.value} {one.help}" for kind in ("caption", "markdown") for one in page.get(kind)]
    assert terms <= set(re.findall(rf"\(/{PAGE}#([^)]*)\)", " ".join(said)))
