"""Another backend, by its name in the environment: commands and pages speak to it, and no process is started."""

from __future__ import annotations

import json

import pytest

from core.commands.command_line import main
from core.environment import BACKEND, EXTRA
from core.errors import UserError
from core.jobs.backends import BACKENDS, backend
from core.jobs.local import LocalJobs
from core.store import runs
from pages.components import client
from tests.pages.drawing import page_of

NAME = "testing/tiny_survival"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path / "store"))
    monkeypatch.setenv(BACKEND.name, "in_process")
    monkeypatch.setattr(runs, "RECORDED", tmp_path / "recorded")
    monkeypatch.setattr("core.commands.log.store_folder", lambda: tmp_path / "store")
    return tmp_path / "store"


def printed(capsys, *words):
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_commands_and_pages_use_the_backend_that_the_environment_names(store, capsys):
    trained = printed(capsys, "train", NAME, "--set", "num_epochs=3", "--seed", "1", "--device", "cpu")
    assert trained["state"] == "finished"
    assert [row["run"] for row in printed(capsys, "runs", NAME)] == [trained["run"]]
    assert printed(capsys, "queue") == []
    assert printed(capsys, "stop", trained["run"])["state"] == "finished"
    assert client.jobs().answered_by() == "this process"
    page = page_of(NAME, section="results", run=trained["run"])
    assert not page.exception
    client.jobs().delete(runs.load_run(store, trained["run"]), visitor="test")
    assert printed(capsys, "runs", NAME) == []
    left = {path.name for path in store.iterdir()}
    assert not {"supervisor.lock", "supervisor.json", "queue.sqlite", "visited"} & left, left


def test_local_is_the_default_and_another_name_is_refused_in_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv(BACKEND.name, raising=False)
    assert isinstance(backend(tmp_path), LocalJobs)
    assert set(BACKENDS.all()) == {"local", "in_process"}
    monkeypatch.setenv(BACKEND.name, "locl")
    with pytest.raises(UserError, match="PROVING_GROUND_BACKEND names who carries .* Did you mean 'local'"):
        backend(tmp_path)
    assert main(["queue"]) == 2
    assert "Known: in_process, local." in capsys.readouterr().err


def test_a_backend_that_does_not_import_is_named(tmp_path, monkeypatch):
    (tmp_path / "jobs" / "backends").mkdir(parents=True)
    (tmp_path / "jobs" / "backends" / "cluster.py").write_text("import no_such_package")
    monkeypatch.setenv(EXTRA.name, str(tmp_path))
    monkeypatch.setenv(BACKEND.name, "cluster")
    with pytest.raises(UserError, match=r"cluster\.py did not: No module named 'no_such_package'"):
        backend(tmp_path)
