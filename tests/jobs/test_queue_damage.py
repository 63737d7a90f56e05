"""Random damage of the queue: whatever the file says afterwards, no method raises anything but a sentence, every run is
where its folder says, and nothing else is."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.contracts import State
from core.errors import UserError
from core.jobs import OpenJob, Status
from core.jobs.local import LocalJobs
from core.queue import requests
from core.queue.queue import queue_of
from core.queue.repair import is_sound
from core.queue.requests import Request, RequestReader, run_lock
from core.queue.rows import OddRow
from core.queue.rows import job as row_as_job
from core.queue.rows import note as row_as_note
from core.store import runs
from core.store.files import lock_at
from core.use_cases import use_case as use_case_named

QUICK, MANY = 30, 200
SEED = os.environ.get("DAMAGE_SEED", "1")
TINY = use_case_named("testing/tiny_quantile")
NONSENSE = (
    *(None, "", "no such run", "../../etc", "\0", "NaN", b"\xff\xfe\x00", -1, 0, 7, 2**62, 1e300, float("inf"), 0.5),
    *("20990101-000000000-ghost-abcd", "finished", "x" * 10_000),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> dict[str, str]:
    """A store with an ended run, one in training, three that wait and two that are paused."""
    store = tmp_path_factory.mktemp("template") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LocalJobs, "wake", lambda self: None)
        jobs = LocalJobs(store)
        names = ("ended", "running", "waits 1", "paused 1", "waits 2", "paused 2", "waits 3")
        made = {name: jobs.submit(TINY, {"seed": 1}, visitor=f"web-{i}") for i, name in enumerate(names)}
        jobs.stop(made["ended"], visitor="web-0")
        assert jobs.queue.take() == made["running"].id
        for i, name in ((3, "paused 1"), (5, "paused 2")):
            jobs.pause(made[name], visitor=f"web-{i}")
        jobs.queue.put_back(made["waits 1"].id, "It died.", died=True)
    return {"store": str(store), **{name: run.id for name, run in made.items()}}


def flip(path: Path, dice: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(dice.choice((1, 1, 2, 8, 60))):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    path.write_bytes(content)


def flip_in_text(path: Path, dice: random.Random) -> None:
    """Where the runs' names stand: what SQLite does not call damage."""
    content = bytearray(path.read_bytes())
    places = [i for i in range(len(content) - 8) if content[i : i + 8] == b"-testing"]
    content[dice.choice(places) + dice.randrange(-18, 20)] ^= dice.choice((1, 2, 4, 8, 16, 128))
    path.write_bytes(content)


def cut(path: Path, dice: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: dice.randrange(path.stat().st_size)])


def blank(path: Path, dice: random.Random) -> None:
    content, at = bytearray(path.read_bytes()), dice.randrange(path.stat().st_size)
    content[at : at + 512] = bytes(min(512, len(content) - at))
    path.write_bytes(content)


def swap(path: Path, dice: random.Random) -> None:
    content = path.read_bytes()
    parts = [content[i : i + 1024] for i in range(0, len(content), 1024)]
    dice.shuffle(parts)
    path.write_bytes(b"".join(parts))


def gone(path: Path, dice: random.Random) -> None:
    path.unlink()


def empty(path: Path, dice: random.Random) -> None:
    path.write_bytes(b"" if dice.random() < 0.5 else dice.randbytes(5000))


def folder(path: Path, dice: random.Random) -> None:
    path.unlink()
    path.mkdir()
    (path / "mine.txt").write_text("mine")


def foreign(path: Path, dice: random.Random) -> None:
    path.unlink()
    statements = (
        "CREATE TABLE songs (title TEXT)",
        "CREATE TABLE jobs (title TEXT)",
        "CREATE TABLE jobs (place INTEGER PRIMARY KEY, run TEXT, visitor TEXT, created TEXT, taken TEXT)",
        "CREATE TABLE notes (run TEXT, deaths TEXT, reason TEXT, state TEXT)",
        "CREATE VIEW jobs AS SELECT 1 AS run, 2 AS visitor, 3 AS taken, 4 AS place",
        "CREATE TABLE paused (run INTEGER, visitor INTEGER, since INTEGER)",
    )
    execute(path, dice.choice(statements))


def edit(path: Path, dice: random.Random) -> None:
    """Nonsense by way of valid SQL, constraints or not."""
    table, columns = dice.choice(TABLES_OF_ROWS)
    some = dice.choice(("", f" WHERE rowid = (SELECT max(rowid) FROM {table})"))
    execute(path, f"UPDATE OR REPLACE {table} SET {dice.choice(columns)} = ?{some}", dice.choice(NONSENSE))


TABLES_OF_ROWS = (
    *(("jobs", ("run", "visitor", "created", "taken")), ("paused", ("run", "visitor", "since"))),
    *(("notes", ("run", "deaths", "reason", "state")), ("requests", ("request",))),
)


