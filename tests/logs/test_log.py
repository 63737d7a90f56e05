"""The log of a store: two processes write, files rotate, lines are damaged, disks refuse; a reader misses nothing."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.commands.command_line import main
from core.jobs.local import LocalJobs
from core.logs import Event, of, reading
from core.logs.handler import LOGGERS, StoreHandler, append, older, path_of, start
from core.logs.reading import LogReader
from core.store import runs
from core.use_cases import use_case as use_case_named

ROOT = Path(__file__).parents[2]
HANDLED = {name: (logging.getLogger(name).handlers[:], logging.getLogger(name).level) for name in LOGGERS}


@pytest.fixture
def store(tmp_path, monkeypatch):
    """An empty store that this process logs into, and no longer afterwards."""
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path))
    monkeypatch.setattr(runs, "RECORDED", tmp_path / "recorded")
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    start("test", lambda: tmp_path)
    yield tmp_path
    for name, (handlers, level) in HANDLED.items():
        logging.getLogger(name).handlers[:] = handlers
        logging.getLogger(name).setLevel(level)


def logger(handler: StoreHandler) -> logging.Logger:
    made = logging.Logger("apart")
    made.addHandler(handler)
    return made


def entries(store: Path):
    reader = LogReader(store)
    found = list(reader.new())
    reader.close()
    return found, reader.damaged


def test_a_record_says_when_how_bad_what_of_which_run_and_by_whom(store):
    logging.getLogger("proving_ground.jobs").warning("it %s", "died", extra=of(Event.WORKER_DIED, "run-1"))
    try:
        raise RuntimeError("no such thing")
    except RuntimeError:
        logging.getLogger("core.evaluation.compare").exception("a remark")
    (first, second), damaged = entries(store)
    assert (first.level, first.event, first.run, first.process, first.pid, first.text, first.trace) == (
        *("warning", "worker died", "run-1", "test", os.getpid(), "it died"),
        "",
    )
    assert abs(time.time() - time.mktime(time.strptime(first.time[:19] + "UTC", "%Y-%m-%dT%H:%M:%S%Z"))) < 86_400
    assert (second.level, second.event, second.text) == ("error", "", "a remark")
    assert "RuntimeError: no such thing" in second.trace
    assert damaged == 0


WRITER = """
import logging, sys
from pathlib import Path
from core.logs.handler import StoreHandler
log = logging.Logger("apart")
log.addHandler(StoreHandler(sys.argv[2], lambda: Path(sys.argv[1]), most_bytes=int(sys.argv[3])))
for i in range(int(sys.argv[4])):
    log.info("%d %s", i, "x" * (i * 37 % 900))
