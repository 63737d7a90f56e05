"""Requests in the queue: cheap to look at, safe from damage, and those of earlier versions are taken over once."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from core.contracts import State
from core.jobs.local import LocalJobs
from core.queue import requests
from core.queue.queue import Queue, queue_of
from core.queue.requests import Request, RequestReader, now_and_then
from core.use_cases import use_case as use_case_named

TINY = use_case_named("testing/tiny_quantile")


@pytest.fixture
def jobs(tmp_path, monkeypatch):
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    return LocalJobs(tmp_path / "store")


def submit(jobs):
    return jobs.submit(TINY, {"seed": 1}, visitor="me")


def test_a_look_reads_the_queue_only_when_it_has_changed(tmp_path, monkeypatch):
    queue, reads, now_s = Queue(tmp_path), [], [0.0]
    monkeypatch.setattr(requests.time, "monotonic", lambda: now_s[0])
    reader, read = RequestReader(tmp_path, "a"), RequestReader._read
    monkeypatch.setattr(RequestReader, "_read", lambda self: reads.append(1) or read(self))
    for _ in range(100):
        assert reader.asked() == frozenset()
    assert len(reads) == 1
    queue.ask("a", Request.PAUSE)
    queue.ask("b", Request.STOP)
    assert [reader.asked() for _ in range(100)][-1] == {Request.PAUSE}
    assert len(reads) == 2
    now_s[0] += 1.0  # a clock may be too coarse to show a change
    reader.asked()
    assert len(reads) == 3


@pytest.mark.parametrize("harm", ["gone", "busy", "noise", "a folder"])
def test_what_was_asked_holds_while_the_queue_cannot_be_read(tmp_path, harm):
    queue = Queue(tmp_path)
    queue.ask("a", Request.STOP)
    reader = RequestReader(tmp_path, "a")
    assert reader.asked() == {Request.STOP}
    other = sqlite3.connect(queue.path, isolation_level=None)
    if harm == "busy":
        other.execute("BEGIN EXCLUSIVE")
        other.execute("DELETE FROM requests")
    else:
        queue.path.unlink()
        if harm == "noise":
            queue.path.write_bytes(b"noise" * 5000)
        if harm == "a folder":
            queue.path.mkdir()
    assert reader.asked() == {Request.STOP}
    if harm == "busy":
        other.execute("COMMIT")
        assert reader.asked() == frozenset()
    other.close()


@pytest.mark.parametrize(
    "harm", ["DROP TABLE requests", "ALTER TABLE requests RENAME COLUMN run TO x", "gone", "noise"]
)
def test_a_queue_that_is_made_anew_knows_what_was_asked(jobs, harm):
    paused, waits = submit(jobs), submit(jobs)
    jobs.pause(paused, visitor="me")
    jobs.queue.ask(waits.id, Request.STOP)
    if harm == "gone":
        jobs.queue.path.unlink()
    elif harm == "noise":
        jobs.queue.path.write_bytes(b"noise" * 5000)
    else:
        with closing(sqlite3.connect(jobs.queue.path)) as db, db:
            db.execute(harm)
    queue = queue_of(jobs.store)
    assert queue.asked() == {paused.id: {Request.PAUSE}, waits.id: {Request.STOP}}
    assert jobs.status(paused).state is State.PAUSED
    jobs.resume(paused, visitor="me")
    jobs.queue.path.unlink()
    assert queue_of(jobs.store).asked() == {waits.id: {Request.STOP}}


def test_flags_of_an_earlier_version_are_read_once(jobs):
    """In a store whose queue has no requests yet, and from a client of that version beside this one."""
    paused, waits = submit(jobs), submit(jobs)
    with closing(sqlite3.connect(jobs.queue.path)) as db, db:
        db.execute("DROP TABLE requests")
    (jobs.store / "requests.json").unlink()
    folder = jobs.store / "requests"
    folder.mkdir()
    (folder / f"{paused.id}.pause").touch()
    (folder / "mine.txt").touch()
    queue = queue_of(jobs.store)
    assert queue.asked() == {paused.id: {Request.PAUSE}}
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    (folder / f"{waits.id}.stop").touch()
    queue.compare()
    assert queue.asked() == {paused.id: {Request.PAUSE}, waits.id: {Request.STOP}}
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    shutil.rmtree(folder)


def test_stop_goes_before_pause_and_an_end_takes_all_with_it(jobs):
    run = submit(jobs)
    jobs.queue.take()
    jobs.pause(run, visitor="me")
    assert (jobs.queue.asked(), jobs.status(run).asked) == ({run.id: {Request.PAUSE}}, "pause")
    (run.folder / "checkpoints").mkdir()
    jobs.queue.ask(run.id, Request.YIELD)
    jobs.queue.ask_to_stop(run.id)
    assert (jobs.queue.asked(), jobs.status(run).asked) == ({run.id: {Request.STOP, Request.YIELD}}, "stop")
    jobs.queue.put_back(run.id, "", died=False)
    assert jobs.queue.asked() == {run.id: {Request.STOP}}
    jobs.queue.done(run.id)
    assert jobs.queue.asked() == {}
    assert (jobs.store / "requests.json").read_text() == "[]"


def test_a_request_of_a_run_that_is_gone_goes_with_it(jobs):
    run = submit(jobs)
    jobs.queue.ask(run.id, Request.STOP)
    jobs.queue.ask("20990101-000000000-ghost-abcd", Request.STOP)
    submit(jobs)
    with closing(sqlite3.connect(jobs.queue.path)) as db, db:
        db.execute("DELETE FROM jobs WHERE run = ?", (run.id,))
    assert jobs.queue.compare()
    assert jobs.queue.asked() == {run.id: {Request.STOP}}


def test_a_request_of_a_run_whose_folder_was_deleted_goes_with_its_row(jobs):
    run = submit(jobs)
    jobs.queue.ask(run.id, Request.STOP)
    shutil.rmtree(run.folder)
    assert jobs.queue.compare()
    assert (jobs.queue.jobs(), jobs.queue.asked()) == ([], {})
    assert (jobs.store / "requests.json").read_text() == "[]"
    assert not jobs.queue.compare()


def test_a_request_alone_that_nobody_will_answer_goes(jobs):
    jobs.queue.ask("20990101-000000000-ghost-abcd", Request.STOP)
    assert not jobs.queue.compare(at_once=False)  # a run may be on its way
    assert jobs.queue.compare(at_once=False)
    assert jobs.queue.asked() == {}


def test_a_run_that_ended_while_it_was_being_stopped_leaves_no_request(jobs, monkeypatch):
    run, ask = submit(jobs), jobs.queue.ask_to_stop
    jobs.queue.take()
    (run.folder / "checkpoints").mkdir()
    monkeypatch.setattr(jobs.queue, "ask_to_stop", lambda asked: (jobs.queue.done(asked), ask(asked)))
    jobs.stop(run, visitor="me")
    assert jobs.queue.asked() == {}


def test_a_look_costs_nothing_between_two(monkeypatch):
    now_s, looks = [0.0], []
    monkeypatch.setattr(requests.time, "monotonic", lambda: now_s[0])
    look = now_and_then(lambda: looks.append(1) or len(looks))
    assert [look() for _ in range(50)] == [1] * 50
    now_s[0] += 0.021
    assert look() == 2


def test_nothing_is_left_of_a_run_whose_folder_was_deleted_while_it_waited(jobs):
    """Its worker died, so that there is a lock; then somebody deleted the folder. Nobody finalizes such a run."""
    deleted, trained, waits = submit(jobs), submit(jobs), submit(jobs)
    locks = jobs.store / "locks"
    for run in (deleted, trained, waits):
        with requests.run_lock(jobs.store, run.id):
            (locks / f"{run.id}.pulse").touch()
    (locks / "mine.txt").touch()
    for run in (deleted, trained):
        shutil.rmtree(run.folder)
    with requests.run_lock(jobs.store, trained.id):  # its worker has not noticed yet
        assert jobs.queue.compare()
        kept = {f"{run.id}.{kind}" for run in (trained, waits) for kind in ("lock", "pulse")}
        assert {path.name for path in locks.iterdir()} == kept | {"mine.txt"}
    jobs.queue.done(trained.id)
    assert not jobs.queue.compare()
    assert {path.name for path in locks.iterdir()} == {f"{waits.id}.lock", f"{waits.id}.pulse", "mine.txt"}
