"""What JSON files hold is described once; whatever they say instead is told in half a sentence, and never raised."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Annotated, Literal, NotRequired, TypedDict, get_args

import pytest

from core.contracts import events
from core.contracts.plain import COUNT, NUMBER, TEXT, Member, Plain, between
from core.errors import RunError
from core.estimating import calibration as jobs_calibration
from core.estimating import calibration_file, history
from core.settings import defaults
from core.settings.use_case import settings_of
from core.store import formats, run_folders, runs
from core.store.ensembles import load_ensemble
from core.store.files import read_json
from core.store.shapes import MapOf, Maybe, parse_json, problem, shape_of
from core.use_cases import use_case as use_case_named
from tests.samples import EPOCH, OLD_RUN, REPORT, SUMMARY, undeclared

NAME = "healthcare/heart_disease"
SHAPE = {"n": NUMBER, "t?": TEXT, "many": [{"c": COUNT}], "by": MapOf(Maybe(NUMBER))}
RIGHT = {"n": 1.5, "many": [{"c": 0}], "by": {"a": None, "b": 2}, "more": "is not looked at"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"n": "x"}, "n is 'x', where a number belongs"),
        ({"n": True}, "n is True, where a number belongs"),
        ({"n": 10**400}, "n is 10000"),
        ({"t": None}, "t is None, where text belongs"),
        ({"many": {}}, "many is {}, where a list belongs"),
        ({"many": [{"c": 1}, {"c": -1}]}, "many[1].c is -1, where a count belongs"),
        ({"many": [3]}, "many[0] is 3, where an object belongs"),
        ({"by": {"a": "x"}}, "by.a is 'x', where a number belongs"),
    ],
)
def test_the_first_wrong_place_is_told(change, told):
    assert problem(RIGHT, SHAPE) == ""
    assert problem({**RIGHT, **change}, SHAPE).startswith(told)


def test_what_is_missing_is_told_and_a_long_text_is_cut():
    assert problem({k: v for k, v in RIGHT.items() if k != "n"}, SHAPE) == "it has no n"
    assert len(problem({**RIGHT, "n": "x" * 10_000}, SHAPE)) < 100


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"{", "it is no JSON"),
        (b"", "it is no JSON"),
        (b"\xff", "it is no text"),
        (b"[" * 100_000 + b"]" * 100_000, "it is nested too deeply"),
        (b"[" * 50 + b"]" * 50, "it is nested too deeply"),
        (b'{"a": NaN}', "it holds a number that is none"),
        (b'{"a": 1e999}', "it holds a number that is none"),
        (b'{"a": "\\ud800"}', "it holds half a character"),
        (b"1" * 10_000, "it is no JSON"),
    ],
)
def test_what_no_page_can_show_is_told(text, told):
    with pytest.raises(ValueError, match=f"^{told}$"):
        parse_json(text)


def test_every_shipped_run_and_the_shipped_calibration_are_as_described():
    for folder in sorted(runs.RECORDED.iterdir()):
        run = runs.read(folder, recorded=True)
        assert run.problem == ""
        assert (
            run.report(use_case_named(run.use_case).with_variant(run.settings))["headline"] == run.summary["headline"]
        )
        parse_json(run.content("preprocessing.json"), formats.PREPROCESSING)
        lines = run.content("progress.jsonl").count(b"\n")
        assert len(run.progress()) == lines
    read_json(calibration_file.SHIPPED, formats.CALIBRATION)
    assert problem(SUMMARY, formats.SUMMARY) == problem(EPOCH, formats.EVENTS["epoch"]) == ""
    assert problem(REPORT, formats.REPORT) == ""


@pytest.mark.parametrize(
    ("part", "value", "told"),
    [("hop", 0, "from 2 to 65536"), ("bands", 10**9, "from 1 to 1024"), ("shape", "no", "true or false")],
)
def test_a_spectrogram_that_is_none_or_has_no_end_is_told_and_what_else_stands_there_is_not_read(part, value, told):
    run = runs.read(runs.RECORDED / "services-spoken_digits-quick", recorded=True)
    use_case = use_case_named(run.use_case).with_variant(run.settings)
    described = json.loads(run.content("preprocessing.json"))
    contents = {name: run.content(name) for name in ("preprocessing.safetensors", "model.safetensors")}

    def read():
        return load_ensemble(
            SimpleNamespace(id="changed", config=run.config, content=contents.__getitem__), use_case
        ).preprocessing[0]

    for fold in described["folds"]:
        fold["arrays"][0] |= {"later": 1}
        fold["arrays"][0]["mel"] |= {"later": 1}
    contents["preprocessing.json"] = json.dumps(described).encode()
    assert read().beside[0].mel == use_case.arrays[0].mel
    described["folds"][0]["arrays"][0]["mel"][part] = value
    contents["preprocessing.json"] = json.dumps(described).encode()
    with pytest.raises(RunError, match=told):
        read()


def test_whatever_shipped_runs_say_is_declared():
    for folder in sorted(runs.RECORDED.iterdir()):
        run = runs.read(folder, recorded=True)
        assert undeclared(run.report(), formats.REPORT) == []
        assert undeclared(run.end, formats.END) == []
        assert [
            undeclared(event, formats.EVENTS[event["event"]])
            for event in run.progress()
            if undeclared(event, formats.EVENTS[event["event"]])
        ] == []


class _Part(TypedDict, total=False):
    share: Annotated[float, between(0, 1)]


class _Whole(_Part):
    name: str
    kind: Literal["a", "b"]
    count: int
    sure: bool
    score: NotRequired[float | None]
    metric: Annotated[str, Member("metric")]
    parts: list[_Part]
    by: dict[Annotated[str, Plain("a letter", str.isalpha)], int]
    any: object


_RIGHT = {"name": "n", "kind": "a", "count": 1, "sure": True, "metric": "f", "parts": [{}], "by": {"a": 1}, "any": []}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": 1}, "name is 1, where text belongs"),
        ({"kind": "c"}, "kind is 'c', where one of a, b belongs"),
        ({"count": -1}, "count is -1, where a count belongs"),
        ({"sure": 1}, "sure is 1, where true or false belongs"),
        ({"score": "x"}, "score is 'x', where a number belongs"),
        ({"share": 2}, "share is 2, where a number from 0 to 1 belongs"),
        ({"metric": "g"}, "metric is 'g', where the name of a metric belongs"),
        ({"parts": [{"share": 2}]}, "parts[0].share is 2, where a number from 0 to 1 belongs"),
        ({"by": {"1": 1}}, "by has the unknown name '1'"),
        ({"score": None, "share": 1, "more": 1}, ""),
    ],
)
def test_a_declared_type_describes_a_file(change, told):
    shape = shape_of(_Whole, {"metric": {"f"}})
    assert problem(_RIGHT, shape) == ""
    assert problem({**_RIGHT, **change}, shape) == told


@pytest.mark.parametrize("name", ["name", "kind", "count", "sure", "metric", "parts", "by", "any"])
def test_a_key_that_is_not_marked_belongs_into_the_file(name):
    shape = shape_of(_Whole, {"metric": {"f"}})
    assert problem({k: v for k, v in _RIGHT.items() if k != name}, shape) == f"it has no {name}"


@pytest.mark.parametrize("declared", [complex, set[str], int | str, Annotated[int, "few"], list[complex]])
def test_a_type_that_no_file_holds_is_refused(declared):
    with pytest.raises(TypeError):
        shape_of(declared)


def test_every_event_is_described_under_its_name():
    assert set(formats.EVENTS) == {"phase", "network", "columns", "baseline", "verdict", "notice", "batch", "epoch"}
    assert get_args(events.Event) == events.EVENTS


def _deep(levels):
    value = 1
    for _ in range(levels):
        value = {"a": value}
    return value


DAMAGES = {  # file, and what becomes of it
    "settings are text": ("config.json", lambda c: c | {"settings": "x"}),
    "a setting is a list": ("config.json", lambda c: c | {"settings": {**c["settings"], "width": [1]}}),
    "settings are nested": ("config.json", lambda c: c | {"settings": _deep(900)}),
    "a sweep is a number": ("config.json", lambda c: c | {"sweep": 3}),
    "folders from outside are text": ("config.json", lambda c: c | {"extra": "here"}),
    "created at no time": ("config.json", lambda c: c | {"created": "yesterday"}),
    "a headline of another shape": ("end.json", lambda e: e | {"summary": {**e["summary"], "headline": [1]}}),
    "money is text": ("end.json", lambda e: e | {"summary": {**e["summary"], "value": {"amount": "much"}}}),
    "a report's headline": ("report.json", lambda r: r | {"headline": {"metric": "roc_auc"}}),
    "a report of other metrics": ("report.json", lambda r: r | {"metrics": {}}),
    "a report without epochs": ("report.json", lambda r: r | {"best_epoch": "x", "shape": 3}),
    "a deep report": ("report.json", lambda r: r | {"plan": _deep(900)}),
    "an unknown metric": ("report.json", lambda r: r | {"headline": {**r["headline"], "metric": "best"}}),
}


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store with one run that an earlier version made; no recorded one has a say."""
    import shutil

    folder = tmp_path / "runs" / "20260101-000000000-healthcare-heart_disease-0001"
    shutil.copytree(OLD_RUN, folder)
    monkeypatch.setattr(runs, "RECORDED", tmp_path / "none")
    return tmp_path


