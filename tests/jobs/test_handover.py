"""A supervisor of older code makes room; one of the same or newer code, and any stranger's process, is left alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from core.contracts import State
from core.jobs import local
from core.jobs.local import LocalJobs
from core.jobs.rules import OWNER
from core.keys import code_files
from core.queue import handover, pulse
from core.queue.handover import HungSupervisor, ask_older_to_leave, code_on_disk, state_of, write_card
from core.queue.pulse import Pulse
from core.queue.queue import Queue

QUICK = "testing/tiny_survival"  # its only baseline costs nothing
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found through /proc")


def test_a_supervisor_of_older_code_leaves_its_run_at_a_checkpoint_and_a_new_one_goes_on(lone_house):
    house = lone_house
    run = house.submit(QUICK, **house.endless)
    house.wait_for_epochs(run)
    old, path = house.supervisor(), house.store / "supervisor.json"
    card = json.loads(path.read_text())
    path.write_text(json.dumps({**card, "code": "older", "code_changed_ns": card["code_changed_ns"] - 1}))
    house.until(lambda: old not in house.processes(), "the older supervisor has gone")
    epochs = house.epochs(run)
    house.wait_for_epochs(run, epochs + 2)
    assert house.supervisor() != old
    assert json.loads(path.read_text())["code"] == code_on_disk()[0]
    assert house.jobs.queue.note(run.id).deaths == 0
    house.jobs.stop(run, visitor=OWNER)
    assert house.wait(run).state is State.STOPPED


@pytest.fixture
def standing_in(tmp_path):
    """A process whose command line looks like the store's supervisor."""
    store = tmp_path / "store"
    queue = Queue(store)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "core.jobs", str(store)])
    yield store, queue, process
    process.kill()
    process.wait()


def card(store, **changes):
    write_card(store)
    path = store / "supervisor.json"
    found = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({k: v for k, v in found.items() if v is not None}))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, False),
        ({"code": "other", "code_changed_ns": 2**62}, False),  # a newer checkout that shares the store
        ({"code": "other", "code_changed_ns": 1}, True),
        ({"code": None, "code_changed_ns": None}, True),  # of a version that wrote no code
    ],
)
def test_only_a_supervisor_of_older_code_is_told_to_end(standing_in, changes, told):
    store, queue, process = standing_in
    card(store, pid=process.pid, **changes)
    assert ask_older_to_leave(store, queue) is told
    if told:
        assert process.wait(timeout=10) == -signal.SIGTERM
    else:
        assert process.poll() is None


def test_a_supervisor_that_holds_its_store_and_does_nothing_is_ended(standing_in, monkeypatch):
    """By a client that saw no sign for a minute; a client that slept meanwhile has seen nothing."""
    store, _queue, process = standing_in
    now = [0.0]
    monkeypatch.setattr(pulse.time, "monotonic", lambda: now[0])
    hung = HungSupervisor(store)
    path = pulse.path_of_supervisor(store)
    for _ in range(100):  # of a version without signs
        now[0] += 1
        assert not hung.end()
    Pulse(path).beat()
    path.write_text(path.read_text().replace(str(os.getpid()), str(process.pid)))
    assert not hung.end()
    now[0] += 10_000
    assert not hung.end()
    for _ in range(58):
        now[0] += 1
        assert not hung.end()
    assert process.poll() is None
    now[0] += 2
    assert not hung.end()
    now[0] += 1
    assert hung.end()
    assert process.wait(timeout=10) == -signal.SIGKILL


def test_a_supervisor_whose_disk_is_full_gives_its_sign_by_the_files_time(standing_in, monkeypatch):
    store, _queue, process = standing_in
    now = [0.0]
    monkeypatch.setattr(pulse.time, "monotonic", lambda: now[0])
    hung, path = HungSupervisor(store), pulse.path_of_supervisor(store)
    Pulse(path).beat()
    path.write_text(path.read_text().replace(str(os.getpid()), str(process.pid)))
    for second in range(200):
        now[0] += 1
        os.utime(path, (second, second))
        assert not hung.end()
    assert process.poll() is None


