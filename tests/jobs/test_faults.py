"""Faults, live, one a mechanism: whatever dies, a run ends with a sentence and the queue goes on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from core.contracts import State
from core.jobs.exits import MOST_DEATHS
from core.jobs.rules import OWNER
from core.queue.requests import Request, run_lock
from core.store import checkpoints, runs
from tests.jobs.conftest import CODE

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found through /proc")
QUICK = "testing/tiny_survival"  # its only baseline costs nothing


def remove(folder):
    """As a person does it, by hand: again when its worker has just written another file."""
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)


def test_a_run_whose_worker_is_killed_again_and_again_is_given_up_and_the_next_one_is_trained(house):
    run, after = house.submit(QUICK, **house.endless), house.submit(QUICK)
    for death in range(MOST_DEATHS + 1):
        house.wait_for_epochs(run, house.epochs(run) + 2)
        house.kill(house.trainer(run))
        if death < MOST_DEATHS:
            house.until(lambda death=death: house.jobs.queue.note(run.id).deaths == death + 1, "the death is noticed")
            assert not house.jobs.status(run).state.is_final
    status = house.wait(run)
    assert status.state is State.INTERRUPTED
    assert status.reason == (
        "The training worker died in the middle of this run: it was killed. It was tried 4 times. Train again."
    )
    assert house.epochs(run) >= 2
    assert house.wait(after).state is State.FINISHED
    assert not (house.store / "locks" / f"{run.id}.lock").exists()
    assert not checkpoints.exist(run.folder)


def test_a_stop_request_to_a_worker_that_died_is_done_by_the_next_and_not_left_behind(house):
    run = house.submit(QUICK, **house.endless)
    house.wait_for_epochs(run)
    house.wait_for_checkpoint(run)  # without one there is nothing to end with
    worker = house.trainer(run)
    os.kill(worker, signal.SIGSTOP)
    house.jobs.stop(run, visitor=OWNER)
    assert house.jobs.queue.asked() == {run.id: {Request.STOP}}
    house.kill(worker)
    assert house.wait(run).state is State.STOPPED  # the next worker does what was asked
    house.until(lambda: not house.jobs.queue.asked(), "the request is removed", timeout_s=2)


def test_a_training_worker_killed_while_it_had_nothing_to_do_costs_no_run(house):
    run = house.submit(QUICK, **house.endless)
    worker, supervisor = house.trainer(run), house.supervisor()
    house.jobs.stop(run, visitor=OWNER)
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
    assert house.jobs.ask({"ask": "ping"}, timeout_s=120) == {"pong": True}
    assert house.answerer() != before


@pytest.mark.parametrize("content", ["", "[]", '{"port": 1, "key": "another", "reply_key": "", "pid": 1}', None])
def test_an_address_of_the_answer_worker_that_is_damaged_or_anothers_is_written_again(house, content):
    before, path = house.answerer(), house.store / "answers.json"
    if content is None:
        path.unlink()
        path.mkdir()
    else:
        path.write_text(content)
    assert house.jobs.ask({"ask": "ping"}, timeout_s=120) == {"pong": True}
    assert house.answerer() == before


@pytest.mark.parametrize("ending", ["noticed", pytest.param("killed", marks=pytest.mark.long)])
def test_a_run_folder_deleted_in_the_middle_stays_deleted_and_the_queue_goes_on(house, ending):
    run, after = house.submit(QUICK, **house.endless), house.submit(QUICK)
    house.wait_for_epochs(run)
    trainer = house.trainer(run)
    remove(run.folder)
    if ending == "killed":
        house.kill(trainer)
    status = house.wait(run)
    assert status.state is State.FAILED
    assert status.reason == f"The folder of run {run.id} was deleted; nothing of it is left. Train again."
    assert house.wait(after).state is State.FINISHED
    assert not run.folder.exists()
    assert run.id not in {r.id for r in runs.list_runs(house.store)}


@pytest.mark.long  # what the queue does then is tested without processes in test_requests.py
def test_a_run_folder_deleted_while_the_run_waited_does_not_hold_up_the_queue(house):
    first, gone, after = house.submit(QUICK, **house.endless), house.submit(QUICK), house.submit(QUICK)
    house.wait_for_epochs(first)
    remove(gone.folder)
    house.jobs.stop(first, visitor=OWNER)
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


@pytest.mark.long  # each of the two is killed alone above
def test_after_a_killed_supervisor_and_worker_the_next_visit_goes_on_with_the_run(house):
    run, after = house.submit(QUICK, **house.endless), house.submit(QUICK)
    house.wait_for_checkpoint(run)
    worker, answerer = house.trainer(run), house.answerer()
    house.kill(house.supervisor())
    house.kill(worker)
    house.until(lambda: answerer not in house.processes(), "the answer worker ends with its supervisor", wake=False)
    assert house.jobs.status(run).state is State.RUNNING  # nobody has noticed yet
    seen = house.epochs(run)
    house.wait_for_epochs(run, seen + 20)
    assert [e["text"] for e in run.progress() if e["event"] == "notice"][-1].startswith("Goes on from checkpoint")
    house.jobs.stop(run, visitor=OWNER)
    assert house.wait(run).state is State.STOPPED
    assert house.wait(after).state is State.FINISHED
    assert house.answerer() != answerer  # whose address is left in the store, and leads nowhere


def test_a_supervisor_that_is_told_to_end_puts_its_run_back_and_leaves_no_process(house):
    run = house.submit(QUICK, **house.endless)
    house.wait_for_epochs(run)
    os.kill(house.supervisor(), signal.SIGTERM)
    house.until(lambda: not house.processes(), "no process is left", timeout_s=8, wake=False)
    status = house.jobs.status(run)
    assert (status.state, status.before, status.reason) == (State.WAITING, 0, "")
    assert checkpoints.exist(run.folder)
    epochs = house.epochs(run)
    house.wait_for_epochs(run, epochs + 1)  # the next visit goes on
    assert house.jobs.queue.note(run.id).deaths == 0
    house.jobs.stop(run, visitor=OWNER)
    assert house.wait(run).state is State.STOPPED


@pytest.mark.long
def test_a_supervisor_that_is_told_to_end_leaves_an_adopted_run_to_the_worker_that_has_it(lone_house):
    """The test plays the worker that outlived its supervisor: it holds the run's lock."""
    run = lone_house.prepare()
    assert lone_house.jobs.queue.take() == run.id
    with run_lock(lone_house.store, run.id):
        supervisor = lone_house.start_supervisor()
        lone_house.until((lone_house.store / "answers.json").exists, "the supervisor serves", wake=False)
        supervisor.terminate()
        assert supervisor.wait(timeout=10) == 0
        assert runs.read(run.folder).final_state is None
        assert lone_house.jobs.status(run).state is State.RUNNING
        assert (lone_house.store / "locks" / f"{run.id}.lock").exists()