@pytest.mark.parametrize(("name", "change"), DAMAGES.values(), ids=DAMAGES)
def test_an_old_folder_of_another_shape_breaks_no_new_training(store, name, change):
    (folder,) = (store / "runs").iterdir()
    (folder / name).write_text(json.dumps(change(json.loads((folder / name).read_text()))))
    declared = use_case_named(NAME)
    settings = defaults(settings_of(declared))
    (run,) = runs.list_runs(store)
    assert run.id == folder.name
    told = run.problem
    if name == "report.json":
        with pytest.raises(runs.RunError) as caught:
            run.report(declared.with_variant(settings))
        told = str(caught.value)
    assert told.endswith((".", "Train again."))
    fresh = run_folders.create(store, declared, settings, data_checksum="", code="", versions={}, visitor="v")
    assert jobs_calibration.before(store, fresh) is None  # nothing is left that could tell
    assert history.of_runs(declared.with_variant(settings), [run]).known == ()
    best = runs.best_run(store, declared.with_variant(settings), True)
    assert (best is None) is bool(run.problem)


def test_a_flipped_byte_of_a_finalized_run_is_told_and_not_shown_as_a_number(store):
    (folder,) = (store / "runs").iterdir()
    (folder / "end.json").unlink()
    run = runs.read(folder)
    recorded = json.loads((folder / "report.json").read_text())
    from core.contracts import State
    from core.pipeline.report import summary

    run_folders.finalize(run, State.FINISHED, "Finished.", summary(recorded))
    run = runs.read(folder)
    assert run.report()["train_s"] == recorded["train_s"]
    for name in ("report.json", "held_out.parquet", "predictions.parquet"):
        whole = (folder / name).read_bytes()
        at = whole.index(b'"train_s": ') + 11 if name == "report.json" else len(whole) // 2
        (folder / name).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(runs.RunError, match="not what was written when the run ended"):
            run.report() if name == "report.json" else run.held_out()
        (folder / name).write_bytes(whole)
    assert run.held_out().test["network"].size > 0