def test_the_state_of_a_folder_knows_its_own_code_and_no_environments(tmp_path):
    (tmp_path / "use_cases").mkdir()
    before = state_of([tmp_path])
    for folder in (".hidden", "environment/lib"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").touch()
    (tmp_path / "environment" / "pyvenv.cfg").touch()
    assert state_of([tmp_path]) == before
    (tmp_path / "use_cases" / "a.py").touch()
    assert state_of([tmp_path]) != before


def test_one_that_knows_no_checkpoints_is_told_only_when_nothing_trains(standing_in):
    store, queue, process = standing_in
    card(store, pid=process.pid, code=None, code_changed_ns=None)
    queue.add("a", "me")
    queue.take()
    assert not ask_older_to_leave(store, queue)
    queue.done("a")
    assert ask_older_to_leave(store, queue)


def test_a_process_that_was_given_the_number_of_a_dead_supervisor_is_left_alone(tmp_path):
    queue = Queue(tmp_path)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        card(tmp_path, pid=stranger.pid, code="older", code_changed_ns=1)
        assert not ask_older_to_leave(tmp_path, queue)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_store_without_a_card_or_with_a_damaged_one_is_no_reason_to_end_anybody(tmp_path):
    queue = Queue(tmp_path)
    assert not ask_older_to_leave(tmp_path, queue)
    for text in ("", "[]", '{"pid": "x"}'):
        (tmp_path / "supervisor.json").write_text(text)
        assert not ask_older_to_leave(tmp_path, queue)


def test_a_client_that_knows_newer_folders_from_outside_does_not_end_a_supervisor_without_them(tmp_path, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_EXTRA", "")
    handover.write_card(tmp_path)
    monkeypatch.setattr(handover, "_is_supervisor", lambda pid, store: True)
    told = []
    monkeypatch.setattr(handover.os, "kill", lambda pid, signal: told.append(pid))
    newer = tmp_path / "outside" / "use_cases" / "mine.py"
    newer.parent.mkdir(parents=True)
    newer.write_text("x = 1\n")
    ahead_s = time.time() + 100
    os.utime(newer, (ahead_s, ahead_s))
    monkeypatch.setenv("PROVING_GROUND_EXTRA", str(tmp_path / "outside"))
    assert not handover.ask_older_to_leave(tmp_path, Queue(tmp_path))
    assert told == []
    handover.write_card(tmp_path)  # one that has the folder, whose file then changes
    newer.write_text("x = 2\n")
    os.utime(newer, (ahead_s + 10, ahead_s + 10))
    assert handover.ask_older_to_leave(tmp_path, Queue(tmp_path))
    assert told == [os.getpid()]


def test_the_code_has_another_key_after_a_change_and_files_outside_count(tmp_path, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_EXTRA", str(tmp_path))
    before = code_on_disk()
    assert code_on_disk() == before
    file = tmp_path / "use_cases" / "mine.py"
    file.parent.mkdir()
    file.write_text("x = 1\n")
    added = code_on_disk()
    assert added[0] != before[0]
    assert added[1] >= before[1]
    file.write_text("x = 2\n")
    os.utime(file, ns=(added[1] + 10, added[1] + 10))
    changed = code_on_disk()
    assert changed[0] not in (before[0], added[0])
    assert changed[1] == added[1] + 10
    assert (handover._CORE / "queue" / "handover.py").is_file()


def test_a_client_compares_codes_a_few_times_a_minute_and_not_with_every_page(tmp_path, monkeypatch):
    """It reads the times of some hundred files."""
    compared, clock = [], [1000.0]
    monkeypatch.setattr(local, "ask_older_to_leave", lambda store, queue: compared.append(clock[0]))
    jobs = LocalJobs(tmp_path)
    for _ in range(60):
        clock[0] += 1
        jobs._compare_code(clock[0])
    assert 3 <= len(compared) <= 6


def test_hidden_folders_and_environments_are_passed_over(tmp_path):
    for place in ("a.py", "deep/er/b.py", ".hidden/c.py", "__pycache__/d.py", "env/e.py", "deep/f.txt"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("")
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    assert code_files.under(tmp_path) == [tmp_path / "a.py", tmp_path / "deep" / "er" / "b.py"]
    assert code_files.under(tmp_path / "nowhere") == []
