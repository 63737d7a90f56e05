"""Estimate against truth in every run's report; the machine is measured when nothing waits, and never before a run."""

from __future__ import annotations

import dataclasses
import time
from types import SimpleNamespace

from core.estimating import calibration as jobs_calibration
from core.estimating import calibration_file as kept
from core.estimating.calibration import IdleCalibration, measure_while_idle
from core.estimating.estimate import DeviceCosts
from core.pipeline.report import with_estimate
from core.queue.queue import Queue
from core.use_cases import use_case
from tests.pages.drawing import train

NAME = "testing/tiny_survival"  # its only baseline costs nothing


def carried_out(store):
    """A run with the worker's two calls around it."""
    run = train(NAME, store)
    expected = jobs_calibration.before(store, run)
    report = with_estimate(run.report(), expected.to_json() if expected else None)
    jobs_calibration.learn(store, run, report)
    return expected, report


def test_estimate_and_truth_stand_in_the_report_and_the_calibration_learns(tmp_path) -> None:
    for runs_before in range(3):
        expected, report = carried_out(tmp_path)
        assert expected is not None
        assert expected.runs == runs_before
        entry = report["estimate"]
        assert entry["time_s"]["actual"] == report["train_s"]
        assert 0 < entry["time_s"]["low"] < entry["time_s"]["likely"] < entry["time_s"]["high"]
        assert entry["memory_bytes"]["likely"] > 0
        assert entry["from_another_machine"] is True
    assert report["shape"]["folds"] == report["rows"]["folds"]
    assert report["shape"]["train"] >= report["rows"]["train"]
    assert set(report["phases_s"]) == {"data", "training", "baselines", "evaluation"}
    assert kept.load(tmp_path).devices["cpu"].time[NAME].runs == 3
    assert entry["run_s"] > report["train_s"] / 20, "earlier runs tell of the other phases"


def test_a_run_without_an_estimate_still_says_the_truth_and_teaches(tmp_path) -> None:
    run = train(NAME, tmp_path)
    report = with_estimate(run.report(), None)
    jobs_calibration.learn(tmp_path, run, report)
    assert report["estimate"]["time_s"] == {"actual": report["train_s"]}
    assert kept.load(tmp_path).devices["cpu"].time[NAME].runs == 1


def test_a_model_whose_work_is_not_counted_fails_no_run_and_teaches_nothing(tmp_path, monkeypatch) -> None:
    run = train(NAME, tmp_path)
    other = dataclasses.replace(use_case(NAME), model="another")
    monkeypatch.setattr(jobs_calibration, "use_case_named", lambda name: other)
    assert jobs_calibration.before(tmp_path, run) is None
    report = with_estimate(run.report(), None)
    jobs_calibration.learn(tmp_path, run, report)
    assert report["estimate"]["time_s"] == {"actual": report["train_s"]}
    assert not kept.path_of(tmp_path).exists()


def test_a_store_that_cannot_learn_fails_no_run(tmp_path, monkeypatch) -> None:
    run = train(NAME, tmp_path)

    def full(*_given, **_named):
        raise OSError("No space left on device")

    monkeypatch.setattr(jobs_calibration.kept, "learn", full)
    report = with_estimate(run.report(), None)
    jobs_calibration.learn(tmp_path, run, report)
    assert report["estimate"]["time_s"] == {"actual": report["train_s"]}


def test_nothing_is_measured_while_a_run_waits(tmp_path, monkeypatch) -> None:
    Queue(tmp_path).add("some-run", "somebody")
    monkeypatch.setattr(jobs_calibration, "measure", lambda *_: 1 / 0)
    assert measure_while_idle(tmp_path) is False


def test_measuring_gives_up_when_a_run_comes(tmp_path, monkeypatch) -> None:
    queue, gave_up = Queue(tmp_path), []

    def measure(store, give_up):
        gave_up.append(give_up())
        time.sleep(0.02)  # the file's clock may be coarse
        queue.add("some-run", "somebody")
        gave_up.append(give_up())

    monkeypatch.setattr(jobs_calibration, "measure", measure)
    assert measure_while_idle(tmp_path) is False
    assert gave_up == [False, True]


class Pool:
    def __init__(self) -> None:
        self.asked = 0

    def schedule(self, function, args):
        self.asked += 1
        return SimpleNamespace(done=lambda: True)


def test_the_supervisor_asks_once_idle_and_not_when_the_machine_is_known(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PROVING_GROUND_CALIBRATION", "on")
    pool, idle = Pool(), IdleCalibration(tmp_path)
    idle.turn(pool)
    assert pool.asked == 0, "a visitor's first run comes first"
    idle.next_look = 0.0
    idle.turn(pool)
    idle.turn(pool)
    assert pool.asked == 1
    kept.save(tmp_path, {"cpu": DeviceCosts(described="cpu", date="", costs={"steps": 1.0}, spread=0.1)}, "cpu")
    idle.next_look = 0.0
    idle.turn(pool)
    assert pool.asked == 1
    assert not idle.wanted


def test_it_can_be_switched_off(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PROVING_GROUND_CALIBRATION", "off")
    pool, idle = Pool(), IdleCalibration(tmp_path)
    idle.next_look = 0.0
    idle.turn(pool)
    assert pool.asked == 0
