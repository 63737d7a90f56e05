"""Keys of declarations: another value, closure, default, constant or imported file is another key; the same is the same
in another process; and what nobody can see into has none."""

from __future__ import annotations

import functools
import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import code_files
from core.declared import CannotBeKeyed, key_of

ROOT = Path(__file__).parents[1]


def made_with(target):
    def examples(tables):
        return tables[target]

    return examples


def adds(number, more=1):
    return number + more


class Held:
    def __init__(self, target):
        self.target = target

    def examples(self, tables):
        return tables[self.target]


def class_made_with(target):
    class Builder:
        def examples(self, tables):
            return tables[target]

    return Builder


def text_of(source, **known):
    """A function that no file holds."""
    exec(source, known)
    return known["f"]


def nested(again):
    def f():
        return again

    return [f] if again is None else [f, again]


PAIRS = {
    "closure": lambda x: made_with(f"target_{x}"),
    "closure of a closure": lambda x: (lambda inner: lambda: inner)(made_with(f"target_{x}")),
    "partial": lambda x: functools.partial(adds, x),
    "partial by keyword": lambda x: functools.partial(adds, more=x),
    "default": lambda x: lambda tables, chosen=x: chosen,
    "method of an object": lambda x: Held(f"target_{x}").examples,
    "class made by a function": lambda x: class_made_with(f"target_{x}"),
    "cached function": lambda x: functools.lru_cache(made_with(f"target_{x}")),
    "constant of a function without a file": lambda x: text_of(f"def f(): return {x}"),
    "global of a function without a file": lambda x: text_of("def f(): return G", G=x),
    "array in a closure": lambda x: made_with(np.array([0.0, x])),
    "table in a closure": lambda x: made_with(pd.DataFrame({"a": [0, x], "b": ["u", None]})),
    "name of a table's column": lambda x: pd.DataFrame({f"c{x}": [1.0]}),
    "number or text": lambda x: 1 if x == 1 else "1",
    "order of columns": lambda x: ("a", "b") if x == 1 else ("b", "a"),
}


@pytest.mark.parametrize("make", PAIRS.values(), ids=PAIRS)
def test_what_is_enclosed_is_part_of_the_key(make):
    assert key_of(make(1)) == key_of(make(1))
    assert key_of(make(1)) != key_of(make(2))


@pytest.mark.parametrize(
    "value",
    [(n for n in range(3)), np.random.default_rng(1), iter([1]), sys.stdout, object()],
    ids=["generator", "random numbers", "iterator", "file", "object"],
)
def test_what_cannot_be_seen_into_has_no_key(value):
    with pytest.raises(CannotBeKeyed):
        key_of(made_with(value))


def test_what_holds_itself_has_a_key_or_none_but_never_hangs():
    around = made_with(None)
    around.__closure__[0].cell_contents = around
    assert key_of(around) == key_of(around)
    inside = []
    inside.append(inside)
    with pytest.raises(CannotBeKeyed):
        key_of(inside)


KEYS = """
from core import fingerprint
from core.use_cases import all_use_cases
keys = (fingerprint.of_examples, fingerprint.of_training, fingerprint.of_plan)
print([[key(u) for key in keys] for u in all_use_cases()])
"""


def test_every_use_case_has_the_same_keys_in_every_process_and_no_two_share_one():
    found = []
    for seed in ("1", "2"):  # of sets' order
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        found.append(subprocess.check_output([sys.executable, "-c", KEYS], cwd=ROOT, env=environment, text=True))
    assert found[0] == found[1]
    every = [key for keys in eval(found[0]) for key in keys]
    assert len(every) == len(set(every)) > 30


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """An extra folder whose use case imports a module that imports another, inside a function."""
    folder = tmp_path / "use_cases" / "own"
    folder.mkdir(parents=True)
    (folder / "asked.py").write_text(
        "from own_features import build\n\ndef examples(tables):\n    return build(tables)\n"
    )
    library = tmp_path / "library"
    library.mkdir()
    (library / "own_features.py").write_text("def build(tables):\n    from own_deeper import N\n    return N\n")
    (library / "own_deeper.py").write_text("N = 1\n")
    (folder / "beside.py").write_text("X = 1\n")
    monkeypatch.setenv("PROVING_GROUND_EXTRA", str(tmp_path))
    monkeypatch.syspath_prepend(str(library))
    return folder / "asked.py", library


def test_the_code_behind_a_file_is_followed_however_deep(outside):
    asked, library = outside
    names = {path.name for path in code_files.behind([asked])}
    assert names == {"asked.py", "beside.py", "own_features.py", "own_deeper.py"}
    before = code_files.digests(code_files.behind([asked]))
    (library / "own_deeper.py").write_text("N = 2\n")
    assert code_files.digests(code_files.behind([asked])) != before


def test_two_writes_in_one_moment_are_two_contents(tmp_path):
    path = tmp_path / "a.py"
    seen = []
    for number in range(20):
        path.write_text(f"N = {number % 10}\n")  # the same size each time
        seen.append(code_files.digests([path])[0])
    assert all(a != b for a, b in itertools.pairwise(seen))
