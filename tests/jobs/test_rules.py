"""The rules of a shared server and of a stage: caps, the queue, own runs only. The owner and a lone user are free."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from core.contracts import State
from core.errors import UserError
from core.jobs import Jobs, OpenJob, rules
from core.jobs.local import LocalJobs
from core.jobs.rules import OWNER, check_change, check_delete, check_submit, visitor_of
from core.settings import defaults, resolve
from core.settings.use_case import settings_of
from core.store import run_folders, runs
from core.store.runs import Run
from core.use_cases import all_use_cases
from core.use_cases import use_case as use_case_named
from tests.samples import SUMMARY

ROOT = Path(__file__).parents[2]
TINY, COUPON = use_case_named("testing/tiny_quantile"), use_case_named("retail/coupon_response")
FLIGHTS = use_case_named("supply_chain/shipment_delay")
NARROW = {"width": 8, "depth": 6, "batch_size": 16, "num_epochs": 1000, "patience": 1000}
ME, YOU = visitor_of("my secret"), visitor_of("your secret")


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """No rules but those that a test sets, and a supervisor that nobody starts."""
    for name in (
        *(rules.SHARED, rules.READ_ONLY, rules.MOST_MINUTES, rules.MOST_OWN, rules.MOST_QUEUED),
        *(rules.MOST_KEPT, rules.MOST_KEPT_MB),
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)


@pytest.fixture
def shared(monkeypatch):
    monkeypatch.setenv(rules.SHARED, "1")


@pytest.fixture
def stage(monkeypatch):
    monkeypatch.setenv(rules.READ_ONLY, "1")


def job(visitor: str, state: State = State.WAITING) -> OpenJob:
    return OpenJob(run=f"run-of-{visitor}", visitor=visitor, state=state)


def submit(jobs: LocalJobs, visitor: str, **given: object) -> Run:
    return jobs.submit(TINY, resolve(settings_of(TINY), given), visitor=visitor)


def refused(change, *given, **named) -> str:
    """The sentence of a refusal, empty where there was none."""
    try:
        change(*given, **named)
    except UserError as error:
        return str(error)
    return ""


def heavy() -> dict[str, object]:
    return defaults(settings_of(COUPON)) | {"num_epochs": 1000, "width": 512, "members": 64}


def test_a_lone_user_and_the_owner_of_a_shared_server_meet_no_cap(tmp_path, monkeypatch):
    many = [job(ME)] * 1000
    check_submit(tmp_path, COUPON, heavy(), ME, many)
    monkeypatch.setenv(rules.SHARED, "1")
    for owner in (OWNER, "cli-somebody", "results"):
        check_submit(tmp_path, COUPON, heavy(), owner, many)


def deep(**given: object) -> dict[str, object]:
    """Small in rows x epochs x width, and hours long: small steps of many layers."""
    return defaults(settings_of(FLIGHTS)) | NARROW | given


def test_a_narrow_deep_network_that_trains_for_hours_is_refused_with_epochs_that_fit(tmp_path, shared):
    sentence = refused(check_submit, tmp_path, FLIGHTS, deep(), ME, [])
    found = re.search(
        r"at most 15 min, and this one may take \d h \(1,000 epochs on cpu.*\)\. To fit, lower the epochs to (\d+)",
        sentence,
    )
    assert found, sentence
    fitting = int(found[1])
    assert refused(check_submit, tmp_path, FLIGHTS, deep(num_epochs=fitting), ME, []) == ""
    assert refused(check_submit, tmp_path, FLIGHTS, deep(num_epochs=fitting + 2), ME, []) != ""
    with pytest.raises(UserError, match="at most 15 min"):
        LocalJobs(tmp_path).submit(FLIGHTS, deep(), visitor=ME)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    "given",
    [
        {"members": 64, "num_epochs": 200},  # members x folds
        {"batch_size": 16, "num_epochs": 1000},
        {"depth": 6, "width": 512, "num_epochs": 200, "batch_size": 16},
        {"embedding_width": 32, "numeric_embedding": "periodic", "width": 512, "num_epochs": 1000},
        {"optimiser": "gradient_descent", "width": 512, "members": 64, "num_epochs": 1000},
        {"device": "cuda", "batch_size": 16, "num_epochs": 1000},  # of which this machine knows nothing
    ],
)
def test_whatever_makes_it_long_counts(tmp_path, shared, given):
    for use_case in (FLIGHTS, use_case_named("retail/churn")):
        settings = defaults(settings_of(use_case)) | given
        assert "at most 15 min" in refused(check_submit, tmp_path, use_case, settings, ME, [])


def test_where_no_epoch_fits_another_step_is_named(tmp_path, shared, monkeypatch):
    monkeypatch.setenv(rules.MOST_MINUTES, "0.05")
    with pytest.raises(UserError, match=r"at most 3\.0 s, .* fit, train fewer, smaller networks on larger batches\."):
        check_submit(tmp_path, FLIGHTS, deep(num_epochs=1), ME, [])


def test_a_training_larger_than_the_workers_memory_is_refused(tmp_path, shared, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_MEMORY_MB", "900")
    monkeypatch.setenv(rules.MOST_MINUTES, "1000")
    with pytest.raises(UserError, match=r"at most 900 MB of memory; this one would take some [\d,]+ MB\. Lower"):
        check_submit(tmp_path, FLIGHTS, deep(num_epochs=1, batch_size=8192, members=64, width=256), ME, [])


def test_without_any_run_the_steps_are_counted_with_care(tmp_path, shared, monkeypatch):
    monkeypatch.setattr(runs, "RECORDED", tmp_path / "nothing recorded")
    for use_case in all_use_cases():
        assert refused(check_submit, tmp_path, use_case, {}, ME, []) == "", f"{use_case.name} as it comes"
    for use_case, settings in ((FLIGHTS, deep()), (COUPON, heavy())):
        assert "counted with care" in refused(check_submit, tmp_path, use_case, settings, ME, [])


@pytest.mark.parametrize(
    ("environment", "of_visitor", "of_owner"),
    [
        ({}, None, None),
        ({rules.MOST_MINUTES: "2"}, 120.0, 120.0),
        ({rules.SHARED: "1"}, 900.0, None),
        ({rules.SHARED: "1", rules.MOST_MINUTES: "2"}, 120.0, None),
    ],
)
def test_whose_training_the_clock_ends(tmp_path, monkeypatch, environment, of_visitor, of_owner):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert (rules.time_limit_s(ME), rules.time_limit_s(OWNER)) == (of_visitor, of_owner)
    jobs = LocalJobs(tmp_path)
    assert [submit(jobs, who).config["limit_s"] for who in (ME, "cli-somebody")] == [of_visitor, of_owner]


def test_every_preset_fits_the_default_cap(tmp_path, shared):
    for use_case in all_use_cases():
        declared = settings_of(use_case)
        for preset in use_case.presets:
            check_submit(tmp_path, use_case, resolve(declared, {**defaults(declared), **preset.values}), ME, [])


def test_a_visitor_with_too_many_runs_hears_their_places(tmp_path, shared, monkeypatch):
    monkeypatch.setenv(rules.MOST_OWN, "2")
    queued = [job(ME, State.RUNNING), job(YOU), job(ME), job(YOU)]
    with pytest.raises(UserError, match=r"at most 2 runs .* place 1 and 3 of 4\. Wait .* or cancel one"):
        check_submit(tmp_path, TINY, {}, ME, queued)
    check_submit(tmp_path, TINY, {}, ME, queued[1:])
    check_submit(tmp_path, TINY, {}, visitor_of("a third"), queued)


def test_a_full_queue_takes_no_more_from_anybody(tmp_path, shared, monkeypatch):
    monkeypatch.setenv(rules.MOST_QUEUED, "3")
    with pytest.raises(UserError, match="at most 3 runs; 3 are in it. Try again"):
        check_submit(tmp_path, TINY, {}, ME, [job(YOU)] * 3)


def test_paused_runs_count_for_their_visitor_and_fill_the_queue_for_nobody(tmp_path, shared, monkeypatch):
    monkeypatch.setenv(rules.MOST_QUEUED, "3")
    paused = [job(YOU, State.PAUSED)] * 3
    check_submit(tmp_path, TINY, {}, ME, [*paused, job(ME)])
    with pytest.raises(UserError, match=r"at most 3 runs in the queue; yours are paused \(3\)\. Wait"):
        check_submit(tmp_path, TINY, {}, YOU, paused)


def standing(jobs: LocalJobs) -> Counter[State]:
    return Counter(job.state for job in jobs.open_jobs())


def test_sixty_visitors_who_pause_and_resume_keep_to_the_cap_of_the_queue(tmp_path, shared, monkeypatch):
    monkeypatch.setenv(rules.MOST_QUEUED, "5")
    jobs, held, said = LocalJobs(tmp_path), [], []
    for number in range(60):
        visitor = visitor_of(f"visitor {number}")
        said.append(refused(submit, jobs, visitor))
        if not said[-1]:
            held.append((runs.load_run(tmp_path, jobs.open_jobs()[-1 - standing(jobs)[State.PAUSED]].run), visitor))
            said.append(refused(jobs.pause, held[-1][0], visitor=visitor))
        assert max(standing(jobs).values()) <= 5
    assert standing(jobs) == {State.WAITING: 5, State.PAUSED: 5}
    assert any("at most 5 runs are paused at a time; 5 are. Let this one go on, or stop it" in s for s in said)
    for run, visitor in held:
        refused(jobs.resume, run, visitor=visitor)
        assert standing(jobs)[State.WAITING] <= 5
    paused = next((run, visitor) for run, visitor in held if jobs.status(run).state is State.PAUSED)
    assert "takes at most 5 runs; 5 are in it" in refused(jobs.resume, paused[0], visitor=paused[1])
    assert jobs.status(paused[0]).state is State.PAUSED, "what was refused changes nothing"
    waiting = next((run, visitor) for run, visitor in held if jobs.status(run).state is State.WAITING)
    jobs.stop(waiting[0], visitor=waiting[1])
    jobs.resume(paused[0], visitor=paused[1])
    assert jobs.status(paused[0]).state is State.WAITING


def test_a_visitor_with_all_places_may_resume_a_run_that_holds_one_of_them(tmp_path, shared, monkeypatch):
    monkeypatch.setenv(rules.MOST_OWN, "2")
    jobs = LocalJobs(tmp_path)
    first, _second = submit(jobs, ME), submit(jobs, ME)
    jobs.pause(first, visitor=ME)
    assert "at most 2 runs" in refused(submit, jobs, ME)
    jobs.resume(first, visitor=ME)
    assert standing(jobs) == {State.WAITING: 2}


def test_of_sixty_who_press_train_at_once_as_many_come_in_as_there_is_room_for(tmp_path, shared, monkeypatch):
    monkeypatch.setenv(rules.MOST_QUEUED, "7")

    def press(number: int) -> str:
        return refused(submit, LocalJobs(tmp_path), visitor_of(f"visitor {number}"))

    with ThreadPoolExecutor(60) as threads:
        said = list(threads.map(press, range(60)))
    assert said.count("") == 7
    assert all(s == "" or "7 are in it" in s for s in said)
    assert standing(LocalJobs(tmp_path)) == {State.WAITING: 7}
    assert len(list((tmp_path / "runs").iterdir())) == 7, "who was refused leaves no folder"


def test_two_tabs_of_one_visitor_share_the_visitors_places(tmp_path, shared):
    with ThreadPoolExecutor(12) as threads:
        said = list(threads.map(lambda _tab: refused(submit, LocalJobs(tmp_path), ME), range(12)))
    assert said.count("") == rules.Rules().most_own
    assert all(s == "" or "at most 3 runs in the queue" in s for s in said)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            rules.MOST_KEPT,
            "2",
            r"keeps at most 2 runs; you have 2\. Delete one .* under Results; your oldest is (\S+)\.",
        ),
        (rules.MOST_KEPT_MB, "1", r"keeps at most 1 MB of runs; yours take 2 MB\. Delete .* your oldest is (\S+)\."),
    ],
)
def test_what_a_visitor_keeps_is_capped_and_the_visitor_says_what_goes(
    tmp_path, shared, monkeypatch, name, value, said
):
    monkeypatch.setenv(name, value)
    jobs, own = LocalJobs(tmp_path), []
    for _ in range(2):
        own.append(submit(jobs, ME))
        jobs.queue.withdraw(own[-1].id)
        run_folders.finalize(own[-1], State.FINISHED, "Finished.", SUMMARY)
        (own[-1].folder / "model.safetensors").write_bytes(bytes(900_000))
    refusal = refused(submit, jobs, ME)
    assert (found := re.search(said, refusal)), refusal
    assert found[1] == own[0].id
    assert all(run.folder.is_dir() for run in own), "nothing is deleted silently"
    assert refused(submit, jobs, YOU) == refused(submit, jobs, OWNER) == ""
    jobs.delete(runs.read(own[0].folder), visitor=ME)
    assert refused(submit, jobs, ME) == ""


@pytest.mark.parametrize("backend", [Jobs, LocalJobs])
def test_nobody_is_the_owner_by_leaving_the_visitor_out(backend):
    asked = {
        name: inspect.signature(method).parameters["visitor"]
        for name, method in inspect.getmembers(backend, inspect.isfunction)
        if "visitor" in inspect.signature(method).parameters
    }
    assert set(asked) - {"_submit"} == {"submit", "submit_sweep", "pause", "resume", "stop", "delete"}
    assert all(p.default is p.empty and p.kind is p.KEYWORD_ONLY for p in asked.values())


@pytest.mark.parametrize("forged", ["", "web-", "web-" + "f" * 23, "Owner", "owner ", "OWNER\n", "me", "web-owner"])
def test_a_name_that_is_nobodys_has_no_rights_on_a_shared_server(tmp_path, shared, forged):
    jobs = LocalJobs(tmp_path)
    run = submit(jobs, ME)
    nobodys = Run(id="x", folder=tmp_path, config={"visitor": forged}, end=None)
    for change in (
        partial(submit, jobs, forged),
        partial(jobs.stop, run, visitor=forged),
        partial(jobs.pause, run, visitor=forged),
        partial(check_change, nobodys, forged),
    ):
        assert "did not say who it is" in refused(change)
    assert standing(jobs) == {State.WAITING: 1}


def test_own_runs_alone_are_stopped_and_deleted_on_a_shared_server(tmp_path, shared):
    jobs = LocalJobs(tmp_path)
    run = submit(jobs, ME)
    for change in (jobs.stop, jobs.delete):
        with pytest.raises(UserError, match="another visitor's"):
            change(run, visitor=YOU)
    assert jobs.status(run).state is State.WAITING
    with pytest.raises(UserError, match="Stop it first"):
        jobs.delete(run, visitor=ME)
    jobs.stop(run, visitor=ME)
    assert jobs.status(run).state is State.CANCELLED
    jobs.delete(run, visitor=ME)
    assert not run.folder.exists()
    assert not any((tmp_path / "deleted").iterdir())


def test_the_owner_and_a_lone_user_stop_and_delete_all(tmp_path, monkeypatch):
    jobs = LocalJobs(tmp_path)
    run, another = submit(jobs, YOU), submit(jobs, YOU)
    jobs.stop(run, visitor=ME)
    jobs.delete(run, visitor=ME)
    monkeypatch.setenv(rules.SHARED, "1")
    jobs.stop(another, visitor=OWNER)
    jobs.delete(another, visitor=OWNER)
    assert runs._listed(tmp_path / "runs", False) == []


def test_a_recorded_run_stays(tmp_path):
    recorded = runs.list_runs(tmp_path)[0]
    with pytest.raises(UserError, match="shipped with the product"):
        check_delete(recorded, OWNER, State.FINISHED)


def test_a_damaged_run_belongs_to_the_owner(tmp_path, shared):
    damaged = Run(id="x", folder=tmp_path, config={}, end=None, problem="damaged")
    check_change(damaged, OWNER)
    with pytest.raises(UserError):
        check_change(damaged, ME)


def test_on_a_stage_nobody_starts_stops_or_deletes(tmp_path, monkeypatch):
    jobs = LocalJobs(tmp_path)
    waiting, ended = submit(jobs, OWNER), submit(jobs, OWNER)
    jobs.queue.withdraw(ended.id)
    run_folders.finalize(ended, State.FINISHED, "Finished.", SUMMARY)
    monkeypatch.setenv(rules.READ_ONLY, "1")
    for change in (
        lambda: submit(jobs, OWNER),
        lambda: jobs.stop(waiting, visitor=OWNER),
        lambda: jobs.delete(runs.read(ended.folder), visitor=OWNER),
    ):
        with pytest.raises(
            UserError, match=r"This server is in read-only mode: .* start it without PROVING_GROUND_READ_ONLY"
        ):
            change()
    assert [j.run for j in jobs.queue.jobs()] == [waiting.id]
    assert len(list((tmp_path / "runs").iterdir())) == 2
    assert ended.folder.is_dir()


def test_the_command_line_keeps_to_the_stage_too(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "core", "train", "testing/tiny_quantile"],
        cwd=ROOT,
        env={**os.environ, "PROVING_GROUND_STORE": str(tmp_path), rules.READ_ONLY: "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "is in read-only mode" in done.stderr
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [(rules.SHARED, "maybe"), (rules.READ_ONLY, "2"), (rules.MOST_MINUTES, "much"), (rules.MOST_OWN, "0"), ("", "")],
)
def test_an_environment_that_cannot_be_meant_is_refused_by_name(name, value, monkeypatch):
    if not name:
        assert rules.current() == rules.Rules()
        return
    monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match=f"{name}.*{value}"):
        rules.current()


def test_a_name_gives_no_secret_away_and_is_the_same_every_time():
    secret = "0123456789abcdef" * 2
    assert visitor_of(secret) == visitor_of(secret) != visitor_of(secret[::-1])
    assert secret not in visitor_of(secret)
    assert not rules.is_owner(visitor_of(secret))
