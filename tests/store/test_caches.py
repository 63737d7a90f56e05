"""Caches: examples and baselines come back as they were, are built once, and never outlive their data unnoticed."""

from __future__ import annotations

import dataclasses
import hashlib
import os

import numpy as np
import pandas as pd
import pytest

from core import pipeline
from core.contracts import Examples
from core.errors import DataError
from core.store import caches
from core.store.caches import StoredBaselines, examples_loader
from core.use_cases import use_case as use_case_named


@pytest.fixture(autouse=True)
def memory(monkeypatch):
    """A memory of its own for every test."""
    monkeypatch.setattr(caches, "_in_memory", {})
    return caches._in_memory


class Builder:
    """Builds examples of every type of column, and counts how often."""

    def __init__(self, *, time: bool = True) -> None:
        self.time, self.count = time, 0

    def __call__(self, use_case) -> Examples:
        self.count += 1
        n = 40
        rng = np.random.default_rng(1)
        group = pd.Series(rng.choice(["a", "b"], n)).where(rng.random(n) > 0.2, None)
        return Examples(
            features=pd.DataFrame({"z": rng.normal(size=n), "group": group, "a": rng.integers(0, 9, n)}),
            target=pd.DataFrame({"time": rng.random(n), "event": rng.integers(0, 2, n).astype(float)}),
            unit=np.array([f"house {i // 2}" for i in range(n)], dtype=object),
            info=pd.DataFrame({"unit": rng.random(n), "day": pd.date_range("2026-01-01", periods=n), "who": "you"}),
            time=pd.date_range("2026-01-01", periods=n).to_numpy() if self.time else None,
        )


@pytest.fixture
def tiny():
    return use_case_named("testing/tiny_quantile")


@pytest.mark.parametrize("time", [True, False])
def test_examples_from_the_disk_equal_the_built_ones(tmp_path, tiny, memory, time):
    build = Builder(time=time)
    examples_loader(tmp_path, build)(tiny)
    memory.clear()
    found, built = examples_loader(tmp_path, build)(tiny), Builder(time=time)(tiny)
    assert build.count == 1
    pd.testing.assert_frame_equal(found.features, built.features)
    pd.testing.assert_frame_equal(found.target, built.target)
    pd.testing.assert_frame_equal(found.info, built.info)
    assert found.unit.tolist() == built.unit.tolist()
    assert (found.time is None) == (built.time is None)
    if found.time is not None and built.time is not None:
        assert np.issubdtype(found.time.dtype, np.datetime64)
        assert (found.time == built.time).all()


def test_the_rows_of_the_first_load_are_those_of_every_later_one(tmp_path, tiny, memory):
    """A run must not depend on whether its examples came from the build or from the disk."""
    first = examples_loader(tmp_path, Builder())(tiny)
    memory.clear()
    later = examples_loader(tmp_path, Builder())(tiny)
    pd.testing.assert_frame_equal(first.features, later.features)
    assert first.unit.dtype == later.unit.dtype


def test_a_second_load_builds_nothing(tmp_path, tiny):
    build = Builder()
    load = examples_loader(tmp_path, build)
    assert load(tiny) is load(tiny)
    assert build.count == 1


def test_no_more_than_two_are_kept_in_memory_and_the_oldest_comes_back_from_disk(tmp_path, tiny, memory):
    build = Builder()
    load = examples_loader(tmp_path, build)
    cases = [dataclasses.replace(tiny, name=f"testing/case_{i}") for i in range(3)]
    for case in [*cases, cases[0]]:
        load(case)
        assert len(memory) <= 2
    assert build.count == 3


def test_the_one_asked_for_last_is_not_the_one_that_leaves(tmp_path, tiny, memory):
    load = examples_loader(tmp_path, Builder())
    first, second, third = (dataclasses.replace(tiny, name=f"testing/case_{i}") for i in range(3))
    kept = load(first)
    load(second)
    load(first)
    load(third)
    assert load(first) is kept