@pytest.mark.long
def test_a_supervisor_killed_while_it_starts_leaves_no_process(lone_house):
    supervisor = lone_house.start_supervisor()
    lone_house.until(
        lambda: any("core.answering.worker" in words for words in lone_house.processes().values()),
        "an answer worker has been started",
        wake=False,
    )
    supervisor.kill()
    supervisor.wait()
    lone_house.until(lambda: not lone_house.processes(), "no process is left", timeout_s=15, wake=False)


def test_a_run_folder_that_cannot_be_written_fails_with_its_place_and_the_queue_goes_on(house):
    """A read-only disk is mounted over the folder: root, who may write anywhere, is refused too."""
    first, run, after = house.submit(QUICK, **house.endless), house.submit(QUICK), house.submit(QUICK)
    made = subprocess.run(["mount", "--bind", "-o", "ro", run.folder, run.folder], capture_output=True)
    if made.returncode:
        pytest.skip(f"this account may not mount: {made.stderr.decode().strip()}")
    try:
        house.jobs.stop(first, visitor=OWNER)
        status = house.wait(run)
        assert status.state is State.FAILED
        assert f"{run.folder} cannot be written" in status.reason
        assert "set PROVING_GROUND_STORE to another folder" in status.reason
        assert house.wait(after).state is State.FINISHED
        assert house.jobs.status(run).state is State.FAILED  # the queue remembers what the folder cannot say
    finally:
        subprocess.run(["umount", "--lazy", run.folder], check=True)


JUMPS = """
import sys, time
from pathlib import Path
began, real = time.monotonic(), time.time
def jumping():
    back_and_forth = 86400 * 400 * (1 if int((time.monotonic() - began) * 4) % 2 else -1)
    return real() + back_and_forth
time.time = jumping
from core.jobs.supervisor import supervise
sys.exit(supervise(Path(sys.argv[1])))
"""


@pytest.mark.long  # the rules of it are tested without processes in test_hung.py
def test_a_clock_that_jumps_by_years_four_times_a_second_harms_no_run(lone_house):
    house = lone_house
    with (house.store / "supervisor.log").open("ab") as log:
        command = [sys.executable, "-c", JUMPS, str(house.store), "core.jobs"]
        supervisor = subprocess.Popen(command, cwd=CODE, stdout=log, stderr=log, start_new_session=True)
    try:
        house.until((house.store / "answers.json").exists, "the supervisor serves", wake=False)
        run, after = house.prepare(num_epochs=300, patience=300), house.prepare()
        for one in (run, after):
            house.until(lambda one=one: house.jobs.status(one).state.is_final, f"the end of {one.id}")
        assert [house.jobs.status(one).state for one in (run, after)] == [State.FINISHED] * 2
        assert runs.read(run.folder).report()["epochs_run"] == house.epochs(run)
        assert supervisor.poll() is None
    finally:
        supervisor.terminate()
        assert supervisor.wait(timeout=20) == 0


@pytest.mark.long  # what the queue does then is tested without processes in test_queue.py and test_queue_damage.py
def test_a_damaged_queue_costs_no_run(lone_house):
    house = lone_house
    first, second = house.submit(QUICK, **house.endless), house.submit(QUICK)
    house.wait_for_epochs(first)
    (house.store / "queue.sqlite").write_bytes(b"rubbish" * 1000)
    assert house.jobs.status(first).state is State.RUNNING
    assert house.jobs.status(second).state is State.WAITING
    house.jobs.stop(first, visitor=OWNER)
    assert house.wait(first).state is State.STOPPED
    assert house.wait(second).state is State.FINISHED
    assert len(list(house.store.glob("queue.damaged-*"))) == 1
