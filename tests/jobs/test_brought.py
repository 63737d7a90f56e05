"""Runs of use cases from outside, on a supervisor that was started without their folder: they bring it along."""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

import pytest

from core.contracts import State
from core.jobs import worker
from core.jobs.local import LocalJobs
from core.keys import fingerprint
from core.keys.declared import CannotBeKeyed
from core.publish import record, ship
from core.queue import pulse
from core.queue.handover import Brought, state_of
from core.queue.requests import run_lock
from core.registry import BROUGHT, bringing, extra_folders, folders_in, to_bring
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import run_folders, runs
from core.use_cases import use_case as use_case_named
from tests.jobs.conftest import House, opened

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found through /proc")
TINY = Path(__file__).parents[1] / "extra" / "use_cases" / "testing" / "tiny_survival.py"
_long_ago = itertools.count(1_500_000_000, 10)
BASELINE = """
from dataclasses import dataclass, replace

from core.evaluation.baselines.constant import Constant

BASELINE = Constant(name="{name}_constant", title="My constant")
"""


def write(folder: Path, name: str, *, rows: int = 600) -> None:
    """A use case with a baseline of its own, both from outside."""
    text = TINY.read_text().replace("testing/tiny_survival", f"testing/{name}").replace("ROWS = 600", f"ROWS = {rows}")
    text = text.replace('baselines=("constant",)', f'baselines=("{name}_constant",)')
    for kind, content in (("use_cases/testing", text), ("evaluation/baselines", BASELINE.format(name=name))):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        path = folder / kind / f"{name}.py"
        path.write_text(content)
        old_s = next(_long_ago)  # a newer file than the supervisor's would have it replaced
        os.utime(path, (old_s, old_s))


@pytest.fixture(scope="module")
def bare(tmp_path_factory, baselines):
    """A house whose supervisor is started without any folder from outside."""
    with opened(tmp_path_factory.mktemp("house") / "store", baselines) as house:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PROVING_GROUND_EXTRA", "")
            house.supervisor()
        yield house


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """A folder from outside that this process looks in, and nobody else."""
    monkeypatch.setenv("PROVING_GROUND_EXTRA", f"{os.environ['PROVING_GROUND_EXTRA']}{os.pathsep}{tmp_path}")
    return tmp_path


def test_a_run_and_a_question_bring_the_folder_along_that_their_use_case_is_in(bare: House, outside):
    write(outside, "mine")
    supervisor = bare.supervisor()
    run = bare.submit("testing/mine", num_epochs=3)
    assert bare.wait(run).state is State.FINISHED
    report = runs.read(run.folder).report()
    assert {b["name"] for b in report["baselines"]} == {"mine_constant"}
    profile = bare.jobs.ask({"ask": "profile", "use_case": "testing/mine"}, timeout_s=120)
    assert profile["rows"] == 600
    answer = bare.jobs.ask({"ask": "records", "use_case": "testing/mine", "rows": [1]})
    assert len(answer["records"]) == 1
    assert bare.supervisor() == supervisor


@pytest.mark.long  # waits for a worker of its own
def test_what_cannot_be_found_is_put_aside_with_the_reason_and_goes_on_when_it_is_mended(
    bare: House, outside, monkeypatch
):
    write(outside, "broken")
    bare.supervisor()
    use_case = outside / "use_cases" / "testing" / "broken.py"
    with monkeypatch.context() as asleep:
        asleep.setattr(LocalJobs, "wake", lambda self: None)
        first = bare.submit("testing/tiny_survival", **bare.endless)
        run, gone, after = (
            bare.submit(name, num_epochs=2) for name in ("testing/broken",) * 2 + ("testing/tiny_survival",)
        )
        whole = use_case.read_text()
        use_case.write_text("import no_such_module\n")
        os.utime(use_case, (1_400_000_000, 1_400_000_000))
    bare.wait_for_epochs(first)
    bare.jobs.stop(first, visitor="test")
    assert bare.wait(after).state is State.FINISHED  # they hold nobody up
    status = bare.jobs.status(run)
    assert status.state is State.PAUSED
    assert status.reason.startswith("The worker does not know what this run names. No use case named 'testing/broken'.")
    assert "broken.py did not: No module named 'no_such_module'" in status.reason
    assert bare.wait_for(gone, State.PAUSED)
    bare.jobs.stop(gone, visitor="test")
    assert bare.jobs.status(gone).state is State.CANCELLED
    beats = pulse.read(pulse.path_of_supervisor(bare.store)).beats
    bare.until(lambda: pulse.read(pulse.path_of_supervisor(bare.store)).beats >= beats + 3, "three beats")
    assert bare.jobs.status(run).state is State.PAUSED
    use_case.write_text(whole)
    os.utime(use_case, (1_450_000_000, 1_450_000_000))
    assert bare.wait(run).state is State.FINISHED