def test_a_build_that_fails_leaves_nothing_that_the_next_load_would_take(tmp_path, tiny):
    def fail(use_case):
        raise DataError("No rows.")

    with pytest.raises(DataError):
        examples_loader(tmp_path, fail)(tiny)
    build = Builder()
    examples_loader(tmp_path, build)(tiny)
    assert build.count == 1


DECLARED = """
from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="tiny_table", title="Tiny", origin="here", licence="none", synthetic=True, folder={folder!r},
    rebuild="Restore it: python data/rebuild.py tiny_table.",
    files=(DataFile(name="table.parquet", sha256={sha256!r}, rows=3, columns=1),),
)
"""


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A dataset from outside with one small file, declared in a folder of extras."""
    path = tmp_path / "data" / "table.parquet"
    path.parent.mkdir()
    pd.DataFrame({"x": [1.0, 2.0, 3.0]}).to_parquet(path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    declared = tmp_path / "more" / "datasets" / "tiny_table.py"
    declared.parent.mkdir(parents=True)
    declared.write_text(DECLARED.format(folder=str(path.parent), sha256=sha256))
    extra = os.environ["PROVING_GROUND_EXTRA"]
    monkeypatch.setenv("PROVING_GROUND_EXTRA", os.pathsep.join([extra, str(tmp_path / "more")]))
    return path, sha256


def test_data_that_were_altered_are_refused_even_when_the_examples_are_cached(tmp_path, tiny, table):
    path, sha256 = table
    case, build = dataclasses.replace(tiny, datasets=("tiny_table",)), Builder()
    load = examples_loader(tmp_path / "store", build)
    load(case)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"?")
    with pytest.raises(DataError) as caught:
        load(case)
    for part in ("tiny_table/table.parquet", sha256, "python data/rebuild.py tiny_table"):
        assert part in str(caught.value)
    path.write_bytes(whole)
    load(case)
    assert build.count == 1


def test_a_missing_data_file_is_named_with_its_checksum_and_how_to_restore_it(tmp_path, tiny, table):
    path, sha256 = table
    case, build = dataclasses.replace(tiny, datasets=("tiny_table",)), Builder()
    path.unlink()
    with pytest.raises(DataError) as caught:
        examples_loader(tmp_path / "store", build)(case)
    for part in ("tiny_table/table.parquet", "missing", sha256, "python data/rebuild.py tiny_table"):
        assert part in str(caught.value)
    assert build.count == 0


def declared_with(signal, *, drift=0.0):
    """One of two use cases that a factory makes: the same table and plan, another target."""
    from core.contracts import Column, Fold, Kind, Plan, Question, Task, UseCase

    def examples(tables):
        rng = np.random.default_rng(4)
        features = pd.DataFrame(rng.normal(size=(400, 2)), columns=["a", "b"])
        features["b"] += drift
        chance = 1 / (1 + np.exp(-3 * features[signal] if signal else np.zeros(400)))
        return Examples(
            features=features,
            target=pd.DataFrame({"yes": (rng.random(400) < chance).astype(float)}),
            unit=np.arange(400),
            info=pd.DataFrame({"row": np.arange(400)}),
        )

    def plan(examples):
        parts = np.split(np.arange(400), [200, 300])
        fold = Fold(name="one", train=parts[0], validation=parts[1], test=parts[2])
        return Plan(folds=(fold,), unit="row", separation="unit", sentence="In order.")

    names = ("yes",)
    task = Task(
        kind=Kind.BINARY,
        target="yes",
        target_columns=names,
        outputs=names,
        loss="binary_cross_entropy",
        metrics=("roc_auc", "log_loss"),
        headline="roc_auc",
    )
    return UseCase(
        name="testing/by_a_factory",
        title="Made",
        summary="",
        question=Question(who="", problem="", cost_today="", what_ai_does=""),
        datasets=(),
        columns=(Column(name="a", label="A"), Column(name="b", label="B")),
        task=task,
        model="table_network",
        baselines=("logistic",),
        examples=examples,
        plan=plan,
    )


@pytest.mark.parametrize(
    ("other", "same_target"),
    [(declared_with(""), False), (declared_with("b"), False), (declared_with("a", drift=5.0), True)],
    ids=["noise", "another target", "other features"],
)
def test_use_cases_made_by_one_factory_never_get_each_others_examples(tmp_path, memory, other, same_target):
    load = examples_loader(tmp_path, pipeline.load_examples)
    first, second = load(declared_with("a")), load(other)
    built = pipeline.load_examples(other)
    pd.testing.assert_frame_equal(second.target, built.target)
    pd.testing.assert_frame_equal(second.features, built.features)
    assert first.target.equals(second.target) is same_target
    memory.clear()
    pd.testing.assert_frame_equal(load(declared_with("a")).target, first.target)


@pytest.mark.parametrize("other", [declared_with(""), declared_with("b")], ids=["noise", "another target"])
def test_use_cases_made_by_one_factory_never_get_each_others_baselines(tmp_path, other):
    settings = {"num_epochs": 1, "members": 1, "width": 4}
    kept = StoredBaselines(tmp_path)

    def logistic(use_case, cache):
        outcome = pipeline.run(use_case, settings, progress=lambda event: None, baseline_cache=cache)
        table = outcome.predictions[outcome.predictions["source"] == "logistic"]
        return outcome.report["baselines"][0]["value"], table["yes"].to_numpy()

    first = logistic(declared_with("a"), kept)
    again = logistic(declared_with("a"), kept)
    assert (again[1] == first[1]).all()
    shown, true = logistic(other, kept), logistic(other, None)
    assert shown[0] == true[0] != first[0]
    np.testing.assert_array_equal(shown[1], true[1])
    assert len(list((tmp_path / "baselines").glob("*.json"))) == 4, "of each: the method, and what columns tell alone"


def test_examples_whose_builder_nobody_can_see_into_are_built_every_time(tmp_path, tiny, memory):
    rows, build = iter([3, 4]), Builder()
    blind = dataclasses.replace(tiny, examples=lambda tables, rows=rows: next(rows))
    load = examples_loader(tmp_path, build)
    load(blind)
    load(blind)
    assert build.count == 2
    assert not memory
    assert not (tmp_path / "cache").exists()


def test_a_flipped_byte_in_cached_examples_is_noticed(tmp_path, tiny, memory):
    build = Builder()
    built = examples_loader(tmp_path, build)(tiny)
    (path,) = (tmp_path / "cache").glob("*.parquet")
    whole = path.read_bytes()
    at = whole.index(built.features["z"].to_numpy()[7].tobytes())
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    memory.clear()
    pd.testing.assert_frame_equal(examples_loader(tmp_path, build)(tiny).features, built.features)
    assert build.count == 2


def test_baselines_come_back_as_they_were_put(tmp_path):
    kept = StoredBaselines(tmp_path)
    wide = np.arange(12, dtype=np.float64).reshape(3, 4)
    arrays = {"0.test": wide.T, "0.validation": wide[:, ::2], "1.test": np.array([[1, 2]], dtype=np.int64)}
    meta = {"results": [{"name": "constant", "tuned": False, "settings": {"a": 1}, "fit_s": 0.1}]}
    kept.put("key", meta, arrays)
    found = StoredBaselines(tmp_path).get("key")
    assert found is not None
    assert found[0] == meta
    assert set(found[1]) == set(arrays)
    for name, array in arrays.items():
        assert found[1][name].dtype == array.dtype
        np.testing.assert_array_equal(found[1][name], array)


def test_baselines_of_another_key_or_with_half_their_files_are_not_there(tmp_path):
    kept = StoredBaselines(tmp_path)
    assert kept.get("key") is None
    kept.put("key", {}, {"a": np.zeros(2)})
    assert kept.get("other") is None
    (tmp_path / "baselines" / "key.safetensors").unlink()
    assert kept.get("key") is None


@pytest.mark.parametrize("suffix", [".json", ".safetensors"])
def test_a_damaged_baseline_cache_counts_as_none(tmp_path, suffix):
    cache = StoredBaselines(tmp_path)
    cache.put("k", {"results": []}, {"0.test": np.zeros(3)})
    assert cache.get("k") is not None
    (tmp_path / "baselines" / f"k{suffix}").write_bytes(b"{")
    assert cache.get("k") is None
