"""Run folders: created, finalized, listed, read, refused. What is damaged is said, never raised by a list."""

from __future__ import annotations

import errno
import json
import math
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.contracts import State
from core.errors import RunError
from core.store import formats, run_folders, runs, store_folder
from core.store.shapes import problem
from core.use_cases import use_case as use_case_named
from tests.samples import REPORT, SUMMARY

TINY = use_case_named("testing/tiny_quantile")


@pytest.fixture(autouse=True)
def recorded(tmp_path, monkeypatch):
    """An empty place for recorded runs: the shipped ones have no say here."""
    monkeypatch.setattr(runs, "RECORDED", tmp_path / "recorded")
    return tmp_path / "recorded"


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


def create(store: Path) -> runs.Run:
    return run_folders.create(
        store,
        use_case_named("testing/tiny_quantile"),
        {"seed": 7, "learning_rate": 0.01},
        data_checksum="abc",
        code="def",
        versions={"torch": "2"},
        visitor="me",
        preset="careful",
    )


def put(root: Path, name: str, *, use_case: str = "testing/tiny_quantile", score: float | None = None) -> runs.Run:
    """A run folder with a chosen id; finalized with a validation score where one is given."""
    folder = root / name
    folder.mkdir(parents=True)
    created = "2026-01-01T00:00:00+00:00"
    config = {"schema": runs.SCHEMA, "run": name, "use_case": use_case, "settings": {}, "created": created}
    (folder / "config.json").write_text(json.dumps(config))
    run = runs.Run(id=name, folder=folder, config=config, end=None)
    if score is not None:
        run_folders.finalize(run, State.FINISHED, "Finished.", SUMMARY | {"validation_score": score})
    return run


def test_a_created_run_is_read_back_with_all_that_reproduces_it(store):
    made = create(store)
    run = runs.load_run(store, made.id)
    assert run.config["settings"] == {"seed": 7, "learning_rate": 0.01}
    assert {k: run.config[k] for k in ("use_case", "data_checksum", "versions", "visitor", "preset", "schema")} == {
        "use_case": "testing/tiny_quantile",
        "data_checksum": "abc",
        "versions": {"torch": "2"},
        "visitor": "me",
        "preset": "careful",
        "schema": runs.SCHEMA,
    }
    assert run.id == run.folder.name == run.config["run"]
    assert (run.problem, run.final_state, run.summary, run.progress()) == ("", None, {}, [])


def test_runs_created_in_the_same_second_have_their_own_folders(store):
    assert len({create(store).id for _ in range(20)}) == 20
    assert len(runs.list_runs(store)) == 20


def test_the_first_end_is_final(store):
    run = create(store)
    run_folders.finalize(run, State.STOPPED, "Stopped on request.", SUMMARY)
    before = (run.folder / "end.json").read_bytes()
    run_folders.finalize(run, State.INTERRUPTED, "The worker died.")
    assert (run.folder / "end.json").read_bytes() == before
    read = runs.load_run(store, run.id)
    assert read.final_state is State.STOPPED
    assert read.summary == SUMMARY


def test_a_list_has_the_newest_first_and_keeps_to_the_use_case(store):
    for name in ("20260101-000000-a-1", "20260301-000000-a-1", "20260201-000000-a-1"):
        put(store / "runs", name)
    put(store / "runs", "20260401-000000-b-1", use_case="testing/tiny_survival")
    assert [r.id[:8] for r in runs.list_runs(store, "testing/tiny_quantile")] == ["20260301", "20260201", "20260101"]
    assert [r.id[:8] for r in runs.list_runs(store)] == ["20260401", "20260301", "20260201", "20260101"]


def test_recorded_runs_come_last_and_say_so(store, recorded):
    put(recorded, "20270101-000000-a-1")
    put(store / "runs", "20260101-000000-a-1")
    assert [(r.id[:4], r.recorded) for r in runs.list_runs(store)] == [("2026", False), ("2027", True)]
    assert runs.load_run(store, "20270101-000000-a-1").recorded


def test_a_store_that_does_not_exist_yet_has_no_runs(store):
    assert runs.list_runs(store) == []
    assert runs.best_run(store, TINY, True) is None
    assert not store.exists()


def config_with(**changes):
    def damage(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text()) | changes
        (folder / "config.json").write_text(json.dumps({k: v for k, v in config.items() if v is not ...}))

    return damage