"""


def write_by_two(store: Path, most_bytes: int, count: int) -> list[subprocess.Popen]:
    words = [str(most_bytes), str(count)]
    return [subprocess.Popen([sys.executable, "-c", WRITER, str(store), w, *words], cwd=ROOT) for w in ("a", "b")]


def test_lines_of_two_processes_never_mix_and_none_is_lost(tmp_path):
    for process in write_by_two(tmp_path, 10_000_000, 400):
        assert process.wait(60) == 0
    found, damaged = entries(tmp_path)
    assert damaged == 0
    for name in ("a", "b"):
        assert [int(e.text.split()[0]) for e in found if e.process == name] == list(range(400))


def test_a_reader_that_follows_misses_nothing_while_two_processes_rotate(tmp_path):
    writers, reader, found = write_by_two(tmp_path, 300_000, 400), LogReader(tmp_path), []
    while any(w.poll() is None for w in writers):
        found += reader.new()
    found += reader.new()
    reader.close()
    assert reader.damaged == 0
    assert older(path_of(tmp_path)).exists(), "the writers wrote too little to rotate"
    for name in ("a", "b"):
        assert [int(e.text.split()[0]) for e in found if e.process == name] == list(range(400))


def line_of(text: str) -> bytes:
    told = {"time": "t", "level": "info", "event": "", "run": "", "process": "p", "pid": 1, "text": text, "trace": ""}
    return json.dumps(told).encode() + b"\n"


def rotate(path: Path, first: str) -> None:
    """As a writer does that finds the log full."""
    os.replace(path, older(path))
    path.write_bytes(line_of(first))


def test_a_line_of_who_had_opened_the_log_before_it_was_moved_aside_is_read(tmp_path):
    path, reader = path_of(tmp_path), LogReader(tmp_path)
    path.write_bytes(line_of("one"))
    late = os.open(path, os.O_WRONLY | os.O_APPEND)
    assert [e.text for e in reader.new()] == ["one"]
    rotate(path, "two")
    assert [e.text for e in reader.new()] == ["two"]
    os.write(late, line_of("late"))
    os.close(late)
    assert [e.text for e in reader.new()] == ["late"]
    assert list(reader.new()) == []
    reader.close()


def test_two_rotations_between_two_looks_lose_nothing_that_is_there(tmp_path):
    path, reader = path_of(tmp_path), LogReader(tmp_path)
    path.write_bytes(line_of("one"))
    assert [e.text for e in reader.new()] == ["one"]
    with path.open("ab") as log:
        log.write(line_of("two"))
    rotate(path, "three")
    rotate(path, "four")
    assert [e.text for e in reader.new()] == ["two", "three", "four"]
    reader.close()
    assert reader.damaged == 0


def test_a_rotation_in_the_middle_of_the_first_look_loses_nothing(tmp_path, monkeypatch):
    path = path_of(tmp_path)
    path.write_bytes(line_of("one"))
    rotate(path, "two")
    moments = iter([lambda: rotate(path, "three")])

    def while_looking(of: Path) -> Path:
        next(moments, lambda: None)()
        return older(of)

    monkeypatch.setattr(reading, "older", while_looking)
    reader = LogReader(tmp_path)
    assert [e.text for e in reader.new()] == ["two", "three"]  # the first file is there no more
    reader.close()


def test_the_two_files_stay_within_their_bounds_and_keep_the_newest(tmp_path):
    log = logger(StoreHandler("test", lambda: tmp_path, most_bytes=5_000))
    for i in range(200):
        log.info("%d %s", i, "x" * 100)
    assert {p.name for p in tmp_path.iterdir()} == {"log.jsonl", "log.jsonl.1", "log.lock"}
    assert all(path.stat().st_size <= 5_000 for path in tmp_path.iterdir())
    found, _ = entries(tmp_path)
    numbers = [int(e.text.split()[0]) for e in found]
    assert numbers == list(range(numbers[0], 200))
    assert len(numbers) > 20


def test_one_record_is_bounded_and_holds_no_half_character(tmp_path):
    log = logger(StoreHandler("test", lambda: tmp_path))
    log.error("x" * 100_000 + "\udcff")
    log.error("\udcff")
    found, damaged = entries(tmp_path)
    assert [len(e.text) for e in found] == [4_000, 1]
    assert damaged == 0


def test_damaged_lines_are_counted_and_the_rest_is_read(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path))
    monkeypatch.setattr("core.commands.command_line.start", lambda *a: None)
    log = logger(StoreHandler("test", lambda: tmp_path))
    log.info("before")
    for line in (
        b"no json\n",
        b"[1]\n",
        b'{"time": 1}\n',
        b"\xff\xfe\n",
        b"\n",
        b'{"time": "2026-11-28", "text": "cut o',
    ):
        with path_of(tmp_path).open("ab") as file:
            file.write(line)
    log.info("after")
    found, damaged = entries(tmp_path)
    assert [e.text for e in found] == ["before", "after"]
    assert damaged == 5
    assert main(["log", "--json"]) == 0
    out, err = capsys.readouterr()
    assert [row["text"] for row in json.loads(out)] == ["before", "after"]
    assert f"5 lines of {path_of(tmp_path)} could not be read." in err


def test_a_line_that_is_being_written_is_read_once_it_is_whole(tmp_path):
    line = json.dumps(
        {"time": "t", "level": "info", "event": "", "run": "", "process": "p", "pid": 1, "text": "hello", "trace": ""}
    )
    reader = LogReader(tmp_path)
    assert list(reader.new()) == []
    path_of(tmp_path).write_text(line[:20])
    assert list(reader.new()) == []
    with path_of(tmp_path).open("a") as file:
        file.write(line[20:] + "\n")
    assert [e.text for e in reader.new()] == ["hello"]
    reader.close()
    assert reader.damaged == 0


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_store_that_cannot_be_written_costs_the_record_and_nothing_else(tmp_path, capsys):
    path_of(tmp_path).touch()
    log = logger(StoreHandler("test", lambda: tmp_path / "no" / "\0"))
    log.info("said on stderr")
    assert "The log cannot be written" in (err := capsys.readouterr().err)
    assert "said on stderr" in err
    log = logger(StoreHandler("test", lambda: tmp_path))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", lambda *a, **k: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
        log.info("a read-only disk")
    assert "Permission denied" in (err := capsys.readouterr().err)
    assert "a read-only disk" in err
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", FullDisk())
        logger(StoreHandler("test", lambda: tmp_path / "no" / "\0")).info("nowhere to say it, and no reason to end")
    log.info("%d", "no number")  # a message whose parts do not fit it: logging says so
    assert "Logging error" in capsys.readouterr().err


def test_what_is_no_file_in_the_place_of_the_log_is_moved_aside(tmp_path):
    path_of(tmp_path).mkdir()
    append(path_of(tmp_path), b"{}\n")
    assert path_of(tmp_path).read_bytes() == b"{}\n"


def test_the_command_filters_and_lets_nothing_steer_the_terminal(store, capsys):
    log = logging.getLogger("proving_ground.jobs")
    log.info("quiet", extra=of(Event.STARTED, "run-1"))
    log.warning("\x1b[2Jloud\nsecond line", extra=of(Event.RECOVERED, "run-2"))
    assert main(["log", "--level", "warning"]) == 0
    out = capsys.readouterr().out
    assert "quiet" not in out
    assert "\x1b" not in out
    assert out.count("\n") == 1
    assert f"WARNING  test[{os.getpid()}]: recovered run-2: loud second line" in out
    assert main(["log", "--run", "run-1", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(r["event"], r["text"]) for r in rows] == [("started", "quiet")]
    assert set(rows[0]) == {"time", "level", "event", "run", "process", "pid", "text", "trace"}
    assert main(["log", "--level", "loud"]) == 2
    assert "invalid choice" in capsys.readouterr().err


def test_following_prints_what_comes(store, tmp_path):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # one that is ignored would be ignored by the child too
    words = [sys.executable, "-m", "core", "log", "--follow", "--json"]
    log = logging.getLogger("proving_ground.jobs")
    log.info("before")
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        end = threading.Timer(60, process.kill)
        end.start()
        assert json.loads(process.stdout.readline())["text"] == "before"
        log.info("meanwhile")
        assert json.loads(process.stdout.readline())["text"] == "meanwhile"
        process.send_signal(2)
        assert process.wait(30) == 0
        end.cancel()


def test_what_a_visitor_asks_of_a_run_is_in_the_log(store):
    jobs = LocalJobs(store)
    run = jobs.submit(use_case_named("testing/tiny_quantile"), {"seed": 1}, visitor="test")
    jobs.pause(run, visitor="test")
    jobs.resume(run, visitor="test")
    jobs.stop(run, visitor="test")
    jobs.delete(run, visitor="test")
    found = [e.event for e in entries(store)[0] if e.run == run.id]
    assert found == ["submitted", "paused", "resumed", "cancelled", "deleted"]
