"""What the answer worker keeps in memory: a few runs, and no more plans than the loader keeps examples."""

from __future__ import annotations

import dataclasses
import gc
import io
import weakref

import numpy as np
import pytest
from PIL import Image

from core.answering import worker
from core.answering.own_picture import FOLDER
from core.answering.worker import Answerer
from core.errors import UserError
from core.formatting.png import png
from core.store import caches
from core.store.runs import list_runs
from core.use_cases import use_case as use_case_named

CASES = ("testing/tiny_quantile", "testing/tiny_survival", "testing/tiny_stock")


@pytest.fixture
def answerer(tmp_path, monkeypatch):
    monkeypatch.setattr(caches, "_in_memory", {})
    return Answerer(tmp_path)


def test_examples_that_nobody_asks_about_any_more_leave_the_memory(answerer):
    """A plan holds its examples: with a plan for every use case, every data set stayed."""
    alive = []
    for name in CASES:
        use_case = use_case_named(name).with_variant({})
        examples = answerer.load(use_case)
        answerer._plan(use_case, examples)
        alive.append(weakref.ref(examples.features))
    del examples
    gc.collect()
    assert len(answerer.plans) == worker._MOST_PLANS
    assert [kept() is not None for kept in alive] == [False, True, True]


def test_a_plan_is_made_once_while_its_examples_stay(answerer):
    use_case = use_case_named(CASES[0]).with_variant({})
    examples = answerer.load(use_case)
    assert answerer._plan(use_case, examples) is answerer._plan(use_case, examples)


@pytest.mark.parametrize("row", [-1, 10**9])
@pytest.mark.parametrize(
    "asked",
    [{"ask": "picture"}, {"ask": "what_if", "features": {}}, {"ask": "records"}],
    ids=lambda asked: asked["ask"],
)
def test_a_row_that_is_not_there_is_told_in_the_same_sentence_whatever_is_asked(answerer, monkeypatch, asked, row):
    monkeypatch.setattr(answerer, "_ensemble", lambda *_: None)
    with pytest.raises(UserError, match=rf"numbered 0 to 1796; there is no row {row}\."):
        answerer.answer({**asked, "use_case": "testing/tiny_pictures", "run": "one", "row": row, "rows": [row]})


def test_a_file_of_bytes_is_not_shown_to_networks_that_learned_on_another_scale(answerer, monkeypatch):
    use_case = use_case_named("healthcare/chest_xray")
    examples = answerer.load(use_case)
    other = dataclasses.replace(examples, arrays={"film": examples.arrays["film"] / np.float32(255)})
    monkeypatch.setattr(answerer, "load", lambda _: other)
    monkeypatch.setattr(answerer, "_ensemble", lambda *_: None)
    name, folder = "0" * 64, answerer.store / FOLDER
    folder.mkdir(parents=True)
    (folder / name).write_bytes(png(examples.arrays["film"][0]))
    with pytest.raises(UserError, match="not of bytes"):
        answerer.answer({"ask": "own_picture", "use_case": use_case.name, "run": "one", "file": name})


def deep(film):
    return Image.fromarray(film[:, :, 0].astype(np.uint16) * 257)


@pytest.mark.parametrize(
    ("made", "is_known"),
    [
        (lambda film: Image.fromarray(film[:, :, 0]), True),
        (deep, True),
        (lambda film: Image.new("L", (1, 1), 7), False),
    ],
    ids=["a film", "sixteen bits", "one pixel"],
)
def test_a_file_becomes_pixels_that_are_answered_as_they_are_and_damaged(answerer, made, is_known):
    use_case = use_case_named("healthcare/chest_xray")
    film = answerer.load(use_case).arrays["film"][5000]
    name, folder, written = "0" * 64, answerer.store / FOLDER, io.BytesIO()
    folder.mkdir(parents=True)
    made(film).save(written, "PNG")
    (folder / name).write_bytes(written.getvalue())
    read = answerer.answer({"ask": "own_picture", "use_case": use_case.name, "file": name})
    run = next(r.id for r in list_runs(answerer.store, use_case.name) if r.id.endswith("-quick"))
    question = {"ask": "picture", "use_case": use_case.name, "run": run, **read}
    whole, hurt = answerer.answer(question), answerer.answer({**question, "damage": {"patch": 0.5}})
    assert (whole["share"] > 0) is is_known
    assert whole["changed"] == whole["picture"] == hurt["picture"] != hurt["changed"]
    assert 0 <= hurt["mean"][0] <= 1
    by_row = answerer.answer({**question, "row": 5000})
    assert (by_row["alike"] == pytest.approx(whole["alike"], abs=0.01)) is is_known, "sixteen bits are stretched"
