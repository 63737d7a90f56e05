"""What a supervisor does in a turn, in this process and without its workers."""

from __future__ import annotations

import sqlite3

import pytest

from core.jobs import supervisor as module
from core.jobs.supervisor import Supervisor
from core.store import run_folders
from core.use_cases import use_case as use_case_named


@pytest.fixture
def supervisor(tmp_path):
    return Supervisor(tmp_path / "store")


def prepared(supervisor, **facts) -> str:
    known = {"data_checksum": "", "code": "", "versions": {}, "visitor": "me"} | facts
    run = run_folders.create(supervisor.store, use_case_named("testing/tiny_survival"), {}, **known)
    supervisor.queue.add(run.id, "me")
    return run.id


def test_a_supervisor_that_could_only_wait_for_room_does_not_start_anew(supervisor, monkeypatch):
    assert not supervisor.may_have_left_some()
    prepared(supervisor)
    assert supervisor.may_have_left_some()
    monkeypatch.setattr(module, "lacks_room", lambda store: "There is no room.")
    assert not supervisor.may_have_left_some()


def test_the_first_comparison_that_succeeds_mends_at_once(supervisor, monkeypatch):
    asked = []

    def compare(*, at_once):
        asked.append(at_once)
        if len(asked) == 1:
            raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(supervisor.queue, "compare", compare)
    with pytest.raises(sqlite3.OperationalError):
        supervisor._compare(0.0)
    for now_s in (5.0, 10.0):
        supervisor._compare(now_s)
        assert supervisor.compared_s == now_s
    assert asked == [True, True, False]


def test_folders_of_runs_that_nobody_knows_are_looked_at_now_and_then_and_each_once(supervisor, tmp_path, monkeypatch):
    (tmp_path / "outside").mkdir()
    names = [prepared(supervisor, brought={"extra": [str(tmp_path / "outside")]}) for _ in range(2)]
    looked, now, state_of = [], [100.0], module.state_of
    monkeypatch.setattr(module, "state_of", lambda folders: looked.append(folders) or state_of(folders))
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    for name in names:
        assert supervisor.queue.take() == name
        supervisor.current = name
        supervisor._after(module.WorkerExit(unknown=True, reason="Nobody knows it."))
    assert [job.run for job in supervisor.queue.paused()] == names
    looked.clear()
    for _ in range(31):
        now[0] += 1
        supervisor._see_to_paused()
    assert 3 <= len(looked) <= 4
    (tmp_path / "outside" / "mine.py").touch()
    for _ in range(11):
        now[0] += 1
        supervisor._see_to_paused()
    assert [job.run for job in supervisor.queue.jobs()] == names
    assert supervisor.queue.paused() == []
    supervisor._see_to_paused()
    assert supervisor.unknown == {}
