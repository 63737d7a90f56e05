"""What a run uses: phases are timed, peaks are its own, events tell now and then, and nothing else of them changes."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from core.estimating import usage
from core.estimating.energy import Energy
from core.estimating.usage import Usage

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory a process has held")


def phases(watched, *names):
    for name in names:
        watched({"event": "phase", "phase": name})


def test_phases_are_timed_and_events_pass_as_they_are() -> None:
    seen: list[dict] = []
    used = Usage("cpu")
    watched = used.watching(seen.append)
    phases(watched, "data", "training")
    watched({"event": "epoch", "epoch": 1})
    phases(watched, "evaluation")
    report = used.report()
    assert set(report["phases_s"]) == {"data", "training", "evaluation"}
    assert all(s >= 0 for s in report["phases_s"].values())
    assert [e.get("phase") for e in seen] == ["data", "training", None, "evaluation"]
    assert seen[2]["epoch"] == 1
    assert seen[2]["energy"] == report["energy"]["label"]
    assert report["energy"]["label"] in ("measured", "estimated from the processor's power rating", "not available")


@LINUX
def test_a_peak_is_of_its_phase_though_it_is_given_back() -> None:
    used = Usage("cpu")
    watched = used.watching(lambda event: None)
    phases(watched, "data", "training")
    large = np.ones(25_000_000)  # 200 MB
    del large
    phases(watched, "evaluation")
    memory = used.report()["memory"]
    assert memory["label"] == "measured"
    assert 190e6 < memory["training_bytes"] - memory["rest_bytes"] < 260e6


def test_where_the_system_does_not_tell_memory_is_not_available(monkeypatch) -> None:
    monkeypatch.setattr(usage.machine, "forget_peak", lambda: False)
    used = Usage("cpu")
    phases(used.watching(lambda event: None), "training", "evaluation")
    memory = used.report()["memory"]
    assert memory["label"] == "not available"
    assert memory["training_bytes"] is memory["rest_bytes"] is None


def test_short_epochs_do_not_pay_for_being_told(monkeypatch) -> None:
    asked = []

    class Counting:
        def __init__(self, device: str) -> None: ...

        def so_far(self) -> Energy:
            asked.append(1)
            return Energy(joules=1.0, label="measured")

    monkeypatch.setattr(usage, "Meter", Counting)
    watched = Usage("cpu").watching(lambda event: None)
    phases(watched, "training")
    for epoch in range(1000):
        watched({"event": "epoch", "epoch": epoch})
    assert 1 <= len(asked) <= 3
