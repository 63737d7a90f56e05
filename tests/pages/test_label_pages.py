"""What labels bring in Results, what they are worth in Money: where it was measured, and nowhere else."""

from __future__ import annotations

import pytest

from core.store import learning_curves
from tests.pages.drawing import nobody_answers, page_of

NAME = "services/sign_digits"


def test_results_say_where_pretraining_helps_and_money_which_number_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_answers(monkeypatch)
    curve = learning_curves.load_named("services-sign_digits")
    assert curve
    app = page_of(NAME, section="results")
    assert not app.exception
    (told,) = [one.value for one in app.markdown if one.value.startswith("With **")]
    own = {p["labels"]: p["mean"] for p in curve["lines"][0]["points"]}
    assert f"{own[max(own)]:.3f}" in told
    assert any("every line flatters" in one.value for one in app.caption)
    app = page_of(NAME, section="money")
    assert not app.exception
    amounts = {p["labels"]: p["amount"] or 0.0 for p in curve["lines"][0]["points"]}
    best = max(amounts, key=lambda labels: amounts[labels])
    assert any(one.value.startswith(f"Most pays: **{best:,}** labels") for one in app.markdown)


def test_the_number_of_labels_is_a_slider_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_answers(monkeypatch)
    app = page_of(NAME, section="train")
    assert not app.exception
    assert any(one.label == "Labelled examples" for one in [*app.slider, *app.select_slider])


def test_pages_of_others_have_no_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_answers(monkeypatch)
    app = page_of("retail/product_photos", section="results")
    assert not any(one.value.startswith("With **") for one in app.markdown)
