"""Every page runs without an exception, by AppTest: home, industries, and all sections of use cases of three kinds."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.contracts import Kind, Section
from core.errors import UserError
from core.formatting.durations import duration
from core.formatting.numbers import money
from core.jobs.local import LocalJobs
from core.store import store_folder
from core.use_cases import all_industries, all_use_cases, use_case
from pages.components.state import open_section
from tests.pages.drawing import answered_here, components_of, page_of, train, unfolded

ROOT = Path(__file__).parents[2]
# Its flights take their time to be read; or it is walked by a browser and by test_language.py.
SLOW = ("supply_chain/shipment_delay", "retail/coupon_response", "supply_chain/delivery_time")
_INDUSTRY = "from core.use_cases import INDUSTRIES\nfrom pages import industry\n"


@pytest.fixture(scope="module", params=["testing/tiny_quantile", "testing/tiny_survival", "testing/tiny_stock"])
def trained(request: pytest.FixtureRequest) -> str:
    """A tiny use case with one finished run in the store, and an answer worker that is there: pages wait seconds."""
    assert LocalJobs(store_folder()).ask({"ask": "ping"}, timeout_s=120) == {"pong": True}
    return train(request.param).use_case


def test_home_and_every_industry_draw() -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=60).run()
    assert not app.exception
    assert app.title[0].value == "Proving Ground"
    (hero, grid) = (told for told in components_of(app) if "href" in told or "cards" in told)
    assert hero["href"] == "retail-coupon_response"
    assert [(card["title"], card["href"]) for card in grid["cards"]] == [(u.title, u.slug) for u in all_use_cases()]
    for declared in all_industries():
        drawn = AppTest.from_string(f"{_INDUSTRY}industry.draw(INDUSTRIES.all()[{declared.name!r}], None)\n").run()
        assert not drawn.exception
        assert len(components_of(drawn)[0]["cards"]) == sum(u.industry == declared.name for u in all_use_cases())


@pytest.mark.parametrize("section", [s.value for s in Section if s not in (Section.UNDERSTAND, Section.DATA)])
def test_a_use_case_without_a_run_draws_every_section(section: str) -> None:
    app = page_of("retail/coupon_response", section=section)
    assert not app.exception
    assert app.title[0].value == "Coupon response"


@pytest.mark.parametrize("section", [Section.QUESTION, Section.TRAIN, Section.RESULTS])
def test_other_kinds_draw_their_sections_with_a_run(trained: str, section: Section) -> None:
    app = page_of(trained, section=section.value)
    assert not app.exception
    assert not app.error
    assert not app.warning, [w.value for w in app.warning]
    whole = section is Section.QUESTION
    assert bool(app.metric) or not whole
    assert any("best simple method" in c.value for c in app.caption) is not whole, "one slim line after the first step"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(u.name, marks=pytest.mark.long if u.name in SLOW else ())
        for u in all_use_cases()
        if u.industry != "testing"
    ],
)
def test_data_and_what_if_draw_the_showcase(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every use case that ships; a browser walks one of each kind (tests/browser/test_walk.py)."""
    answered_here(monkeypatch)
    for section in (Section.DATA, Section.UNDERSTAND):
        app = page_of(name, section=section.value)
        assert not app.exception
        assert not app.error, [e.value for e in app.error]
        assert not app.warning, [w.value for w in app.warning]
        assert components_of(app) or app.get("plotly_chart")
        if section is Section.UNDERSTAND and use_case(name).task.kind != Kind.GENERATION:
            assert app.metric, "the prediction of one record"


def test_a_section_that_does_not_apply_is_absent() -> None:
    app = page_of("testing/tiny_survival", section="money")
    offered = next(g for g in app.get("button_group") if "section" in g.proto.id)
    shown = [o.content for o in offered.proto.options]
    assert shown == ["1 Question", "2 Data", "3 Train", "4 Results", "5 What if", "6 Ship"]
    assert app.session_state["state:testing-tiny_survival"].section == "question"


def test_a_page_opens_on_its_question_and_next_leads_through_the_story(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(self: LocalJobs, question: object, *, timeout_s: float = 20.0) -> None:
        raise UserError("Nobody answers.")

    monkeypatch.setattr(LocalJobs, "ask", nobody)
    app = page_of("retail/coupon_response")
    seen = []
    for _ in Section:
        seen.append(app.session_state["state:retail-coupon_response"].section)
        further = [b for b in app.button if b.label.startswith("Next: ")]
        if seen[-1] == Section.DATA:  # its profile comes from the answer worker, which is not asked here
            open_section(app.session_state["state:retail-coupon_response"], Section.TRAIN.value)
            app = app.run()
            continue
        if further:
            app = further[0].click().run()
    assert seen == [s.value for s in Section]
    assert not [b for b in app.button if b.label.startswith("Next: ")]
    (back,) = [b for b in app.button if b.label.startswith("Back: ")]
    assert back.label == "Back: Money"
    next(b for b in app.button if b.label == "Try to beat it: Train").click().run()
    assert app.session_state["state:retail-coupon_response"].section == "train"


def test_an_unknown_run_in_a_link_is_said_and_the_latest_is_shown(trained: str) -> None:
    app = page_of(trained, run="20200101-000000-nowhere-0000")
    assert not app.exception
    assert any("No run is called" in w.value for w in app.warning)
    assert len(app.metric) >= 1


def test_a_damaged_run_folder_breaks_no_page(trained: str) -> None:
    broken = store_folder() / "runs" / "20990101-000000-broken-0000"
    broken.mkdir(parents=True, exist_ok=True)
    (broken / "config.json").write_text('{"schema": 1, "use_')
    try:
        assert not page_of(trained, section="results").exception
    finally:
        (broken / "config.json").unlink()
        broken.rmdir()


@pytest.mark.parametrize(
    ("amount", "said"),
    [(0, "$0"), (950, "$950"), (12_345, "$12.3K"), (-1_234_567, "−$1.23M"), (999_999, "$1.00M"), (2.5e9, "$2.50B")],
)
def test_money_is_short_and_signed(amount: float, said: str) -> None:
    assert money(amount, "USD") == said


def test_durations_read_like_a_clock() -> None:
    assert [duration(s) for s in (0.31, 12.4, 75, 3599)] == ["0.3 s", "12 s", "1 min 15 s", "59 min 59 s"]


def test_a_question_without_a_picture_is_drawn_from_its_run_and_detail_waits_behind_its_fold(trained: str) -> None:
    app = page_of(trained, section="question")
    shown = [html.proto.body for html in app.get("html") if "<img" in html.proto.body]
    assert len(shown) == 1
    assert 'alt="' in shown[0]
    metric = next(m.label for m in app.metric)
    assert not any(f"**{metric}.**" in m.value for m in app.markdown), "a fold that is closed draws nothing"
    app = unfolded(app, trained, "question")
    assert not app.exception
    assert any(f"**{metric}.**" in m.value for m in app.markdown)
