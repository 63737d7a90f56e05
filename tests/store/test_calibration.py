"""The calibration on disk: this machine's or the shipped one, learning from runs, and never in the way when damaged."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.estimating import calibration_file
from core.estimating.calibration_file import SHIPPED, is_current, learn, load, path_of, save
from core.estimating.estimate import DeviceCosts, Learned

ON = DeviceCosts(described="cpu (test, 1 thread)", date="2026-01-01", costs={"products": 1e-10}, spread=0.1)
KEY = "retail/coupon_response"


def test_without_a_calibration_the_shipped_one_is_used_and_says_so(tmp_path) -> None:
    found = load(tmp_path)
    assert not found.own
    assert found.devices["cpu"].costs
    assert not is_current(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_measured_one_is_read_again_and_is_current_until_the_machine_changes(tmp_path, monkeypatch) -> None:
    save(tmp_path, {"cpu": ON}, "cpu")
    assert load(tmp_path).own
    assert load(tmp_path).devices["cpu"] == ON
    assert is_current(tmp_path)
    monkeypatch.setattr(calibration_file, "machine", lambda: {"processor": "another"})
    assert not is_current(tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "[]",
        "null",
        '{"schema": 1}',
        '{"schema": 99, "own": true, "auto": "cpu", "devices": {}}',
        '{"schema": 1, "own": true, "auto": "cpu", "machine": {}, "devices": {"cpu": {"costs": {"steps": "NaN"}}}}',
        '{"schema": 1, "own": true, "auto": "cpu", "machine": {}, "devices": {"cpu": null}}',
    ],
)
def test_a_damaged_file_counts_as_none_and_is_replaced(tmp_path, damage) -> None:
    path_of(tmp_path).write_text(damage)
    assert not load(tmp_path).own
    assert not is_current(tmp_path)
    learn(tmp_path, "cpu", KEY, time=math.log(2))
    assert load(tmp_path).devices["cpu"].time[KEY].runs == 1
    assert not load(tmp_path).own, "what corrects the shipped one is no measurement of this machine"
    assert not is_current(tmp_path)
    save(tmp_path, {"cpu": ON}, "cpu")
    assert is_current(tmp_path)


def test_a_binary_file_counts_as_none(tmp_path) -> None:
    path_of(tmp_path).write_bytes(b"\xff\xfe\x00")
    assert not load(tmp_path).own


def test_learning_is_by_use_case_and_for_all_together(tmp_path) -> None:
    save(tmp_path, {"cpu": ON}, "cpu")
    for _run in range(3):
        learn(tmp_path, "cpu", KEY, time=math.log(2), memory=math.log(1.5))
    on = load(tmp_path).devices["cpu"]
    assert math.exp(on.time[KEY].log_ratio) == pytest.approx(2, rel=0.01)
    assert on.time[KEY].runs == on.time["*"].runs == 3
    assert math.exp(on.memory[KEY].log_ratio) == pytest.approx(1.5, rel=0.01)
    assert on.costs == ON.costs
    assert is_current(tmp_path), "a correction leaves the measurement what it is"


def test_what_is_not_finite_or_of_an_unknown_device_teaches_nothing(tmp_path) -> None:
    save(tmp_path, {"cpu": ON}, "cpu")
    learn(tmp_path, "cpu", KEY, time=math.nan, memory=math.inf)
    learn(tmp_path, "cuda", KEY, time=1.0)
    learn(tmp_path, "cpu", KEY)
    assert load(tmp_path).devices["cpu"].time == {}


def test_a_new_measurement_forgets_what_corrected_the_old_one(tmp_path) -> None:
    save(tmp_path, {"cpu": ON}, "cpu")
    learn(tmp_path, "cpu", KEY, time=1.0)
    save(tmp_path, {"cpu": ON}, "cpu")
    assert load(tmp_path).devices["cpu"].time == {}


def test_watts_are_kept_and_follow_the_newest(tmp_path) -> None:
    save(tmp_path, {"cpu": ON}, "cpu")
    learn(tmp_path, "cpu", KEY, watts=10.0)
    assert load(tmp_path).devices["cpu"].watts == 10.0
    learn(tmp_path, "cpu", KEY, watts=20.0)
    assert load(tmp_path).devices["cpu"].watts == pytest.approx(13.0)


def test_many_learn_at_once_and_no_run_is_lost(tmp_path) -> None:
    save(tmp_path, {"cpu": ON}, "cpu")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: learn(tmp_path, "cpu", KEY, time=0.5), range(12)))
    assert load(tmp_path).devices["cpu"].time[KEY].runs == 12
    json.loads(path_of(tmp_path).read_text())


def test_the_shipped_one_is_readable_and_knows_nothing_learned() -> None:
    raw = json.loads(SHIPPED.read_text())
    assert raw["own"] is False
    assert all(on["time"] == {} and on["memory"] == {} for on in raw["devices"].values())
    assert all(on["watts"] is None for on in raw["devices"].values())
    assert Learned().runs == 0


def test_waiting_for_other_work_is_no_use_case_s_own(tmp_path) -> None:
    save(tmp_path, {"cpu": ON}, "cpu")
    for _run in range(3):
        learn(tmp_path, "cpu", KEY, time=0.0, contention=math.log(4))
    on = load(tmp_path).devices["cpu"]
    assert on.time[KEY].log_ratio == 0.0
    assert math.exp(on.contention.log_ratio) == pytest.approx(4)
    learn(tmp_path, "cpu", "another", time=0.0, contention=-1.0)
    calmer = load(tmp_path).devices["cpu"].contention.log_ratio
    assert 0 <= calmer < on.contention.log_ratio, "no clock is faster than the processor"
