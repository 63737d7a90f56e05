"""How a training ended, in words: what is said is what was kept."""

from __future__ import annotations

import pytest

from core.diagnosis.ending import training_words
from core.store import runs


def report(ran=24, asked=40, best=(5,), keep="best", **more):
    return {"epochs_run": ran, "best_epoch": list(best), "settings": {"num_epochs": asked, "keep": keep}, **more}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (report(), "Stopped early at epoch 24 of 40, best was epoch 5: its weights are kept."),
        (
            report(best=(5, 9, 7)),
            "Stopped early at epoch 24 of 40, best were epochs 5 to 9: each network keeps its best weights.",
        ),
        (report(40, keep="last"), "Ran all 40 epochs, best was epoch 5; the last weights are kept."),
        (
            report(40, best=(1, 3), keep="last"),
            "Ran all 40 epochs, best were epochs 1 to 3; the last weights are kept.",
        ),
        (report(stopped=True), "Stopped on request at epoch 24 of 40, best was epoch 5: its weights are kept."),
        (
            report(stopped=True, time_limit_s=60.0),
            "Ended by the clock at epoch 24 of 40, best was epoch 5: its weights are kept.",
        ),
        (report(1, 1, best=(1,)), "Ran its one epoch, best was epoch 1: its weights are kept."),
        ({"epochs_run": 3, "settings": {}}, "Ran all 3 epochs."),
    ],
)
def test_what_is_said_is_what_was_kept(given, told):
    assert training_words(given) == told


def test_a_recorded_preset_that_keeps_the_last_weights_says_so():
    kept = [runs.read(f).report() for f in sorted(runs.RECORDED.iterdir()) if f.name.startswith("retail-coupon")]
    for each in kept:
        assert ("the last weights are kept" in training_words(each)) is (each["settings"]["keep"] == "last")
    assert {each["settings"]["keep"] for each in kept} == {"best", "last"}
