"""Which split is honest? Both plans of each use case that declares a flattering one, and their numbers."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.charts.dealt import dealt
from core.charts.look import LIGHT
from core.store import runs, store_folder
from core.use_cases import all_use_cases, use_case
from core.value.scoreboard import Scoreboard
from core.value.scoreboard_words import score_words
from pages import which_split
from pages.components import plans

_DRAWN = (
    "import streamlit as st\n"
    "from pages import which_split\n"
    "page = st.Page(lambda: None, title='x', url_path='x')\n"
    "st.navigation([page], position='hidden')\n"
    "which_split.draw(lambda use_case: page)\n"
)


def test_every_flattering_plan_names_an_honest_one_and_a_column_that_it_keeps_apart() -> None:
    found = which_split.pairs()
    assert "healthcare/heart_disease" in {declared.name for declared, _variant in found}
    for declared, variant in found:
        assert variant.flatters in {v.name for v in declared.variants}
        honest = plans.shown(declared, next(v for v in declared.variants if v.name == variant.flatters))
        assert honest is not None
        groups = plans.groups_of(honest, variant.apart)
        assert len(groups) > 1
        assert sum(groups.values()) == len(honest.held_out().rows_of("test"))


def test_the_page_says_both_scores_as_their_runs_have_them() -> None:
    app = AppTest.from_string(_DRAWN, default_timeout=60).run()
    assert not app.exception
    assert not app.info
    declared = use_case("healthcare/heart_disease")
    said = []
    for name in ("random_folds", "new_hospital"):
        run = runs.showcase(store_folder(), declared.with_variant({"variant": name}))
        assert run is not None
        said.append(score_words(Scoreboard.of(declared, run.summary), declared.task))
    told = " ".join(m.value for m in app.markdown).replace("\\", "")
    assert f"**{said[0]}** the flattering way, **{said[1]}** the honest way" in told
    assert len(app.get("html")) >= 4, "dots and bars of both"


def test_without_runs_of_both_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "shown", lambda *_given: None)
    app = AppTest.from_string(_DRAWN, default_timeout=60).run()
    assert not app.exception
    assert len(app.info) == len(which_split.pairs())


def test_as_many_are_tested_as_the_plan_tests_at_a_time_and_names_are_letters() -> None:
    groups = {"<b>one": 40, "two": 40, "three": 40}
    apart, among = (dealt(groups, "Plan", LIGHT, share=share) for share in (None, 0.2))
    for drawn, share in ((apart, 1 / 3), (among, 0.2)):
        tested, learned = drawn.count("border:3px"), drawn.count("50%;background:")
        assert tested / (tested + learned) == pytest.approx(share, abs=0.02)
        assert "&lt;b&gt;one" in drawn
        assert "<b>one" not in drawn
    assert "one: 0 of" in apart
    assert "one: 4 of 20" in among


def test_each_plan_tests_as_much_at_a_time_as_its_run_tells() -> None:
    for name, share in (("healthcare/heart_disease", 0.2), ("services/spoken_digits", 0.2)):
        declared = use_case(name)
        (flattering,) = [v for v in declared.variants if v.flatters]
        run = plans.shown(declared, flattering)
        assert run is not None
        assert plans.tested_at_a_time(run) == pytest.approx(share, abs=0.001)


def test_settings_in_which_the_two_runs_differ_are_told() -> None:
    declared = use_case("services/spoken_digits")
    flattering, honest = (
        plans.shown(declared, next(v for v in declared.variants if v.name == name))
        for name in ("known_voices", "never_heard")
    )
    assert flattering is not None
    assert honest is not None
    told = plans.differences(declared, flattering, honest)
    differ = {k for k, v in flattering.settings.items() if honest.settings.get(k) != v} - {"variant"}
    assert len(told.split(", ")) == len(differ)
    assert not plans.differences(declared, honest, honest)


def test_no_other_variant_is_said_to_flatter() -> None:
    for declared in all_use_cases():
        for variant in declared.variants:
            assert bool(variant.flatters) == bool(variant.apart)
