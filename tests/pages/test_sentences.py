"""Each step says one sentence on top: of the data what happened and by what it is told, of a training how it went."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.charts import outcome
from core.contracts import Kind, State
from core.contracts.appearance import LooksAt
from core.jobs import Status
from core.jobs.local import LocalJobs
from core.store import profiles, runs, store_folder
from core.use_cases import all_use_cases, use_case
from pages.components.outcome_words import data_sentence
from pages.components.training_words import training_sentence
from tests.pages.drawing import page_of

OURS = [u.name for u in all_use_cases() if u.industry != "testing"]


@pytest.mark.parametrize("name", OURS)
def test_the_data_s_sentence_tells_the_outcome_and_the_strongest_column(name: str) -> None:
    declared = use_case(name).with_variant({})
    found = profiles.shipped(declared)
    assert found
    assert declared.arrays or outcome.strongest(found["columns"], 1)
    for strongest in outcome.strongest(found["columns"], 1):  # of pictures there is none
        said = data_sentence(declared, found, strongest)
        column = next(c for c in declared.columns if c.name == strongest["name"])
        assert f"Strongest sign: “{column.label}”: " in said
        assert f"{found['outcome']['rows']:,} training rows" in said
        assert "*" not in said
        assert "None" not in said
    alone = data_sentence(declared, found, None)
    if "boxes" in found:
        assert alone.startswith(f"In {found['parts'][0]['rows']:,} pictures to learn from: ")
        assert all(f" {count:,}" in alone for count in found["boxes"]["counts"])
    elif declared.task.kind == Kind.ONE_CLASS:
        assert alone == f"{found['parts'][0]['rows']:,} pictures of what belongs to learn from, and not one stray."
    elif declared.columns:
        assert alone.startswith(f"{found['rows']:,} rows of {found['units']:,} ")
    elif "outcome" not in found:
        assert alone.startswith(f"{found['parts'][0]['rows']:,} pictures to learn from, ")
    else:
        what = {LooksAt.SOUND: "sounds", LooksAt.TEXT: "questions"}.get(declared.seen, "pictures")
        assert alone.endswith(f" {found['outcome']['rows']:,} {what} to learn from.")


@pytest.mark.parametrize("name", OURS)
def test_train_s_sentence_tells_how_the_showcase_learned(name: str) -> None:
    declared = use_case(name).with_variant({})
    run = runs.showcase(store_folder(), declared)
    assert run
    report = run.report()
    said, most = training_sentence(run, None, declared.task), run.settings["num_epochs"]
    assert " when it was recorded" in said
    if report["epochs_run"] < most:
        assert said.endswith(f": after {report['epochs_run']} of {most} epochs it got no better.")
    else:
        assert said.endswith(f", in all {most} epochs.")


def test_train_s_sentence_follows_the_run() -> None:
    declared = use_case("retail/coupon_response").with_variant({})
    run = runs.showcase(store_folder(), declared)
    assert run
    going = Status(state=State.RUNNING)
    going_on = replace(run, folder=run.folder / "none")  # it has told nothing yet
    assert "above the lines" in training_sentence(going_on, going, declared.task)
    assert training_sentence(run, going, declared.task).startswith("Learned. What it is worth is being measured")
    lower = replace(declared.task, headline="brier")
    assert "below the lines" in training_sentence(going_on, going, lower)
    assert training_sentence(run, Status(state=State.WAITING), declared.task).startswith("In the queue: ")
    assert training_sentence(run, Status(state=State.PAUSED), declared.task).startswith("Paused: ")
    assert training_sentence(None, None, declared.task) == "Nothing is trained yet: press Train."
    assert training_sentence(run, replace(going, state=State.FINISHED), declared.task).startswith("Learned in ")


@pytest.mark.parametrize("said", ["many", None, [9], {}])
def test_train_s_sentence_tells_of_a_run_whose_settings_say_no_number_of_epochs(
    said: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = use_case("retail/coupon_response").with_variant({})
    run = runs.showcase(store_folder(), declared)
    assert run
    report = {**run.report(), "settings": {"num_epochs": said}}
    monkeypatch.setattr(type(run), "report", lambda self: report)
    assert f"in all {report['epochs_run']} epochs." in training_sentence(run, None, declared.task)


@pytest.mark.parametrize(("section", "said"), [("data", "Strongest sign: "), ("train", "Learned in ")])
def test_the_sentence_stands_on_top(section: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    app = page_of("retail/coupon_response", section=section)
    assert not app.exception
    assert sum(said in m.value for m in app.markdown) == 1
