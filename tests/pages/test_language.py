"""The visitor's language: by link, by browser, by choice; two visitors at once; nothing visible is left in English."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import pipeline
from core.answering.worker import Answerer
from core.contracts import ColumnKind, Section
from core.formatting import catalogues
from core.formatting.as_json import as_json
from core.jobs.local import LocalJobs
from core.publish import message_ids
from core.store import store_folder
from core.use_cases import all_industries, use_case
from pages.components.kept import forget_all
from pages.components.record_words import words
from tests.pages.drawing import components_of, train
from tests.pages.pseudo import LANGUAGE, left_over, speak, stretched, visible

ROOT = Path(__file__).parents[2]
_BEGIN = "import streamlit as st\nfrom pages.components import language\nlanguage.begin()\n"
_PAGE = "page = st.Page(lambda: None, title='x', url_path='x')\nst.navigation([page], position='hidden')\n"
_DATA = {"Proving Ground", "English", "Qq"}  # languages are called as they call themselves
_NO_WORDS = {  # fields of what a component is given
    *("slug", "href", "look", "hue", "icon", "industry", "looks", "role", "is", "shape", "locale", "currency", "name"),
    *("query", "page", "secret", "stage"),
}
_OF_TESTS = {"min", "As many as a week ago"}  # said by tiny use cases alone
_OF_THE_MACHINE = ("cpu (", "cuda (")  # where a run was trained, as its record names it


@pytest.fixture(scope="module")
def ids() -> dict[str, str | None]:
    return message_ids.ids()


def _drawn(script: str, **query: str) -> AppTest:
    app = AppTest.from_string(_BEGIN + script, default_timeout=120)
    for name, value in {"lang": LANGUAGE, **query}.items():
        app.query_params[name] = value
    return app.run()


def _use_case(name: str) -> str:
    return f"from core.use_cases import use_case\nfrom pages import use_case as page\npage.draw(use_case({name!r}))\n"


def _in_english(app: AppTest) -> set[str]:
    assert not app.exception
    texts = {text for text in visible(app) if text not in _DATA}
    return {left for text in texts if (left := left_over(text)) and not left.startswith(_OF_THE_MACHINE)}


def test_home_and_an_industry_leave_nothing_in_english(
    ids: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(monkeypatch, ids)
    home = _drawn(_PAGE + "from pages import home\nhome.draw(lambda u: page)\nlanguage.draw_choice()\n")
    assert _in_english(home) == set()
    footer = "from pages import glossary\nglossary.draw()\nfrom pages.components.footer import draw_footer\n"
    footer += "draw_footer(page, page)\nfrom pages import which_split\nwhich_split.draw(lambda u: page)\n"
    assert _in_english(_drawn(_PAGE + footer)) == set()
    industry = f"from core.use_cases import INDUSTRIES\nfound = INDUSTRIES.all()[{all_industries()[0].name!r}]\n"
    drawn = _drawn(_PAGE + industry + "from pages import industry\nindustry.draw(found, lambda u: page)\n")
    assert _in_english(drawn) == set()
    for told in (*components_of(home), *components_of(drawn)):
        said = {text for text in _said(told) if text not in _DATA}
        assert {left for text in said if (left := left_over(text))} <= _OF_TESTS
        assert not said or any("⟦" in text for text in said), told


def test_a_score_s_unit_is_said_in_the_visitor_s_language(
    ids: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    train("testing/tiny_allocation")
    speak(monkeypatch, ids)
    app = _drawn(_use_case("testing/tiny_allocation"), section=Section.QUESTION.value)
    assert any(stretched("% a year") in text for text in visible(app))


def _said(told: object, name: str = "") -> Iterator[str]:
    """The texts of what a component was given; names, colours and numbers are none."""
    if isinstance(told, dict):
        for key, value in told.items():
            yield from _said(value, key) if key not in _NO_WORDS else ()
    elif isinstance(told, list):
        for value in told:
            yield from _said(value, name)
    elif isinstance(told, str) and name not in _NO_WORDS and not told.startswith("data:image/"):
        yield told


@pytest.mark.parametrize("name", ["retail/coupon_response", "supply_chain/delivery_time"])
def test_sections_of_a_recorded_use_case_leave_nothing_in_english(
    name: str, ids: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVING_GROUND_READ_ONLY", "1")
    speak(monkeypatch, ids)
    for section in (Section.QUESTION, Section.TRAIN, Section.RESULTS, Section.MONEY):
        app = _drawn(_use_case(name), section=section.value)
        assert _in_english(app) == set(), section
        assert any("⟦" in text for text in visible(app))


@pytest.mark.parametrize("name", ["retail/coupon_response", "supply_chain/delivery_time"])
def test_data_and_what_if_leave_nothing_in_english(
    name: str, ids: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With their folds open; what the answer worker says is said in this process."""
    answerer, asked = Answerer(store_folder()), set()

    def ask(self: LocalJobs, question: Mapping[str, Any], *, timeout_s: float) -> Any:
        asked.add(question["ask"])
        return json.loads(as_json(answerer.answer(dict(question))))

    monkeypatch.setattr(LocalJobs, "ask", ask)
    monkeypatch.setenv("PROVING_GROUND_READ_ONLY", "1")
    st.cache_data.clear()
    forget_all()
    speak(monkeypatch, ids)
    of_data = _texts_of_data(name)
    for section in (Section.DATA, Section.UNDERSTAND):
        app = _drawn(_use_case(name), section=section.value)
        for fold in [key for key in app.session_state._state.filtered_state if ":fold-" in key]:
            app.session_state[fold] = True
        app.run()
        assert {text for text in _in_english(app) if not text.startswith(of_data)} == set(), section
        assert any("⟦" in text for text in visible(app))
        told = {left for one in components_of(app) for text in _said(one) if (left := left_over(text))}
        assert {text for text in told if not text.startswith(of_data)} == set(), section
    assert {"records", "what_if"} <= asked


