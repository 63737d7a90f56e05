"""The monitor's words: the first progress of a long epoch is shown before its end, and the share never goes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core import pipeline
from core.contracts import State
from core.formatting.durations import duration
from core.jobs import Status
from core.jobs.local import LocalJobs
from core.settings import defaults
from core.settings.use_case import settings_of
from core.store import run_folders, store_folder
from core.store.runs import RECORDED, Run, read
from core.use_cases import use_case
from pages.components import feed, live_run, section_train
from pages.components.training_words import words
from tests.pages.drawing import components_of, nobody_answers, page_of, unfolded

TRAINING = {"event": "phase", "phase": "training", "device": "cpu"}


def within(epoch: int, share: float) -> dict[str, Any]:
    return {"event": "batch", "epoch": epoch, "num_epochs": 4, "share": share, "samples_per_s": 123456.0}


def epoch(number: int) -> dict[str, Any]:
    return {"event": "epoch", "epoch": number, "num_epochs": 4, "left_s_at_most": 3.0}


def run_that_keeps(weights: str, reason: str = "") -> Run:
    end = {"state": "stopped", "reason": reason} if reason else {}
    return Run(id="r", folder=Path("r"), config={"settings": {"keep": weights}}, end=end)


def told(*events: dict[str, Any]) -> tuple[str, float]:
    status = Status(state=State.RUNNING)
    return words(run_that_keeps("best"), status, [TRAINING, *events], [e for e in events if e["event"] == "epoch"])


def test_the_first_epoch_says_how_far_it_is_and_how_fast() -> None:
    text, _share = told(within(1, 0.42))
    assert "42%" in text
    assert "123,456" in text


def test_the_share_grows_within_epochs_and_is_never_whole_before_the_end() -> None:
    steps = [within(1, 0.5), epoch(1), within(2, 0.5), epoch(2), within(3, 0.9)]
    shares = [told(*steps[: n + 1])[1] for n in range(len(steps))]
    assert shares == sorted(shares)
    assert shares == [0.125, 0.25, 0.375, 0.5, 0.725]


@pytest.mark.parametrize("weights", ["best", "last"])
def test_which_weights_are_kept_is_what_the_settings_say(weights: str) -> None:
    """Also of a run that an earlier version stopped, which wrote "the best weights" whatever was kept."""
    stopping = Status(state=State.RUNNING, asked="stop")
    run = run_that_keeps(weights, "Stopped on request; the best weights were kept.")
    assert words(run, stopping, [], [])[0] == f"Stopping: the {weights} weights are kept and measured"
    assert run.reason == f"Stopped on request; the {weights} weights were kept."
    stopped = Status(state=State.STOPPED, reason=run.reason)
    assert f"the {weights} weights were kept" in words(run, stopped, [], [])[0]


def test_another_reason_for_a_run_that_was_stopped_is_told_as_it_was_written() -> None:
    assert run_that_keeps("last", "Stopped by the clock.").reason == "Stopped by the clock."
    assert Run(id="r", folder=Path("r"), config={"settings": "x"}, end=None).settings == {}


@pytest.mark.parametrize("run", ["retail-coupon_response-recommended", "supply_chain-demand-quick"])
def test_a_finished_run_s_time_and_speed_are_the_same_in_train_and_in_results(run: str) -> None:
    recorded = read(RECORDED / run)
    report, name = recorded.report(), recorded.use_case
    facts = dict(json.loads(feed.made(feed.Asked(run, 0, "en", "me")))["run"]["facts"])
    assert facts["Samples per second"] == f"{report['samples_per_s']:,.0f}"
    assert facts["Training time"] == duration(report["train_s"])
    captions = " ".join(c.value for c in unfolded(page_of(name, section="results", run=run), name, "how").caption)
    assert f"{facts['Samples per second']} samples per second" in captions
    assert f"epochs in {facts['Training time']} on" in captions


def test_a_report_s_time_and_speed_are_those_of_the_last_epoch() -> None:
    events: list[dict[str, Any]] = []
    declared = use_case("testing/tiny_stock")
    settings = defaults(settings_of(declared)) | {"num_epochs": 3, "device": "cpu"}
    report = pipeline.run(declared, settings, progress=lambda event: events.append(dict(event))).report
    last = [e for e in events if e["event"] == "epoch"][-1]
    assert (report["train_s"], report["samples_per_s"]) == (last["elapsed_s"], last["samples_per_s"])


def test_a_training_that_the_clock_ended_says_so_and_not_that_somebody_asked() -> None:
    run = run_that_keeps("last", "Stopped at the time limit of 15 min; the last weights were kept.")
    text, share = words(run, Status(state=State.STOPPED, reason=run.reason), [TRAINING, epoch(2)], [epoch(2)])
    assert text == "Stopped at the time limit of 15 min; the last weights were kept"
    assert share == 1.0


@pytest.mark.parametrize(("state", "waits"), [(State.RUNNING, True), (State.WAITING, True), (State.FINISHED, False)])
def test_the_way_to_the_results_is_open_when_they_are_of_the_run_that_is_followed(
    state: State, waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_answers(monkeypatch)
    recorded = read(RECORDED / "retail-coupon_response-quick")
    found = recorded, Status(state=state)
    monkeypatch.setattr("pages.components.section_train.active_job", lambda use_case, state: found)
    app = page_of("retail/coupon_response", section="train")
    (button,) = [b for b in app.button if b.label == "Next: Results"]
    assert button.disabled == waits
    assert bool(button.help) == waits


@pytest.mark.parametrize("late", ["training_sentence", "part", "draw_monitor"])
def test_a_run_that_is_paused_while_its_page_is_drawn_draws_it_again(
    late: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever in the drawing that is: what the page says that it has drawn is not what browsers are told then."""
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(live_run, "_LOOKS_APART_S", 0.0)
    nobody_answers(monkeypatch)
    given = {"data_checksum": "", "code": "", "versions": {}, "visitor": "web-a"}
    run = run_folders.create(store_folder(), use_case("testing/tiny_quantile"), {"num_epochs": 20}, **given)
    queue = LocalJobs(store_folder()).queue
    queue.add(run.id, "web-a")
    queue.take()
    drawn = getattr(section_train, late)

    def paused_meanwhile(*given: Any) -> Any:
        queue.put_aside(run.id)
        return drawn(*given)

    monkeypatch.setattr(section_train, late, paused_meanwhile)
    app = page_of("testing/tiny_quantile", section="train")
    assert not app.exception
    (monitor,) = [given for given in components_of(app) if given.get("run") == run.id]
    assert monitor["live"]
    told = json.loads(feed.made(feed.Asked(run.id, 0, "en", "me")))["run"]["standing"]
    assert told.startswith("paused/")
    assert monitor["drawn"] != told
    monkeypatch.setattr(section_train, late, drawn)
    (monitor,) = [given for given in components_of(app.run()) if given.get("run") == run.id]
    assert monitor["drawn"] == told
