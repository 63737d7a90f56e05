"""Variants: one choice at the top; the page asks, shows and compares within the chosen one."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.formatting import numbers
from core.store.runs import Run
from tests.pages.drawing import page_of, train, unfolded

NAME = "testing/tiny_stock"


@pytest.fixture(scope="module")
def made() -> dict[str, Run]:
    """One run of each variant; the shuffled one is newer."""
    return {variant: train(NAME, variant=variant) for variant in ("forward", "shuffled")}


def headline(app: AppTest) -> str:
    """As the page's head says it: in the strip of the first step, in the slim line of every other."""
    strip = [m.value for m in app.metric if m.label == "Pinball loss"]
    slim = [c.value for c in app.caption if c.value.startswith("Pinball loss ")]
    (shown,) = strip or [slim[0].removeprefix("Pinball loss ").split(" · ")[0].split(", ")[0]]
    return shown


def written(run: Run) -> str:
    return numbers.amount(run.summary["headline"]["ensemble"]["mean"], "pieces", significant=4)


def choose(app: AppTest, variant: str) -> AppTest:
    group = next(g for g in app.get("button_group") if g.proto.label == "Plan")
    return group.set_value(variant).run()


def test_the_page_shows_the_newest_run_of_the_chosen_variant(made: dict[str, Run]) -> None:
    app = page_of(NAME, section="question")
    assert headline(app) == written(made["forward"]), "the first variant, although the other one was trained later"
    app = choose(app, "shuffled")
    assert headline(app) == written(made["shuffled"])
    captions = [c.value for c in app.caption]
    assert "Days before and after the test are known: easier than life." in captions
    assert any(c.startswith("Days shuffled · Run of") for c in captions)
    assert not app.exception


def test_what_is_shown_of_a_run_follows_the_run_s_own_settings(made: dict[str, Run]) -> None:
    app = page_of(NAME, section="results", run=made["shuffled"].id, **{"set.variant": "forward"})
    assert headline(app) == written(made["shuffled"])
    app = unfolded(app, NAME, "how")
    assert any("Days are shuffled." in c.value for c in app.caption), "the plan of the run, not the visitor's"
    assert not app.exception


def test_results_compare_the_variants_and_lead_to_the_other_one(made: dict[str, Run]) -> None:
    app = page_of(NAME, section="results")
    assert "The same question, asked differently" in [s.value for s in [*app.header, *app.subheader]]
    compared = [m.value for m in app.metric if m.label == "Pinball loss, ensemble"]
    assert compared == [written(made["forward"]), written(made["shuffled"])]
    (button,) = [b for b in app.button if b.label == "Show this one"]
    app = button.click().run()
    assert headline(app) == written(made["shuffled"])
    assert app.session_state["state:testing-tiny_stock"].settings["variant"] == "shuffled"
    (runs,) = [s for s in app.selectbox if s.label == "Run shown"] or [None]
    assert runs is None, "one run was measured on this test set, the other variant's on another"


def test_the_variant_is_not_offered_a_second_time_among_all_settings(made: dict[str, Run]) -> None:
    app = page_of(NAME, section="train")
    app = next(t for t in app.toggle if t.label == "All settings").set_value(True).run()
    assert not app.exception
    assert sum(g.proto.label == "Plan" for g in [*app.get("button_group"), *app.selectbox]) == 1


def test_a_use_case_without_variants_has_no_choice_and_no_comparison() -> None:
    app = page_of("retail/coupon_response", section="results")
    assert "The same question, asked differently" not in [s.value for s in [*app.header, *app.subheader]]
    assert all(g.proto.label not in ("Plan", "Data") for g in [*app.get("button_group"), *app.selectbox])
