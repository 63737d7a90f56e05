"""The queue: order of arrival, one taken at a time, whoever adds and takes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from core.contracts import State
from core.errors import UserError
from core.formatting.messages import Message, joined, message, translate
from core.jobs.local import LocalJobs
from core.jobs.rules import OWNER
from core.queue.queue import Queue
from core.queue.rows import Note
from core.store import run_folders, runs
from core.use_cases import use_case as use_case_named
from tests.samples import SUMMARY


@pytest.fixture
def queue(tmp_path):
    return Queue(tmp_path)


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """Makes runs that wait in the queue of a store whose supervisor nobody starts."""
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    jobs = LocalJobs(tmp_path)
    return jobs, lambda: jobs.submit(use_case_named("testing/tiny_quantile"), {"seed": 1}, visitor="me")


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


@pytest.mark.parametrize("damage", ["no database", "cut", "removed"])
def test_a_damaged_queue_is_put_aside_and_made_anew_from_the_runs_without_an_end(prepared, damage):
    jobs, submit = prepared
    ended, first, paused, second = submit(), submit(), submit(), submit()
    jobs.stop(ended, visitor=OWNER)
    jobs.pause(paused, visitor=OWNER)
    path = jobs.store / "queue.sqlite"
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes(b"no database " * 1000 if damage == "no database" else path.read_bytes()[:5000])
    for _ in range(2):  # whoever comes second finds it mended
        states = [jobs.status(run).state for run in (ended, first, paused, second)]
        assert states == [State.CANCELLED, State.WAITING, State.PAUSED, State.WAITING]
        assert [(j.run, j.visitor) for j in jobs.queue.jobs()] == [(first.id, "me"), (second.id, "me")]
    assert len(list(jobs.store.glob("queue.damaged-*.sqlite"))) == (damage != "removed")
    third = submit()
    assert [j.run for j in LocalJobs(jobs.store).queue.jobs()] == [first.id, second.id, third.id]


def test_a_queue_that_stays_locked_is_told_and_lost_by_nobody(prepared, monkeypatch):
    jobs, submit = prepared
    run = submit()
    monkeypatch.setattr("core.queue.queue_file._BUSY_S", 0.05)
    other = sqlite3.connect(jobs.store / "queue.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    before = len(runs.list_runs(jobs.store))
    status = jobs.status(run)
    assert (status.state, "database is locked" in status.reason) == (State.WAITING, True)
    with pytest.raises(UserError, match="database is locked.*Try again in a moment"):
        submit()
    assert len(runs.list_runs(jobs.store)) == before  # no run that nobody would carry out
    other.execute("COMMIT")
    other.close()
    assert (jobs.status(run).state, jobs.status(run).reason) == (State.WAITING, "")


def test_a_store_of_before_there_were_pauses_is_used_as_it_is(tmp_path):
    db = sqlite3.connect(tmp_path / "queue.sqlite")
    db.execute(
        "CREATE TABLE jobs (place INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL UNIQUE, visitor TEXT NOT NULL, "
        "created REAL NOT NULL, taken REAL)"
    )
    db.execute("INSERT INTO jobs (run, visitor, created) VALUES ('a', 'me', 1.0)")
    db.commit()
    db.close()
    old = Queue(tmp_path)
    assert [job.run for job in old.jobs()] == ["a"]
    assert old.ask_to_pause("a")
    assert ([job.run for job in old.jobs()], [job.run for job in old.paused()]) == ([], ["a"])
    assert list(tmp_path.glob("*damaged*")) == []


def test_a_paused_run_leaves_the_queue_and_comes_back_at_its_end(queue):
    for run in ("a", "b", "c"):
        queue.add(run, "me")
    assert queue.ask_to_pause("b")
    assert queue.take() == "a"
    assert not queue.ask_to_pause("a")
    assert queue.put_aside("a")
    assert ([j.run for j in queue.jobs()], [j.run for j in queue.paused()]) == (["c"], ["b", "a"])
    assert queue.take() == "c"
    assert queue.resume("b")
    assert not queue.resume("b")
    assert [j.run for j in queue.jobs()] == ["c", "b"]
    assert queue.withdraw("a")
    assert queue.paused() == []


def test_a_run_that_is_put_back_is_the_first_again_and_its_deaths_are_counted(queue):
    queue.add("a", "me")
    queue.add("b", "me")
    for deaths in (1, 2):
        assert queue.take() == "a"
        assert queue.put_back("a", "It died.", died=True) == deaths
    assert queue.take() == "a"
    assert queue.put_back("a", "", died=False) == 2
    assert queue.note("a") == Note(deaths=2, reason="")
    queue.done("a", unfinalized=Note(reason="Nowhere to write.", state="failed"))
    assert queue.note("a") == Note(reason="Nowhere to write.", state="failed")
    assert [j.run for j in queue.jobs()] == ["b"]


ADDS = "import sys; from pathlib import Path; from core.queue.queue import Queue; q = Queue(Path(sys.argv[1]))\n"
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
    jobs.stop(second, visitor=OWNER)
    assert (jobs.status(second).state, jobs.status(third).before) == (State.CANCELLED, 1)
    jobs.queue.done(first.id)
    assert jobs.status(third).before == 0


def test_a_run_that_no_queue_knows_and_nobody_finalized_was_interrupted(prepared):
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
    finalize = run_folders.finalize

    def finalizing(*args):
        seen.append(LocalJobs(jobs.store).status(run).state)
        finalize(*args)
        seen.append(LocalJobs(jobs.store).status(run).state)

    monkeypatch.setattr(run_folders, "finalize", finalizing)
    jobs.stop(run, visitor=OWNER)
    assert seen == [State.WAITING, State.CANCELLED]
    assert jobs.queue.jobs() == []


def test_stopping_a_run_that_has_ended_leaves_it_as_it_is_and_no_request_behind(prepared):
    jobs, submit = prepared
    run = submit()
    jobs.queue.take()
    run_folders.finalize(run, State.FINISHED, "Finished.", SUMMARY)
    jobs.queue.done(run.id)
    jobs.stop(run, visitor=OWNER)
    assert jobs.status(run).state is State.FINISHED
    assert jobs.queue.asked() == {}


REASON = joined(
    [
        message("The training worker died in the middle of this run: it was killed."),
        message("It goes on from its last checkpoint."),
    ]
)


def in_chinese(reason):
    return translate(reason, "zh_CN")


def test_why_a_run_stands_where_it_does_is_said_in_the_visitor_s_language(queue):
    queue.add("a", "me")
    queue.take()
    queue.put_back("a", REASON, died=True)
    found = Queue(queue.path.parent).note("a")
    assert found == Note(deaths=1, reason=REASON)
    said = "训练进程在中途退出：它被终止了。它会从最近的检查点继续。"
    assert in_chinese(found.reason) == in_chinese(queue.entry("a").note.reason) == said
    queue.put_back("a", "", died=False)
    assert queue.note("a").reason == ""
    assert queue.take() == "a"
    assert queue.put_aside("a", message("It starts anew."))
    assert in_chinese(queue.note("a").reason) == "它会重新开始。"
    queue.done("a", unfinalized=Note(reason=message("Cancelled as asked."), state="cancelled"))
    assert in_chinese(queue.note("a").reason) == "已按要求取消。"
    queue.done("a")
    with closing(sqlite3.connect(queue.path)) as db:
        assert db.execute("SELECT count(*) FROM messages").fetchone() == (0,)


OLD_NOTES = """
CREATE TABLE jobs (place INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL UNIQUE, visitor TEXT NOT NULL,
    created REAL NOT NULL, taken REAL);
