"""A disk that is really full: a small one is mounted and filled. Runs wait for room, and nothing is lost."""

from __future__ import annotations

import contextlib
import errno
import shutil
import subprocess
import sys

import pytest

from core.contracts import State
from core.errors import UserError
from core.jobs import worker
from core.jobs.exits import DISK_WAS_FULL, MOST_DEATHS, WorkerExit, finalize
from core.jobs.local import LocalJobs
from core.keys import fingerprint
from core.queue import memory
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import checkpoints, outcomes, run_folders, runs
from core.store.files import is_full_disk, lacks_room
from core.training import devices
from core.use_cases import use_case as use_case_named
from tests.jobs.conftest import House, opened

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mounts a tmpfs")
NAME = "testing/tiny_stock"
LONG = {"num_epochs": 100, "patience": 100, "batch_size": 32, "seed": 3, "width": 32}


@pytest.fixture
def small_disk(tmp_path):
    """8 MB, mounted for one test."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"this account may not mount a small disk: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place):
    """Take the last byte."""
    with (place / "filler").open("ab", buffering=0) as out:
        for size in (65536, 4096, 1):
            with contextlib.suppress(OSError):
                while out.write(b"0" * size):
                    pass
    assert shutil.disk_usage(place).free == 0


def test_a_run_whose_disk_fills_up_waits_for_room_and_ends_with_the_same_bits(small_disk, monkeypatch, baselines):
    monkeypatch.setenv("PROVING_GROUND_ROOM_MB", "3")
    with opened(small_disk / "store", baselines) as house:
        plain = house.submit(NAME, **LONG)
        assert house.wait(plain).state is State.FINISHED
        run, after = house.submit(NAME, **LONG), house.submit("testing/tiny_survival")
        house.wait_for_checkpoint(run, 2)
        fill(small_disk)
        house.until(lambda: not house.trainers(), "the worker leaves the run")
        for waits, states in ((run, (State.RUNNING, State.WAITING)), (after, (State.WAITING,))):
            status = house.jobs.status(waits)
            assert status.state in states  # the queue too lies on the full disk, and changes when there is room
            assert status.wait_s is None
            assert status.reason.startswith("The disk is full: trainings need 3 MB free")
            assert "the queue then goes on by itself" in status.reason
        assert checkpoints.exist(run.folder)
        assert not list(run.folder.glob("**/.*.tmp"))
        with pytest.raises(UserError, match="The disk is full|could not be written"):
            house.submit("testing/tiny_survival")
        (small_disk / "filler").unlink()
        assert house.wait(run).state is State.FINISHED
        assert house.wait(after).state is State.FINISHED
        for name in ("model.safetensors", "predictions.parquet"):
            assert (run.folder / name).read_bytes() == (plain.folder / name).read_bytes()
        assert {r.id for r in runs.list_runs(house.store) if not r.recorded} == {plain.id, run.id, after.id}


@pytest.fixture
def in_this_process(monkeypatch):
    """The worker's code without its limits and switches, which would stay with the tests."""
    monkeypatch.setattr(memory, "apply_limit", lambda: None)
    monkeypatch.setattr(devices, "make_repeatable", lambda: None)
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    monkeypatch.setenv("PROVING_GROUND_CHECKPOINT_S", "0")


@pytest.mark.parametrize("moment", ["progress", "checkpoint", "outcome", "finalize"])
def test_wherever_the_disk_becomes_full_the_run_is_left_at_its_checkpoint(
    small_disk, in_this_process, monkeypatch, moment
):
    """Really full from that write on. Once there is room the run ends as ever."""
    store = small_disk / "store"
    monkeypatch.setattr(memory, "apply_limit", lambda: None)  # this process is no worker
    jobs, declared = LocalJobs(store), use_case_named(NAME)
    run = jobs.submit(declared, resolve(settings_of(declared), {"num_epochs": 4}), visitor="me")
    assert jobs.queue.take() == run.id
    owner, name = {
        "progress": (fingerprint, "of_run"),
        "checkpoint": (checkpoints.RunCheckpoints, "write"),
        "outcome": (outcomes, "save"),
        "finalize": (run_folders, "finalize"),
    }[moment]
    original = getattr(owner, name)

    def full_from_now(*args, **kwargs):
        if not (small_disk / "filler").exists():
            fill(small_disk)
        return original(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, full_from_now)
        end = worker.carry_out(store, run.id)
    assert end == WorkerExit(died=True, reason=DISK_WAS_FULL)
    assert runs.read(run.folder).final_state is None
    assert not (run.folder / "report.json").exists()
    (small_disk / "filler").unlink()
    finalize(store, jobs.queue, run.id, end)
    assert jobs.status(run).state is State.WAITING
    assert jobs.queue.take() == run.id
    end = worker.carry_out(store, run.id)
    finalize(store, jobs.queue, run.id, end)
    assert jobs.status(run).state is State.FINISHED
    assert [e["epoch"] for e in run.progress() if e["event"] == "epoch"] == [1, 2, 3, 4]
    assert runs.read(run.folder).report()["epochs_run"] == 4


def test_a_run_that_fills_the_disk_by_itself_is_given_up_in_the_end(in_this_process, tmp_path):
    house = House(tmp_path / "store")
    run = house.prepare()
    end = WorkerExit(died=True, reason=DISK_WAS_FULL)
    for _ in range(MOST_DEATHS + 1):
        assert house.jobs.status(run).state is State.WAITING
        assert house.jobs.queue.take() == run.id
        finalize(house.store, house.jobs.queue, run.id, end)
    status = house.jobs.status(run)
    assert (status.state, status.reason) == (
        State.FAILED,
        "The disk was full. It was tried 4 times. Free some space and train again.",
    )
    assert house.jobs.open_jobs() == []


def test_an_end_for_which_there_is_no_room_is_tried_again_and_nothing_forgotten(small_disk, in_this_process):
    house = House(small_disk / "store")
    run = house.prepare()
    assert house.jobs.queue.take() == run.id
    fill(small_disk)
    end = WorkerExit(state=State.FAILED, reason="The settings cannot be used.")
    with pytest.raises(Exception) as raised:
        finalize(house.store, house.jobs.queue, run.id, end)
    assert is_full_disk(raised.value)
    status = house.jobs.status(run)
    assert (status.state, status.reason.startswith("The disk is full")) == (State.RUNNING, True)
    (small_disk / "filler").unlink()
    finalize(house.store, house.jobs.queue, run.id, end)
    assert (house.jobs.status(run).state, house.jobs.status(run).reason) == (State.FAILED, end.reason)


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (RuntimeError("I/O error: No space left on device (os error 28)"), True),
        (ValueError("The settings cannot be used."), False),
    ],
)
def test_a_full_disk_is_told_from_other_errors_also_as_a_cause(error, full):
    assert is_full_disk(error) is full
    wrapped = ValueError("wrapped")
    wrapped.__cause__ = error
    assert is_full_disk(wrapped) is full


def test_how_much_room_there_must_be_can_be_set(tmp_path, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_ROOM_MB", "1e9")
    assert "The disk is full: trainings need 1,000,000,000 MB free" in lacks_room(tmp_path)
    monkeypatch.setenv("PROVING_GROUND_ROOM_MB", "0.001")
    assert lacks_room(tmp_path) == ""
    assert lacks_room(tmp_path / "gone") == ""
