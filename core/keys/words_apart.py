"""The text of code without its words and comments: what a key counts where a sentence may change and a figure not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def without_words(code: str) -> str:
    """The code with every comment line and every text of more than one word left out, and without layout."""
    bare = _TEXT.sub(lambda text: '""' if " " in text[0] else text[0], _COMMENT.sub("", code))
    return " ".join(bare.split())


_OF_ROWS = ("examples", "plan", "columns", "datasets", "variants")  # what a use case declares that makes its rows


def code_of_rows(code: str) -> str:
    """Of a use case's file what its rows come from: its functions, and what it declares of rows, with the values that
    this names. Questions, presets, money and looks are left out."""
    tree = ast.parse(code)
    declared = [
        keyword.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "UseCase"
        for keyword in node.keywords
        if keyword.arg in _OF_ROWS
    ]
    names = {node.id for value in declared for node in ast.walk(value) if isinstance(node, ast.Name)}
    kept: list[ast.AST] = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    kept += [
        node
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and names & {target.id for target in ast.walk(node) if isinstance(target, ast.Name)} - {"USE_CASE"}
        and not (isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "UseCase")
    ]
    told = "\n".join(ast.get_source_segment(code, node) or "" for node in (*kept, *declared))
    said = set(re.findall(r"\w+", told))
    imports = [
        node
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and said & {alias.asname or alias.name for alias in node.names}
    ]
    return without_words("\n".join([*(ast.get_source_segment(code, node) or "" for node in imports), told]))


def helpers_of(code: str, folder: Path) -> list[Path]:
    """The helpers of a folder (`_name.py`) that a text of code names, and those that these name: sorted."""
    there = {path.stem: path for path in folder.glob("_*.py") if path.stem != "__init__"}
    found: set[str] = set()
    todo = [code]
    while todo:
        named = set(re.findall(r"\b_\w+", todo.pop())) & set(there) - found
        found |= named
        todo += [there[stem].read_text("utf-8") for stem in named]
    return [there[stem] for stem in sorted(found)]
