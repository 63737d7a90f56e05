"""The supervisor, live: runs end as they should, one at a time, whoever asks for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from datetime import datetime

import numpy as np
import pytest

from core.contracts import State
from core.errors import UserError
from core.jobs import local
from core.jobs.local import LocalJobs
from core.jobs.rules import OWNER
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import runs
from core.use_cases import use_case as use_case_named
from tests.jobs.conftest import CODE

FEW = {"num_epochs": 3}


def test_two_clients_and_a_command_line_on_a_cold_store_get_one_supervisor_and_one_training_at_a_time(house):
    command = [sys.executable, "-m", "core", "train", "testing/tiny_survival", "--set", "num_epochs=3", "--json"]
    line = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    together, made = threading.Barrier(2), []

    def submit() -> None:
        jobs = LocalJobs(house.store)
        together.wait()
        made.extend(house.submit(jobs=jobs, **FEW) for _ in range(2))

    clients = [threading.Thread(target=submit) for _ in range(2)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    seen_supervisors, most_taken, most_training = set(), 0, 0

    def ended() -> bool:
        nonlocal most_taken, most_training
        most_taken = max(most_taken, sum(job.taken is not None for job in house.jobs.queue.jobs()))
        most_training = max(most_training, len(house.trainers()))
        path = house.store / "supervisor.json"
        if path.exists():
            seen_supervisors.add(json.loads(path.read_text())["pid"])
        return line.poll() is not None and all(house.jobs.status(run).state.is_final for run in made)

    house.until(ended, "the end of five runs")
    told, _ = line.communicate()
    assert json.loads(told)["state"] == "finished"
    assert [house.jobs.status(run).state for run in made] == [State.FINISHED] * 4
    assert len(seen_supervisors) == 1
    assert house.supervisors() == list(seen_supervisors)
    assert (most_taken, most_training) == (1, 1)


def test_a_run_ends_with_its_report_its_weights_and_its_predictions(house):
    from safetensors.numpy import load_file

    run = house.submit(**FEW)
    status = house.wait(run)
    assert (status.state, status.reason) == (State.FINISHED, "Finished.")
    run = runs.load_run(house.store, run.id)
    report = run.report()
    assert report["run"] == run.id
    assert report["epochs_run"] == house.epochs(run) == 3
    assert run.summary["headline"] == report["headline"]
    assert run.summary["validation_score"] == report["validation_score"]
    weights = load_file(run.folder / "model.safetensors")
    assert {value.shape[0] for value in weights.values()} == {6}  # 3 folds, 2 members
    assert all(np.isfinite(value).all() for value in weights.values())
    found = run.held_out()
    assert set(found.rows_of("test").row) == set(range(900))
    assert found.test["network"].shape[:2] == (2, 900)
    assert {"constant", "gradient_boosting"} < set(found.test) == set(found.validation)
    lock = house.store / "locks" / f"{run.id}.lock"
    house.until(lambda: not lock.exists(), "the lock is cleared away")  # a moment after the end is written
    assert house.jobs.queue.jobs() == []
    assert not list(run.folder.glob(".*"))


def test_runs_are_carried_out_one_after_the_other_and_a_waiting_one_can_be_cancelled(house):
    first, second, third = house.submit(**house.endless), house.submit(**FEW), house.submit(**FEW)
    house.wait_for_epochs(first)
    assert [house.jobs.status(run).before for run in (first, second, third)] == [0, 1, 2]
    assert [house.jobs.status(run).state for run in (first, second, third)] == [
        State.RUNNING,
        State.WAITING,
        State.WAITING,
    ]
    house.jobs.stop(second, visitor=OWNER)
    assert house.jobs.status(second).state is State.CANCELLED
    assert house.jobs.status(third).before == 1
    time.sleep(0.2)
    assert not (third.folder / "progress.jsonl").exists()
    house.jobs.stop(first, visitor=OWNER)
    states = [house.wait(run).state for run in (first, third, second)]
    assert states == [State.STOPPED, State.FINISHED, State.CANCELLED]
    assert not (second.folder / "progress.jsonl").exists()
    assert not (second.folder / "report.json").exists()
    assert (first.folder / "end.json").stat().st_mtime_ns < (third.folder / "progress.jsonl").stat().st_mtime_ns
    ended = [datetime.fromisoformat(runs.load_run(house.store, run.id).end["ended"]) for run in (second, first, third)]
    assert ended == sorted(ended)


def test_a_stopped_run_keeps_its_best_weights_not_its_last(house):
    run = house.submit(
        "testing/tiny_stock",  # its score is no rank: no two epochs are alike by chance
        members=1,
        num_epochs=1000,
        patience=1000,
        learning_rate=0.02,
        schedule="constant",
        batch_size=32,
    )
    house.wait_for_epochs(run, 150)  # far behind the best
    asked = time.monotonic()
    house.jobs.stop(run, visitor=OWNER)
    status = house.wait(run)
    assert time.monotonic() - asked < 10
    assert status.state is State.STOPPED
    assert "best weights" in status.reason
    report = runs.load_run(house.store, run.id).report()
    scores = [event["validation_score"] for event in run.progress() if event["event"] == "epoch"]
    losses = [event["validation_loss"] for event in run.progress() if event["event"] == "epoch"]
    (best,) = report["best_epoch"]
    assert report["stopped"]
    assert 150 <= report["epochs_run"] == len(scores) < 1000
    assert best == 1 + int(np.argmin(losses)) < len(losses)
    assert report["validation_score"] == pytest.approx(scores[best - 1], abs=1e-6)
    assert report["validation_score"] != pytest.approx(scores[-1], abs=1e-6)
    house.until(lambda: not house.jobs.queue.asked(), "the request is removed")


def test_a_run_that_is_stopped_before_its_first_epoch_has_a_report_too(house):
    house.supervisor()
    run = house.submit(**house.endless)
    house.until(lambda: house.jobs.status(run).state is not State.WAITING, "the run is taken")
    house.jobs.stop(run, visitor=OWNER)
    assert house.wait(run).state is State.STOPPED
    assert runs.load_run(house.store, run.id).report()["epochs_run"] >= 1


def test_a_device_that_is_not_here_fails_the_run_with_a_sentence_and_the_queue_goes_on(house):
    device = "cuda" if sys.platform == "darwin" else "mps"
    run, after = house.submit(device=device), house.submit(**FEW)
    status = house.wait(run)
    assert status.state is State.FAILED
    assert status.reason.startswith(f"Training needs a device that this machine has; '{device}' is not here. Use: auto")
    assert house.wait(after).state is State.FINISHED


def test_the_configuration_of_a_run_alone_gives_the_same_numbers_to_the_last_digit(house):
    first = house.submit(num_epochs=5, seed=3, dropout=0.1)
    house.wait(first)
    config = json.loads((first.folder / "config.json").read_text())
    again = house.submit(config["use_case"], **config["settings"])
    other = house.submit(config["use_case"], **{**config["settings"], "seed": 4})
    for run in (again, other):
        assert house.wait(run).state is State.FINISHED
    reports = [runs.load_run(house.store, run.id).report() for run in (first, again, other)]
    for part in ("headline", "metrics", "validation_score", "importance", "best_epoch"):
        assert reports[0][part] == reports[1][part]
    assert reports[0]["headline"]["mean"] != reports[2]["headline"]["mean"]
    weights = [(run.folder / "model.safetensors").read_bytes() for run in (first, again, other)]
    assert weights[0] == weights[1] != weights[2]


def test_the_configuration_holds_every_setting_the_checksum_and_the_versions(house):
    run = house.submit(**FEW)
    config = json.loads((run.folder / "config.json").read_text())
    declared = settings_of(use_case_named("testing/tiny_quantile"))
    assert config["settings"] == resolve(declared, FEW)
    assert len(config["data_checksum"]) == 64
    assert {"proving_ground", "torch", "numpy", "pandas", "scikit-learn", "commit"} <= set(config["versions"])
    house.wait(run)


def test_a_worker_stays_warm_between_runs(house):
    """A run must not pay for starting Python and torch again."""
    held = set()
    for _ in range(2):
        run = house.submit(**house.endless)
        held.add(house.trainer(run))
        house.jobs.stop(run, visitor=OWNER)
        house.wait(run)
    assert len(held) == 1


def test_a_supervisor_that_nobody_visits_finishes_the_queue_and_then_leaves_no_process(lone_house):
    run = lone_house.prepare(num_epochs=600, patience=1000)
    supervisor = lone_house.start_supervisor(PROVING_GROUND_IDLE_S="1")
    assert lone_house.wait(run, wake=False).state is State.FINISHED
    assert supervisor.wait(timeout=10) == 0
    lone_house.until(lambda: not lone_house.processes(), "no process is left", timeout_s=5, wake=False)


LAST_MOMENT = """
import sys
from pathlib import Path
from core.queue.queue import queue_of
from core.jobs.supervisor import Supervisor, supervise
store, run = Path(sys.argv[1]), sys.argv[2]
serve = Supervisor.serve
def serve_and_be_late(self):
    serve(self)
    (store / "later").rename(store / "runs")
    queue_of(store).add(run, "test")  # the client sees the lock held, and starts nobody
