"""A use case on stage: each beat is drawn with its sentence, the editor keeps changes, faults are said before."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.contracts import State
from core.contracts.storyline import BeatKind, Storyline, kinds_of
from core.store import runs, store_folder, storylines
from core.use_cases import use_case
from pages.components import beats, client, live_or_recorded, refusal
from pages.components.stage import address
from tests.browser.stops import SHIPPED, one_of_each_kind

_DRAWN = (
    "import streamlit as st\n"
    "from pages import present\n"
    "page = st.Page(lambda: None, title='x', url_path='x')\n"
    "st.navigation([page], position='hidden')\n"
    "present.draw(lambda use_case: page)\n"
)
COUPON = use_case("retail/coupon_response")
DRAWN = [
    pytest.param(u, kind, id=f"{u.slug}-{kind}", marks=() if u in one_of_each_kind()[:1] else pytest.mark.long)
    for u in SHIPPED
    for kind in kinds_of(u)
    if kind not in (BeatKind.WHAT_IF, BeatKind.BREAK_IT, BeatKind.DATA)  # these ask the answer worker: in the browser
]


def staged(**query: str) -> AppTest:
    test = AppTest.from_string(_DRAWN, default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


@pytest.mark.parametrize(("declared", "kind"), DRAWN)
def test_every_beat_of_a_showcase_is_drawn(declared, kind) -> None:
    app = staged(use_case=declared.name, beat=kind.value)
    assert not app.exception
    assert not app.error
    told = [one.value for one in app.markdown]
    assert any(beats.names()[kind] in one for one in told)
    assert len(told) >= 2


def test_the_training_beat_shows_the_recorded_run_and_says_when_and_where() -> None:
    app = staged(use_case=COUPON.name, beat="training")
    run = runs.showcase(store_folder(), COUPON)
    assert run
    badge = next(one.value for one in app.markdown if "Recorded on" in one.value)
    assert str(run.report()["device"]).split(" ")[0] in badge
    assert [b.label for b in app.button].count("Train live") == 1
    assert "All settings" not in [t.label for t in app.toggle], "the few that matter"


def test_own_words_stand_on_stage_and_hidden_beats_do_not(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    story = Storyline.declared(COUPON).changed(BeatKind.PROBLEM, words="Seven of eight are *thrown away*.")
    storylines.keep(store_folder(), COUPON, None, story.changed(BeatKind.DATA, hidden=True))
    try:
        app = staged(use_case=COUPON.name)
        assert any("Seven of eight are \\*thrown away\\*." in one.value for one in app.markdown)
        app = staged(use_case=COUPON.name, beat="data")
        assert any(beats.names()[BeatKind.PROBLEM] in one.value for one in app.markdown), "the first that is shown"
    finally:
        storylines.forget(store_folder(), COUPON, None)


def test_the_editor_keeps_what_is_changed_and_rehearses(monkeypatch: pytest.MonkeyPatch) -> None:
    broken: list[str] = []
    monkeypatch.setattr(client, "ask", lambda *a, **k: pytest.fail("a shipped profile is asked nobody"))
    monkeypatch.setattr(refusal, "measured", lambda context, run: broken.append(run))
    try:
        app = staged(use_case=COUPON.name, mode="edit")
        assert not app.exception
        slug = COUPON.slug
        app.text_input(key=f"{slug}:beat-words-money").set_value("Money at last").run()
        app.number_input(key=f"{slug}:beat-minutes-money").set_value(2.5).run()
        app.toggle(key=f"{slug}:beat-hidden-risks").set_value(False).run()
        app.button(key=f"{slug}:up-money").click().run()
        story, _problem = storylines.read(store_folder(), COUPON, None)
        money = next(b for b in story.beats if b.kind is BeatKind.MONEY)
        assert (money.words, money.minutes) == ("Money at last", 2.5)
        assert BeatKind.RISKS not in [b.kind for b in story.shown]
        assert [b.kind for b in story.beats].index(BeatKind.MONEY) == 5
        app.button(key=f"{slug}:stage-rehearse").click().run()
        assert len(app.success) == len(story.shown)
        assert broken == ["retail-coupon_response-recommended"], "what is slow the first time is measured before"
        app.button(key=f"{slug}:stage-reset").click().run()
        assert storylines.read(store_folder(), COUPON, None)[0] == Storyline.declared(COUPON)
        assert app.text_input(key=f"{slug}:beat-words-money:1").value == ""
    finally:
        storylines.forget(store_folder(), COUPON, None)


def test_a_use_case_that_is_none_is_said_with_those_that_there_are() -> None:
    app = staged(use_case="retail/nothing")
    assert not app.exception
    assert "No use case named 'retail/nothing'" in app.error[0].value


def test_an_address_on_stage_carries_the_use_case() -> None:
    assert address(COUPON) == "present?use_case=retail%2Fcoupon_response"


@pytest.mark.parametrize(
    ("state", "ago_s", "is_live"),
    [
        (State.RUNNING, 5.0, True),
        (State.RUNNING, 61.0, False),
        (State.WAITING, 5.0, True),
        (State.PAUSED, 5.0, False),
        (State.FAILED, 5.0, False),
        (State.FINISHED, 500.0, True),
        (State.STOPPED, 500.0, True),
    ],
)
def test_the_recorded_run_stands_in_for_one_that_fails_or_is_late(
    monkeypatch: pytest.MonkeyPatch, state: State, ago_s: float, is_live: bool
) -> None:
    run, now = SimpleNamespace(id="r"), 1000.0
    context = SimpleNamespace(key=lambda name: name)
    monkeypatch.setattr(live_or_recorded.st, "session_state", {"stage-live": ("r", now - ago_s)})
    monkeypatch.setattr(live_or_recorded.time, "time", lambda: now)
    monkeypatch.setattr(live_or_recorded.runs, "read", lambda folder: run)
    monkeypatch.setattr(
        live_or_recorded, "jobs", lambda: SimpleNamespace(status=lambda run: SimpleNamespace(state=state))
    )
    assert (live_or_recorded.live_run(context) is run) == is_live
    left = live_or_recorded.time_left_s(context)
    assert (left is not None) == (is_live and not state.is_final)
    if left:
        assert left == ("r", pytest.approx(55.0))
