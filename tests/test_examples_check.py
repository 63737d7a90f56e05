"""Examples are checked once, before anything is fitted: every broken table gets its sentence, a sound one passes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import datasets, pipeline
from core.checks import examples_check
from core.contracts import DataFile, Dataset, Fold
from core.errors import DataError, UserError
from core.jobs.local import LocalJobs
from core.store.caches import examples_loader
from core.use_cases import use_case
from tests.broken.use_cases.testing.tiny_broken import BREAKS, ROWS
from tests.broken_tables import TABLES, YES_OR_NO, sentence
from tests.processes import end_processes_of

CODE = Path(__file__).parents[1]
SMALL = {"num_epochs": 2, "width": 8, "device": "cpu"}
OF_LIBRARIES = (
    "non-finite", "window shape", "at least 2 classes", "cardinality", "KeyError", "Arrow", "not in index",
    "could not convert", "dtype", "Traceback", "NaN", "ValueError", "IndexError", "NoneType",
)  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_a_broken_table_is_a_sentence_with_the_fact(table):
    said = sentence(table)
    for fact in table.says:
        assert fact in said
    assert not any(words in said for words in OF_LIBRARIES), said
    assert said.endswith(".")


def test_there_are_more_than_thirty():
    assert len({t.name for t in TABLES}) == len(TABLES) > 30
    assert set(BREAKS) - {"many_cities"} <= {t.name for t in TABLES}


@pytest.mark.parametrize(
    "name", ["missing_training_label", "infinite_cell", "no_positive_in_test", "a_number_among_words"]
)
def test_a_run_ends_with_the_sentence_before_it_trains(name):
    """On an older version: 'the steps were too large', and errors of pandas, pyarrow and json."""
    events = []
    table = next(t for t in TABLES if t.name == name)
    with pytest.raises(UserError) as error:
        pipeline.run(table.use_case, SMALL, progress=events.append)
    assert str(error.value) == sentence(table)
    assert "steps were too large" not in str(error.value)
    assert [e["phase"] for e in events] == ["data"]


def test_examples_that_another_version_has_kept_are_checked_as_well():
    table = next(t for t in TABLES if t.name == "missing_test_labels")
    kept = BREAKS["missing_test_labels"](YES_OR_NO.examples({}))
    with pytest.raises(UserError, match="missing in 40 rows"):
        pipeline.run(table.use_case, SMALL, progress=lambda event: None, load=lambda use_case: kept)


def test_nothing_broken_is_kept(tmp_path):
    table = next(t for t in TABLES if t.name == "mixed_info")
    with pytest.raises(UserError, match="the info column 'note'"):
        examples_loader(tmp_path, pipeline.load_examples)(table.use_case)
    assert list(tmp_path.rglob("*.parquet")) == []


def test_missing_features_may_be_and_many_categories_too():
    outcome = pipeline.run(YES_OR_NO, {**SMALL, "variant": "many_cities"}, progress=lambda event: None)
    assert outcome.report["not_fitted"] == []
    names = [b["name"] for b in outcome.report["baselines"]]
    assert "gradient_boosting_tuned" in names, "290 categories in 300 training rows, where 255 can be told apart"


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1, None, 3] * 200, dtype="Int64"),
        pd.Series([True, None, False] * 200, dtype="boolean"),
        pd.Series([Decimal("1.5"), None, Decimal("2.5")] * 200),
        pd.Series([1.0, None, 3.0] * 200, dtype="float32"),
        pd.Series([1, 2.5, True] * 200, dtype=object),
        pd.Series([1.0, None, 2.0] * 200).astype("category"),
        pd.Series([1.0, pd.NA, 2.0] * 200, dtype=object),
    ],
    ids=lambda v: str(v.dtype) + type(v.iloc[0]).__name__,
)
def test_numbers_of_whatever_type_are_numbers(values):
    examples = YES_OR_NO.examples({})
    mended = examples_check.checked(YES_OR_NO, replace(examples, features=examples.features.assign(income=values)))
    assert mended.features["income"].dtype == "float64"
    assert mended.features["income"].isna().sum() == values.isna().sum()


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1, 2, 3] * 200),
        pd.Series([True, False, True] * 200),
        pd.Series(["a", None, "b"] * 200, dtype="category"),
        pd.Series(["a", pd.NA, "b"] * 200, dtype="string"),
        pd.Series(["a", np.nan, "b"] * 200, dtype=object),
    ],
    ids=lambda v: str(v.dtype),
)
def test_categories_of_whatever_type_are_text_and_every_method_learns_from_them(values):
    examples = YES_OR_NO.examples({})
    given = replace(examples, features=examples.features.assign(city=values))
    mended = examples_check.checked(YES_OR_NO, given).features["city"]
    assert {type(v) for v in mended.dropna()} == {str}
    assert mended.isna().tolist() == values.isna().tolist()
    assert all(v is None for v in mended[mended.isna()])
    what = replace(YES_OR_NO, variants=(), examples=lambda tables: given, baselines=("logistic", "single_feature"))
    assert pipeline.run(what, SMALL, progress=lambda event: None).report["not_fitted"] == []


def test_a_pooled_test_set_is_judged_together(monkeypatch):
    """One patient a fold: none of the test sets has both classes, all of them together have."""
    examples = YES_OR_NO.examples({})
    zeros, ones = (np.flatnonzero(examples.target["bought"] == v)[:3] for v in (0, 1))
    rest = np.setdiff1d(np.arange(ROWS), [*zeros, *ones])
    folds = tuple(
        Fold(name=name, train=rest[:400], validation=rest[400:], test=test, test_name=name)
        for name, test in (("no", zeros), ("yes", ones))
    )
    plan = replace(YES_OR_NO.plan(examples), folds=folds, separation="unit")
    assert examples_check.plan_of(replace(YES_OR_NO, plan=lambda e: plan), examples) is plan
    apart = replace(plan, aggregation="mean_of_tests")
    with pytest.raises(UserError, match="the test rows of fold 'no'"):
        examples_check.plan_of(replace(YES_OR_NO, plan=lambda e: apart), examples)


def test_a_file_that_is_no_parquet_table_is_a_sentence(tmp_path):
    (tmp_path / "odd.parquet").write_bytes(b"PAR1 but not really PAR1")
    sha = hashlib.sha256((tmp_path / "odd.parquet").read_bytes()).hexdigest()
    file = DataFile(name="odd.parquet", sha256=sha, rows=1, columns=1)
    dataset = Dataset(
        name="odd", title="Odd", origin="", licence="", synthetic=True, files=(file,), rebuild="Get it again.",
        folder=str(tmp_path),
    )  # fmt: skip
    with pytest.raises(DataError, match="cannot be read as one. Get it again.") as error:
        datasets.read(dataset)
    assert not any(words in str(error.value) for words in OF_LIBRARIES)


def test_the_shipped_use_cases_pass():
    credit = use_case("finance/credit_default").with_variant({"variant": "german_credit"})
    examples = pipeline.load_examples(credit)
    assert examples_check.checked(credit, examples).features is not None
    assert len(examples_check.plan_of(credit, examples).folds) == 25


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = tmp_path_factory.mktemp("broken") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVING_GROUND_STORE", str(store))
        patch.setenv("PROVING_GROUND_EXTRA", str(CODE / "tests" / "broken"))
        yield store
    end_processes_of(store)


@pytest.mark.parametrize(
    "name",
    [
        "missing_test_labels", "no_positive_in_test",
        *(pytest.param(name, marks=pytest.mark.long)
          for name in ("infinite_cell", "a_word_among_numbers", "mixed_info", "window_over_a_short_table")),
    ],
)  # fmt: skip
def test_the_command_line_gives_the_sentence(store, name):
    table = next(t for t in TABLES if t.name == name)
    words = [
        sys.executable,
        "-m",
        "core",
        "train",
        "testing/tiny_broken",
        "--set",
        f"variant={name}",
        "--device",
        "cpu",
    ]
    done = subprocess.run(words, cwd=CODE, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert done.stdout == ""
    for fact in table.says:
        assert fact in done.stderr
    assert not any(words in done.stderr for words in OF_LIBRARIES)
    asked = {"ask": "profile", "use_case": "testing/tiny_broken", "variant": name}
    if name == "no_positive_in_test":  # the table is sound, and can be looked at
        assert LocalJobs(store).ask(asked, timeout_s=120)["parts"][2]["target_mean"] == 0
        return
    with pytest.raises(UserError) as error:  # the data section of the page says the same
        LocalJobs(store).ask(asked)
    assert table.says[0] in str(error.value)


@pytest.mark.parametrize(
    "given",
    [
        lambda at: at.tz_localize("America/New_York"),
        lambda at: pd.Series(at.tz_localize("UTC")),
        lambda at: np.array([t.to_pydatetime() for t in at.tz_localize("Europe/Oslo")], dtype=object),
    ],
    ids=["index", "series", "objects"],
)
def test_times_with_a_zone_are_put_in_order_in_utc(given):
    """On an older version they were refused, and what was advised was refused as well."""
    examples = YES_OR_NO.examples({})
    at = given(pd.DatetimeIndex(examples.time))
    found = examples_check.checked(YES_OR_NO, replace(examples, time=at)).time
    assert found.dtype.kind == "M"
    assert (found == pd.DatetimeIndex(at).tz_convert("UTC").tz_localize(None).to_numpy()).all()
    examples_check.plan_of(YES_OR_NO, replace(examples, time=found))


def test_times_of_several_zones_are_refused_with_advice_that_helps():
    examples = YES_OR_NO.examples({})
    odd = [pd.Timestamp(t).tz_localize("UTC" if i % 2 else "Asia/Tokyo") for i, t in enumerate(examples.time)]
    with pytest.raises(UserError, match="utc=True") as error:
        examples_check.checked(YES_OR_NO, replace(examples, time=pd.Series(odd, dtype=object)))
    assert ".dt.tz_localize(None).to_numpy()" in str(error.value)
    mended = pd.to_datetime(pd.Series(odd, dtype=object), utc=True).dt.tz_localize(None).to_numpy()
    assert examples_check.checked(YES_OR_NO, replace(examples, time=mended)).time is mended


def test_a_category_of_another_type_that_no_row_has_is_none():
    examples = YES_OR_NO.examples({})
    cities = pd.Categorical(["a", "b"] * (ROWS // 2), categories=["a", "b", 1])
    given = replace(examples, features=examples.features.assign(city=cities), info=examples.info.assign(city=cities))
    assert set(examples_check.checked(YES_OR_NO, given).features["city"]) == {"a", "b"}
    some = pd.Categorical(["a", "b", 1] * (ROWS // 3))
    with pytest.raises(UserError, match=r"holds text \(“a”\) and, in 200 rows"):
        examples_check.checked(YES_OR_NO, replace(given, features=given.features.assign(city=some)))


@pytest.mark.parametrize(
    "values",
    [
        pd.period_range("2025-01", periods=ROWS, freq="h"),
        pd.to_timedelta(np.arange(ROWS), unit="h"),
        pd.date_range("2025-01-01", periods=ROWS, tz="Europe/Oslo"),
        pd.Categorical([1, 2, 3] * (ROWS // 3)),
        pd.array([1, None] * (ROWS // 2), dtype="Int64"),
        np.ones(ROWS, dtype="float16"),
    ],
    ids=lambda v: str(v.dtype),
)
def test_whatever_parquet_holds_may_be_info(values):
    examples = YES_OR_NO.examples({})
    examples_check.checked(YES_OR_NO, replace(examples, info=examples.info.assign(note=values)))
