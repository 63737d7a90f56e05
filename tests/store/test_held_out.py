"""A run's predictions are read in one place: kept in 32 bits, averaged in 64, and refused in a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import RunError
from core.pipeline.report import as_kept
from core.store.held_out import read_held_out
from core.store.runs import Run, read
from tests.samples import OLD_RUN


@pytest.fixture
def copy(tmp_path: Path) -> Run:
    return read(Path(shutil.copytree(OLD_RUN, tmp_path / "run")))


def test_members_are_averaged_in_64_bits_of_what_is_kept_in_32(copy: Run) -> None:
    found = read_held_out(copy)
    table = pd.read_parquet(copy.folder / "predictions.parquet")
    ours = table[(table["part"] == "test") & (table["source"] == "network")]
    kept = ours.pivot_table(index="row", columns="member", values=ours.columns[4]).loc[found.rows].to_numpy()
    assert found.ensemble[:, 0].tolist() == pytest.approx(kept.astype(np.float64).mean(1).tolist(), abs=1e-15)
    assert found.ensemble.dtype == found.validation.dtype == np.float64
    assert (found.ensemble[:, 0] != found.members[:, :, 0].astype(np.float32).mean(0)).any(), "it makes a difference"
    for array in (found.target, found.ensemble, found.validation_target, found.validation):
        assert not array.flags.writeable, "all who look at the run share it, and it is ranked once"


def test_what_is_kept_is_read_back_to_the_last_bit() -> None:
    values = np.random.default_rng(0).random((50, 3))
    assert (as_kept(values) != values).any()
    assert (as_kept(as_kept(values)) == as_kept(values)).all()
    assert (as_kept(values).astype(np.float32).astype(np.float64) == as_kept(values)).all()


def test_missing_and_damaged_predictions_are_told(copy: Run) -> None:
    path = copy.folder / "predictions.parquet"
    table = pd.read_parquet(path)
    table[table["source"] != "network"].to_parquet(path)
    with pytest.raises(RunError, match=r"could not be read \(the predictions are not the network's.*Train again"):
        read_held_out(copy)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(RunError, match=r"could not be read \(its table cannot be read\)\. Train again"):
        read_held_out(copy)
    path.unlink()
    with pytest.raises(RunError, match=r"could not be read \(it is missing\)\. Train again"):
        read_held_out(copy)
