"""A CSV of new rows: samples tell what they are, faults are sentences, and a service is timed by what it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.answering.own_picture import FOLDER
from core.answering.worker import Answerer
from core.errors import UserError

ASKED = {"use_case": "healthcare/heart_disease", "run": "healthcare-heart_disease-recommended"}
NAME = "a" * 64


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    return Answerer(tmp_path_factory.mktemp("store"))


def told(answerer: Answerer, content: str | bytes) -> Any:
    path: Path = answerer.store / FOLDER / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return answerer.answer({"ask": "new_rows", **ASKED, "file": NAME})


def test_held_out_rows_have_a_score_and_messed_up_ones_have_moved(answerer: Answerer) -> None:
    usual = answerer.answer({"ask": "new_rows", **ASKED})
    messed = answerer.answer({"ask": "new_rows", **ASKED, "damaged": True})
    assert usual["rows"] == messed["rows"] == 500
    assert usual["score"] > messed["score"]
    assert "feature" in messed["reasons"]
    assert messed["features"][0]["stability_index"] > usual["features"][0]["stability_index"]
    again = told(answerer, usual["file"])
    assert {**again, "file": usual["file"]} == usual


def test_columns_that_lack_or_are_beside_are_named(answerer: Answerer) -> None:
    found = told(answerer, "age;who;chol\n61;Ann;240\n44;Bob;\n")
    assert (found["rows"], found["ignored"], found["score"]) == (2, ["who"], None)
    assert {"cp", "thal"} <= set(found["lacks"])
    assert found["features"][0]["stability_index"] is None  # of two rows nothing is said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "one line with the names"),
        ("age,age\n1,2\n", "each once"),
        ("who\nAnn\n", "No column of the file is a feature"),
        ("age,chol\n61,high\n", "Line 2: 'chol' is a number"),
        ("age,chol\n61\n", "Line 2 has 1 fields"),
        ("age\n" + "1e999\n", "Line 2: 'age' is a number"),
        (b"age\n\xff\xfe\n", "UTF-8"),
    ],
)
def test_a_bad_file_is_answered_with_a_sentence(answerer: Answerer, content: str | bytes, words: str) -> None:
    with pytest.raises(UserError, match=words):
        told(answerer, content)


def test_a_service_is_timed(answerer: Answerer) -> None:
    found: Any = answerer.answer({"ask": "serving", **ASKED})
    assert 0 < found["middle_ms"] <= found["slow_ms"]
    assert found["thousand_s"] < found["middle_ms"]  # together, a row takes less than alone
    assert found["weights_bytes"] > 10_000
    assert found["requests"] > 1
