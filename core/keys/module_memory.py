"""Globals that are no more than the memory of functions: empty in the file, and filled by nobody else."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from pathlib import Path

from core.keys.file_stamps import read_once

_EMPTY = ("{}", "[]", "set()", "dict()", "list()", "None")
_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef)


def may_be(name: str) -> bool:
    """A public global may be filled by another module."""
    return name.startswith("_") and not name.startswith("__")


def is_memory(path: Path, name: str, functions: Set[str]) -> bool:
    """Whether a private global of a file begins empty there, and these functions of the file alone name it or call
    those that do: what it holds comes of them, and of nothing that is not in a key which they are in."""
    try:
        starts, named_in, called_in = _about(path)
    except OSError:
        return False
    fill: set[str] = set()
    todo = set(named_in.get(name, ()))
    while todo:
        fill |= todo
        todo = {caller for function in todo for caller in called_in.get(function, ())} - fill
    return starts.get(name) == 1 and fill <= functions


_About = tuple[dict[str, int], dict[str, set[str]], dict[str, set[str]]]


@read_once(maxsize=1024)
def _about(path: str) -> _About:
    """Of each name: how often it begins empty; the outermost functions that name it; those that call it. What stands
    outside every function is in ""."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (SyntaxError, ValueError, RecursionError):
        return {}, {}, {}
    starts: dict[str, int] = {}
    named: dict[str, set[str]] = {}
    called: dict[str, set[str]] = {}
    for statement in tree.body:
        start = _empty_start(statement)
        if start is not None:
            starts[start] = starts.get(start, 0) + 1
            continue
        where = statement.name if isinstance(statement, _DEFS) else ""
        for name in _named(statement):
            named.setdefault(name, set()).add(where)
        for name, place in _called(statement, where):
            called.setdefault(name, set()).add(place)
    return starts, named, called


def _empty_start(statement: ast.stmt) -> str | None:
    """The name that a statement makes empty."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return None
    empty = statement.value is not None and ast.unparse(statement.value) in _EMPTY
    return target.id if empty and isinstance(target, ast.Name) else None


def _named(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Global):
            yield from node.names
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value  # globals()["_memo"]


def _called(statement: ast.stmt, where: str) -> Iterator[tuple[str, str]]:
    """Each name that is called, or handed to what may call it, with the place; a decorator is called at once."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Call):
            yield from ((each.id, where) for each in (node.func, *node.args) if isinstance(each, ast.Name))
        for decorator in getattr(node, "decorator_list", ()):
            yield from ((each.id, "") for each in ast.walk(decorator) if isinstance(each, ast.Name))
