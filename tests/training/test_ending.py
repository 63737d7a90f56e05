"""How a training ended, in words: what is said is what was kept."""

from __future__ import annotations

import pytest

from core.diagnosis.ending import training_words
from core.store import runs


def report(ran=24, asked=40, best=(5,), keep="best", **more):
    return {"epochs_run": ran, "best_epoch": list(best), "settings": {"num_epochs": asked, "keep": keep}, **more}


LOWEST = "there the loss on validation rows was lowest."


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (report(), f"Stopped early at epoch 24 of 40. The weights of epoch 5 are kept: {LOWEST}"),
        (
            report(best=(5, 9, 7)),
            "Stopped early at epoch 24 of 40. Each network keeps its weights of lowest loss on validation rows (epochs "
            "5 to 9).",
        ),
        (
            report(40, keep="last"),
            "Ran all 40 epochs. The last weights are kept; the loss on validation rows was lowest at epoch 5.",
        ),
        (
            report(40, best=(1, 3), keep="last"),
            "Ran all 40 epochs. The last weights are kept; the loss on validation rows was lowest at epochs 1 to 3, "
            "network by network.",
        ),
        (report(stopped=True), f"Stopped on request at epoch 24 of 40. The weights of epoch 5 are kept: {LOWEST}"),
        (
            report(stopped=True, time_limit_s=60.0),
            f"Ended by the clock at epoch 24 of 40. The weights of epoch 5 are kept: {LOWEST}",
        ),
        (report(1, 1, best=(1,)), f"Ran its one epoch. The weights of epoch 1 are kept: {LOWEST}"),
        ({"epochs_run": 3, "settings": {}}, "Ran all 3 epochs."),
        *(
            ({"epochs_run": 3, "settings": {"num_epochs": said}}, "Ran all 3 epochs.")
            for said in ("many", None, [9], float("nan"))
        ),
    ],
)
def test_what_is_said_is_what_was_kept(given, told):
    assert training_words(given) == told


def test_a_recorded_preset_that_keeps_the_last_weights_says_so():
    kept = [runs.read(f).report() for f in sorted(runs.RECORDED.iterdir()) if f.name.startswith("retail-coupon")]
    for each in kept:
        assert ("The last weights are kept" in training_words(each)) is (each["settings"]["keep"] == "last")
    assert {each["settings"]["keep"] for each in kept} == {"best", "last"}
