"""Words of texts in any script, with where they stand, and the codes of their pieces."""

import numpy as np
import pytest

from core.contracts import ArrayInput, InputKind, Pieces
from core.errors import UserError
from core.texts.coding import coded
from core.texts.words import points_of, text_of, words_of

PIECES = Pieces(words=6, most=8, codes=4096)


def read(text):
    return [word.read for word in words_of(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("My card hasn't arrived!", ["my", "card", "hasn't", "arrived"]),
        ("It’s 2 weeks, £15.50", ["it's", "0", "weeks", "00", "00"]),
        ("我的卡丢了", ["我", "的", "卡", "丢", "了"]),
        ("我的card丢了 on 3月", ["我", "的", "card", "丢", "了", "on", "0", "月"]),
        ("ＣＡＲＤ", ["card"]),
        ("Zażółć gęślą", ["zażółć", "gęślą"]),
        ("", []),
        (" ?! … 🙂", []),
    ],
)
def test_words_are_letters_in_a_row_and_signs_alone_and_digits_are_noughts(text, words):
    assert read(text) == words


def test_a_word_knows_where_it_stands_in_what_was_typed():
    text = "Ｗhere's 我的 CARD"
    assert [text[w.start : w.end] for w in words_of(text)] == ["Ｗhere's", "我", "的", "CARD"]


def test_texts_are_the_same_after_they_were_numbers_and_no_longer_than_their_place():
    texts = ["where?", "我的卡 🙂", "", "x" * 10_000]
    points = points_of(texts, 40)
    assert points.shape == (4, 40)
    assert points.dtype == np.uint32
    assert [text_of(row) for row in points] == [*texts[:3], "x" * 40]


def test_numbers_that_are_no_characters_are_read_as_one_that_cannot_be():
    assert text_of(np.array([65, 0xD800, 0x110000, 66, 0, 67])) == "A\ufffd\ufffdB"
    assert text_of(points_of(["a\ud800b"], 5)[0]) == "a?b"


def test_the_pieces_of_a_word_are_its_own_and_those_that_it_shares_with_others():
    codes = coded(points_of(["transfer", "transfers", "card", ""], 20), Pieces(words=2, most=30, codes=2**20))
    one, more, other = (set(row[0][row[0] > 0].tolist()) for row in codes[:3])
    assert len(one) == 1 + 8 + 7 + 6, "the word; three, four and five of < t r a n s f e r >"
    assert len(one & more) == 7 + 6 + 5, "all but those that hold the end"
    assert codes[0, 0, 0] != codes[1, 0, 0]
    assert not one & other
    assert not codes[3].any()
    assert not codes[0, 1].any(), "there is one word"


def test_a_sign_is_read_with_those_that_follow():
    codes = coded(points_of(["丢了卡", "丢卡", "卡"], 10), PIECES)
    assert (codes[0] > 0).sum(1).tolist() == [3, 2, 1, 0, 0, 0]
    assert codes[0, 0, 0] == codes[1, 0, 0]
    assert codes[0, 0, 1] != codes[1, 0, 1]
    assert codes[0, 2, 0] == codes[1, 1, 0] == codes[2, 0, 0]


def test_codes_stay_what_they_were_on_every_machine_and_within_their_bounds():
    codes = coded(points_of(["my card", "我"], 10), PIECES)
    assert codes[0, 1, :3].tolist() == [1585, 590, 2803]
    assert codes[1, 0, 0] == 948
    many = coded(
        points_of([f"word{chr(97 + i % 26)}{'xyz'[i % 3] * (i % 7)} and more of them now {i}" for i in range(99)], 60),
        PIECES,
    )
    assert many.min() == 0
    assert many.max() < PIECES.codes


def test_a_text_says_how_it_is_read_and_nothing_else_does():
    for kind, pieces in ((InputKind.TEXT, None), (InputKind.WAVEFORM, PIECES)):
        with pytest.raises(UserError, match="A text says by which pieces it is read"):
            ArrayInput(name="x", kind=kind, shape=(9,), pieces=pieces)
