"""What is said of a typed text: its chances, the words that count, how familiar it is; whatever is typed gets an answer
or a sentence, and is kept nowhere."""

from types import SimpleNamespace

import numpy as np
import pytest

from core import pipeline
from core.answering.text_answers import Familiar, Familiarities, text_answer
from core.answering.texts import MOST_CHARACTERS
from core.answering.worker import Answerer
from core.errors import UserError
from core.store import store_folder
from core.store.ensembles import load_ensemble
from core.use_cases import use_case
from tests.extra.use_cases.testing.tiny_typed import PIECES
from tests.pages.drawing import train

NAME = "testing/tiny_typed"


@pytest.fixture(scope="module")
def house():
    declared, run = use_case(NAME), train(NAME)
    examples = pipeline.load_examples(declared)
    return SimpleNamespace(
        declared=declared,
        run=run,
        examples=examples,
        plan=declared.plan(examples),
        ensemble=load_ensemble(run, declared),
    )


def answered(house, text=None, row=None):
    whom = house.declared, house.examples, house.plan, house.ensemble
    return text_answer(*whom, Familiarities(), {"text": text}, row)


def test_the_word_that_decides_brings_most_and_what_stands_around_next_to_nothing(house):
    for text, thing, topic in (
        ("where is my refund?", "refund", "money"),
        ("我的 password 在哪里", "password", "account"),
    ):
        answer = answered(house, text)
        gains = {answer["text"][w["start"] : w["end"]]: w["gain"] for w in answer["words"]}
        assert house.declared.task.outputs[int(np.argmax(answer["mean"]))] == topic
        assert max(gains, key=gains.get) == thing
        assert gains[thing] > 2 * max(abs(gain) for word, gain in gains.items() if word != thing)


def test_what_a_word_brings_is_what_the_chance_loses_when_the_networks_do_not_see_it(house):
    answer = answered(house, "where is my refund")
    shown = int(np.argmax(answer["mean"]))
    array = house.declared.arrays[0]
    read = house.ensemble.inputs(house.examples.features.iloc[[0]], None, {"text": _points("where is my refund")})
    codes = read.tensors[array.name].clone()
    codes[:, 0, 3] = 0
    without = house.ensemble.predict_inputs(
        type(read)(read.networks, read.folds, {**read.tensors, "text": codes}, None)
    )
    assert answer["words"][3]["gain"] == pytest.approx(answer["mean"][shown] - without.mean(0)[0, shown], abs=1e-6)


def _points(text):
    from core.texts.words import points_of

    return points_of([text], 60)


def test_a_row_is_answered_as_it_was_tested(house):
    row = int(house.plan.folds[0].test[0])
    answer = answered(house, row=row)
    assert answer["text"] == house.examples.info["question"].iloc[row]
    arrays = house.examples.arrays_of(np.array([row]))
    again = house.ensemble.predict(house.examples.features.iloc[[row]], None, arrays)[:, 0]
    np.testing.assert_allclose(answer["mean"], again.mean(0), atol=1e-6)
    assert len(answer["networks"]) == 2


@pytest.mark.parametrize("text", ["", "   ", "?!…", "🙂🙂", "\n\t"])
def test_without_a_word_there_is_a_sentence(house, text):
    with pytest.raises(UserError, match="There is no word in it yet"):
        answered(house, text)


@pytest.mark.parametrize("text", [None, 7, ["where"]])
def test_what_is_no_text_is_refused(house, text):
    with pytest.raises(UserError, match="no text in this question"):
        answered(house, text)


def test_ten_thousand_characters_are_answered_by_the_first_words_and_more_are_refused(house):
    text = ("where is my refund " * 600)[:MOST_CHARACTERS]
    answer = answered(house, text)
    assert len(answer["words"]) == PIECES.words
    assert answer["unread"] == len(text.split()) - PIECES.words
    assert answered(house, "x" * MOST_CHARACTERS)["words"] == [
        {"start": 0, "end": 60, "gain": pytest.approx(0, abs=1), "known": False}
    ]
    with pytest.raises(UserError, match="at most 10000 characters; this one has 10001"):
        answered(house, text + "?")


@pytest.mark.parametrize(
    "text", ["Привет, где посылка", "مرحبا", "ｗhere's 我的 парсел 2 😀", "a\x00b\x1b[31m", "\u202eparcel"]
)
def test_any_script_and_any_sign_is_answered(house, text):
    answer = answered(house, text)
    assert sum(answer["mean"]) == pytest.approx(1, abs=1e-5)
    assert answer["text"].isprintable()


def test_a_stranger_is_told_from_what_is_like_the_questions_that_were_learned(house):
    known, typo, stranger = (
        answered(house, text) for text in ("where is my parcel?", "wheres my parcell", "qqq zzz jjj")
    )
    assert known["alike"] == pytest.approx(1, abs=1e-5)
    assert known["share"] > 0
    assert known["nearest"] in house.plan.folds[0].train
    assert house.examples.info["question"].iloc[known["nearest"]] == "where is my parcel?"
    assert 1 > typo["alike"] > 0.3 > stranger["alike"]
    assert stranger["share"] == 0
    assert [word["known"] for word in stranger["words"]] == [False] * 3
    assert [word["known"] for word in known["words"]] == [True] * 4


def test_how_familiar_a_text_is_knows_no_test_row(house):
    points, fold = house.examples.arrays["text"], house.plan.folds[0]
    changed = points.copy()
    changed[fold.test] = 90
    before, after = (Familiar.of(of, fold, PIECES) for of in (points, changed))
    np.testing.assert_array_equal(before.usual, after.usual)
    assert before.words == after.words


def test_what_is_typed_is_kept_nowhere(house):
    secret = "zanzibarquestion"
    answerer = Answerer(store_folder())
    asked = {"ask": "text", "use_case": NAME, "run": house.run.id, "text": f"where is my {secret}"}
    assert secret in answerer.answer(asked)["text"]
    held = [path for path in store_folder().rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert held == []
