"""Faults, live, one a mechanism: whatever dies, a run ends with a sentence and the queue goes on."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time

import pytest

from core.contracts import State
from core.jobs.local import run_lock, stop_flag
from core.store import runs

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found through /proc")
QUICK = "testing/tiny_survival"  # its only baseline costs nothing


def test_a_killed_training_worker_interrupts_its_run_and_the_next_one_is_trained(house):
    run, after = house.submit(**house.endless), house.submit(QUICK)
    house.wait_for_epochs(run)
    house.kill(house.trainer(run))
    status = house.wait(run)
    assert status.state is State.INTERRUPTED
    assert "worker died" in status.reason
    assert status.reason.endswith("Train again.")
    assert house.epochs(run) >= 2
    assert house.wait(after).state is State.FINISHED
    assert not (house.store / "locks" / f"{run.id}.lock").exists()


def test_a_stop_request_to_a_worker_that_died_is_not_left_behind(house):
    run = house.submit(**house.endless)
    house.wait_for_epochs(run)
    worker = house.trainer(run)
    os.kill(worker, signal.SIGSTOP)
    house.jobs.stop(run)
    assert stop_flag(house.store, run.id).exists()
    house.kill(worker)
    assert house.wait(run).state is State.INTERRUPTED
    house.until(lambda: not stop_flag(house.store, run.id).exists(), "the request is removed", timeout_s=2)


def test_a_training_worker_killed_while_it_had_nothing_to_do_costs_no_run(house):
    run = house.submit(**house.endless)
    worker, supervisor = house.trainer(run), house.supervisor()
    house.jobs.stop(run)
    house.wait(run)
    house.until(lambda: house.jobs.queue.jobs() == [], "the queue is empty")
    time.sleep(0.2)
    house.kill(worker)
    time.sleep(0.5)
    after = house.submit(QUICK)
    assert house.wait(after).state is State.FINISHED
    assert house.supervisor() == supervisor


def test_a_killed_answer_worker_is_replaced_and_answers_again(house):
    house.supervisor()
    before = house.answerer()
    house.kill(before)
    assert house.jobs.ask({"ask": "ping"}) == {"pong": True}
    assert house.answerer() != before


@pytest.mark.parametrize("ending", ["stopped", "killed"])
def test_a_run_folder_deleted_in_the_middle_stays_deleted_and_the_queue_goes_on(house, ending):
    run, after = house.submit(**house.endless), house.submit(QUICK)
    house.wait_for_epochs(run)
    shutil.rmtree(run.folder)
    if ending == "stopped":
        house.jobs.stop(run)
    else:
        house.kill(house.trainer(run))
    assert house.wait(after).state is State.FINISHED
    assert not run.folder.exists()
    assert run.id not in {r.id for r in runs.list_runs(house.store)}


def test_a_run_folder_deleted_while_the_run_waited_does_not_hold_up_the_queue(house):
    first, gone, after = house.submit(**house.endless), house.submit(QUICK), house.submit(QUICK)
    house.wait_for_epochs(first)
    shutil.rmtree(gone.folder)
    house.jobs.stop(first)
    assert house.wait(after).state is State.FINISHED
    assert not gone.folder.exists()


def test_a_run_whose_supervisor_was_killed_is_finished_by_its_worker_and_adopted_by_the_next(house):
    run, after = house.submit(QUICK, num_epochs=1000, patience=1000, batch_size=100), house.submit(QUICK)
    house.wait_for_epochs(run)
    killed, worker = house.supervisor(), house.trainer(run)
    house.kill(killed)
    assert house.supervisor() != killed
    assert house.jobs.status(run).state is State.RUNNING
    assert house.trainers() == {worker: run.id}
    assert house.wait(run).state is State.FINISHED
    assert runs.load_run(house.store, run.id).report()["epochs_run"] == 1000
    assert house.wait(after).state is State.FINISHED
    house.until(lambda: worker not in house.processes(), "the adopted worker has gone", timeout_s=5)


def test_a_killed_supervisor_and_worker_leave_an_interrupted_run_and_the_queue_goes_on(house):
    run, after = house.submit(**house.endless), house.submit(QUICK)
    house.wait_for_epochs(run)
    worker, answerer = house.trainer(run), house.answerer()
    house.kill(house.supervisor())
    house.kill(worker)
    house.until(lambda: answerer not in house.processes(), "the answer worker ends with its supervisor", wake=False)
    status = house.wait(run)
    assert status.state is State.INTERRUPTED
    assert "Train again" in status.reason
    assert house.wait(after).state is State.FINISHED
    assert house.answerer() != answerer  # whose address is left in the store, and leads nowhere


def test_a_supervisor_that_is_told_to_end_interrupts_its_run_and_leaves_no_process(house):
    run = house.submit(**house.endless)
    house.wait_for_epochs(run)
    os.kill(house.supervisor(), signal.SIGTERM)
    house.until(lambda: not house.processes(), "no process is left", timeout_s=8, wake=False)
    status = house.jobs.status(run)
    assert status.state is State.INTERRUPTED
    assert "told to end" in status.reason
    assert house.jobs.queue.jobs() == []


def test_a_supervisor_that_is_told_to_end_leaves_an_adopted_run_to_the_worker_that_has_it(lone_house):
    """The test plays the worker that outlived its supervisor: it holds the run's lock."""
    run = lone_house.prepare()
    assert lone_house.jobs.queue.take() == run.id
    with run_lock(lone_house.store, run.id):
        supervisor = lone_house.start_supervisor()
        lone_house.until((lone_house.store / "answers.json").exists, "the supervisor serves", wake=False)
        supervisor.terminate()
        assert supervisor.wait(timeout=10) == 0
        assert runs.read(run.folder).sealed_state is None
        assert lone_house.jobs.status(run).state is State.RUNNING
        assert (lone_house.store / "locks" / f"{run.id}.lock").exists()


def test_a_supervisor_killed_while_it_starts_leaves_no_process(lone_house):
    supervisor = lone_house.start_supervisor()
    lone_house.until(
        lambda: any("core.jobs.answers" in words for words in lone_house.processes().values()),
        "an answer worker has been started",
        wake=False,
    )
    supervisor.kill()
    supervisor.wait()
    lone_house.until(lambda: not lone_house.processes(), "no process is left", timeout_s=15, wake=False)
