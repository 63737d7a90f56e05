"""Profiles of data: the outcome by each column, those that ship, and those that a store keeps."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import pipeline
from core.answering import worker
from core.answering.profile import _wilson, data_profile
from core.charts import outcome
from core.charts.look import LIGHT
from core.contracts import Column, ColumnKind, Examples, Fold, Plan, UseCase
from core.keys import portable
from core.keys.words_apart import code_of_rows, helpers_of, without_words
from core.store import profiles
from core.use_cases import all_use_cases, use_case
from tests.pages.drawing import page_of

QUICK = {"healthcare/heart_disease"}
VARIANTS = [
    u.with_variant({"variant": v}) if v else u
    for u in all_use_cases()
    if u.industry != "testing"
    for v in [v.name for v in u.variants] or [""]
]


def made(target: np.ndarray, **features: object) -> tuple[UseCase, Examples]:
    """A binary use case of 400 rows, two to a unit: the first 200 train, 100 validate, 100 test."""
    heart = use_case("healthcare/heart_disease")
    columns = tuple(
        Column(name=n, label=n, kind=ColumnKind.CATEGORY if isinstance(v[0], str) else ColumnKind.NUMERIC)
        for n, v in features.items()
    )
    table = pd.DataFrame(features)
    fold = Fold(train=np.arange(200), validation=np.arange(200, 300), test=np.arange(300, 400), name="late")
    plan = Plan(folds=(fold,), unit="pair", sentence="In order.", separation="unit")
    declared = dataclasses.replace(heart, columns=columns, plan=lambda examples: plan, variants=())
    unit = np.arange(400) // 2
    found = Examples(
        features=table, target=pd.DataFrame({"diseased": target}), info=pd.DataFrame(index=table.index), unit=unit
    )
    return declared, found


def test_the_outcome_by_a_column_is_that_of_training_rows_and_its_interval_counts_units():
    rng = np.random.default_rng(0)
    side = np.array(["left", "right"])[np.arange(400) // 2 % 2]
    target = np.where(side == "right", rng.random(400) < 0.8, rng.random(400) < 0.2).astype(float)
    declared, examples = made(target, side=side, noise=rng.normal(size=400))
    found = data_profile(declared, examples)
    of_side, of_noise = found["columns"]
    train = pd.DataFrame({"side": side, "target": target})[:200].groupby("side").target.agg(["mean", "size"])
    told = {group["name"]: group for group in of_side["groups"]}
    for name, (share, rows) in train.iterrows():
        assert (told[name]["share"], told[name]["rows"], told[name]["units"]) == (pytest.approx(share), rows, rows / 2)
        assert (told[name]["low"], told[name]["high"]) == _wilson(share, int(rows / 2))
    assert found["outcome"]["share"] == pytest.approx(target[:200].mean())
    assert of_side["strength"] == pytest.approx(0.36, abs=0.15)  # (0.8 - 0.2)² / 4 of a variance of 1 / 4
    assert of_noise["strength"] < 0.05
    assert [c["name"] for c in outcome.strongest(found["columns"], 1)] == ["side"]
    changed = dataclasses.replace(
        examples, target=pd.DataFrame({"diseased": np.where(np.arange(400) < 200, target, 1.0)})
    )
    assert data_profile(declared, changed)["columns"] == found["columns"], "a row that is tested was looked at"
    assert sum(map(sum, of_noise["split"])) == 200


def test_a_wilson_interval_is_that_of_the_books():
    assert _wilson(0.1, 100) == (pytest.approx(0.0552, abs=1e-4), pytest.approx(0.1744, abs=1e-4))
    low, high = _wilson(0.0, 20)
    assert (low, high) == (0.0, pytest.approx(0.1611, abs=1e-4))


def test_a_sample_shows_both_outcomes_equally_often_and_missing_values_are_a_group():
    target = (np.arange(400) % 20 == 0).astype(float)
    number = np.where(np.arange(400) % 4 == 0, np.nan, np.arange(400.0))
    declared, examples = made(target, number=number)
    found = data_profile(declared, examples)
    json.dumps(found, allow_nan=False)
    assert sorted(record["target"]["diseased"] for record in found["sample"]) == [0.0] * 20 + [1.0] * 20
    *ranges, missing = found["columns"][0]["groups"]
    assert missing["missing"]
    assert missing["rows"] == 50
    assert [g["from"] for g in ranges] == sorted(g["from"] for g in ranges)
    assert sum(g["rows"] for g in ranges) == 150


def test_a_small_range_beside_a_frequent_value_joins_the_one_below():
    number = np.where(np.arange(400) % 2 == 0, 0.0, np.arange(400.0))
    number[:6] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    declared, examples = made((np.arange(400) % 3 == 0).astype(float), number=number)
    groups = data_profile(declared, examples)["columns"][0]["groups"]
    assert min(g["rows"] for g in groups) >= 10


@pytest.mark.parametrize(
    "name", ["testing/tiny_quantile", "testing/tiny_survival", "testing/tiny_codes", "testing/tiny_ranking"]
)
def test_every_kind_has_its_picture(name):
    declared = use_case(name)
    found = data_profile(declared, declared.examples({}))
    json.dumps(found, allow_nan=False)
    columns = {c.name: c for c in declared.columns}
    strongest = outcome.strongest(found["columns"], 6)
    assert strongest
    told = [(columns[one["name"]], one) for one in strongest]
    picture = outcome.by_group(told, found["outcome"], declared.task, LIGHT, str)
    assert picture.count("<figure") == len(strongest)
    assert picture.count('scope="row"') == sum(len(one["groups"]) for one in strongest)


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param(u, id=f"{u.name} {u.variant}", marks=[] if u.name in QUICK else [pytest.mark.long])
        for u in VARIANTS
    ],
)
def test_a_shipped_profile_is_the_one_that_the_data_give(declared):
    """Where it is not: python -m core record --profiles."""
    shipped = profiles.shipped(declared)
    assert shipped is not None
    made_now = json.loads(json.dumps(data_profile(declared, pipeline.load_examples(declared))))
    (words, found), (words_now, found_now) = (apart(flat(one)) for one in (shipped, made_now))
    assert words == words_now
    assert found == pytest.approx(found_now, rel=1e-6)


def apart(told: dict[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """What is no number, and the numbers."""
    numbers = {
        place: value for place, value in told.items() if isinstance(value, float) and not isinstance(value, bool)
    }
    return {place: value for place, value in told.items() if place not in numbers}, numbers


def flat(value: object, at: str = "") -> dict[str, object]:
    if isinstance(value, dict):
        return {k: v for key, one in value.items() for k, v in flat(one, f"{at}.{key}").items()}
    if isinstance(value, list):
        return {k: v for i, one in enumerate(value) for k, v in flat(one, f"{at}[{i}]").items()}
    return {at: value}


@pytest.mark.parametrize("declared", VARIANTS, ids=lambda u: f"{u.name} {u.variant}")
def test_every_variant_has_a_profile_of_this_code_and_these_data(declared):
    """Where it has none: python -m core record --profiles."""
    found = profiles.shipped(declared)
    assert found is not None
    assert [c["name"] for c in found["columns"]] == [c.name for c in declared.columns]


def test_a_profile_of_other_code_or_other_data_is_not_shown(monkeypatch):
    heart = use_case("healthcare/heart_disease")
    key = portable.of_profile(heart)
    assert portable.of_profile(dataclasses.replace(heart, title="Other words")) == key
    assert portable.of_profile(dataclasses.replace(heart, columns=heart.columns[1:])) != key
    assert profiles.shipped(dataclasses.replace(heart, columns=heart.columns[1:])) is None
    assert without_words('x = "two words"\n# why\n') == without_words('x = "some other words"')
    assert without_words('x = "word"') != without_words('x = "other"')
    assert without_words('f("a", 5, "b c")') != without_words('f("a", 6, "b c")')
    monkeypatch.setattr(profiles.portable, "without_words", lambda code: code + "# changed")
    assert profiles.shipped(heart) is None


@pytest.mark.parametrize("maker", ["answering/profile.py", "answering/answers.py", "formatting/png.py"])
def test_both_keys_of_a_profile_hold_what_makes_it_and_the_records_it_shows(monkeypatch, maker, tmp_path):
    chest, path = use_case("healthcare/chest_xray"), Path(portable.__file__).parents[1] / maker
    shipped, kept = portable.of_profile(chest), portable.of_profile_makers()
    other = path.read_text("utf-8") + "\nOTHER = 1\n"
    read, digests = Path.read_text, portable.code_files.digests
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_text", lambda p, *given: other if p == path else read(p, *given))
        assert portable.of_profile(chest) != shipped
    with monkeypatch.context() as patched:
        patched.setattr(
            portable.code_files,
            "digests",
            lambda files: digests([p for p in files if p != path]),
        )
        assert portable.of_profile_makers() != kept
    assert (portable.of_profile(chest), portable.of_profile_makers()) == (shipped, kept)
    assert kept in profiles._kept_path(tmp_path, chest).name


def test_a_key_holds_what_rows_come_from_and_nothing_else_of_a_declaration():
    code = portable.file_of(use_case("retail/coupon_response")).read_text("utf-8")
    kept = code_of_rows(code)
    for old, new in (("2017-08-15", "2017-08-16"), ("days_since_redemption", "days_since"), ("redeemed", "kept")):
        assert old in code
        assert code_of_rows(code.replace(old, new)) != kept, old
    assert code_of_rows(code.replace("USE_CASE = UseCase(", "USE_CASE = UseCase(icon='other', order=7,")) == kept
    assert code_of_rows(code.replace("VALUE = ThresholdValue(", "VALUE = ThresholdValue(today='nobody',")) == kept


def test_helpers_of_the_rows_are_part_of_a_key_and_those_of_money_are_not():
    for name, rows in (("supply_chain/shipment_delay", True), ("retail/coupon_response", True)):
        path = portable.file_of(use_case(name))
        found = [helper.stem for helper in helpers_of(code_of_rows(path.read_text("utf-8")), path.parent)]
        assert bool(found) is rows
        assert not [stem for stem in found if "money" in stem or "value" in stem]


def test_a_damaged_profile_counts_as_not_there(tmp_path, monkeypatch):
    heart = use_case("healthcare/heart_disease").with_variant({"variant": "new_hospital"})
    shutil.copytree(profiles.SHIPPED, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(profiles, "SHIPPED", tmp_path)
    assert profiles.shipped(heart)
    path = tmp_path / "healthcare-heart_disease-new_hospital.json.xz"
    path.write_bytes(path.read_bytes()[:100])
    assert profiles.shipped(heart) is None


def test_the_answer_worker_makes_a_profile_once(tmp_path, monkeypatch):
    asked = {"ask": "profile", "use_case": "testing/tiny_quantile"}
    first = worker.Answerer(tmp_path).answer(asked)
    monkeypatch.setattr(worker, "data_profile", None)
    assert json.loads(json.dumps(worker.Answerer(tmp_path).answer(asked))) == json.loads(json.dumps(first))


def test_the_data_section_of_a_shipped_use_case_asks_nobody_and_shows_both_outcomes(monkeypatch):
    from pages.components import section_data

    told_rows: list[dict[str, object]] = []
    monkeypatch.setattr(section_data, "ask", None)
    monkeypatch.setattr(section_data, "draw_rows", lambda _context, rows, *_told, **_how: told_rows.extend(rows()))
    page = page_of("healthcare/heart_disease", section="data")
    assert not page.exception
    told = " ".join(m.value for m in page.markdown)
    assert "Diseased: 60.2% of 492 training rows." in told
    assert not page.dataframe, "a table that the browser draws at once"
    assert {row["Has heart disease"] for row in told_rows} == {"diseased", "healthy"}
