"""Where an assumption comes from is said once, however its source begins."""

from __future__ import annotations

import pytest

from core.contracts import Assumption
from core.use_cases import all_use_cases
from pages.components.assumptions import source_words
from tests.pages.drawing import components_of, page_of


def assumption(source: str, *, guess: bool = True) -> Assumption:
    return Assumption(name="n", label="L", value=1.0, low=0.0, high=2.0, step=1.0, unit="u", source=source, guess=guess)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("A guess.", "Guess."),
        ("a guess", "Guess."),
        ("Guess.", "Guess."),
        ("", "Guess."),
        ("A guess: one refund in ten is avoided.", "Guess. One refund in ten is avoided."),
        ("A guess of the head of sales.", "A guess of the head of sales."),
        ("Guesswork is what this is not.", "Guess. Guesswork is what this is not."),
        ("Half is a guess.", "Guess. Half is a guess."),
        ("See https://example.invalid", "Guess. See https:\u2060//example.invalid"),
    ],
)
def test_a_guess_is_said_once(source: str, said: str) -> None:
    assert source_words(assumption(source)).rstrip() == said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("From the data: the mean of all orders.", "From the data. The mean of all orders."),
        ("The mean of all orders.", "From the data. The mean of all orders."),
        ("A guess.", "From the data. A guess."),
    ],
)
def test_what_is_from_the_data_is_said_once(source: str, said: str) -> None:
    assert source_words(assumption(source, guess=False)) == said


def test_no_assumption_of_the_house_says_it_twice() -> None:
    found = [
        source_words(one)
        for use_case in all_use_cases()
        for declared in (use_case, *(use_case.with_variant({"variant": v.name}) for v in use_case.variants))
        for one in (declared.value.assumptions if declared.value else ())
    ]
    assert found
    assert [words for words in found if words.lower().startswith(("guess. a guess", "guess. guess"))] == []


def test_what_an_assumption_is_worth_says_what_becomes_of_the_decision() -> None:
    def told(name: str, **link: str) -> str:
        return " ".join(c.value for c in page_of(name, section="money", **link).caption)

    assert "the threshold stays where it is" in told("healthcare/heart_disease")
    assert "the threshold stays where it is" in told("healthcare/heart_disease", decision="0.3")
    assert "the level stays where it is" in told("supply_chain/delivery_time")


@pytest.mark.parametrize("cost", ["0.5", "3.4"])
def test_what_is_dearer_never_earns_more_because_the_threshold_jumped(cost: str) -> None:
    app = page_of("retail/coupon_response", section="money", **{"assume.mailing_cost": cost})
    (strip,) = [c for c in components_of(app) if "heard" in c]
    (more, less) = next(row["swing"] for row in strip["rows"] if row["name"] == "mailing_cost")
    assert more[0] < 0 < less[0]
    assert more[0] == pytest.approx(-less[0])