Supervisor.serve = serve_and_be_late
sys.exit(supervise(store))
"""


@pytest.mark.long  # as one that comes to none
def test_a_run_that_comes_in_the_last_moment_of_a_supervisor_is_not_left_waiting(lone_house):
    run = lone_house.prepare(num_epochs=2)
    lone_house.jobs.queue.withdraw(run.id)
    (lone_house.store / "runs").rename(lone_house.store / "later")  # or it would be found, and put into the queue
    words = [sys.executable, "-c", LAST_MOMENT, str(lone_house.store), run.id]
    supervisor = subprocess.Popen(words, cwd=CODE, env={**os.environ, "PROVING_GROUND_IDLE_S": "1"})
    lone_house.until((run.folder / "end.json").exists, "the run is finalized", wake=False)
    assert lone_house.jobs.status(run).state is State.FINISHED
    assert supervisor.wait(timeout=60) == 0


def test_a_supervisor_that_cannot_start_is_told_and_not_tried_again_at_once(lone_house, monkeypatch):
    jobs = lone_house.jobs

    def wake() -> None:
        jobs._woken = 0.0  # as if the second had passed in which a wake does nothing
        jobs.wake()

    monkeypatch.setenv("PROVING_GROUND_IDLE_S", "abc")
    wake()
    assert local._spawned[-1][1].wait(timeout=30) > 0
    for _ in range(2):
        with pytest.raises(
            UserError, match=r"(?s)supervisor.*could not start or go on: .*'abc'.*tried again every 10 s"
        ):
            wake()
    jobs._woken = 0.0
    with pytest.raises(UserError, match="could not start"):
        jobs.ask({"ask": "ping"})
    assert lone_house.processes() == {}

    monkeypatch.setenv("PROVING_GROUND_IDLE_S", "120")
    monkeypatch.setattr(local, "_BACK_OFF_S", 0.0)
    wake()
    assert jobs.ask({"ask": "ping"}, timeout_s=120) == {"pong": True}
