"""The command `proving-ground` of an installation in place."""

import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from pages import command

ROOT = Path(__file__).parents[2]


def test_the_entry_point_that_is_declared_is_there():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    ((name, value),) = declared.items()
    assert EntryPoint(name=name, value=value, group="console_scripts").load() is command.main


def test_other_words_go_to_the_command_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["proving-ground", "trian"])
    assert command.main() == 2
    assert "trian" in capsys.readouterr().err


def test_run_starts_the_app_with_the_rest_as_streamlits_options(monkeypatch):
    given = []
    monkeypatch.setattr("streamlit.web.cli.main", lambda: given.append(sys.argv[1:]))
    monkeypatch.setattr(sys, "argv", ["proving-ground", "run", "--server.port", "8600"])
    assert command.main() == 0
    assert given == [["run", str(ROOT / "streamlit_app.py"), "--server.port", "8600"]]


@pytest.mark.parametrize("name", ["LICENSE", "CONTRIBUTING.md", ".pre-commit-config.yaml"])
def test_what_a_contributor_looks_for_is_there(name):
    assert (ROOT / name).read_text(encoding="utf-8").strip()
