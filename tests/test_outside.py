"""Folders from outside: what is wrong with them is said, on the command line too, and the rest works on."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from core.commands.command_line import main
from core.datasets import DATASETS, read
from core.evaluation.baselines import BASELINES
from core.models import MODELS
from core.registry import EXTRA, folder_problems, outside
from core.training.losses import LOSSES
from core.use_cases import INDUSTRIES, USE_CASES, all_industries, all_use_cases

ROOT = Path(__file__).parents[1]
TINY = (ROOT / "tests/extra/use_cases/testing/tiny_leak.py").read_text("utf-8")
DATASET = """
from core.contracts import Dataset

DATASET = Dataset(name="mine", title="T", origin="O", licence="L", synthetic=True, files=(), rebuild="R", folder="/x")
"""
INDUSTRY = """
from core.contracts import Industry

INDUSTRY = Industry(name={name}, title={title}, summary="S", earns=(), hard=())
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """A folder from outside; returns a function that writes one file of it."""
    monkeypatch.setenv(EXTRA.name, str(tmp_path))

    def one(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return one


def use_case_named(name, **changes):
    text = TINY.replace('"testing/tiny_leak"', repr(name))
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def test_a_use_case_of_a_fifth_industry_has_an_industry_and_an_order(write):
    write("use_cases/green_energy/sun.py", use_case_named("green_energy/sun"))
    (found,) = [i for i in all_industries() if i.name == "green_energy"]
    assert found.title == "Green energy"
    assert "use_cases/green_energy/__init__.py" in found.summary
    assert all_industries()[-1] is found or all_industries()[-1].order >= found.order
    assert "green_energy/sun" in [u.name for u in all_use_cases()]
    assert outside.problems() == ()


def test_a_story_from_outside_is_used(write):
    write("use_cases/energy/__init__.py", INDUSTRY.format(name="'energy'", title="'Energy'"))
    write("use_cases/energy/sun.py", use_case_named("energy/sun"))
    assert [i.title for i in all_industries() if i.name == "energy"] == ["Energy"]
    assert outside.problems() == ()


@pytest.mark.parametrize(
    ("name", "text", "facts"),
    [
        ("datasets/mine.py", "raise RuntimeError('no roof')", ["datasets/", "mine.py did not: no roof"]),
        ("models/mine.py", "import nobody_has_this", ["models/", "mine.py did not: No module named"]),
        ("training/losses/mine.py", "1 / 0", ["training/losses/", "mine.py did not: division by zero"]),
        ("evaluation/baselines/mine.py", "raise ValueError", ["evaluation/baselines/", "mine.py did not: ValueError"]),
        ("use_cases/a/__init__.py", "import sys; sys.exit('bye')", ["use_cases/", "__init__.py did not: bye"]),
        ("models/mine.py", "MODEL = 7", ["MODEL in mine.py must be a declared model; it is a int"]),
        (
            "models/mine.py",
            "class M:\n    name = 'table_network'\nMODEL = M()",
            ["'table_network' is declared a second time in mine.py"],
        ),
        (
            "training/losses/mine.py",
            "class L:\n    name = 'cox'\nLOSS = L()",
            ["'cox' is declared a second time in mine.py"],
        ),
        (
            "use_cases/retail/__init__.py",
            INDUSTRY.format(name="'retail'", title="'Mine'"),
            ["'retail' is declared a second time"],
        ),
        (
            "use_cases/a/__init__.py",
            INDUSTRY.format(name="'a'", title="None"),
            ["Industry.title is a NoneType, and should be a str"],
        ),
        ("use_cases/a/__init__.py", INDUSTRY.format(name="'home'", title="'H'"), ["No industry may be called 'home'"]),
        (
            "use_cases/a/__init__.py",
            INDUSTRY.format(name="'a b?'", title="'H'"),
            ["must have a name of letters, digits and underscores", "'a b?'"],
        ),
        ("use_cases/a/b.py", use_case_named("a/b/c"), ["named 'industry/use_case'; 'a/b/c' is not"]),
        ("use_cases/a/b.py", use_case_named("a-b/c"), ["letters, digits and underscores", "'a-b/c'"]),
        ("use_cases/a/b.py", use_case_named("../b"), ["letters, digits and underscores", "'../b'"]),
        (
            "use_cases/a/b.py",
            use_case_named("a/b", **{'title="Recommended"': "title=3"}),
            ["UseCase.presets[0].title is a int, and should be a str"],
        ),
        (
            "use_cases/a/b.py",
            use_case_named("a/b", **{"datasets=()": "datasets=('coupons',)"}),
            ["a/b names what is not", "No dataset named 'coupons'"],
        ),
        (
            "use_cases/a/b.py",
            use_case_named("a/b", **{'model="table_network"': 'model="tabel_network"'}),
            ["Did you mean 'table_network'?"],
        ),
        (
            "use_cases/a/b.py",
            use_case_named("a/b", **{'headline="roc_auc"': 'headline="auc"', '("roc_auc", "log_loss")': '("auc",)'}),
            ["No metric named 'auc'"],
        ),
        (
            "use_cases/a/b.py",
            use_case_named("a/b", **{'changes={"columns"': 'changes={"colums": 1, "columns"'}),
            ["A variant changes fields of its use case", "colums"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.endswith(".py") else "",
)
def test_what_is_wrong_is_said_in_one_sentence_and_the_house_stands(write, name, text, facts):
    write(name, text)
    (problem,) = outside.problems()
    for fact in facts:
        assert fact in problem
    assert "\n" not in problem
    for registry, member in (
        (USE_CASES, "retail/coupon_response"),
        (INDUSTRIES, "retail"),
        (DATASETS, "complete_journey"),
        (MODELS, "table_network"),
        (BASELINES, "logistic"),
        (LOSSES, "cox"),
    ):
        assert registry.get(member).name == member
    assert len(all_use_cases()) >= 7
    assert len(all_industries()) >= 4


def test_what_an_error_says_is_one_line_of_plain_text(write):
    write("datasets/mine.py", "raise RuntimeError('\\x1b[31mred\\n' + 'x' * 5000)")
    (problem,) = outside.problems()
    assert "red x" in problem
    assert "\x1b" not in problem
    assert len(problem) < 1_200


def test_what_an_editor_keeps_in_hidden_folders_is_no_member(write):
    write("datasets/mine.py", DATASET)
    write("datasets/.ipynb_checkpoints/mine.py", DATASET)
    assert DATASETS.get("mine").name == "mine"
    assert outside.problems() == ()


def test_folders_that_are_not_there_or_hold_nothing_are_named(tmp_path, monkeypatch):
    (tmp_path / "a_file").write_text("")
    (tmp_path / "notes").mkdir()
    (tmp_path / "good" / "datasets").mkdir(parents=True)
    names = [tmp_path / name for name in ("a_file", "notes", "good", "gone")]
    monkeypatch.setenv(EXTRA.name, os.pathsep.join(map(str, names)))
    told = folder_problems()
    assert len(told) == 3
    assert "a_file is a file" in told[0]
    assert "notes has none of" in told[1]
    assert "use_cases/" in told[1]
    assert "gone is not there" in told[2]
    assert outside.problems() == told


def test_the_same_folder_twice_is_one_and_two_of_one_name_are_told_apart(tmp_path, monkeypatch):
    for place in ("first/mine", "second/mine"):
        (tmp_path / place / "datasets").mkdir(parents=True)
        (tmp_path / place / "datasets" / "mine.py").write_text(DATASET)
    first, second = (tmp_path / place for place in ("first/mine", "second/mine"))
    monkeypatch.setenv(EXTRA.name, f"{first}{os.pathsep}{first}{os.sep}.")
    assert outside.problems() == ()
    monkeypatch.setenv(EXTRA.name, f"{first}{os.pathsep}{second}")
    (problem,) = outside.problems()
    assert "'mine' is declared a second time in second/mine/datasets/mine.py" in problem


def test_the_command_line_shows_problems_on_stderr_and_in_json(write, capsys):
    write("datasets/mine.py", "raise RuntimeError('no roof')")
    assert main(["list"]) == 0
    shown = capsys.readouterr()
    assert "mine.py did not: no roof" in shown.err
    assert "no roof" not in shown.out
    assert main(["list", "--json"]) == 0
    shown = capsys.readouterr()
    assert "no roof" in shown.err
    assert "retail/churn" in [row["use_case"] for row in json.loads(shown.out)]
    assert main(["problems", "--json"]) == 0
    assert ["no roof" in problem for problem in json.loads(capsys.readouterr().out)["problems"]] == [True]
    assert main(["problems"]) == 0
    assert "mine.py did not: no roof" in capsys.readouterr().out


def test_a_name_that_is_unknown_because_its_file_failed_is_answered_with_the_reason(write, capsys):
    write("use_cases/energy/sun.py", "raise RuntimeError('no sun')")
    assert main(["train", "energy/sun"]) == 2
    told = capsys.readouterr().err
    assert "No use case named 'energy/sun'." in told
    assert "sun.py did not: no sun" in told


def test_a_list_shows_what_steers_a_terminal_as_text(write, capsys):
    hostile = "Sun \\x1b[31m\\u202e" + "x" * 200
    write("use_cases/energy/sun.py", use_case_named("energy/sun", **{'title="Tiny returns"': f'title="{hostile}"'}))
    assert main(["list"]) == 0
    (line,) = [one for one in capsys.readouterr().out.splitlines() if one.startswith("energy/sun")]
    assert line == f"{'energy/sun':32} Sun {'x' * 95}…  (roc_auc)"
    assert main(["list", "--json"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    (row,) = [r for r in json.loads(out) if r["use_case"] == "energy/sun"]
    assert row["title"] == "Sun \x1b[31m\u202e" + "x" * 200, "JSON says what was declared"


def test_looking_for_light_problems_leaves_torch_alone(write):
    write("training/losses/mine.py", "import torch")
    code = (
        "import sys\nfrom core.registry.outside import *\nlight_problems()\nprint(has_more(), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_the_dataset_of_the_page_is_read_from_its_folder(write, tmp_path):
    """docs/add-a-use-case.md, word for word, with a file and its checksum."""
    text = (ROOT / "docs" / "add-a-use-case.md").read_text("utf-8")
    _use_case, code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    table = pd.DataFrame({"order": [1, 2], "late": [0.0, 1.0]})
    path = tmp_path / "data" / "my_orders" / "orders.parquet"
    path.parent.mkdir(parents=True)
    table.to_parquet(path)
    write("datasets/my_orders.py", code.replace("what sha256sum says", hashlib.sha256(path.read_bytes()).hexdigest()))
    assert outside.problems() == ()
    assert read(DATASETS.get("my_orders"))["orders"].equals(table)


@pytest.mark.parametrize(
    ("name", "text", "fact"),
    [
        (
            "datasets/mine.py",
            DATASET.replace('folder="/x"', 'folder="data/mine"'),
            "The folder of a dataset is an absolute path",
        ),
        (
            "use_cases/a/b.py",
            "from core.contracts import Assumption\n"
            "Assumption(name='n', label='L', value=9, low=0, high=5, step=1, unit='', source='')",
            "'n' is 9 of 0 to 5",
        ),
    ],
)
def test_values_that_no_page_could_show_are_refused_where_they_are_declared(write, name, text, fact):
    write(name, text)
    (problem,) = outside.problems()
    assert fact in problem
