"""What a request asks about: rows that can be read, and a sentence for all others."""

import json
import math

import numpy as np
import pytest

from core.errors import UserError
from core.serving.body import MOST_BYTES, MOST_ROWS, Asked, together
from core.use_cases import use_case

HEART = use_case("healthcare/heart_disease")
CATEGORY = next(c.name for c in HEART.columns if c.kind.value == "category")
NUMBER = next(c.name for c in HEART.columns if c.kind.value == "numeric")
BINARY = next(c.name for c in HEART.columns if c.kind.value == "binary")


def asked(*rows: dict[str, object]) -> Asked:
    return Asked.of(json.dumps({"rows": rows}).encode(), HEART)


def test_rows_become_a_table_and_what_is_left_out_is_missing() -> None:
    table, arrays = together([asked({NUMBER: 60, CATEGORY: "other", BINARY: True}, {NUMBER: None}), asked({})])
    assert list(table.columns) == [c.name for c in HEART.columns]
    assert table[NUMBER].tolist()[0] == 60.0
    assert np.isnan(table[NUMBER].to_numpy(dtype=float)[1:]).all()
    assert table[CATEGORY].isna().tolist() == [False, True, True]
    assert table[BINARY].tolist()[0] == 1.0
    assert math.isnan(table[BINARY].tolist()[1])
    assert arrays == {}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "no valid JSON"),
        (b'{"rows": [{"x": NaN}]}', "no valid JSON"),
        (b"[1]", '"rows" alone'),
        (b'{"rows": [], "more": 1}', '"rows" alone'),
        (b'{"rows": []}', "1 to 1,000 rows; this one has 0"),
        (json.dumps({"rows": [{}] * (MOST_ROWS + 1)}).encode(), "has 1,001"),
        (b'{"rows": [{}, 3]}', r"rows\[1\] is no object"),
        (json.dumps({"rows": [{NUMBER + "x": 1}]}).encode(), f"Did you mean '{NUMBER}'"),
        (json.dumps({"rows": [{}, {NUMBER: "60"}]}).encode(), r"rows\[1\]: .* is a finite number, or null; '60'"),
        (json.dumps({"rows": [{NUMBER: True}]}).encode(), "a finite number"),
        (b'{"rows": [{"%s": 1e999}]}' % NUMBER.encode(), "a finite number"),
        (b'{"rows": [{"%s": 1%s}]}' % (NUMBER.encode(), b"0" * 400), "a finite number"),
        (json.dumps({"rows": [{BINARY: 2}]}).encode(), "is 0 or 1, or null"),
        (json.dumps({"rows": [{CATEGORY: ["a"]}]}).encode(), "a name in quotes"),
        (b"[" * 100_000, "no valid JSON"),
        (b" " * (MOST_BYTES + 1), "at most 16,000,000 bytes"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(body: bytes, told: str) -> None:
    with pytest.raises(UserError, match=told):
        Asked.of(body, HEART)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "PNG or JPEG file, in base64"),
        ("§", "no valid base64"),
        ("AAA", "no valid base64"),
        ("AAAA", r"rows\[0\]: This file cannot be read"),
    ],
)
def test_a_picture_that_is_none_is_told_with_its_row(value: str | None, told: str) -> None:
    films = use_case("healthcare/chest_xray")
    with pytest.raises(UserError, match=told):
        Asked.of(json.dumps({"rows": [{"film": value}]}).encode(), films)
