"""Whatever happens to a file of a finished run: no page fails, no new training, and no other run is lost."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from core.answering.worker import Answerer, _reply
from core.commands.command_line import main
from core.contracts import Section, State
from core.errors import UserError
from core.estimating import calibration as jobs_calibration
from core.estimating import calibration_file
from core.jobs.local import LocalJobs
from core.jobs.worker import carry_out
from core.queue import memory
from core.queue.handover import Brought
from core.serving import measuring
from core.settings import defaults
from core.settings.use_case import settings_of
from core.store import caches, run_folders, runs
from core.use_cases import use_case
from tests.damage import damage
from tests.pages.drawing import page_of, page_of_home
from tests.samples import OLD_RUN

ASKED = ("testing/tiny_stock", "healthcare/heart_disease")
QUICK, LONG = 12, 200


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a run that was carried out and one that an earlier version made, each twice, and all its caches."""
    store = tmp_path_factory.mktemp("whole") / "store"
    declared = use_case(ASKED[0])
    chosen = defaults(settings_of(declared)) | {"num_epochs": 3, "device": "cpu"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "apply_limit", lambda: None)
        for _ in range(2):
            run = run_folders.create(store, declared, chosen, data_checksum="", code="", versions={}, visitor="test")
            assert carry_out(store, run.id).state is State.FINISHED
    for place in ("1", "2"):
        name = f"20260101-00000000{place}-healthcare-heart_disease-000{place}"
        shutil.copytree(OLD_RUN, store / "runs" / name)
    shutil.copy(calibration_file.SHIPPED, calibration_file.path_of(store))
    return store


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store's place, where pages and commands look; questions are answered in this process."""
    store = tmp_path / "store"
    monkeypatch.setenv("PROVING_GROUND_STORE", str(store))
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    monkeypatch.setattr(memory, "apply_limit", lambda: None)
    monkeypatch.setattr(caches, "_in_memory", {})
    monkeypatch.setattr(measuring, "_MOST_S", 0.0)  # how fast a service answers is not asked here
    answerers: dict[Path, Answerer] = {}

    def ask(self: LocalJobs, question: dict[str, Any], *, timeout_s: float = 20.0) -> dict[str, Any]:
        answerer = answerers.setdefault(self.store, Answerer(self.store))
        answer: dict[str, Any] = json.loads(_reply(answerer, Brought(), json.dumps(question).encode()))
        if "error" in answer:
            assert "could not be answered" not in answer["error"], answer
            raise UserError(answer["error"])
        return answer

    monkeypatch.setattr(LocalJobs, "ask", ask)
    return store


def files_of(store: Path) -> list[Path]:
    """Every file that may be damaged: those of the newest run of each use case, and the store's own."""
    newest = [max((store / "runs").glob(f"*-{name.replace('/', '-')}-*")) for name in ASKED]
    own = [p for name in ("cache", "baselines") for p in (store / name).iterdir()]
    return sorted([*(p for folder in newest for p in folder.iterdir()), *own, calibration_file.path_of(store)])


def run_of(store: Path, name: str, *, damaged: bool) -> str:
    """The newest run of a use case is the one that is damaged; the oldest stays whole."""
    return (max if damaged else min)(p.name for p in (store / "runs").glob(f"*-{name.replace('/', '-')}-*"))


def check_all(store: Path, names: Sequence[str], told: str, *, train: bool) -> None:
    """Everything that reads a store, after a damage to what these use cases are shown by."""
    known = {run.id: run.problem for run in runs.list_runs(store)}
    assert {p.name for p in (store / "runs").iterdir()} <= set(known), told
    assert not any(known[run_of(store, name, damaged=False)] for name in ASKED), told
    assert not page_of_home().exception, told
    for name in names:
        damaged = run_of(store, name, damaged=True)
        for section in Section:
            app = page_of(name, section=section.value, run=damaged)
            assert not app.exception, f"{told}: {section}: {app.exception[0].stack_trace}"
        assert not page_of(name, section="results", run=run_of(store, name, damaged=False)).exception, told
        assert main(["runs", name]) == 0, told
        assert main(["show", damaged]) in (0, 2), told
        assert main(["show", damaged, "--json"]) in (0, 2), told
    declared = use_case(ASKED[0])
    chosen = defaults(settings_of(declared)) | {"num_epochs": 1, "device": "cpu"}
    fresh = LocalJobs(store).submit(declared, chosen, visitor="test")
    assert jobs_calibration.before(store, fresh) is not None, told
    if train:
        end = carry_out(store, fresh.id)
        assert end.state is State.FINISHED, f"{told}: {end}"
        assert runs.load_run(store, fresh.id).report(declared.with_variant(chosen))["estimate"]["time_s"]
    LocalJobs(store).queue.done(fresh.id)
    shutil.rmtree(fresh.folder)


def go_through(whole: Path, house: Path, seed: int, count: int) -> None:
    """As many damages, one at a time, each of another file until all have had one."""
    shutil.copytree(whole, house)
    names = [p.relative_to(whole) for p in files_of(whole)]
    rng, failures = random.Random(seed), []
    order = [name for _ in range(count // len(names) + 1) for name in rng.sample(names, len(names))][:count]
    for number, name in enumerate(order):
        told = f"seed {seed}, damage {number}: {damage(house / name, rng)}"
        asked = [n for n in ASKED if n.replace("/", "-") in name.as_posix()] or ASKED
        try:
            check_all(house, asked, told, train=name.parts[0] in ("cache", "baselines") or number % 20 == 0)
        except Exception as error:  # all of them are told at the end
            failures.append(f"{told}: {type(error).__name__}: {error}")
        _restore(whole, house, name.parent)
    assert not failures, "\n".join(failures)


def _restore(whole: Path, house: Path, folder: Path) -> None:
    for path in (house / folder).iterdir():
        if not (whole / folder / path.name).is_dir() and path.name != "queue.sqlite":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in (whole / folder).iterdir():
        if path.is_file():
            shutil.copy2(path, house / folder / path.name)


def test_a_store_that_is_whole_has_nothing_to_tell(whole: Path, house: Path) -> None:
    """What the checks go through works where nothing is damaged: else they would prove little."""
    shutil.copytree(whole, house)
    check_all(house, ASKED, "whole", train=True)
    for name in ASKED:
        for section in Section:
            app = page_of(name, section=section.value)
            assert not app.error, section
            assert not app.warning, section


def test_no_damage_of_a_file_breaks_a_page_or_a_training(whole: Path, house: Path) -> None:
    go_through(whole, house, 1, QUICK)


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 3])
def test_none_of_two_hundred_damages_breaks_a_page_or_a_training(whole: Path, house: Path, seed: int) -> None:
    go_through(whole, house, seed, LONG)
