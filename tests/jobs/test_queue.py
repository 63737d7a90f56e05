"""The queue: order of arrival, one taken at a time, whoever adds and takes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

from core.contracts import State
from core.errors import UserError
from core.jobs.local import LocalJobs
from core.jobs.queue import Queue
from core.store import runs
from core.use_cases import use_case as use_case_named
from tests.samples import SUMMARY


@pytest.fixture
def queue(tmp_path):
    return Queue(tmp_path)


def test_runs_are_taken_in_the_order_of_arrival_and_one_at_a_time(queue):
    for run in ("b", "a", "c"):
        queue.add(run, "me")
    order = []
    while (run := queue.take()) is not None:
        order.append(run)
        assert queue.take() is None
        queue.done(run)
    assert order == ["b", "a", "c"]
    assert queue.jobs() == []


def test_an_empty_queue_has_nothing_to_take(queue):
    assert queue.take() is None


def test_a_place_is_never_given_twice_even_when_the_last_run_left(queue):
    """With places reused, a run added after a withdrawal could overtake."""
    queue.add("a", "me")
    queue.add("b", "me")
    assert queue.withdraw("b")
    queue.add("c", "me")
    assert [job.run for job in queue.jobs()] == ["a", "c"]


def test_only_a_run_that_waits_can_be_withdrawn(queue):
    queue.add("a", "me")
    queue.add("b", "me")
    assert queue.take() == "a"
    assert not queue.withdraw("a")
    assert not queue.withdraw("nobody")
    assert queue.withdraw("b")
    assert not queue.withdraw("b")
    assert [job.run for job in queue.jobs()] == ["a"]


def test_the_taken_run_stands_first_and_says_when_it_was_taken_and_for_whom(queue):
    queue.add("a", "me")
    queue.add("b", "you")
    before = time.time()
    queue.take()
    first, second = queue.jobs()
    assert (first.run, first.visitor, second.run, second.visitor) == ("a", "me", "b", "you")
    assert first.taken is not None
    assert before <= first.taken <= time.time()
    assert second.taken is None


def test_the_queue_outlives_the_object_that_filled_it(queue, tmp_path):
    queue.add("a", "me")
    queue.take()
    assert [job.run for job in Queue(tmp_path).jobs()] == ["a"]
    assert Queue(tmp_path).take() is None


@pytest.mark.parametrize("inside", ["", "below"])
def test_a_store_that_is_a_file_is_refused_with_what_to_set(tmp_path, inside):
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(UserError, match=r"(?s)folder that can be written; .*file.*Set PROVING_GROUND_STORE"):
        Queue(file / inside)
    assert file.read_text() == "mine"


def test_a_queue_that_is_no_database_is_refused_with_what_to_set(tmp_path):
    (tmp_path / "queue.sqlite").write_text("no database " * 100)
    with pytest.raises(UserError, match="Set PROVING_GROUND_STORE to another folder"):
        Queue(tmp_path)


ADDS = "import sys; from pathlib import Path; from core.jobs.queue import Queue; q = Queue(Path(sys.argv[1]))\n"
ADDS += "for i in range(int(sys.argv[3])): q.add(f'{sys.argv[2]}-{i:03}', 'me')"
EACH = 25


def test_processes_and_threads_that_add_and_take_at_once_never_share_a_run(queue, tmp_path):
    taken: list[str] = []
    clashes: list[str] = []
    marker = tmp_path / "one at a time"

    def add(name: str) -> None:
        for i in range(EACH):
            Queue(tmp_path).add(f"{name}-{i:03}", "me")

    def take() -> None:
        mine, until = Queue(tmp_path), time.monotonic() + 40
        while len(taken) < 4 * EACH and time.monotonic() < until:
            run = mine.take()
            if run is None:
                time.sleep(0.001)
                continue
            try:
                os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                clashes.append(run)
                return
            taken.append(run)
            marker.unlink()
            mine.done(run)

    adders = [subprocess.Popen([sys.executable, "-c", ADDS, str(tmp_path), name, str(EACH)]) for name in ("one", "two")]
    threads = [threading.Thread(target=add, args=[name]) for name in ("three", "four")]
    threads += [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait() for process in adders] == [0, 0]
    assert clashes == []
    assert len(taken) == len(set(taken)) == 4 * EACH
    for name in ("one", "two", "three", "four"):
        own = [run for run in taken if run.startswith(f"{name}-")]
        assert own == sorted(own)


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """Makes runs that wait in the queue of a store whose supervisor nobody starts."""
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    jobs = LocalJobs(tmp_path)
    return jobs, lambda: jobs.submit(use_case_named("testing/tiny_quantile"), {"seed": 1}, visitor="me")


def test_a_waiting_run_knows_how_many_are_before_it(prepared):
    jobs, submit = prepared
    first, second, third = submit(), submit(), submit()
    assert [(s.state, s.before) for s in map(jobs.status, (first, second, third))] == [
        (State.WAITING, 0),
        (State.WAITING, 1),
        (State.WAITING, 2),
    ]
    jobs.queue.take()
    assert (jobs.status(first).state, jobs.status(second).before) == (State.RUNNING, 1)
    jobs.stop(second)
    assert (jobs.status(second).state, jobs.status(third).before) == (State.CANCELLED, 1)
    jobs.queue.done(first.id)
    assert jobs.status(third).before == 0


def test_a_run_that_no_queue_knows_and_nobody_sealed_was_interrupted(prepared):
    jobs, submit = prepared
    run = submit()
    jobs.queue.take()
    jobs.queue.done(run.id)
    status = jobs.status(run)
    assert status.state is State.INTERRUPTED
    assert "Train again" in status.reason


def test_a_run_that_is_being_cancelled_is_never_taken_for_an_interrupted_one(prepared, monkeypatch):
    jobs, submit = prepared
    run, seen = submit(), []
    seal = runs.seal

    def sealing(*args):
        seen.append(LocalJobs(jobs.store).status(run).state)
        seal(*args)
        seen.append(LocalJobs(jobs.store).status(run).state)

    monkeypatch.setattr(runs, "seal", sealing)
    jobs.stop(run)
    assert seen == [State.WAITING, State.CANCELLED]
    assert jobs.queue.jobs() == []


def test_stopping_a_run_that_has_ended_leaves_it_as_it_is_and_no_request_behind(prepared):
    jobs, submit = prepared
    run = submit()
    jobs.queue.take()
    runs.seal(run, State.FINISHED, "Finished.", SUMMARY)
    jobs.queue.done(run.id)
    jobs.stop(run)
    assert jobs.status(run).state is State.FINISHED
    assert list(jobs.store.glob("requests/*")) == []
