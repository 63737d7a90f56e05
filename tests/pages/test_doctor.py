"""The run doctor on the page: a sentence with a button per finding, which changes the settings beside; else a line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.diagnosis.findings import Change
from core.settings.use_case import settings_of
from core.store.runs import Run
from core.use_cases import use_case
from pages.components import feed
from pages.components.doctor import _words, changed
from tests.pages.drawing import page_of, train
from tests.training.test_doctor import BAD, GOOD

EPOCH_GRADIENTS = 9  # where an epoch of the feed has them: live_chart.js
NAME = "testing/tiny_quantile"
DECLARED = settings_of(use_case(NAME))


@pytest.fixture(scope="module")
def run() -> Run:
    return train(NAME, learning_rate=0.5)


def opened(run: Run, events: list[dict[str, Any]]) -> AppTest:
    """The page of a run that told these events."""
    told = {
        "networks_running": 2,
        "memory_bytes": 300 * 2**20,
        "num_epochs": 20,
        "samples_per_s": 1e5,
        "elapsed_s": 1.0,
        "left_s_at_most": 0.0,
    }
    scores = {"train_score": 1.0, "validation_score_low": 0.7, "validation_score_high": 0.9}
    told |= scores
    lines = [json.dumps({**told, **e} if e["event"] == "epoch" else e) for e in events]
    (run.folder / "progress.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return page_of(NAME, section="train", run=run.id)


def button(app: AppTest, label: str) -> Any:
    return next(b for b in app.button if b.label == label)


def test_a_finding_is_a_sentence_and_its_button_changes_the_settings_beside(run: Run) -> None:
    app = opened(run, BAD["divergence"])
    text = next(m.value for m in app.markdown if "The steps are too long" in m.value)
    assert "15 times what one constant answer for every row loses" in text
    assert not any("nothing wrong" in c.value for c in app.caption)
    button(app, "Set learning rate to 0.005").click().run()
    assert not app.exception
    slider = next(s for s in app.select_slider if s.label == "Learning rate")
    assert slider.value == 0.005
    assert app.session_state["state:testing-tiny_quantile"].settings["learning_rate"] == 0.005
    assert any("Learning rate: 0.5 → 0.005. Press Train to try." in m.value for m in app.markdown)
    assert not any(b.label.startswith("Set learning rate") for b in app.button), "what is done is not offered again"


def test_a_mend_of_a_setting_that_is_folded_away_opens_the_fold(run: Run) -> None:
    app = opened(run, BAD["dead_units"])
    button(app, "Set learning rate to 0.05 and activation to Leaky ReLU").click().run()
    assert not app.exception
    assert next(t for t in app.toggle if t.label == "All settings").value
    assert next(b for b in app.segmented_control if b.label == "Activation").value == "leaky_relu"


def test_a_button_says_choices_as_a_person_reads_them() -> None:
    words = _words(DECLARED, {"learning_rate": 0.01, "activation": "leaky_relu"})
    assert words == "Set learning rate to 0.01 and activation to Leaky ReLU"


def test_the_settings_panel_shows_labels_and_keeps_the_values_of_links() -> None:
    app = page_of(NAME, section="train", **{"set.activation": "leaky_relu"})
    next(t for t in app.toggle if t.label == "All settings").set_value(True).run()
    assert not app.exception
    activation = next(b for b in app.segmented_control if b.label == "Activation")
    assert activation.options == ["ReLU", "Leaky ReLU", "GELU", "SiLU", "Tanh", "Sigmoid"]
    assert activation.value == "leaky_relu"


def test_a_training_without_a_fault_gets_one_line(run: Run) -> None:
    app = opened(run, GOOD)
    assert "The run doctor saw nothing wrong in this training." in [c.value for c in app.caption]
    assert not any("stethoscope" in m.value for m in app.markdown)


def test_advice_that_no_click_can_follow_has_no_button(run: Run) -> None:
    app = opened(run, BAD["too_good"])
    assert any("look for the column" in m.value for m in app.markdown)
    assert not any(b.label.startswith("Set ") for b in app.button)


def test_what_happens_inside_is_told_to_the_browser_layer_by_layer(run: Run) -> None:
    opened(run, GOOD)
    told = json.loads(feed.made(feed.Asked(run.id, 0, "en", "me")))["run"]
    assert [layer["name"] for layer in told["layers"]] == list(GOOD[-1]["layers"])
    gradients = told["epochs"][-1][EPOCH_GRADIENTS]
    assert gradients == [pytest.approx(seen["gradient_norm"], rel=1e-5) for seen in GOOD[-1]["layers"].values()]


def test_a_run_of_an_earlier_version_is_not_called_well(run: Run) -> None:
    known = ("event", "epoch", "train_loss", "validation_loss", "validation_score")
    app = opened(run, [{k: e[k] for k in known} for e in GOOD[1:]])
    assert not any("run doctor" in c.value for c in app.caption)
    assert not app.exception


@pytest.mark.parametrize(
    ("had", "change", "expected"),
    [
        ({"learning_rate": 1.0}, Change(setting="learning_rate", factor=0.01), {"learning_rate": 0.01}),
        ({"learning_rate": 3e-3}, Change(setting="learning_rate", factor=0.1), {"learning_rate": 2e-4}),
        ({"learning_rate": 1e-5}, Change(setting="learning_rate", factor=0.1), {}),
        ({"learning_rate": 0.5}, Change(setting="learning_rate", factor=100.0), {"learning_rate": 1.0}),
        ({"keep": "best"}, Change(setting="keep", value="best"), {}),
        ({"patience": 1000}, Change(setting="patience", value=5), {"patience": 5}),
        ({}, Change(setting="wings", value=2), {}),
    ],
)
def test_a_change_lands_on_a_stop_of_the_slider_and_only_where_something_changes(had, change, expected) -> None:
    assert changed(DECLARED, had, (change,)) == expected


def test_what_was_said_of_another_training_is_forgotten() -> None:
    """Else settings that it speaks of would draw the page anew for ever."""
    script = (
        "import streamlit as st\n"
        "from types import SimpleNamespace\n"
        "from pages.components import doctor\n"
        "state = SimpleNamespace(settings={'learning_rate': 0.5})\n"
        "context = SimpleNamespace(key=lambda name: name, state=state)\n"
        "st.session_state['doctor-told'] = [({'learning_rate': 0.5}, False)]\n"
        "before = doctor.tells_otherwise(context)\n"
        "{how}\n"
        "st.text(f'{before} {doctor.tells_otherwise(context)}')\n"
    )
    for how in ("doctor.draw_doctor(context, None, [], busy=False)", "doctor.forget(context)"):
        app = AppTest.from_string(script.replace("{how}", how)).run()
        assert [t.value for t in app.text] == ["True False"]
