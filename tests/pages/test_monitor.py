"""The monitor's words: the first progress of a long epoch is shown before its end, and the share never goes back."""

from __future__ import annotations

from typing import Any

from core.contracts import State
from core.jobs import Status
from pages.components.monitor import _words

TRAINING = {"event": "phase", "phase": "training", "device": "cpu"}


def within(epoch: int, share: float) -> dict[str, Any]:
    return {"event": "batch", "epoch": epoch, "num_epochs": 4, "share": share, "samples_per_s": 123456.0}


def epoch(number: int) -> dict[str, Any]:
    return {"event": "epoch", "epoch": number, "num_epochs": 4, "left_s_at_most": 3.0}


def told(*events: dict[str, Any]) -> tuple[str, float]:
    status = Status(state=State.RUNNING)
    return _words(status, [TRAINING, *events], [e for e in events if e["event"] == "epoch"])


def test_the_first_epoch_says_how_far_it_is_and_how_fast() -> None:
    text, _share = told(within(1, 0.42))
    assert "42%" in text
    assert "123,456" in text


def test_the_share_grows_within_epochs_and_is_never_whole_before_the_end() -> None:
    steps = [within(1, 0.5), epoch(1), within(2, 0.5), epoch(2), within(3, 0.9)]
    shares = [told(*steps[: n + 1])[1] for n in range(len(steps))]
    assert shares == sorted(shares)
    assert shares == [0.125, 0.25, 0.375, 0.5, 0.725]
