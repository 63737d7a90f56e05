"""Caches: examples and baselines come back as they were, are built once, and never outlive their data unnoticed."""

from __future__ import annotations

import dataclasses
import hashlib
import os

import numpy as np
import pandas as pd
import pytest

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