def rearrange(path: Path, dice: random.Random) -> None:
    execute(
        path,
        dice.choice(
            (
                "DELETE FROM jobs",
                "DELETE FROM jobs WHERE taken IS NOT NULL",
                "DELETE FROM jobs WHERE taken IS NULL",
                "DELETE FROM paused",
                "UPDATE jobs SET taken = 1.0",
                "UPDATE jobs SET taken = NULL",
                "UPDATE jobs SET place = -place",
                "UPDATE jobs SET visitor = 'web-other'",
                "INSERT INTO jobs (run, visitor, created) SELECT run, visitor, since FROM paused",
                "INSERT INTO jobs (run, visitor, created) VALUES ('20990101-000000000-ghost-abcd', 'me', 1)",
                "INSERT INTO jobs (run, visitor, created, taken) VALUES ('20990101-000000000-ghost-abcd', 'me', 1, 1)",
                "INSERT INTO paused SELECT run, visitor, created FROM jobs",
                "INSERT INTO notes SELECT run, 0, '', 'dancing' FROM paused",
                "DROP TABLE jobs",
                "DROP TABLE paused",
                "DROP TABLE notes",
                "DROP TABLE messages",
                "INSERT INTO messages VALUES ('a b', 1, 2)",
                "DROP TABLE requests",
                "ALTER TABLE requests RENAME COLUMN request TO wish",
                "ALTER TABLE jobs RENAME COLUMN run TO title",
                "CREATE TRIGGER away AFTER INSERT ON jobs BEGIN DELETE FROM jobs; END",
                "PRAGMA journal_mode = WAL",
            )
        ),
    )


def beside(path: Path, dice: random.Random) -> None:
    """Something in the place of what SQLite and the locks keep beside the queue."""
    name = dice.choice(("queue.sqlite-journal", "queue.sqlite-wal", "queue.lock"))
    if dice.random() < 0.5:
        path.with_name(name).mkdir()
    else:
        path.with_name(name).write_bytes(dice.randbytes(600))
    if dice.random() < 0.5:
        flip(path, dice)


DAMAGES = (flip, flip_in_text, cut, blank, swap, gone, empty, folder, foreign, edit, edit, rearrange, rearrange, beside)


