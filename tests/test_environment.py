"""The environment: every variable is declared once, checked at every start, and told as the documentation has it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core import environment
from core.environment import VARIABLES, Flag, Number, Words
from core.errors import UserError

ROOT = Path(__file__).parents[1]
REFUSED = [
    ("IDLE_S", "0", "a number of at least 1 (seconds)"),
    ("IDLE_S", "inf", "a number of at least 1 (seconds)"),
    ("IDLE_S", "-5", "a number of at least 1 (seconds)"),
    ("MEMORY_MB", "8GB", "a number of at least 512 (MB)"),
    ("MEMORY_MB", "10", "a number of at least 512 (MB)"),
    ("ROOM_MB", "abc", "a number of at least 0 (MB)"),
    ("ROOM_MB", "nan", "a number of at least 0 (MB)"),
    ("CHECKPOINT_S", "1e9", "a number between 0 and 3600 (seconds)"),
    ("SILENT_S", "0", "a number between 1 and 86400 (seconds)"),
    ("MOST_OWN", "2.5", "a whole number of at least 1"),
    ("MOST_QUEUED", "0", "a whole number of at least 1"),
    ("SHARED", "maybe", "1 or 0"),
    ("CALIBRATION", "never", "1 or 0"),
]


@pytest.mark.parametrize(("name", "value", "rule"), REFUSED)
def test_a_value_that_cannot_be_meant_is_refused_with_rule_fact_and_next_step(name, value, rule):
    with pytest.raises(UserError) as refused:
        environment.check({f"PROVING_GROUND_{name}": value})
    expected = f"PROVING_GROUND_{name} is {rule}; it says {value!r}. Mend or remove it and start again."
    assert str(refused.value) == expected


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda v: v.name)
def test_bounds_themselves_are_allowed_and_an_empty_value_is_none(variable, monkeypatch):
    assert environment.check({variable.name: " "}) == []
    monkeypatch.delenv(variable.name, raising=False)
    if isinstance(variable, Number):
        for bound in (variable.low, variable.high):
            if bound < float("inf"):
                assert variable.given({variable.name: str(bound)}) == bound
        assert variable.given() is None
        assert variable.default is None or variable.read() == variable.default
        assert variable.default is not None or variable.said
    if isinstance(variable, Flag):
        assert [variable.read({variable.name: said}) for said in ("on", "No", "")] == [True, False, variable.default]
    if isinstance(variable, Words):
        said = variable.separator.join([" a", "", "b "])
        assert variable.read({variable.name: said}) == ("a", "b")


def test_every_wrong_value_is_told_at_once():
    with pytest.raises(UserError, match=r"(?s)IDLE_S is .*ROOM_MB is .*|ROOM_MB is .*IDLE_S is "):
        environment.check({"PROVING_GROUND_IDLE_S": "0", "PROVING_GROUND_ROOM_MB": "abc"})


def test_an_unknown_name_is_answered_with_the_nearest():
    assert environment.check({"PROVING_GROUND_MEMMORY": "1", "PROVING_GROUND_EXTRA": "/not here", "HOME": "/"}) == [
        "No variable is called PROVING_GROUND_MEMMORY, and it has no effect. Did you mean PROVING_GROUND_MEMORY_MB? "
        "docs/architecture.md has them all.",
    ]


def test_the_documentation_has_the_table():
    assert environment.table() in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_code_names_only_declared_variables_and_reads_none_past_the_table():
    known = {variable.name for variable in VARIABLES}
    files = [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "streamlit_app.py"]
    places = [*files, *(ROOT / "tests").rglob("conftest.py"), *(ROOT / "benchmarks").rglob("*.py"), ROOT / "README.md"]
    for path in places:
        assert set(re.findall(r"PROVING_GROUND_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))) <= known, path
    own = ROOT / "core" / "environment.py"
    reading = re.compile(r"(environ\b.*|getenv\(.*)PROVING_GROUND_")
    assert [path for path in files if path != own and reading.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("start", [["core", "list"], ["core.jobs"], ["pages"]], ids=lambda words: words[0])
def test_every_start_refuses_with_a_sentence_and_exit_code_2(start, tmp_path):
    given = {**os.environ, "PROVING_GROUND_STORE": str(tmp_path), "PROVING_GROUND_ROOM_MB": "abc"}
    done = subprocess.run(
        [sys.executable, "-m", *start], cwd=ROOT, env=given, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "PROVING_GROUND_ROOM_MB is a number of at least 0 (MB); it says 'abc'. Mend or remove it and start again.\n"
    )


def test_an_unknown_name_is_a_warning_and_the_command_goes_on(tmp_path):
    given = {**os.environ, "PROVING_GROUND_STORE": str(tmp_path), "PROVING_GROUND_READONLY": "1"}
    words = [sys.executable, "-m", "core", "list", "--json"]
    done = subprocess.run(words, cwd=ROOT, env=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert json.loads(done.stdout)
    assert "Did you mean PROVING_GROUND_READ_ONLY?" in done.stderr