def end_with(state: str, **changes):
    """An end marker in this state with a summary that is complete but for the changes."""

    def damage(folder: Path) -> None:
        summary = {key: value for key, value in (SUMMARY | changes).items() if value is not ...}
        (folder / "end.json").write_text(json.dumps({"schema": 1, "state": state, "reason": "R.", "summary": summary}))

    return damage


def file_with(name: str, content: str | bytes):
    def damage(folder: Path) -> None:
        raw = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(raw)

    return damage


DAMAGES = {
    "truncated config": file_with("config.json", '{"schema": 1, "ru'),
    "empty config": file_with("config.json", ""),
    "config that is a list": file_with("config.json", "[1, 2]"),
    "config that is null": file_with("config.json", "null"),
    "config that is no text": file_with("config.json", b"\xff\xfe\x00{"),
    "no config": lambda folder: (folder / "config.json").unlink(),
    "another schema version": config_with(schema=99),
    "no schema version": config_with(schema=...),
    "no use case": config_with(use_case=...),
    "no settings": config_with(settings=...),
    "no date": config_with(created=...),
    "no run": config_with(run=...),
    "truncated end": file_with("end.json", '{"schema": 1, "state": "fini'),
    "empty end": file_with("end.json", ""),
    "end that is a list": file_with("end.json", "[]"),
    "end without a state": file_with("end.json", '{"schema": 1}'),
    "end that says nothing": file_with("end.json", "{}"),
    "unknown state": file_with("end.json", '{"schema": 1, "state": "perfect"}'),
    "state that is a list": file_with("end.json", '{"schema": 1, "state": ["finished"]}'),
    "state that is null": file_with("end.json", '{"schema": 1, "state": null}'),
    "state that is running": end_with("running"),
    "state that is waiting": end_with("waiting"),
    "finished without a summary": file_with("end.json", '{"schema": 1, "state": "finished"}'),
    "stopped without a summary": file_with("end.json", '{"schema": 1, "state": "stopped", "summary": null}'),
    **{f"summary without {key}": end_with("finished", **{key: ...}) for key in SUMMARY},
    "summary that is no object": file_with("end.json", '{"schema": 1, "state": "finished", "summary": [1]}'),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_a_damaged_folder_is_listed_with_a_sentence_beside_the_healthy_ones(store, damage):
    bad, good = put(store / "runs", "20260101-000000-a-bad"), put(store / "runs", "20260101-000000-a-good", score=1.0)
    damage(bad.folder)
    listed = {run.id: run for run in runs.list_runs(store)}
    assert set(listed) == {bad.id, good.id}
    found = listed[bad.id]
    assert bad.id in found.problem
    assert found.problem.endswith(".")
    assert (found.final_state, dict(found.summary)) == (None, {})
    assert isinstance(found.use_case, str)
    assert runs.load_run(store, bad.id).problem == found.problem
    with pytest.raises(RunError, match=bad.id):
        found.report()
    assert listed[good.id].problem == ""
    best = runs.best_run(store, TINY, True)
    assert best is not None
    assert best.id == good.id


def test_a_summary_has_every_key_that_lists_read():
    assert set(SUMMARY) == {name for name in formats.SUMMARY if not name.endswith("?")}
    assert problem(SUMMARY, formats.SUMMARY) == ""


@pytest.mark.parametrize("state", [State.CANCELLED, State.INTERRUPTED, State.FAILED])
def test_a_run_that_ended_without_a_report_needs_no_summary(store, state):
    run = put(store / "runs", "20260101-000000-a-1")
    run_folders.finalize(run, state, "Left.")
    read = runs.load_run(store, run.id)
    assert (read.problem, read.final_state, read.summary) == ("", state, {})


def test_another_schema_version_is_named_with_the_one_that_is_read(store):
    run = put(store / "runs", "20260101-000000-a-1")
    config_with(schema=99)(run.folder)
    problem = runs.load_run(store, run.id).problem
    assert "99" in problem
    assert f"reads {runs.SCHEMA}" in problem


def test_a_file_among_the_run_folders_is_no_run(store):
    put(store / "runs", "20260101-000000-a-1")
    (store / "runs" / "notes.txt").write_text("hello")
    assert len(runs.list_runs(store)) == 1
    with pytest.raises(RunError):
        runs.load_run(store, "notes.txt")


@pytest.mark.parametrize("content", [None, "", '{"headline": ', "\x00\x01", "[1]", "null"])
def test_a_report_that_is_missing_or_garbage_is_refused_in_a_sentence(store, content):
    run = put(store / "runs", "20260101-000000-a-1", score=1.0)
    if content is not None:
        (run.folder / "report.json").write_text(content)
    with pytest.raises(RunError, match=rf"(?s){run.id}.*Train again\.$"):
        runs.load_run(store, run.id).report()


@pytest.mark.parametrize("key", list(REPORT))
def test_a_report_without_a_part_that_pages_read_is_refused_by_the_name_of_the_part(store, key):
    run = put(store / "runs", "20260101-000000-a-1", score=1.0)
    (run.folder / "report.json").write_text(json.dumps({k: v for k, v in REPORT.items() if k != key}))
    with pytest.raises(RunError, match=rf"{run.id}.*it has no {key}\).*Train again\.$"):
        runs.load_run(store, run.id).report()


def test_a_report_is_read_again_when_its_file_changes(store):
    import os

    run = put(store / "runs", "20260101-000000-a-1", score=1.0)
    for number in (1, 2):
        (run.folder / "report.json").write_text(json.dumps(REPORT | {"number": number}))
        os.utime(run.folder / "report.json", ns=(number * 10**9, number * 10**9))
        assert run.report() == REPORT | {"number": number}


@pytest.mark.parametrize("content", [None, b"", b"PAR1 garbage"])
def test_held_out_predictions_that_cannot_be_read_are_refused_in_a_sentence(store, content):
    run = put(store / "runs", "20260101-000000-a-1", score=1.0)
    if content is not None:
        (run.folder / "predictions.parquet").write_bytes(content)
    with pytest.raises(RunError, match="Train again"):
        run.held_out()


def test_progress_skips_garbage_and_leaves_a_torn_last_line_for_later(store):
    run = put(store / "runs", "20260101-000000-a-1")
    path = run.folder / "progress.jsonl"
    one, two, three, four = (b'{"event": "notice", "text": "%d"}' % n for n in (1, 2, 3, 4))
    path.write_bytes(one + b"\n" + two[:20] + b"\n\xff\xfe\x00garbage\n\n12\n" + three + b"\n" + four[:-1])
    assert [e["text"] for e in run.progress()] == ["1", "3"]
    with path.open("ab") as out:
        out.write(b"}\n")
    assert [e["text"] for e in run.progress()] == ["1", "3", "4"]


def test_an_unknown_run_is_answered_with_the_latest_ones(store):
    for day in (1, 2, 3, 4):
        put(store / "runs", f"2026010{day}-000000-a-1")
    with pytest.raises(RunError) as caught:
        runs.load_run(store, "20260109-000000-a-1")
    for day in (4, 3, 2):
        assert f"2026010{day}-000000-a-1" in str(caught.value)
    assert "20260101-000000-a-1" not in str(caught.value)


def test_an_unknown_run_in_an_empty_store_says_that_there_is_none_yet(store):
    with pytest.raises(RunError, match="none yet"):
        runs.load_run(store, "20260109-000000-a-1")


@pytest.mark.parametrize(
    "run_id",
    [
        *("../outside", "..", ".", "", "/", "/etc", "{outside}", "a\0b", "x" * 5000),
        *("{run}/", "{run}/..", "{run}/../{run}", "../runs/{run}", "../../store/runs/{run}"),
    ],
)
def test_an_id_that_is_a_path_is_refused_and_reaches_nothing_outside(store, tmp_path, run_id):
    run = put(store / "runs", "20260101-000000-a-1")
    outside = put(store, "outside")
    with pytest.raises(RunError):
        runs.load_run(store, run_id.format(run=run.id, outside=outside.folder))


def test_a_deleted_run_is_gone_whole_and_alone(store):
    run, other = put(store / "runs", "20260101-000000-a-1", score=1.0), put(store / "runs", "20260101-000000-a-2")
    run_folders.delete(run)
    assert not run.folder.exists()
    assert [r.id for r in runs.list_runs(store)] == [other.id]


def test_a_folder_that_was_deleted_is_not_brought_back_by_finalizing_it(store):
    run = put(store / "runs", "20260101-000000-a-1")
    run_folders.delete(run)
    run_folders.finalize(run, State.FAILED, "Too late.")
    assert runs.list_runs(store) == []


@pytest.mark.parametrize(("higher_is_better", "expected"), [(True, 0.9), (False, 0.2)])
def test_the_best_run_has_the_best_validation_score_in_the_metrics_own_direction(store, higher_is_better, expected):
    for i, score in enumerate((0.5, 0.9, 0.2, 0.7)):
        put(store / "runs", f"2026010{i}-000000-a-1", score=score)
    put(store / "runs", "20260109-000000-a-1")  # without a score
    put(store / "runs", "20260110-000000-b-1", use_case="testing/tiny_survival", score=math.copysign(99, expected))
    best = runs.best_run(store, TINY, higher_is_better)
    assert best is not None
    assert best.summary["validation_score"] == expected


def test_a_store_s_own_run_is_best_even_where_a_recorded_one_scores_higher(store, recorded):
    put(recorded, "20270101-000000-a-1", score=0.99)
    first = runs.best_run(store, TINY, True)
    put(store / "runs", "20260101-000000-a-1", score=0.3)
    then = runs.best_run(store, TINY, True)
    assert first is not None
    assert then is not None
    assert (first.recorded, then.recorded) == (True, False)


def test_the_best_run_is_sought_within_one_variant_and_old_runs_are_the_first_s(store):
    stock = use_case_named("testing/tiny_stock")
    asked = [(0.5, None), (0.7, "forward"), (0.9, "shuffled"), (0.6, "shuffled")]
    for i, (score, variant) in enumerate(asked):
        run = put(store / "runs", f"2026010{i}-000000-a-1", use_case=stock.name, score=score)
        config = json.loads((run.folder / "config.json").read_text())
        config["settings"] = {} if variant is None else {"variant": variant}
        (run.folder / "config.json").write_text(json.dumps(config))
    every = runs.list_runs(store)

    def best(use_case, higher):
        found = runs.best_run(store, use_case, higher)
        assert found == runs.best_among([*every, *runs.list_runs(store, "nobody/else")], use_case, higher)
        return found and found.summary["validation_score"]

    assert best(stock, True) == best(stock.with_variant({}), True) == 0.7
    assert best(stock, False) == 0.5, "a run from before there were variants counts as the first's"
    assert best(stock.with_variant({"variant": "shuffled"}), True) == 0.9
    assert best(stock.with_variant({"variant": "shuffled"}), False) == 0.6
    assert len(runs.of_variant(every, TINY)) == 4, "without variants every run is asked the same"


def test_runs_made_while_the_clock_goes_back_keep_their_order_and_their_own_names(store, monkeypatch):
    class Clock(datetime):
        moment = datetime(2026, 5, 1, 12, 0, 0, 500_000, UTC)

        @classmethod
        def now(cls, tz=None):
            return cls.moment

    monkeypatch.setattr(run_folders, "datetime", Clock)
    made = [create(store) for _ in range(3)]
    Clock.moment = datetime(2025, 1, 1, tzinfo=UTC)  # the battery is empty
    made += [create(store) for _ in range(3)]
    Clock.moment = datetime(2026, 5, 1, 12, 0, 1, tzinfo=UTC)
    made.append(create(store))
    ids = [run.id for run in made]
    assert len(set(ids)) == 7
    stamps = [i[:18] for i in ids]
    assert stamps[:3] == ["20260501-120000500"] * 3
    assert stamps[3:6] == ["20260501-120000501", "20260501-120000502", "20260501-120000503"]
    assert stamps[6] == "20260501-120001000"
    assert runs.load_run(store, ids[3]).config["created"].startswith("2025-01-01")  # shown as the clock told it


def test_a_run_that_cannot_be_written_is_not_made(store, monkeypatch):
    def full(path, value):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run_folders, "write_json", full)
    with pytest.raises(OSError, match="No space left"):
        create(store)
    assert list((store / "runs").iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "99999999-999999999-x",
        "00000000-000000000-x",
        "99991231-235959999-x",
        "20261399-000000000-x",
        "١٢٣٤٥٦٧٨-123456789-x",
    ],
)
def test_a_folder_whose_name_begins_with_no_time_fails_no_submit(store, name):
    (store / "runs" / name).mkdir(parents=True)
    first, second = create(store), create(store)
    assert first.id[:18] <= second.id[:18]
    assert {first.id, second.id} <= {run.id for run in runs.list_runs(store)}


def test_the_store_is_where_the_environment_says_now(tmp_path, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path / "one"))
    assert store_folder() == tmp_path / "one"
    assert store_folder() is store_folder(), "worked out once"
    monkeypatch.setenv("PROVING_GROUND_STORE", "two")
    monkeypatch.chdir(tmp_path)
    assert store_folder() == tmp_path / "two"


def test_an_absolute_store_is_found_from_a_working_folder_that_was_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path / "kept"))
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert store_folder() == tmp_path / "kept"
