"""A page opens on what is recommended: on the showcase in a fresh browser, on the own run after a training."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs.local import LocalJobs
from core.store import runs, store_folder
from core.store.runs import Run
from tests.pages.drawing import page_of

NAME = "healthcare/heart_disease"
SHOWCASE = "healthcare-heart_disease-recommended"


@pytest.fixture(autouse=True)
def nobody_wakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)


@pytest.fixture
def bad() -> Iterator[Run]:
    """A run of the store that learned nothing, the latest of all, by somebody."""
    folder = store_folder() / "runs" / "20991231-235959000-healthcare-heart_disease-bad0"
    shutil.copytree(runs.RECORDED / "healthcare-heart_disease-fade", folder)
    config = json.loads((folder / "config.json").read_text())
    config |= {"run": folder.name, "visitor": "somebody", "created": "2099-12-31T23:59:59+00:00"}
    (folder / "config.json").write_text(json.dumps(config))
    yield runs.load_run(store_folder(), folder.name)
    shutil.rmtree(folder)


def captions(app: AppTest) -> list[str]:
    assert not app.exception
    return [c.value for c in app.caption]


def test_a_fresh_browser_opens_on_the_showcase_and_never_on_somebody_s_bad_run(bad: Run) -> None:
    app = page_of(NAME, section="question")
    assert any("Showcase: preset Recommended, recorded" in c for c in captions(app))
    assert app.metric[0].value == "0.813"
    assert app.session_state["state:healthcare-heart_disease"].run is None


def test_a_chosen_run_is_shown_and_a_finished_job_of_one_s_own(bad: Run) -> None:
    assert any("Run of 31 Dec 2099" in c for c in captions(page_of(NAME, section="question", run=bad.id)))
    app = page_of(NAME, section="question")
    app.session_state["state:healthcare-heart_disease"].job = bad.id
    app.run()
    assert any("Run of 31 Dec 2099" in c for c in captions(app))
    assert app.session_state["state:healthcare-heart_disease"].run == bad.id


def test_another_recorded_run_is_not_called_the_showcase() -> None:
    told = captions(page_of(NAME, section="question", run="healthcare-heart_disease-quick"))
    assert any("Preset Quick, recorded" in c for c in told)
    assert not any("Showcase" in c for c in told)


def test_a_variant_has_a_showcase_of_its_own() -> None:
    app = page_of(NAME, section="question", **{"set.variant": "random_folds"})
    assert any("Random patients · Showcase: preset Recommended, recorded" in c for c in captions(app))
    assert app.metric[0].value == "0.902"


def test_a_gain_is_told_over_today_and_over_the_best_simple_method() -> None:
    app = page_of(NAME, section="question")
    (told,) = [m.value for m in app.markdown if "over today" in m.value]
    assert "\\$468K over today (send everybody, as these hospitals did), a clear difference; " in told
    assert "\\$135K less than the simple method that earns most (logistic regression), not distinguishable" in told


def test_money_that_stands_still_says_where_while_the_decision_moves() -> None:
    slim = page_of(NAME, section="money")
    reached = "ROC AUC 0.813, $468K per year · best simple method 0.815 · simple method that earns most $604K"
    assert f"{reached} · at the threshold chosen beforehand · showcase" in [c.replace("\\", "") for c in captions(slim)]
    moved = page_of(NAME, section="question", decision="0.3", **{"assume.test_cost": "4000"})
    worth = next(m for m in moved.metric if m.label.startswith("Net value"))
    assert worth.delta == "at the threshold chosen beforehand, with the declared assumptions"
    assert not next(m for m in page_of(NAME, section="question").metric if m.label.startswith("Net value")).delta
    level = page_of("supply_chain/delivery_time", section="money")
    assert any("· at the level chosen beforehand ·" in c for c in captions(level))


def test_money_begins_with_the_gain_over_today_and_over_the_best_simple_method() -> None:
    app = page_of(NAME, section="money")
    (told,) = [m.value for m in app.markdown if m.value.startswith("At the threshold chosen beforehand")]
    assert "over today" in told
    assert "less than the simple method that earns most (logistic regression)" in told


def test_the_settings_are_those_of_the_shown_run_or_say_what_the_next_one_does_otherwise() -> None:
    assert "The run shown has these settings." in captions(page_of(NAME, section="train"))
    app = page_of(NAME, section="train", **{"set.learning_rate": "0.01", "set.members": "4"})
    assert not app.exception
    (told,) = [i.value for i in app.info if "Your next run differs" in i.value]
    assert "Learning rate 0.01 (shown: 0.005)" in told
    assert "4 (shown: 2)" in told
    assert "The run shown has these settings." not in captions(app)


def test_settings_of_another_run_than_the_shown_are_not_said_to_be_the_shown_one_s(bad: Run) -> None:
    (bad.folder / "end.json").unlink()  # it is still in training
    app = page_of(NAME, section="train")
    app.session_state["state:healthcare-heart_disease"].job = bad.id
    ran = runs.read(bad.folder).settings
    app.session_state["state:healthcare-heart_disease"].settings.update(ran)
    app.run()
    assert "The run shown has these settings." not in captions(app)
    assert "The latest training has these settings." in captions(app)
