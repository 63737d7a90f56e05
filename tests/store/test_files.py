"""Atomic writing: a reader sees the old file or the new one, and a failure leaves no trace."""

from __future__ import annotations

import json
import math
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.store.files import keep_small, read_json, write_atomically, write_json


def test_what_is_written_is_read_back_and_folders_are_made(tmp_path):
    path = tmp_path / "a" / "b" / "c.json"
    write_json(path, {"é": [1, 2.5, None]})
    assert read_json(path) == {"é": [1, 2.5, None]}
    assert [p.name for p in path.parent.iterdir()] == ["c.json"]


@pytest.mark.parametrize("old", [None, "old"])
def test_a_writer_that_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path, old):
    path = tmp_path / "c.json"
    if old:
        path.write_text(old)

    def fail(temporary):
        temporary.write_text("hal")
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="disk is full"):
        write_atomically(path, fail)
    assert [p.name for p in tmp_path.iterdir()] == (["c.json"] if old else [])
    assert old is None or path.read_text() == old


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_does_not_know_is_null_and_nothing_is_lost(tmp_path, value):
    path = tmp_path / "c.json"
    write_json(path, {"history": [{"loss": value}, 1.5]})
    assert read_json(path) == {"history": [{"loss": None}, 1.5]}
    assert not {"NaN", "Infinity"} & set(path.read_text().replace("-", "").split())
    with pytest.raises(TypeError, match="no value of JSON"):
        write_json(path, {"loss": object()})
    assert read_json(path) == {"history": [{"loss": None}, 1.5]}


def test_a_reader_never_sees_half_a_file(tmp_path):
    path, ended, seen = tmp_path / "c.json", threading.Event(), set()
    write_json(path, [0] * 20_000)

    def read() -> None:
        while not ended.is_set():
            found = json.loads(path.read_text())
            assert len(found) == 20_000
            seen.add(found[0])
            assert found[0] == found[-1]

    with ThreadPoolExecutor() as pool:
        reading = pool.submit(read)
        for n in range(60):
            write_json(path, [n] * 20_000)
        ended.set()
        reading.result()
    assert len(seen) > 1


def test_threads_that_write_one_file_at_once_do_not_disturb_one_another(tmp_path):
    path = tmp_path / "c.json"
    together = threading.Barrier(4)

    def write(n: int) -> None:
        together.wait()
        for _ in range(60):
            write_json(path, [n] * 2_000)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert len(set(read_json(path))) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["c.json"]


def test_a_log_that_grows_is_moved_aside_and_its_writer_goes_on(tmp_path):
    log = tmp_path / "supervisor.log"
    keep_small(log)
    with log.open("ab") as out:
        out.write(b"first " * 10)
        out.flush()
        keep_small(log, most_bytes=100)
        assert log.stat().st_size == 60
        keep_small(log, most_bytes=50)
        out.write(b"second")
    assert log.read_bytes() == b"second"
    assert (tmp_path / "supervisor.log.1").read_bytes() == b"first " * 10


def test_a_folder_in_a_files_place_is_moved_aside_whole(tmp_path):
    path = tmp_path / "kept.json"
    path.mkdir()
    (path / "somebodys.txt").write_text("theirs")
    write_json(path, {"ours": 1})
    assert json.loads(path.read_text()) == {"ours": 1}
    assert (tmp_path / "kept.json.aside-1" / "somebodys.txt").read_text() == "theirs"
    assert not list(tmp_path.glob(".*.tmp"))
