"""The expected wait: what the running one has left, and what runs like the waiting ones took."""

from __future__ import annotations

import json

import pytest

from core.contracts import State
from core.jobs import wait
from core.jobs.local import LocalJobs
from core.store import run_folders, runs
from core.use_cases import use_case as use_case_named
from tests.samples import EPOCH, SUMMARY


@pytest.fixture
def jobs(tmp_path, monkeypatch):
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    monkeypatch.setattr(runs, "RECORDED", tmp_path / "recorded")
    wait._usual_s.cache_clear()
    return LocalJobs(tmp_path)


def submit(jobs, name="testing/tiny_quantile"):
    return jobs.submit(use_case_named(name), {"seed": 1}, visitor="me")


def finish(jobs, run, **summary):
    run_folders.finalize(run, State.FINISHED, "Finished.", SUMMARY | summary)
    jobs.queue.done(run.id)


def epoch(run, elapsed_s, left_s):
    event = {**EPOCH, "elapsed_s": elapsed_s, "left_s_at_most": left_s}
    with (run.folder / "progress.jsonl").open("a") as out:
        out.write(json.dumps(event) + "\n")


def test_nobody_knows_how_long_a_first_run_takes_until_it_tells_itself(jobs):
    first, second, third = submit(jobs), submit(jobs), submit(jobs, "testing/tiny_survival")
    jobs.queue.take()
    assert [jobs.status(r).wait_s for r in (second, third)] == [None, None]
    epoch(first, 1.0, 40.0)
    assert [jobs.status(r).wait_s for r in (second, third)] == [40.0, None]  # of the second nothing is known
    assert jobs.status(first).wait_s is None


def test_runs_that_wait_are_expected_to_take_the_median_of_the_last_finished_ones(jobs):
    for took_s in (100.0, 4.0, 6.0, 5.0, 30.0, 7.0):  # the first is too long ago to count
        finish(jobs, submit(jobs), run_s=took_s)
    finish(jobs, submit(jobs, "testing/tiny_survival"), train_s=2.0)  # of before whole runs were timed
    first, second, third, last = (
        submit(jobs),
        submit(jobs, "testing/tiny_survival"),
        submit(jobs),
        submit(jobs),
    )
    jobs.queue.take()
    assert [jobs.status(r).wait_s for r in (second, third, last)] == [6.0, 8.0, 14.0]
    epoch(first, 4.0, 50.0)
    assert jobs.status(second).wait_s == 2.0  # it has usually ended by then
    epoch(first, 10.0, 44.0)
    assert jobs.status(second).wait_s == 44.0  # this one goes on for longer


def test_a_run_that_was_deleted_is_not_waited_for(jobs):
    first, second, third = submit(jobs), submit(jobs, "testing/tiny_survival"), submit(jobs)
    jobs.queue.take()
    epoch(first, 1.0, 9.0)
    run_folders.delete(second)
    assert jobs.status(third).wait_s == 9.0
