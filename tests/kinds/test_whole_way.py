"""A tiny use case of each kind, and of each input beside the table, goes the whole way from tests/extra alone:
pipeline, store, command line, and every section of its page, whose questions are answered."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core import pipeline
from core.answering import answers
from core.answering.picture_answers import Asked, Likenesses, picture_answer
from core.answering.profile import data_profile
from core.answering.text_answers import Familiarities, text_answer
from core.contracts import HeldOutRows, Section
from core.evaluation.metrics import metric_named
from core.jobs.local import LocalJobs
from core.kinds import KINDS, kind_of
from core.store.ensembles import load_ensemble
from core.store.held_out import read_results
from core.use_cases import all_use_cases, use_case
from pages.components import kept
from tests.pages.drawing import page_of, train
from tests.processes import end_processes_of

CODE = Path(__file__).parents[2]
KIND_OF_INPUT = {
    "testing/tiny_pictures": "image",
    "testing/tiny_codes": "tokens",
    "testing/tiny_windows": "series",
    "testing/tiny_tones": "waveform",
    "testing/tiny_bare": "waveform",
    "testing/tiny_typed": "text",
}
TINY = (
    *("testing/tiny_survival", "testing/tiny_ranking", "testing/tiny_allocation", "testing/tiny_clusters"),
    *KIND_OF_INPUT,
)


@pytest.fixture(scope="module", params=TINY)
def trained(request):
    """The use case with a finished run in the store."""
    return use_case(request.param), train(request.param, num_epochs=15)


@pytest.fixture
def answered_here(monkeypatch, trained):
    """Questions about records, data and what if are answered in this process, by what answers them in another."""
    declared, run = trained
    asked = []

    def reply_to(question):
        examples = pipeline.load_examples(declared)
        if question["ask"] == "records":
            return {"records": answers.records(declared, examples, question["rows"])}
        if question["ask"] == "profile":
            return data_profile(declared, examples)
        if question["ask"] == "ping":
            return {"pong": True}
        ensemble = load_ensemble(run, declared)
        if question["ask"] == "text":
            whom = declared, examples, declared.plan(examples), ensemble
            return text_answer(*whom, Familiarities(), question, question["row"])
        if question["ask"] == "picture":
            whom = Asked(use_case=declared, examples=examples, plan=declared.plan(examples), ensemble=ensemble)
            return picture_answer(whom, Likenesses(), question, question["row"])
        return answers.what_if(
            declared, examples, ensemble, question["features"], question["vary"], row=question["row"]
        )

    def ask(self, question, *, timeout_s):
        asked.append(question["ask"])
        return json.loads(json.dumps(reply_to(question), allow_nan=False))

    kept.forget_all()
    monkeypatch.setattr(LocalJobs, "ask", ask)
    return asked


def test_every_kind_and_every_input_is_among_them():
    elsewhere = {"detection", "generation", "one_class"}  # tests of their own, here and in tests/pages
    assert {str(kind_of(use_case(name).task).name) for name in TINY} == set(KINDS.all()) - elsewhere
    assert {array.kind for name in TINY for array in use_case(name).arrays} == set(KIND_OF_INPUT.values())
    shipped = {use.name for use in all_use_cases() if not use.name.startswith("testing/")}
    assert not shipped & set(TINY)


def test_the_run_is_stored_with_a_headline_that_its_files_say_again(trained):
    declared, run = trained
    report, found = read_results(run, declared)
    task = declared.task
    group = None if not task.group else np.unique(found.info[task.group], return_inverse=True)[1]
    rows = HeldOutRows(target=found.target, group=group, table=found.info)
    score = metric_named(task.headline).compute(rows, found.ensemble, task)[0]
    assert report["headline"]["ensemble"]["mean"] == pytest.approx(score, rel=1e-9)
    simple = report["baselines"][0]
    assert simple["name"] == declared.baselines[0]
    assert simple["metrics"][task.headline]["ensemble_minus_this"]["verdict"] == "win"


@pytest.mark.parametrize("section", [Section.DATA, Section.TRAIN, Section.RESULTS, Section.UNDERSTAND])
def test_its_page_draws_every_section_that_it_has(trained, answered_here, section):
    declared, run = trained
    if section in declared.task.absent:
        return
    app = page_of(declared.name, section=section, run=run.id)
    assert not app.exception
    assert not [w.value for w in (*app.warning, *app.error)]
    asked = {"records", "text"} if declared.name == "testing/tiny_typed" else {"profile", "records", "what_if"}
    wanted = {Section.DATA: {"profile"}, Section.UNDERSTAND: asked}
    assert set(answered_here) >= wanted.get(section, set())
    if section is Section.RESULTS:
        assert kind_of(declared.task).results
    if section is Section.RESULTS and declared.task.kind not in ("survival", "quantile", "binary"):
        captions = [c.value for c in app.caption]
        assert any("at most 30" in c for c in captions), "the records behind the pictures"


@pytest.mark.long
@pytest.mark.parametrize("name", TINY)
def test_the_command_line_trains_it(name, tmp_path):
    environment = os.environ | {"PROVING_GROUND_STORE": str(tmp_path), "PROVING_GROUND_IDLE_S": "1"}
    words = [sys.executable, "-m", "core", "train", name, "--set", "num_epochs=2", "--device", "cpu", "--json"]
    done = subprocess.run(words, cwd=CODE, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["use_case"], result["state"]) == (name, "finished")
    end_processes_of(tmp_path)
