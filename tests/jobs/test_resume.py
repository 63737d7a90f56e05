"""Pause, resume and death, live: whatever comes between, the run ends with the same bits as one that was left alone."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import pytest

from core.contracts import State
from core.jobs.rules import OWNER
from core.store import checkpoints, runs
from tests.samples import MEASURED

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found through /proc")
QUICK = "testing/tiny_survival"
SUBJECT = "testing/tiny_stock"  # its only baseline costs nothing
LONG = {
    "num_epochs": 100,
    "patience": 100,
    "batch_size": 32,
    "dropout": 0.1,
    "schedule": "cosine",
    "width": 32,
    "learning_rate": 0.002,
    "seed": 3,
}
# What was measured on the way, in every epoch.
MEASURED_EVERY_EPOCH = (
    *("elapsed_s", "left_s_at_most", "samples_per_s", "cpu_s"),
    *("memory_bytes", "gpu_memory_bytes", "energy", "energy_j"),
)


@pytest.fixture(scope="module")
def undisturbed(house):
    """What a run leaves that nothing has happened to."""
    run = house.submit(SUBJECT, **LONG)
    assert house.wait(run).state is State.FINISHED
    return content(run)


def content(run):
    """Report, weights, predictions and epochs; without what a clock told."""
    run = runs.read(run.folder)
    report = {k: v for k, v in run.report().items() if k not in (*MEASURED, "run")}
    for baseline in report["baselines"]:
        baseline.pop("fit_s", None)
    epochs = [
        {k: v for k, v in event.items() if k not in MEASURED_EVERY_EPOCH}
        for event in run.progress()
        if event["event"] == "epoch"
    ]
    files = ("model.safetensors", "predictions.parquet", "held_out.parquet", "preprocessing.safetensors")
    return {"report": report, "epochs": epochs, **{name: (run.folder / name).read_bytes() for name in files}}


def assert_same(run, undisturbed):
    found = content(run)
    for name, value in undisturbed.items():
        assert found[name] == value, name
    assert [e["epoch"] for e in found["epochs"]] == list(range(1, len(found["epochs"]) + 1))
    until = time.monotonic() + 10
    while checkpoints.folder(run.folder).exists():  # they go a moment after the end is written
        assert time.monotonic() < until
        time.sleep(0.05)


def notices(run):
    return [event["text"] for event in run.progress() if event["event"] == "notice"]


def test_a_run_whose_worker_was_killed_in_the_middle_ends_with_the_same_bits(house, undisturbed):
    run = house.submit(SUBJECT, **LONG)
    for death in (1, 2):
        house.wait_for_checkpoint(run, 2 * death)
        house.kill(house.trainer(run))
        house.until(lambda death=death: house.jobs.queue.note(run.id).deaths == death, "the death is noticed")
    status = house.jobs.status(run)
    assert status.state in (State.WAITING, State.RUNNING)
    assert house.wait(run).state is State.FINISHED
    assert len(notices(run)) == 2
    assert_same(run, undisturbed)


@pytest.mark.long
def test_a_run_whose_supervisor_and_worker_were_killed_ends_with_the_same_bits(house, undisturbed):
    run = house.submit(SUBJECT, **LONG)
    house.wait_for_checkpoint(run, 2)
    worker = house.trainer(run)
    house.kill(house.supervisor())
    house.kill(worker)
    assert house.wait(run).state is State.FINISHED
    assert notices(run)[0].startswith("Goes on from checkpoint ")
    assert_same(run, undisturbed)


def test_a_paused_run_frees_the_worker_and_ends_with_the_same_bits(house, undisturbed):
    run = house.submit(SUBJECT, **LONG)
    house.wait_for_epochs(run, 10)
    house.jobs.pause(run, visitor=OWNER)
    status = house.wait_for(run, State.PAUSED)
    assert not status.state.is_final
    epochs, worker = house.epochs(run), house.trainers()
    assert worker == {}
    after = house.submit(QUICK)
    assert house.wait(after).state is State.FINISHED
    house.until(lambda: after.id not in {job.run for job in house.jobs.open_jobs()}, "the queue knows its end")
    assert house.jobs.status(run).state is State.PAUSED
    assert house.epochs(run) == epochs
    first, second = house.submit(QUICK, **house.endless), house.submit(QUICK)
    house.jobs.resume(run, visitor=OWNER)
    house.jobs.resume(run, visitor=OWNER)
    assert [job.run for job in house.jobs.open_jobs()] == [first.id, second.id, run.id]  # at the end of the queue
    house.wait_for_epochs(first)
    house.jobs.stop(first, visitor=OWNER)
    assert house.wait(second).state is State.FINISHED
    assert house.wait(run).state is State.FINISHED
    assert_same(run, undisturbed)


@pytest.mark.long
def test_a_run_paused_over_a_restart_of_everything_goes_on_when_it_is_resumed(house, undisturbed):
    run = house.submit(SUBJECT, **LONG)
    house.wait_for_epochs(run, 10)
    house.jobs.pause(run, visitor=OWNER)
    house.wait_for(run, State.PAUSED)
    os.kill(house.supervisor(), signal.SIGTERM)
    house.until(lambda: not house.processes(), "no process is left", timeout_s=10, wake=False)
    house.supervisor()
    assert house.jobs.status(run).state is State.PAUSED
    house.jobs.resume(run, visitor=OWNER)
    assert house.wait(run).state is State.FINISHED
    assert_same(run, undisturbed)


def test_a_damaged_checkpoint_is_passed_over_and_the_run_ends_with_the_same_bits(house, undisturbed):
    run = house.submit(SUBJECT, **LONG)
    house.wait_for_checkpoint(run, 3)
    house.jobs.pause(run, visitor=OWNER)
    house.wait_for(run, State.PAUSED)
    newest = max(checkpoints.folder(run.folder).iterdir())
    content = bytearray(newest.read_bytes())
    content[-1] ^= 1
    newest.write_bytes(content)
    house.jobs.resume(run, visitor=OWNER)
    assert house.wait(run).state is State.FINISHED
    told = notices(run)
    number = int(newest.name[:8])
    assert told[-2] == f"Checkpoint {number} could not be used: its content is damaged."
    assert told[-1].startswith(f"Goes on from checkpoint {number - 1}")
    assert_same(run, undisturbed)


@pytest.mark.long  # a second example of a checkpoint that is passed over
def test_without_any_usable_checkpoint_the_training_starts_anew_and_says_so(house, undisturbed):
    run = house.submit(SUBJECT, **LONG)
    house.wait_for_checkpoint(run, 2)
    house.jobs.pause(run, visitor=OWNER)
    house.wait_for(run, State.PAUSED)
    for path in checkpoints.folder(run.folder).iterdir():
        path.write_bytes(b"rubbish")
    house.jobs.resume(run, visitor=OWNER)
    assert house.wait(run).state is State.FINISHED
    assert notices(run)[-1] == "No checkpoint can be used: the training starts anew."
    assert_same(run, undisturbed)


@pytest.mark.long  # a second example of a checkpoint that is passed over
def test_a_checkpoint_of_other_code_is_not_gone_on_with(lone_house):
    """The checkpoint is of a code that is gone: the run is carried out by today's, and its configuration says so."""
    house = lone_house
    run = house.submit(QUICK, num_epochs=60, patience=60)
    house.jobs.pause(run, visitor=OWNER)
    house.wait_for(run, State.PAUSED)
    import torch

    other = checkpoints.RunCheckpoints(run.folder, "an older code")
    other.write({"flat": torch.zeros(1)}, {"epoch": 1})
    (run.folder / "progress.jsonl").write_text(json.dumps({"event": "phase", "phase": "data"}) + "\n")
    config = json.loads((run.folder / "config.json").read_text())
    (run.folder / "config.json").write_text(json.dumps({**config, "code": "an older code"}))
    house.jobs.resume(run, visitor=OWNER)
    assert house.wait(run).state is State.FINISHED
    assert "other code or from other data" in notices(run)[0]
    assert json.loads((run.folder / "config.json").read_text())["code"] == config["code"]


