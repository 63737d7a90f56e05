"""Keys of declarations: another value, closure, default, constant or imported file is another key; the same is the same
in another process; and what nobody can see into has none."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import itertools
import operator
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import pytest
import scipy.special
import torch

from core.keys import code_files
from core.keys.declared import CannotBeKeyed, key_of

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


@contextlib.contextmanager
def silent():
    yield


class Again:
    """A decorator with a setting, that keeps what it wraps where functools does."""

    def __init__(self, function, times):
        functools.update_wrapper(self, function)
        self.times = times

    def __call__(self, *args):
        return [self.__wrapped__(*args) for _ in range(self.times)]


class Slotted:
    __slots__ = ("__target",)

    def __init__(self, target):
        self.__target = target


def with_attribute(x):
    def examples(tables):
        return examples.target

    examples.target = x
    return examples


PAIRS = {
    "decorated by numpy": lambda x: np.errstate(all="ignore")(made_with(x)),
    "setting of numpy's decorator": lambda x: np.errstate(all="ignore" if x == 1 else "raise")(made_with(1)),
    "decorated by torch": lambda x: torch.no_grad()(made_with(x)),
    "decorated by pandas": lambda x: pd.option_context("display.width", 80)(made_with(x)),
    "setting of pandas' decorator": lambda x: pd.option_context("display.width", 80 + x)(made_with(1)),
    "decorated by a context": lambda x: silent()(made_with(x)),
    "decorated twice": lambda x: torch.no_grad()(np.errstate(all="ignore")(made_with(x))),
    "decorated by an object": lambda x: Again(made_with(x), 2),
    "setting of an object that decorates": lambda x: Again(made_with(1), x),
    "private slot": lambda x: Slotted(x),
    "attribute of a function": with_attribute,
    "function of a C library": lambda x: made_with(np.log1p if x == 1 else np.expm1),
    "getter": lambda x: made_with(operator.itemgetter(x)),
    "type of a category": lambda x: made_with(pd.CategoricalDtype([str(x)])),
    "type of numbers": lambda x: made_with(np.dtype(f"f{4 * x}")),
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


ORDINARY = {
    "expit": scipy.special.expit,
    "log1p": np.log1p,
    "numpy's dtype": np.dtype("float32"),
    "torch's dtype": torch.float32,
    "torch's device": torch.device("cpu"),
    "pandas' dtype": pd.CategoricalDtype(["a", "b"], ordered=True),
    "default_rng": np.random.default_rng,
    "itemgetter": operator.itemgetter("a"),
    "lock": threading.Lock(),
    "TypeVar": TypeVar("TypeVar"),
    "NA": pd.NA,
    "NaT": pd.NaT,
    "sum": np.sum,
    "a function of torch": torch.log,
}


@pytest.mark.parametrize("value", ORDINARY.values(), ids=ORDINARY)
def test_what_packages_offer_by_name_has_a_key(value):
    assert key_of(made_with(value)) == key_of(made_with(value)) != key_of(made_with(None))


def test_they_have_different_keys():
    assert len({key_of(made_with(value)) for value in ORDINARY.values()}) == len(ORDINARY)


def loaded(path, text):
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MEMORY = """
_memo = {}
_table = None

def _kept(name):
    global _table
    _table = [name]
    return _memo.setdefault(name, len(_memo))

def examples(tables):
    return _kept("a"), _table
"""


def test_what_a_function_only_remembers_is_no_part_of_its_key(tmp_path):
    module = loaded(tmp_path / "remembers.py", MEMORY)
    before = key_of(module.examples)
    module.examples({})
    assert module._memo
    assert module._table
    assert key_of(module.examples) == before


@pytest.mark.parametrize(
    ("text", "fill"),
    [
        (MEMORY + "\n@_kept\ndef g():\n    pass\n", lambda m: m._memo.update(b=1)),
        (MEMORY + "\nlist(map(_kept, 'b'))\n", lambda m: m._memo.update(c=1)),
        (MEMORY + "\ndef make(target):\n    _kept(target)\n    return examples\n", lambda m: m.make("b")),
        (MEMORY + "\ndef make(target):\n    _memo['b'] = target\n    return examples\n", lambda m: m.make("b")),
        (MEMORY.replace("_memo", "memo"), lambda m: m.memo.update(b=1)),
        (MEMORY.replace("_memo = {}", "_memo = dict(a=1)"), lambda m: m._memo.update(b=1)),
        (MEMORY + "\n_memo['c'] = 1\n", lambda m: m._memo.update(b=1)),
        ("def make(target):\n    def f():\n        return _memo\n    _memo[target] = 1\n    return f\n_memo = {}\n"
         "examples = make('a')\n", lambda m: m.make("b")),
    ],
    ids=[
        *("as a decorator", "handed on", "through a function", "by a factory"),
        *("public", "not empty", "when imported", "by the factory itself"),
    ],
)  # fmt: skip
def test_what_others_may_have_filled_is(tmp_path, text, fill):
    module = loaded(tmp_path / "filled.py", text)
    before = key_of(module.examples)
    fill(module)
    assert key_of(module.examples) != before


def test_blind_it_counts_what_can_be_seen():
    rng = np.random.default_rng(1)
    first, again = key_of(made_with(rng), "a", blind=True), key_of(made_with(np.random.default_rng(2)), "a", blind=True)
    assert first == again != key_of(made_with(rng), "b", blind=True)
    assert key_of(made_with(1), blind=True) == key_of(made_with(1))


def test_what_holds_itself_has_a_key_or_none_but_never_hangs():
    around = made_with(None)
    around.__closure__[0].cell_contents = around
    assert key_of(around) == key_of(around)
    inside = []
    inside.append(inside)
    with pytest.raises(CannotBeKeyed):
        key_of(inside)


KEYS = """
from core.keys import fingerprint
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


def test_a_key_of_a_function_changes_with_the_code_that_its_file_imports(outside):
    """The function's own code, its file and all that it names stay as they are."""
    asked, library = outside
    spec = importlib.util.spec_from_file_location("own_case", asked)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules.pop("own_features")
    before = key_of(module.examples)
    assert key_of(module.examples) == before
    (library / "own_deeper.py").write_text("N = 2000\n")
    assert key_of(module.examples) != before


def test_of_an_extra_folder_hidden_and_installed_files_do_not_count(outside):
    asked, _ = outside
    extra = asked.parents[2]
    environment = extra / "env" / "lib"
    for folder in (extra / ".venv", extra / "lib" / "site-packages", environment):
        folder.mkdir(parents=True)
        (folder / "strange.py").write_text("X = 1\n")
    (extra / "env" / "pyvenv.cfg").write_text("home = /usr\n")
    assert "strange.py" not in {path.name for path in code_files.behind([asked])}


def test_an_extra_folder_is_looked_through_once(outside, monkeypatch):
    asked, _ = outside
    for number in range(30):
        (asked.parent / f"more_{number}.py").write_text("X = 1\n")
    looked = []
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda root: looked.append(str(root)) or scan(root))
    assert len(code_files.behind([asked])) == 34
    assert looked.count(str(asked.parent)) == 1


def test_two_writes_in_one_moment_are_two_contents(tmp_path):
    path = tmp_path / "a.py"
    seen = []
    for number in range(20):
        path.write_text(f"N = {number % 10}\n")  # the same size each time
        seen.append(code_files.digests([path])[0])
    assert all(a != b for a, b in itertools.pairwise(seen))
