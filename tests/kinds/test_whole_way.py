"""A tiny use case of each kind goes the whole way from tests/extra alone: pipeline, store, command line and page."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core import pipeline
from core.answering import answers
from core.contracts import HeldOutRows
from core.evaluation.metrics import metric_named
from core.kinds import kind_of
from core.store.held_out import read_results
from core.use_cases import use_case
from pages.components import records
from tests.pages.drawing import page_of, train
from tests.processes import end_processes_of

CODE = Path(__file__).parents[2]
TINY = ("testing/tiny_ranking", "testing/tiny_digits", "testing/tiny_allocation", "testing/tiny_clusters")


@pytest.fixture(scope="module", params=TINY)
def trained(request):
    """The use case with a finished run in the store."""
    return use_case(request.param), train(request.param, num_epochs=15)


@pytest.fixture
def answered_here(monkeypatch):
    """Questions about records are answered in this process."""

    def ask(question, **more):
        declared = use_case(question["use_case"])
        return {"records": answers.records(declared, pipeline.load_examples(declared), question["rows"])}

    monkeypatch.setattr(records, "ask", ask)


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


def test_its_page_draws_the_panel_of_its_kind(trained, answered_here):
    declared, run = trained
    app = page_of(declared.name, section="results", run=run.id)
    assert not app.exception
    assert not [w.value for w in (*app.warning, *app.error)]
    assert kind_of(declared.task).results
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