def _texts_of_data(name: str) -> tuple[str, ...]:
    """What a table holds is in no language of ours: its categories, and the names of the columns of info."""
    declared = use_case(name)
    examples = pipeline.load_examples(declared)
    categories = [c.name for c in declared.columns if c.kind is ColumnKind.CATEGORY]
    found = {str(value) for column in categories for value in examples.features[column].dropna().unique()}
    return (*found, *map(words, examples.info.columns))


def test_what_the_walk_looks_at_is_found_where_it_is_not_translated(
    ids: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {one: many for one, many in ids.items() if one not in ("Today", "Who asks")}
    speak(monkeypatch, known)
    left = _in_english(_drawn(_use_case("retail/coupon_response"), section="question"))
    assert all(any(id in text for text in left) for id in ("Today", "Who asks")), left


def test_a_text_of_data_is_never_translated(ids: dict[str, str | None], monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, ids)
    app = _drawn("from core.formatting.text import _, named\nst.write(named('Results'))\nst.write(_('Results'))\n")
    assert [element.value for element in app.markdown] == ["Results", stretched("Results")]


def test_two_visitors_at_once_see_two_languages(ids: dict[str, str | None], monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, ids)
    script = "import time\nfrom core.formatting.text import _\n"
    script += "for i in range(20):\n    time.sleep(0.02)\n    st.write(_('Results'))\n"
    seen: dict[str, set[str]] = {}

    def visit(language: str) -> None:
        app = _drawn(script, lang=language)
        seen[language] = {element.value for element in app.markdown}

    visitors = [threading.Thread(target=visit, args=(language,)) for language in (LANGUAGE, "en")]
    for thread in visitors:
        thread.start()
    for thread in visitors:
        thread.join()
    assert seen == {LANGUAGE: {stretched("Results")}, "en": {"Results"}}


def test_a_visitor_chooses_at_the_foot_of_the_page_and_keeps_it(
    ids: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(monkeypatch, ids)
    app = _drawn("from core.formatting.text import _\nst.write(_('Results'))\nlanguage.draw_choice()\n")
    assert app.markdown[0].value == stretched("Results")
    app.selectbox[0].set_value("en").run()
    assert app.markdown[0].value == "Results"
    assert app.query_params["lang"] in ("en", ["en"])
    app.run()
    assert app.markdown[0].value == "Results"


def test_a_part_that_is_drawn_again_speaks_as_its_page(
    ids: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(monkeypatch, ids)
    script = """
from core.formatting.text import _

def pressed():
    st.session_state["said"] = str(_("Results"))

@st.fragment
def part():
    st.button("press", on_click=pressed)
    st.write(_("Results"))

part()
st.write(st.session_state.get("said", ""))
"""
    app = _drawn(script)
    app.button[0].click().run()
    assert {element.value for element in app.markdown} == {stretched("Results")}


@pytest.mark.parametrize("language", catalogues.languages()[1:])
def test_a_catalogue_fills_in_what_its_ids_name(language: str, ids: dict[str, str | None]) -> None:
    known = catalogues.catalogue(language)
    assert known is not None
    for id, texts in known.texts.items():
        assert all(message_ids.names_in(text) <= message_ids.names_in(id, ids.get(id)) for text in texts), id
    stale = [id for id in known.texts if id not in ids]
    assert len(stale) <= len(known.texts) // 20, stale
