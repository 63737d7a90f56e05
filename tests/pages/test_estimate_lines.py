"""What a visitor reads of time, memory and energy: before Train, after it, and where nothing is known."""

from __future__ import annotations

import dataclasses

from core.estimating.epochs import Range
from core.estimating.estimate import Estimate
from pages.components import estimate_lines
from pages.components.estimate_lines import energy_words, estimate_details, estimate_words, truth_words
from tests.pages.drawing import page_of

FOUND = Estimate(
    device="cpu",
    described="cpu (x86_64, 1 thread)",
    epochs=Range(low=20, likely=30, high=40),
    train_s=Range(low=21.3, likely=30.0, high=41.2),
    at_most_s=45.0,
    other_s=None,
    memory_bytes=6.1e8,
    energy_j=None,
    energy="not available",
    own=True,
    date="2026-01-01",
    runs=3,
)


def changed(**changes) -> Estimate:
    return dataclasses.replace(FOUND, **changes)


def details(**changes) -> str:
    return estimate_details(changed(**changes)).replace("\\", "")


def test_one_number_before_training_and_what_it_is_made_of_in_plain_words() -> None:
    assert estimate_words(FOUND) == "About 30 s from Train to the verdict, on this machine."
    assert estimate_words(changed(other_s=120.0)) == "About 2 min from Train to the verdict, on this machine.", (
        "the whole, not the training"
    )
    assert details() == "Training: 20 to 40 s on cpu (x86_64, 1 thread), 0.6 GB, energy not available."
    assert "At most 10 min, if nothing ends it early." in details(at_most_s=600.0)
    assert "measuring" not in details()
    assert "measuring: about 2 min." in details(other_s=120.0)
    assert "another machine" in details(own=False)
    measured = details(energy="measured", energy_j=Range(low=1, likely=7200, high=9000))
    assert "energy about 2.0 Wh (measured)." in measured


def test_energy_never_stands_without_one_of_the_three_labels() -> None:
    assert energy_words(90.0, "measured") == "90 J (measured)"
    rated = "estimated from the processor's power rating"
    assert energy_words(7200.0, rated) == f"2.0 Wh ({rated})"
    for joules, label in ((None, "measured"), (5.0, "guessed"), (5.0, None), (None, "not available")):
        assert energy_words(joules, label) == "not available"


def test_estimate_against_truth_in_one_line() -> None:
    report = {
        "estimate": {
            "time_s": {"low": 20.0, "likely": 30.0, "high": 40.0, "actual": 31.2},
            "memory_bytes": {"likely": 6e8, "actual": 5e8},
            "energy_j": {"actual": None},
            "energy": "not available",
        }
    }
    words = truth_words(report)
    assert words.startswith("Training alone: estimated 20 to 40 s; it took 31 s.")
    assert truth_words(report, 52.0) == words, "a training is not held against a whole"
    report["estimate"]["run_s"] = 50.0
    assert truth_words(report, 52.0).startswith("Estimated 50 s from Train to the verdict; it took 52 s.")
    assert truth_words(report) == words
    assert "0.6 GB estimated, 0.5 GB measured" in words
    assert words.endswith("Energy: not available.")
    for without in ({}, {"estimate": {}}, {"estimate": {"time_s": {"actual": 3.0}}}):
        assert truth_words(without) == ""


def captions(app) -> str:
    return " ".join(c.value for c in app.caption)


def test_the_page_says_it_before_training_and_follows_the_settings() -> None:
    app = page_of("retail/coupon_response", section="train")
    assert "from Train to the verdict" in captions(app)
    assert any("GB, energy" in (c.help or "") for c in app.caption)
    assert not app.warning
    slow = page_of(
        "retail/coupon_response",
        section="train",
        **{"v": "1", "set.width": "512", "set.members": "64", "set.num_epochs": "1000", "set.patience": "1000"},
    )
    assert any("This would take a while. Lower" in w.value for w in slow.warning)
    assert captions(slow) != captions(app)


def test_a_use_case_that_nobody_has_trained_asks_the_answer_worker_and_not_again_at_once(monkeypatch) -> None:
    asked = []

    def ask(question, *, timeout_s):
        asked.append(question)
        raise estimate_lines.UserError("nobody answers")

    monkeypatch.setattr(estimate_lines, "ask", ask)
    monkeypatch.setattr(estimate_lines, "finished_runs", lambda use_case: [])
    app = page_of("retail/coupon_response", section="train")
    assert "the first run will tell" in captions(app)
    app.run()
    assert [q["ask"] for q in asked] == ["shape"]
    assert not app.exception
