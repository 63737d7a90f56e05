"""The clock, live: a training ends at its limit with its best weights and says so everywhere; a pause gives no time."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from core.contracts import State
from core.diagnosis.doctor import diagnose
from core.jobs import rules
from core.jobs.rules import OWNER
from core.store import runs
from core.store.ensembles import load_ensemble
from core.use_cases import use_case
from tests.jobs.conftest import CODE

QUICK = "testing/tiny_survival"  # its only baseline costs nothing


@pytest.fixture
def limited(house, monkeypatch):
    """Trainings of this store end after three seconds."""
    monkeypatch.setenv(rules.MOST_MINUTES, "0.05")
    return house


def test_an_endless_training_ends_by_the_clock_with_its_best_weights_and_says_so_everywhere(limited):
    run = limited.submit(QUICK, **limited.endless)
    status = limited.wait(run)
    assert (status.state, status.reason) == (
        State.STOPPED,
        "Stopped at the time limit of 3.0 s; the best weights were kept.",
    )
    run = runs.load_run(limited.store, run.id)
    report = run.report()
    assert (report["stopped"], report["time_limit_s"]) == (True, 3.0)
    assert 3.0 <= report["train_s"] < 6.0
    assert 1 <= max(report["best_epoch"]) <= report["epochs_run"]
    assert load_ensemble(run, use_case(QUICK)).params
    told = [e["text"] for e in run.progress() if e["event"] == "notice"]
    assert told[0].startswith("The time limit of 3.0 s is reached in epoch ")
    assert "out_of_time" in [finding.fault for finding in diagnose(run.progress())]
    shown = subprocess.run(
        [sys.executable, "-m", "core", "show", run.id],
        cwd=CODE,
        env={**os.environ, "PROVING_GROUND_STORE": str(limited.store)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "stopped. Stopped at the time limit of 3.0 s" in shown.stdout


def test_a_pause_gives_no_more_time_and_the_limit_is_the_one_it_was_let_in_with(limited, monkeypatch):
    run = limited.submit(QUICK, **limited.endless)
    for _ in range(2):
        limited.wait_for_epochs(run, limited.epochs(run) + 5)
        limited.jobs.pause(run, visitor=OWNER)
        limited.wait_for(run, State.PAUSED)
        monkeypatch.delenv(rules.MOST_MINUTES, raising=False)
        limited.jobs.resume(run, visitor=OWNER)
    assert limited.wait(run).reason.startswith("Stopped at the time limit of 3.0 s")
    report = json.loads((run.folder / "report.json").read_text())
    assert 3.0 <= report["train_s"] < 6.0, "all three parts together"


def test_the_owner_of_a_shared_server_trains_as_long_as_it_takes(limited, monkeypatch):
    monkeypatch.setenv(rules.SHARED, "1")
    run = limited.jobs.submit(use_case(QUICK), {"num_epochs": 2}, visitor="cli-somebody")
    assert run.config["limit_s"] is None
    limited.jobs.stop(run, visitor=OWNER)
