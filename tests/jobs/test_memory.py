"""Memory that runs out: by a limit for real; by the system's killing as far as its counters can be played."""

from __future__ import annotations

import sys
import weakref
from concurrent.futures import Future

import pytest
import torch
from pebble import ProcessExpired

from core.contracts import State
from core.jobs.exits import exit_of
from core.queue import memory
from core.training import devices

QUICK = "testing/tiny_survival"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is Linux's")
def test_a_training_that_needs_more_than_the_limit_fails_with_what_to_lower_and_the_queue_goes_on(
    lone_house, monkeypatch
):
    monkeypatch.setenv("PROVING_GROUND_MEMORY_MB", "2200")
    house = lone_house
    run = house.submit("testing/tiny_stock", members=64, width=512, depth=6, num_epochs=2)
    after = house.submit("testing/tiny_survival", num_epochs=2)
    status = house.wait(run)
    assert status.state is State.FAILED
    assert status.reason.startswith("The training ran out of memory (the worker may use 2,200 MB). Lower ")
    for what in ("networks side by side", "width", "batch size"):
        assert what in status.reason
    assert house.wait(after).state is State.FINISHED


@pytest.mark.long  # waits for a worker of its own
def test_the_worker_volunteers_for_being_killed(lone_house):
    from pathlib import Path

    run = lone_house.submit(QUICK, **lone_house.endless)
    worker = lone_house.trainer(run)
    score = Path(f"/proc/{worker}/oom_score_adj")
    lone_house.until(lambda: score.read_text().strip() == "500", "the worker volunteers")
    own = Path("/proc/self/oom_score_adj").read_text()  # inherited by whoever is started from here
    assert Path(f"/proc/{lone_house.supervisor()}/oom_score_adj").read_text() == own


@pytest.mark.parametrize(
    ("error", "is_memory", "begins"),
    [
        (MemoryError("Unable to allocate 14.9 GiB"), True, "The training ran out of memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), True, "The training ran out of memory"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate"), True, "The GPU ran out of memory. Lower "),
        (RuntimeError("shapes do not match"), False, ""),
        (ValueError("not enough memory"), False, ""),
    ],
)
def test_errors_of_memory_are_told_from_others(error, is_memory, begins):
    assert memory.is_out_of_memory(error) is is_memory
    if is_memory:
        assert memory.sentence(error).startswith(begins)


@pytest.mark.parametrize(
    ("exitcode", "counted", "words"),
    [(-9, True, "because memory ran out. Lower"), (-9, False, "it was killed."), (1, True, "exit code 1")],
)
def test_a_killed_worker_died_of_memory_only_where_the_system_says_so(exitcode, counted, words):
    future: Future = Future()
    death = ProcessExpired("Abnormal termination")
    death.exitcode = exitcode
    future.set_exception(death)
    end = exit_of(future, counted)
    assert end.died
    assert words in end.reason


def test_the_count_of_kills_is_the_containers_where_there_is_one(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "_MOUNT", tmp_path)
    of_machine = memory.kills()
    assert of_machine >= 0
    (tmp_path / "memory.events").write_text("low 0\nhigh 4\noom 7\noom_kill 3\noom_group_kill 0\n")
    assert memory.kills() == 3


def test_the_limit_is_nine_tenths_of_the_containers_or_the_machines_memory(tmp_path, monkeypatch):
    monkeypatch.delenv("PROVING_GROUND_MEMORY_MB", raising=False)
    monkeypatch.setattr(memory, "_MOUNT", tmp_path)
    whole = memory.limit()
    (tmp_path / "memory.max").write_text("1000000000\n")
    assert memory.limit() == pytest.approx(900)
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.limit() == whole
    monkeypatch.setenv("PROVING_GROUND_MEMORY_MB", "512")
    assert memory.limit() == 512


def test_after_a_run_what_it_left_is_collected_before_the_gpu_gives_back(monkeypatch):
    """A finished training holds itself in cycles: a GPU's memory is free only once they are gone."""

    class Left:
        pass

    left = Left()
    left.itself = left
    watched, order = weakref.ref(left), []
    monkeypatch.setattr(devices, "release_memory", lambda: order.append(watched() is None))
    del left
    memory.give_back()
    assert order == [True]