def execute(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        try:
            db.execute(statement, values)
        except sqlite3.IntegrityError:  # NULL where none may be: the row goes instead
            db.execute("DELETE FROM jobs")


def attempt(call, *arguments, **named):
    """A value, or a sentence."""
    try:
        return call(*arguments, **named)
    except UserError as error:
        return None if str(error).endswith(".") else error


@pytest.mark.parametrize("count", [QUICK, pytest.param(MANY, marks=pytest.mark.long)])
def test_whatever_happens_to_the_queue_no_run_is_lost_and_no_ghost_appears(count, template, tmp_path, monkeypatch):
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    wrong = []
    for number in range(count):
        damage, store = DAMAGES[number % len(DAMAGES)], tmp_path / f"store {number}"
        shutil.copytree(template["store"], store)
        try:
            harm_and_look(damage, random.Random(f"{SEED} {number}"), template, store)
        except Exception as error:
            wrong.append(f"{number} {damage.__name__}: {error!r:.500}")
    assert wrong == []


def harm_and_look(damage, dice, template, store) -> None:
    """One damage, and everything that a page may ask before and after a supervisor has looked."""
    names = {run: name for name, run in template.items()}
    before = {run.id: run for run in runs.list_runs(store) if not run.recorded}
    with run_lock(store, template["running"]):
        damage(store / "queue.sqlite", dice)
        jobs = attempt(LocalJobs, store) or LocalJobs(store)
        assert all(isinstance(jobs.status(run), Status) for run in before.values())
        assert all(isinstance(job, OpenJob) for job in attempt(jobs.open_jobs) or [])
        new = attempt(jobs.submit, TINY, {"seed": 2}, visitor="web-new")
        assert new is not None
        jobs.queue.compare()  # as a supervisor does when it starts, and every few seconds
        states = {names.get(run.id, "new"): jobs.status(run).state for run in runs.list_runs(store) if not run.recorded}
        own = {job.run: job.visitor for job in jobs.open_jobs()}
        assert is_sound(store / "queue.sqlite", 1.0)
    open_states = {State.RUNNING, State.WAITING, State.PAUSED}  # where one stands otherwise, its lock or request tells
    assert states.pop("ended") is State.CANCELLED
    assert {states.pop(name) for name in [*template, "new"] if name not in ("store", "ended")} <= open_states
    assert states == {}
    visitors = {run.id: run.config["visitor"] for run in [*before.values(), new]}
    del visitors[template["ended"]]
    assert own == visitors
    assert jobs.queue.asked() == {template[name]: {Request.PAUSE} for name in ("paused 1", "paused 2")}


@pytest.mark.parametrize(
    "row",
    [
        *(("a/b", "me", None), ("", "me", None), (".x", "me", None), (b"a", "me", None), (None, "me", None)),
        *(("a", None, None), ("a", b"me", None), ("a", "m\0e", None), ("a", "x" * 6000, None)),
        *(("a", "me", "now"), ("a", "me", float("nan")), ("a", "me", 1e300), ("a", "me", b"1")),
    ],
)
def test_a_row_that_nobody_wrote_is_no_job(row):
    with pytest.raises(OddRow):
        row_as_job(*row)
    assert row_as_job("20261128-181748461-testing-tiny_survival-41e0", "web-é", 12.5).taken == 12.5


@pytest.mark.parametrize(
    "row", [(-1, "", None), ("2", "", None), (10**9, "", None), (0, None, None), (0, "", "running")]
)
def test_a_note_that_nobody_wrote_is_none(row):
    with pytest.raises(OddRow):
        row_as_note(*row)


def test_rows_and_folders_are_compared_only_where_they_differ(template, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(template["store"], store)
    with run_lock(store, template["running"]):
        queue = queue_of(store)
        assert not queue.compare()
        execute(queue.path, "DELETE FROM jobs WHERE run = ?", template["waits 2"])
        assert not queue.compare(at_once=False)  # it may be on its way
        assert queue.compare(at_once=False)
        assert not queue.compare()
        order = [job.run for job in queue.jobs()]
    assert order == [template[name] for name in ("running", "waits 1", "waits 3", "waits 2")]
    assert list(store.glob("queue.damaged*")) == []


def test_a_run_that_is_trained_while_its_row_waits_is_taken_again_and_stop_asks_its_worker(
    template, tmp_path, monkeypatch
):
    """The queue was made anew after the run was taken and before its worker had the lock."""
    store = tmp_path / "store"
    shutil.copytree(template["store"], store)
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    jobs, queue = LocalJobs(store), queue_of(store)
    execute(queue.path, "UPDATE jobs SET taken = NULL")
    assert not queue.compare()  # nobody trains it
    run = runs.load_run(store, template["running"])
    with run_lock(store, run.id):
        jobs.stop(run, visitor="web-1")
        assert runs.read(run.folder).final_state is None
        assert queue.asked()[run.id] == {Request.STOP}
        assert RequestReader(store, run.id).asked() == {Request.STOP}
        assert jobs.status(run).state is State.RUNNING  # its lock says so
        assert queue.compare()
        assert jobs.status(run).state is State.RUNNING
        assert [job.run for job in queue.jobs() if job.taken is not None] == [run.id]
        assert not queue.compare()
    waiting = runs.load_run(store, template["waits 1"])
    jobs.stop(waiting, visitor="web-2")
    assert jobs.status(waiting).state is State.CANCELLED


def test_something_else_in_the_place_of_a_request_or_a_lock_is_moved_aside(tmp_path):
    (tmp_path / "requests.json").mkdir()
    (tmp_path / "requests.json" / "mine.txt").write_text("mine")
    (tmp_path / "locks").write_text("a file where the folder belongs")
    queue = queue_of(tmp_path)
    assert queue.asked() == {}
    requests.clear(tmp_path, "r")
    assert not requests.has_worker(tmp_path, "r")
    queue.ask("r", Request.STOP)
    assert queue.asked() == {"r": {Request.STOP}}
    assert json.loads((tmp_path / "requests.json").read_text()) == [["r", "stop"]]
    path = tmp_path / "locks" / "s.lock"
    path.mkdir()
    (path / "mine.txt").write_text("mine")
    assert not requests.has_worker(tmp_path, "s")
    requests.clear(tmp_path, "r")
    requests.clear(tmp_path, "s")
    queue.done("r")
    assert queue.asked() == {}
    assert len(list(tmp_path.rglob("mine.txt"))) == 2  # nothing of anybody's is deleted
    for name in ("supervisor.lock", "calibration.lock"):
        (tmp_path / name).mkdir()
        with lock_at(tmp_path / name).acquire(timeout=0):
            assert (tmp_path / f"{name}.aside-1").is_dir()


def test_a_run_folder_with_a_strangers_name_or_visitor_does_no_harm_to_the_queue(template, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(template["store"], store)
    shutil.copytree(store / "runs" / template["waits 1"], store / "runs" / "a copy (2)")
    config = store / "runs" / template["waits 2"] / "config.json"
    config.write_text(config.read_text().replace('"visitor": "web-4"', '"visitor": "\\u0000"'))
    with run_lock(store, template["running"]):
        (store / "queue.sqlite").unlink()
        queue = queue_of(store)
        assert {job.run: job.visitor for job in queue.jobs()}[template["waits 2"]] == ""
        assert "a copy (2)" not in {job.run for job in queue.jobs()}
        assert not queue.compare()
    assert list(store.glob("queue.damaged*")) == []