@pytest.mark.long
def test_code_from_outside_that_has_changed_is_not_carried_out_as_it_was(bare: House, outside):
    """The supervisor does not know the folder, and its worker has the file in memory."""
    rows = []
    for many in (600, 700):
        write(outside, "changing", rows=many)
        run = bare.submit("testing/changing", num_epochs=2)
        assert bare.wait(run).state is State.FINISHED
        rows.append(sum(runs.read(run.folder).report()["rows"][part] for part in ("train", "validation", "test")))
        assert bare.jobs.ask({"ask": "profile", "use_case": "testing/changing"}, timeout_s=120)["rows"] == many
    assert rows == [600, 700]


def test_folders_that_are_brought_along_count_more_than_the_environment_and_only_meanwhile(tmp_path, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_EXTRA", str(tmp_path / "of the environment"))
    own = (tmp_path / "of the environment",)
    with bringing([str(tmp_path / "brought")]):
        assert extra_folders() == (tmp_path / "brought",)
        assert to_bring() == {BROUGHT: [str(tmp_path / "brought")]}
        with bringing(None):
            assert extra_folders() == own
        with bringing(()):
            assert extra_folders() == ()
    assert extra_folders() == own
    assert folders_in({}) is None
    assert folders_in({BROUGHT: "/x"}) is None
    assert folders_in({BROUGHT: ["/x"]}) == ("/x",)


def test_a_folder_whose_code_changed_is_older_in_memory_once(tmp_path):
    brought = Brought()
    assert not brought.is_older([tmp_path])
    (tmp_path / "a.py").write_text("x = 1\n")
    assert brought.is_older([tmp_path])
    assert not brought.is_older([tmp_path, tmp_path / "not here"])
    before = state_of([tmp_path])
    (tmp_path / "a.py").write_text("x = 2\n")
    (tmp_path / "notes.txt").write_text("no code")
    assert state_of([tmp_path]) != before
    assert brought.is_older([tmp_path])


def test_a_recorded_run_names_no_folder_of_the_machine_that_made_it(bare: House, tmp_path):
    declared = use_case_named("testing/tiny_survival")
    run = bare.submit("testing/tiny_survival", num_epochs=2)
    assert bare.wait(run).state is State.FINISHED
    assert BROUGHT in run.config
    (preset, *_) = record.presets_of(declared)
    kept = ship.keep(runs.read(run.folder), declared, preset, tmp_path)
    assert BROUGHT not in runs.read(kept).config


UNSEEN = """
import threading

import numpy as np
from numpy import log1p

_numbers = np.random.default_rng(5)
_lock = threading.Lock()
_memo = {}


def own_examples(tables):
    with _lock:
        _memo["rows"] = log1p(ROWS)
        _numbers.random()
    return examples(tables)


USE_CASE"""


def test_a_run_of_a_use_case_that_nobody_can_see_into_goes_on_from_its_checkpoint(outside, tmp_path, monkeypatch):
    write(outside, "unseen")
    path = outside / "use_cases" / "testing" / "unseen.py"
    text = path.read_text().replace("\nUSE_CASE", UNSEEN, 1).replace("examples=examples", "examples=own_examples")
    path.write_text(text)
    monkeypatch.setattr(worker.memory, "apply_limit", lambda: None)  # this process is no worker
    for switch in ("make_repeatable", "set_threads"):
        monkeypatch.setattr(worker.devices, switch, lambda: None)
    declared = use_case_named("testing/unseen")
    assert fingerprint.of_training(declared) != fingerprint.of_training(declared)
    with pytest.raises(CannotBeKeyed):
        fingerprint.of_examples(declared)
    house = House(tmp_path / "store")
    settings = resolve(settings_of(declared), {"num_epochs": 60, "patience": 60})
    facts = {"data_checksum": "", "code": fingerprint.of_run(declared), "versions": {}, "visitor": "test"}
    run = run_folders.create(house.store, declared, settings, **facts)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "_is_to_leave_off", lambda *_: any(e["event"] == "epoch" for e in run.progress()))
        lock = run_lock(house.store, run.id)
        patch.setattr(worker, "run_lock", lambda *_: lock)
        assert worker.carry_out(house.store, run.id).state is None
        assert not lock.is_locked, "a run that is left is free at once, not when its lock is collected"
    assert worker.carry_out(house.store, run.id).state is State.FINISHED
    notices = [event["text"] for event in runs.read(run.folder).progress() if event["event"] == "notice"]
    assert notices[0].startswith("Goes on from checkpoint")
    assert runs.read(run.folder).config["code"] == fingerprint.of_run(declared)
