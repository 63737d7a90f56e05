"""A shared server and a stage as pages show them: refused before the press, own runs only, deletion in two presses."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import rules
from core.store import runs, store_folder
from core.store.runs import Run
from core.use_cases import use_case
from pages.components.upkeep import declare_shared
from pages.components.visitor_cookie import valid
from tests.pages.drawing import page_of, train

TINY = "testing/tiny_quantile"
NARROW = {"set.width": "8", "set.depth": "6", "set.batch_size": "16", "set.num_epochs": "1000"}


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (rules.SHARED, rules.READ_ONLY, rules.MOST_MINUTES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def trained() -> Run:
    return train(TINY)


def button(app: AppTest, label: str):
    return next((b for b in app.button if b.label == label), None)


def test_a_lone_user_may_train_and_delete(trained: Run) -> None:
    assert not button(page_of(TINY, section="train"), "Train").disabled
    assert button(page_of(TINY, section="results", run=trained.id), "Delete for good")


def test_a_stage_says_why_the_button_is_off_and_offers_no_deletion(
    trained: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(rules.READ_ONLY, "1")
    app = page_of(TINY, section="train")
    assert not app.exception
    assert button(app, "Train").disabled
    assert any("is in read-only mode" in said.value for said in app.info)
    results = page_of(TINY, section="results", run=trained.id)
    assert not results.exception
    assert any("Pinball loss" in said.value for said in results.caption), "the head says what the run reached"
    assert button(results, "Delete for good") is None


def test_too_much_work_is_said_before_the_press(trained: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(rules.SHARED, "1")
    app = page_of("supply_chain/shipment_delay", section="train", **NARROW)
    assert button(app, "Train").disabled
    assert any("lower the epochs to" in said.value for said in app.info)


@pytest.mark.parametrize(("shared", "minutes", "said"), [("0", "", ""), ("0", "2", "after 2 min"), ("1", "", "15 min")])
def test_the_clock_is_said_before_the_press(
    trained: Run, monkeypatch: pytest.MonkeyPatch, shared: str, minutes: str, said: str
) -> None:
    monkeypatch.setenv(rules.SHARED, shared)
    monkeypatch.setenv(rules.MOST_MINUTES, minutes)
    app = page_of(TINY, section="train")
    assert not button(app, "Train").disabled
    told = [c.value for c in app.caption if "the clock ends a training" in c.value]
    assert len(told) == bool(said)
    assert said in "".join(told)


def test_anothers_run_cannot_be_deleted_on_a_shared_server(trained: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(rules.SHARED, "1")
    assert button(page_of(TINY, section="results", run=trained.id), "Delete for good") is None


def test_the_second_press_deletes_the_run_and_shows_another(trained: Run) -> None:
    run = train(TINY)
    app = page_of(TINY, section="results", run=run.id)
    button(app, "Delete for good").click().run()
    assert not app.exception
    assert not app.warning
    assert not run.folder.exists()
    assert app.session_state["state:testing-tiny_quantile"].run != run.id
    assert trained.id in [r.id for r in runs.list_runs(store_folder(), use_case(TINY).name)]


def test_a_deletion_that_is_refused_meanwhile_is_said(trained: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page_of(TINY, section="results", run=trained.id)
    monkeypatch.setenv(rules.READ_ONLY, "1")
    button(app, "Delete for good").click().run()
    assert not app.exception
    assert any("is in read-only mode" in said.value for said in app.warning)
    assert trained.folder.is_dir()


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("127.0.0.1", False),
        ("localhost", False),
        ("::1", False),
        ("0.0.0.0", True),
        (None, True),
        ("example.org", True),
    ],
)
def test_a_server_that_others_can_reach_is_shared(
    address: str | None, shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(rules.SHARED, "")  # so that what is set here is undone
    monkeypatch.delenv(rules.SHARED)
    declare_shared(address)
    assert rules.current().shared is shared


def test_what_the_environment_says_counts_more_than_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(rules.SHARED, "0")
    declare_shared("0.0.0.0")
    assert not rules.current().shared


@pytest.mark.parametrize("text", [None, "", "owner", "f" * 31, "F" * 32, "f" * 33, "../" * 11, 5])
def test_a_cookie_of_another_shape_is_no_secret(text: object) -> None:
    assert valid(text) is None
    assert valid("0123456789abcdef" * 2)
