"""Progress files are parsed once: what was appended is read, what was cut or replaced is read anew, and what is kept of
all files together has a bound."""

from __future__ import annotations

import json
import os

import pytest

from core.store import progress
from tests.samples import EPOCH


@pytest.fixture(autouse=True)
def nothing_kept():
    progress._followed.clear()
    yield
    progress._followed.clear()


def line(number, **more):
    return json.dumps({**EPOCH, "epoch": number, **more}).encode() + b"\n"


def epochs(path):
    return [event["epoch"] for event in progress.events(path)]


def test_only_what_was_appended_is_parsed_and_all_who_follow_share_it(tmp_path, monkeypatch):
    path, parsed = tmp_path / "progress.jsonl", []
    event = progress._event
    monkeypatch.setattr(progress, "_event", lambda text: parsed.append(text) or event(text))
    for number in range(1, 6):
        with path.open("ab") as out:
            out.write(line(number))
        assert epochs(path) == list(range(1, number + 1))
        first, second = progress.events(path), progress.events(path)
        assert first[0] is second[0]
    assert len(parsed) == 5


def test_a_torn_line_waits_for_its_end(tmp_path):
    path, whole = tmp_path / "progress.jsonl", line(1) + line(2)
    for end in range(len(whole) + 1):
        path.write_bytes(whole[:end])
        assert epochs(path) == list(range(1, whole[:end].count(b"\n") + 1))


@pytest.mark.parametrize("how", ["cut", "cut and grown", "replaced", "gone"])
def test_a_file_that_does_not_go_on_is_read_anew(tmp_path, how):
    path = tmp_path / "progress.jsonl"
    path.write_bytes(line(1) + line(2) + line(3))
    assert epochs(path) == [1, 2, 3]
    if how == "cut":
        os.truncate(path, len(line(1)))
        assert epochs(path) == [1]
    elif how == "cut and grown":  # a run that goes on from a checkpoint
        os.truncate(path, len(line(1)))
        with path.open("ab") as out:
            out.write(line(7) + line(8) + line(9))
        assert epochs(path) == [1, 7, 8, 9]
    elif how == "replaced":
        other = tmp_path / "other"
        other.write_bytes(line(4) * 5)
        os.replace(other, path)
        assert epochs(path) == [4] * 5
    else:
        path.unlink()
        assert epochs(path) == []
        assert not progress._followed


def test_what_is_kept_of_many_files_has_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "_MOST_BYTES", 3 * len(line(1)))
    for number in range(10):
        (tmp_path / f"{number}").write_bytes(line(number))
        assert epochs(tmp_path / f"{number}") == [number]
        assert sum(f.read for f in progress._followed.values()) <= 3 * len(line(1))
    (tmp_path / "long").write_bytes(line(1) * 100)
    assert epochs(tmp_path / "long") == [1] * 100  # one that is longer than the bound is kept alone
    assert list(progress._followed) == [tmp_path / "long"]


NO_EVENTS = (
    *(b"\xff\n", b"[1]\n", b'"x"\n', b'{"event": "unknown"}\n', b'{"event": ["epoch"]}\n', b'{"event": "epoch"}\n'),
    *(line(5, train_loss="x"), line(5, layers={"hidden.x": {}}), b"[" * 50_000 + b"]" * 50_000 + b"\n"),
)


@pytest.mark.parametrize("damaged", NO_EVENTS, ids=range(len(NO_EVENTS)))
def test_a_line_that_is_no_event_is_left_out(tmp_path, damaged):
    path = tmp_path / "progress.jsonl"
    path.write_bytes(line(1) + damaged + line(2))
    assert epochs(path) == [1, 2]


def test_a_folder_or_a_pipe_in_its_place_is_no_progress(tmp_path):
    (tmp_path / "progress.jsonl").mkdir()
    assert progress.events(tmp_path / "progress.jsonl") == []
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert progress.events(tmp_path / "pipe") == []