def test_a_paused_run_that_is_stopped_keeps_its_best_weights(house):
    run = house.submit(QUICK, **house.endless)
    house.wait_for_epochs(run, 20)
    house.jobs.pause(run, visitor=OWNER)
    house.wait_for(run, State.PAUSED)
    epochs = house.epochs(run)
    house.jobs.stop(run, visitor=OWNER)
    status = house.wait(run)
    assert (status.state, "best weights" in status.reason) == (State.STOPPED, True)
    assert runs.read(run.folder).report()["epochs_run"] in (epochs, epochs + 1)


def test_a_run_paused_before_it_began_is_cancelled_by_stop(house):
    first, waits = house.submit(QUICK, **house.endless), house.submit()
    house.jobs.pause(waits, visitor=OWNER)
    assert house.jobs.status(waits).state is State.PAUSED
    house.jobs.stop(waits, visitor=OWNER)
    assert house.jobs.status(waits).state is State.CANCELLED
    house.jobs.stop(first, visitor=OWNER)
    house.wait(first)
    house.until(lambda: not house.jobs.queue.asked(), "no request is left", timeout_s=10)


def test_pausing_and_resuming_what_has_ended_changes_nothing(house):
    run = house.submit(QUICK, num_epochs=2)
    assert house.wait(run).state is State.FINISHED
    for ask in (house.jobs.pause, house.jobs.resume, house.jobs.stop):
        ask(run, visitor=OWNER)
        assert house.jobs.status(run).state is State.FINISHED
    house.until(lambda: house.jobs.open_jobs() == [], "the queue is empty")
    assert not house.jobs.queue.asked()
