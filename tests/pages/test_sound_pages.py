"""Pages of a use case of sounds: voices to guess from, what is heard of each digit, and what is said of one."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy.io import wavfile
from streamlit.testing.v1 import AppTest

from core.answering import picture_answers
from core.answering.sound_damage import DAMAGES
from core.answering.worker import Answerer
from core.formatting.as_json import as_json
from core.jobs.local import LocalJobs
from core.pipeline import load_examples
from core.store import profiles, store_folder
from core.use_cases import use_case
from pages.components.kept import forget_all
from tests.pages.drawing import nobody_answers, page_of

NAME = "services/spoken_digits"
SLUG = "services-spoken_digits"


def walls(app: AppTest) -> list[dict[str, Any]]:
    found = [e.proto for e in app.get("bidi_component") if e.proto.component_name.endswith("wall")]
    return [json.loads(one.json) for one in found]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Question and Data ask no worker: what they show ships."""
    nobody_answers(monkeypatch)


def test_the_question_is_ten_voices_to_play_and_tells_on_a_wish() -> None:
    app = page_of(NAME, section="question")
    assert not app.exception
    (wall,) = walls(app)
    assert len(wall["pictures"]) == 10
    assert {one["said"] for one in wall["pictures"]} == {""}
    assert all(one["sound"].startswith("data:audio/wav;base64,") for one in wall["pictures"])
    app = app.toggle(key=f"{SLUG}:riddle").set_value(True).run()
    (told,) = walls(app)
    assert sorted(one["said"] for one in told["pictures"]) == sorted(use_case(NAME).task.outputs)
    assert [one["sound"] for one in told["pictures"]] == [one["sound"] for one in wall["pictures"]]


def test_data_plays_two_of_each_digit() -> None:
    app = page_of(NAME, section="data")
    assert not app.exception
    (wall,) = walls(app)
    said = [one["said"] for one in wall["pictures"]]
    assert said[::2] == said[1::2] == [name.capitalize() for name in use_case(NAME).task.outputs]
    assert len(json.dumps(wall)) < 250_000
    assert app.markdown[0].value.endswith("10 words, 1,000 sounds to learn from.")


def test_the_shipped_sounds_are_those_of_the_data() -> None:
    for variant in use_case(NAME).variants:
        found = profiles.shipped(use_case(NAME).with_variant({"variant": variant.name}))
        assert found
        assert all(list(record["sounds"]) == ["sound"] for record in found["sample"])


@pytest.fixture
def answered_here(monkeypatch: pytest.MonkeyPatch) -> None:
    answerer = Answerer(store_folder())

    def ask(self: LocalJobs, question: Mapping[str, Any], *, timeout_s: float) -> Any:
        return json.loads(as_json(answerer.answer(dict(question))))

    monkeypatch.setattr(LocalJobs, "ask", ask)
    monkeypatch.setattr(picture_answers, "_MOST_ROWS", 8)
    forget_all()


def sentence_of(app: AppTest) -> str:
    return str(app.markdown[0].value)


def test_a_sound_is_broken_by_a_slider_and_played_beside_the_nearest(answered_here: None) -> None:
    app = page_of(NAME, section="understand")
    assert not app.exception
    (wall,) = walls(app)
    assert [("sound" in one) for one in wall["pictures"]] == [True, True, False, False]
    assert len(wall["pictures"]) == 4
    assert wall["large"]
    curves = [e.proto.body for e in app.get("html") if "at each strength" in e.proto.body]
    assert len(curves) == len(DAMAGES)
    changed = app.select_slider(key=f"{SLUG}:damage-hiss").set_value(0.8).run()
    assert not changed.exception
    (broken,) = walls(changed)
    assert broken["pictures"][0]["sound"] != wall["pictures"][0]["sound"]
    assert broken["pictures"][0]["said"] == "Damaged"


def test_results_hang_misheard_recordings_that_can_be_played(answered_here: None) -> None:
    app = page_of(NAME, section="results")
    assert not app.exception
    wall = walls(app)[-1]
    assert wall["asks"] is True
    assert all(one["sound"] for one in wall["pictures"])


def test_a_recording_of_ones_own_is_answered_and_what_is_none_is_said(answered_here: None) -> None:
    examples = load_examples(use_case(NAME))
    wave = examples.arrays["sound"][5].astype(float)
    stereo = io.BytesIO()
    loud = np.repeat(wave / np.abs(wave).max() * 20_000, 6).astype(np.int16)
    wavfile.write(stereo, 48_000, np.stack([loud, loud], axis=1))
    app = page_of(NAME, section="understand")
    app.session_state[f"{SLUG}:source"] = "own"
    app.run()
    assert not app.exception
    assert "Record a word" in app.info[0].value

    def brought(name: str, content: bytes) -> AppTest:
        (place,) = app.get("file_uploader")
        place.set_value((name, content, "audio/wav"))  # type: ignore[attr-defined]
        found = app.run()
        assert not found.exception
        return found

    said = brought("digit.wav", stereo.getvalue())
    (wall,) = walls(said)
    assert wall["pictures"][0]["sound"]
    assert "sure" in sentence_of(said) or "I don't know" in sentence_of(said)
    assert "cannot be read as a sound" in brought("broken.wav", b"RIFF of nothing").warning[0].value
