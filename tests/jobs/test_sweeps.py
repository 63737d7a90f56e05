"""Sweeps: runs that are submitted, counted, asked and deleted together."""

from __future__ import annotations

import json

import pytest

from core.commands.command_line import main
from core.errors import DataError, RunError, UserError
from core.jobs import local
from core.jobs.local import LocalJobs
from core.jobs.rules import MOST_OWN, MOST_QUEUED, OWNER, SHARED, visitor_of
from core.jobs.sweeps import ask_all, runs_of, sweep_of
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import run_folders, runs
from core.use_cases import use_case as use_case_named

TINY = use_case_named("testing/tiny_survival")
ME, OTHER = visitor_of("me"), visitor_of("other")


def sheet(*rates, **given):
    return [resolve(settings_of(TINY), {"learning_rate": rate, **given}) for rate in rates]


@pytest.fixture
def jobs(tmp_path, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(runs, "RECORDED", tmp_path / "recorded")
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    return LocalJobs(tmp_path / "store")


def states(jobs, found):
    return [jobs.status(run).state.value for run in found]


def printed(capsys, *words):
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_sweep_is_submitted_paused_resumed_stopped_and_deleted_as_one(jobs, capsys):
    alone = jobs.submit(TINY, sheet(0.01)[0], visitor=OWNER)
    made = jobs.submit_sweep(TINY, sheet(0.001, 0.01, 0.1), visitor=OWNER)
    sweep = sweep_of(made[0])
    assert [sweep_of(run) for run in made] == [sweep] * 3
    assert sweep_of(alone) is None
    assert [run.id for run in runs_of(jobs.store, sweep)] == [run.id for run in made]
    assert [job.run for job in jobs.queue.jobs()] == [alone.id, *(run.id for run in made)]
    rows = {row["run"]: row["sweep"] for row in printed(capsys, "runs")}
    assert rows == {alone.id: None, **{run.id: sweep for run in made}}
    assert [r["state"] for r in printed(capsys, "pause", sweep)["runs"]] == ["paused"] * 3
    assert [r["state"] for r in printed(capsys, "resume", sweep)["runs"]] == ["waiting"] * 3
    assert [job.run for job in jobs.queue.jobs()] == [alone.id, *(run.id for run in made)]  # in their order again
    jobs.stop(made[0], visitor=OWNER)  # one has ended, two have not: all or none
    assert main(["delete", sweep]) == 2
    assert {run.id for run in runs_of(jobs.store, sweep)} == {run.id for run in made}
    assert "A run is deleted after its end" in capsys.readouterr().err
    assert [r["state"] for r in printed(capsys, "stop", sweep)["runs"]] == ["cancelled"] * 3
    assert [r["state"] for r in printed(capsys, "delete", sweep)["runs"]] == ["deleted"] * 3
    assert [run.id for run in runs.list_runs(jobs.store)] == [alone.id]
    with pytest.raises(RunError, match="No sweep is called"):
        runs_of(jobs.store, sweep)


def test_a_sweep_of_which_one_cannot_be_made_leaves_none_that_would_be_trained_after_all(jobs, monkeypatch):
    facts, asked = local._facts, []

    def missing_for_the_second(*about):
        asked.append(about)
        if len(asked) == 2:
            raise DataError("The data of this variant are missing.")
        return facts(*about)

    monkeypatch.setattr(local, "_facts", missing_for_the_second)
    with pytest.raises(DataError):
        jobs.submit_sweep(TINY, sheet(0.001, 0.01, 0.1), visitor=OWNER)
    assert runs.list_runs(jobs.store) == []
    assert jobs.queue.compare() is False
    assert jobs.open_jobs() == []


def test_the_one_in_training_is_asked_last(jobs):
    made = jobs.submit_sweep(TINY, sheet(0.001, 0.01), visitor=OWNER)
    assert jobs.queue.take() == made[0].id
    ask_all(jobs.pause, jobs, made, visitor=OWNER)
    assert states(jobs, made) == ["running", "paused"]
    assert jobs.status(made[0]).asked == "pause"


def test_a_sweep_needs_as_many_places_as_it_has_runs_and_comes_whole_or_not_at_all(jobs, monkeypatch):
    monkeypatch.setenv(SHARED, "1")
    monkeypatch.setenv(MOST_OWN, "3")
    assert len(jobs.submit_sweep(TINY, sheet(0.001, 0.01), visitor=ME)) == 2
    with pytest.raises(
        UserError, match=r"takes of one visitor at most 3 runs; 2 are in it, and this sweep has 2 runs\."
    ):
        jobs.submit_sweep(TINY, sheet(0.001, 0.01), visitor=ME)
    assert len(runs.list_runs(jobs.store)) == len(jobs.queue.jobs()) == 2
    monkeypatch.setenv(MOST_QUEUED, "4")
    with pytest.raises(UserError, match=r"takes in all at most 4 runs; 2 are in it, and this sweep has 3 runs\."):
        jobs.submit_sweep(TINY, sheet(0.001, 0.01, 0.1), visitor=OTHER)
    assert len(jobs.submit_sweep(TINY, sheet(0.001, 0.01), visitor=OTHER)) == 2
    with pytest.raises(UserError, match="takes at most 4 runs; 4 are in it"):
        jobs.submit(TINY, sheet(0.1)[0], visitor=ME)


def test_a_sweep_whose_folder_cannot_be_made_leaves_nothing(jobs, monkeypatch):
    create, calls = run_folders.create, []

    def fails(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return create(*args, **kwargs)

    monkeypatch.setattr(run_folders, "create", fails)
    with pytest.raises(UserError):
        jobs.submit_sweep(TINY, sheet(0.001, 0.01), visitor=OWNER)
    assert runs.list_runs(jobs.store) == []
    assert jobs.queue.jobs() == []
    with pytest.raises(UserError, match="at least one run"):
        jobs.submit_sweep(TINY, [], visitor=OWNER)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--sweep", "learning_rate"], "--sweep takes NAME=VALUE,VALUE; it was given 'learning_rate'"),
        (["--sweep", "learning_rate= ,"], "--sweep takes NAME=VALUE,VALUE"),
        (["--sweep", "learning_rat=1,2"], "learning_rate"),
        (["--sweep", "seed=1,2", "--sweep", "seed =3"], "--sweep takes each setting once; 'seed' was given twice."),
    ],
)
def test_a_mistake_in_a_sweep_is_one_sentence(jobs, capsys, words, told):
    assert main(["train", TINY.name, *words]) == 2
    assert told in capsys.readouterr().err
    assert runs.list_runs(jobs.store) == []


def test_the_command_trains_every_combination_on_any_backend(jobs, capsys, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_BACKEND", "in_process")
    words = ["--set", "num_epochs=2", "--sweep", "learning_rate=0.001,0.01", "--sweep", "seed=1,2", "--device", "cpu"]
    told = printed(capsys, "train", TINY.name, *words)
    tried = [(row["sweep"]["learning_rate"], row["sweep"]["seed"]) for row in told["runs"]]
    assert tried == [("0.001", "1"), ("0.001", "2"), ("0.01", "1"), ("0.01", "2")]
    assert [row["state"] for row in told["runs"]] == ["finished"] * 4
    assert [row["settings"]["seed"] for row in told["runs"]] == [1, 2, 1, 2]
    assert all(isinstance(row["validation_score"], float) for row in told["runs"])
    assert {row["sweep"] for row in printed(capsys, "runs")} == {told["sweep"]}