CREATE TABLE paused (run TEXT PRIMARY KEY, visitor TEXT NOT NULL, since REAL NOT NULL);
CREATE TABLE requests (run TEXT NOT NULL, request TEXT NOT NULL, PRIMARY KEY (run, request));
CREATE TABLE notes (run TEXT PRIMARY KEY, deaths INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '',
    state TEXT);
INSERT INTO jobs VALUES (1, 'a', 'me', 1.0, NULL);
INSERT INTO notes VALUES ('a', 2, 'It died.', NULL);
"""


def test_a_queue_whose_notes_are_english_alone_opens_and_learns_messages(tmp_path):
    """Also beside a client of that version, which goes on to write the reason alone."""
    with closing(sqlite3.connect(tmp_path / "queue.sqlite")) as db:
        db.executescript(OLD_NOTES)
    queue = Queue(tmp_path)
    assert queue.note("a") == Note(deaths=2, reason="It died.")
    assert [job.run for job in queue.jobs()] == ["a"]
    queue.put_back("a", REASON, died=True)
    assert in_chinese(queue.note("a").reason).startswith("训练进程")
    with closing(sqlite3.connect(queue.path)) as db, db:
        db.execute("UPDATE notes SET reason = 'It died again.' WHERE run = 'a'")
    assert queue.note("a") == Note(deaths=3, reason="It died again.")
    assert not isinstance(queue.note("a").reason, Message), "the message of another reason"
    with closing(sqlite3.connect(queue.path)) as db, db:
        db.execute("UPDATE messages SET reason = 'It died again.', message = '{'")
    assert queue.note("a").reason == "It died again."
    assert not list(tmp_path.glob("*damaged*"))
