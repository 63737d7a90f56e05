"""A hundred faults in a row, drawn by a seed: processes are killed, folders deleted, checkpoints damaged, the disk is
filled. Then every run folder is looked at."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter

import pytest

from core.contracts import State
from core.errors import UserError
from core.jobs.rules import OWNER
from core.store import checkpoints, runs
from tests.jobs.conftest import opened

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found through /proc"),
]
FAULTS = int(os.environ.get("CHAOS_FAULTS", "100"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
KINDS = {
    "long": ("testing/tiny_stock", {"num_epochs": 150, "patience": 150, "batch_size": 32, "dropout": 0.1, "seed": 3}),
    "short": ("testing/tiny_survival", {"num_epochs": 40, "patience": 40, "batch_size": 32, "seed": 5}),
    "endless": ("testing/tiny_survival", {"num_epochs": 1_000_000, "patience": 1_000_000}),
}
HARMLESS = ("model.safetensors", "predictions.parquet")  # the same bits, whatever came between


class Chaos:
    """What can go wrong, each as a method; every one leaves the store to recover by itself."""

    def __init__(self, house, disk, draw):
        self.house, self.disk, self.draw = house, disk, draw
        self.made, self.deleted, self.happened = {}, set(), Counter()

    def top_up(self):
        """Three runs at least that train or wait, so that there is something to lose."""
        while sum(job.state is not State.PAUSED for job in self.house.jobs.open_jobs()) < 3:
            kind = self.draw.choice(["long", "short", "short", "endless"])
            name, given = KINDS[kind]
            run = self.house.submit(name, **given)
            self.made[run.id] = (kind, run)

    def open_runs(self, *states):
        jobs = self.house.jobs.open_jobs()
        return [self.made[j.run][1] for j in jobs if j.run in self.made and (not states or j.state in states)]

    def kill_worker(self):
        self._kill(list(self.house.trainers()))

    def kill_supervisor(self):
        self._kill(self.house.supervisors())

    def kill_both(self):
        self._kill([*self.house.supervisors(), *self.house.trainers()])

    def kill_answerer(self):
        self._kill([pid for pid, words in self.house.processes().items() if "core.answering.worker" in words])

    def delete_folder(self):
        if found := self.open_runs():
            run = self.draw.choice(found)
            self.deleted.add(run.id)
            shutil.rmtree(run.folder, ignore_errors=True)
            while run.folder.exists():  # its worker was writing
                shutil.rmtree(run.folder, ignore_errors=True)

    def damage_checkpoint(self):
        found = [p for run in self.open_runs() for p in checkpoints.folder(run.folder).glob("[0-9]*.safetensors")]
        if found:
            with contextlib.suppress(FileNotFoundError):  # it was the oldest, and has gone
                path = self.draw.choice(sorted(found))
                content = path.read_bytes()
                with path.open("r+b") as out:
                    out.write(content[: len(content) // 2][::-1])

    def pause(self):
        if found := self.open_runs():
            self.house.jobs.pause(self.draw.choice(found), visitor=OWNER)

    def resume(self):
        if found := self.open_runs(State.PAUSED):
            self.house.jobs.resume(self.draw.choice(found), visitor=OWNER)

    def stop(self):
        if found := self.open_runs():
            self.house.jobs.stop(self.draw.choice(found), visitor=OWNER)

    def cancel(self):
        if found := self.open_runs(State.WAITING, State.PAUSED):
            self.house.jobs.stop(self.draw.choice(found), visitor=OWNER)

    def fill_disk(self):
        filler = self.disk / "filler"
        with filler.open("ab", buffering=0) as out:
            for size in (65536, 4096, 1):
                with contextlib.suppress(OSError):
                    while out.write(b"0" * size):
                        pass
        time.sleep(self.draw.uniform(0.1, 1.5))
        filler.unlink()

    def _kill(self, pids):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)

    def happen(self):
        """One fault, and a moment for the store to do something about it, or not."""
        faults = [name for name in vars(Chaos) if not name.startswith("_") and name not in NOT_FAULTS]
        name = self.draw.choice(faults)
        self.happened[name] += 1
        with contextlib.suppress(UserError):  # a sentence for a person; the disk was full, say
            getattr(self, name)()
        trains = self.draw.random() < 0.4  # else the next fault meets whatever there is
        until = time.monotonic() + (60.0 if trains else self.draw.choice([0.0, 0.3, 1.0, 3.0]))
        while time.monotonic() < until and not (trains and self.house.trainers()):
            with contextlib.suppress(UserError):
                self.house.jobs.wake()
            time.sleep(0.1)


NOT_FAULTS = ("top_up", "open_runs", "happen")


@pytest.fixture
def disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"this account may not mount a small disk: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_after_a_hundred_faults_every_run_has_its_end_and_nothing_is_left_over(disk, baselines, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_ROOM_MB", "5")
    draw = random.Random(SEED)
    with opened(disk / "store", baselines) as house:
        undisturbed = {}
        for kind in ("long", "short"):
            name, given = KINDS[kind]
            plain = house.submit(name, **given)
            assert house.wait(plain).state is State.FINISHED
            undisturbed[kind] = plain
        chaos = Chaos(house, disk, draw)
        for _ in range(FAULTS):
            with contextlib.suppress(UserError):  # a full disk takes no run
                chaos.top_up()
            chaos.happen()
        settle(house, chaos)
        ended = check(house, chaos, undisturbed)
        print(f"\n{FAULTS} faults with seed {SEED}: {dict(chaos.happened)}\n{len(chaos.made)} runs: {dict(ended)}")
        house.end()
        assert house.processes() == {}


def settle(house, chaos):
    """Everybody resumes, endless runs are stopped, and the queue runs empty."""
    deadline = time.monotonic() + 600
    while (jobs := house.jobs.open_jobs()) and time.monotonic() < deadline:
        with contextlib.suppress(UserError):  # a supervisor that just failed on a full disk is tried again soon
            house.jobs.wake()
        for job in jobs:
            kind, run = chaos.made[job.run]
            if job.state is State.PAUSED:
                house.jobs.resume(run, visitor=OWNER)
            elif kind == "endless":
                house.jobs.stop(run, visitor=OWNER)
        time.sleep(0.3)
    assert house.jobs.open_jobs() == []


def check(house, chaos, undisturbed):
    """Every run by its folder: finalized with a reason, readable, whole; returns how many ended how."""
    ended = Counter()
    for kind, made in chaos.made.values():
        status, run = house.jobs.status(made), runs.read(made.folder)
        assert status.state.is_final, (made.id, status)
        assert status.reason
        if made.id in chaos.deleted and not made.folder.exists():
            assert "was deleted" in status.reason
            ended["deleted"] += 1
            continue
        ended[status.state.value] += 1
        assert (run.problem, run.final_state) == ("", status.state)
        assert not checkpoints.folder(run.folder).exists()
        assert not list(run.folder.glob(".*"))
        epochs = [e["epoch"] for e in run.progress() if e["event"] == "epoch"]
        assert epochs == list(range(1, len(epochs) + 1)), made.id  # none doubled, none missing
        assert (run.folder / "report.json").exists() is status.state.has_report
        if status.state.has_report:
            assert run.report()["epochs_run"] == len(epochs)
            assert all(values.size for values in run.held_out().test.values())
            assert run.has_weights
        if status.state is State.FINISHED:
            for name in HARMLESS:
                assert (run.folder / name).read_bytes() == (undisturbed[kind].folder / name).read_bytes(), made.id
    of_store = {r.id for r in runs.list_runs(house.store) if not r.recorded}
    assert of_store == {i for i, (_, r) in chaos.made.items() if r.folder.exists()} | {
        r.id for r in undisturbed.values()
    }
    house.until(lambda: not list((house.store / "locks").iterdir()), "no lock is left", timeout_s=20)
    assert house.jobs.queue.asked() == {}
    assert json.loads((house.store / "supervisor.json").read_text())["pid"] in house.supervisors()
    return ended
