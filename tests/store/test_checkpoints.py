"""Checkpoints: the newest two, whole or not at all; what is damaged or of other code is passed over, and said."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import torch

from core.contracts import State
from core.errors import RunError
from core.store import checkpoints, run_folders
from core.store.checkpoints import RunCheckpoints
from core.use_cases import use_case as use_case_named


@pytest.fixture
def run(tmp_path):
    tiny = use_case_named("testing/tiny_quantile")
    return run_folders.create(tmp_path, tiny, {"seed": 1}, data_checksum="", code="", versions={}, visitor="me")


def state(step):
    generator = torch.Generator().manual_seed(step)
    tensors = {
        "flat": torch.randn(3, 40, generator=generator),
        "random": generator.get_state(),
        "moments.first": torch.full((3, 40), step / 3, dtype=torch.float64),
    }
    return tensors, {"step": step, "big": 2**127 + step, "history": [{"loss": 0.1 + step}]}


def same(found, wanted):
    tensors, facts = found
    assert facts == wanted[1]
    assert list(tensors) == list(wanted[0]) or set(tensors) == set(wanted[0])
    for name, value in wanted[0].items():
        assert tensors[name].dtype is value.dtype
        assert torch.equal(tensors[name], value)


def files(run):
    return sorted(path.name for path in checkpoints.folder(run.folder).iterdir())


def test_what_is_written_is_read_back_bit_for_bit_and_the_newest_two_are_kept(run):
    kept = RunCheckpoints(run.folder, "code data")
    assert kept.load() is None
    assert (kept.read(), checkpoints.exist(run.folder)) == (None, False)
    for step in (1, 2, 3):
        kept.write(*state(step))
    assert checkpoints.exist(run.folder)
    assert [name.split("-")[0] for name in files(run)] == ["00000002", "00000003"]
    again = RunCheckpoints(run.folder, "code data")
    found = again.load()
    assert (found.number, again.problems) == (3, [])
    same(again.read(), state(3))
    again.write(*state(4))
    assert [name.split("-")[0] for name in files(run)] == ["00000003", "00000004"]


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "gone"])
def test_a_damaged_newest_one_is_passed_over_for_the_one_before_and_said(run, damage):
    kept = RunCheckpoints(run.folder, "code data")
    for step in (1, 2):
        kept.write(*state(step))
    newest = checkpoints.folder(run.folder) / files(run)[-1]
    content = bytearray(newest.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 1
    if damage == "gone":
        newest.unlink()
    else:
        newest.write_bytes({"flipped": content, "cut": content[:100], "empty": b""}[damage])
    again = RunCheckpoints(run.folder, "code data")
    assert again.load().number == 1
    assert again.problems == ([] if damage == "gone" else ["Checkpoint 2 could not be used: its content is damaged."])
    same(again.read(), state(1))


def test_when_all_are_damaged_there_is_none_and_the_next_numbers_go_on(run):
    kept = RunCheckpoints(run.folder, "code data")
    for step in (1, 2):
        kept.write(*state(step))
    for name in files(run):
        (checkpoints.folder(run.folder) / name).write_bytes(b"rubbish")
    again = RunCheckpoints(run.folder, "code data")
    assert again.load() is None
    assert again.read() is None
    assert [p.split(" could")[0] for p in again.problems] == ["Checkpoint 2", "Checkpoint 1"]
    again.write(*state(3))
    assert RunCheckpoints(run.folder, "code data").load().number == 3


def test_one_of_other_code_or_data_is_not_used_and_said(run):
    RunCheckpoints(run.folder, "code data").write(*state(1))
    other = RunCheckpoints(run.folder, "code-2 data")
    assert other.load() is None
    assert other.problems == ["Checkpoint 1 could not be used: it was written by other code or from other data."]


def test_a_checkpoint_knows_how_long_the_progress_was(run):
    (run.folder / "progress.jsonl").write_text('{"event": "epoch"}\n')
    kept = RunCheckpoints(run.folder, "code data")
    kept.write(*state(1))
    (run.folder / "progress.jsonl").write_text('{"event": "epoch"}\n' * 2)
    assert RunCheckpoints(run.folder, "code data").load().progress_bytes == len('{"event": "epoch"}\n')


def test_a_checkpoint_whose_progress_is_lost_is_not_used(run):
    progress = run.folder / "progress.jsonl"
    progress.write_text('{"event": "epoch"}\n')
    RunCheckpoints(run.folder, "code data").write(*state(1))
    progress.write_text('{"event": ')
    again = RunCheckpoints(run.folder, "code data")
    assert again.load() is None
    assert again.problems == ["Checkpoint 1 could not be used: the progress up to it is lost."]
    progress.unlink()
    assert RunCheckpoints(run.folder, "code data").load() is None


def test_one_that_could_not_be_used_once_is_never_taken_up_later(run, monkeypatch):
    """Its file can be read again, but the progress was cut back meanwhile: the run would begin at its epoch."""
    kept = RunCheckpoints(run.folder, "code data")
    for step in (1, 2):
        kept.write(*state(step))
    newest = checkpoints.folder(run.folder) / files(run)[-1]
    read = Path.read_bytes

    def failing(path):
        if path == newest:
            raise OSError("Input/output error")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", failing)
    assert RunCheckpoints(run.folder, "code data").load().number == 1
    monkeypatch.undo()
    assert RunCheckpoints(run.folder, "code data").load().number == 1


def test_one_is_due_after_its_interval_whatever_the_wall_clock_says(run, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(time, "time", lambda: pytest.fail("the wall clock may jump"))
    kept = RunCheckpoints(run.folder, "code data")
    assert not kept.due()
    now += 4.9
    assert not kept.due()
    now += 0.2
    assert kept.due()
    kept.write(*state(1))
    assert not kept.due()


def test_a_checkpoint_of_a_deleted_run_is_refused_and_does_not_bring_the_folder_back(run):
    kept = RunCheckpoints(run.folder, "code data")
    run_folders.delete(run)
    with pytest.raises(RunError, match="was deleted while it trained; nothing of it is kept"):
        kept.write(*state(1))
    assert not run.folder.exists()


def test_a_write_that_was_cut_off_leaves_the_last_one_and_is_cleared_away(run, monkeypatch):
    kept = RunCheckpoints(run.folder, "code data")
    kept.write(*state(1))
    half = checkpoints.folder(run.folder) / ".00000002-0.safetensors.77-1.tmp"
    half.write_bytes(b"half of")
    again = RunCheckpoints(run.folder, "code data")
    assert again.load().number == 1
    assert not half.exists()


def test_finalizing_removes_the_checkpoints(run):
    RunCheckpoints(run.folder, "code data").write(*state(1))
    run_folders.finalize(run, State.CANCELLED, "Cancelled.")
    assert not checkpoints.folder(run.folder).exists()
    assert json.loads((run.folder / "end.json").read_text())["state"] == "cancelled"
