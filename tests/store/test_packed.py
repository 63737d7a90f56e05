"""What ships is small, the same to the last bit of what was kept, and never another run's."""

from __future__ import annotations

import numpy as np
import pytest

from core.formatting.precision import rounded, rounded_predictions
from core.store import packed
from core.store.predictions import read_columns, write_columns

RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=1001).astype(np.float32)


@pytest.mark.parametrize("name", ["report.json", "model.safetensors", "held_out.parquet"])
def test_a_packed_file_says_what_was_packed(tmp_path, name) -> None:
    content = NUMBERS.tobytes() + b"end"
    path = tmp_path / packed.name_of(name)
    path.write_bytes(packed.pack(content, name))
    assert packed.unpack(path) == content


def test_a_damaged_packed_file_is_told(tmp_path) -> None:
    path = tmp_path / packed.name_of("report.json")
    path.write_bytes(packed.pack(b"{}" * 50, "report.json")[:-9])
    with pytest.raises(ValueError, match="not what was written when the run ended"):
        packed.unpack(path)


def test_a_file_is_looked_for_in_the_run_s_folder_first_and_in_common_by_its_checksum_alone(tmp_path) -> None:
    folder, name, digest = tmp_path / "runs" / "a", "held_out.parquet", packed.checksum(b"rows")
    folder.mkdir(parents=True)
    common = packed.shared_folder(folder.parent) / packed.shared_name(name, digest)
    common.parent.mkdir()
    common.write_bytes(b"rows")
    assert packed.find(folder, name, digest, ()) == common
    assert packed.find(folder, name, None, ()) == packed.find(folder, name, "0" * 64, ()) == folder / name
    (folder / name).write_bytes(b"own")
    assert packed.find(folder, name, digest, ()) == folder / name


def test_columns_come_back_to_the_last_bit_whatever_they_hold() -> None:
    columns = {
        "network:a": NUMBERS,
        "network:b": NUMBERS * np.float32(1.01),
        "same:a": NUMBERS.copy(),
        "odd:a": np.resize(np.float32([0.0, -1.5, 3e38, -3e38, 1e-45, -1e-45, 1.0]), 1001),
        "constant:a": np.full(1001, 0.25, dtype=np.float32),
    }
    found = read_columns(write_columns(columns))
    assert list(found) == list(columns)
    for name, values in columns.items():
        assert found[name].dtype == np.float32
        assert found[name].tobytes() == values.tobytes(), name
    alone, twice = ({name: columns[name] for name in names} for names in (["network:a"], ["network:a", "same:a"]))
    assert len(write_columns(twice)) < len(write_columns(alone)) + 500, "what is the same takes no room"


@pytest.mark.parametrize("bits", [12, 15])
def test_a_rounded_number_is_off_by_its_share_at_most_and_rounding_again_changes_nothing(bits) -> None:
    found = rounded(NUMBERS, bits)
    assert found.dtype == np.float32
    assert (np.abs(found - NUMBERS) <= np.abs(NUMBERS) * 2.0 ** -(bits + 1)).all()
    assert np.abs(found / NUMBERS - 1).max() > 2.0 ** -(bits + 2)
    assert (rounded(found, bits) == found).all()
    odd = np.float32([0.0, -0.0, np.inf, -np.inf, np.nan, np.finfo(np.float32).max])
    np.testing.assert_array_equal(rounded(odd, bits), odd)
    assert not np.signbit(rounded(odd, bits)[1])


def test_chances_that_lie_close_together_keep_their_order() -> None:
    """A network whose gradients fade says nearly the same of every row; what little differs is all it has learned."""
    apart, close = RNG.random((500, 1)), 0.24 + 1e-5 * RNG.random((500, 1))
    both = np.concatenate([apart, close], axis=1).astype(np.float32)
    found = rounded_predictions(both, 12)
    assert (found[:, 1] == both[:, 1]).all()
    assert len(np.unique(found[:, 1])) > 300
    assert (found[:, 0] == rounded(both[:, 0], 12)).all()
    assert (rounded_predictions(found, 12) == found).all()
    members = np.stack([both, both[::-1]])
    assert (rounded_predictions(members, 12)[1] == found[::-1]).all(), "each member by itself"
