"""The files of code that a file depends on: itself, and every module here that it imports, however deep. Installed
packages are left to their versions."""

from __future__ import annotations

import ast
import hashlib
import importlib.machinery
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from core.keys.file_stamps import read_once
from core.registry import extra_folders

_ROOT = Path(__file__).parents[2]
_PACKAGES = {"site-packages", "dist-packages"}
_NOT_OWN = {*_PACKAGES, "__pycache__"}
_INSTALLED = tuple({Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")})


def is_own(path: Path) -> bool:
    """Whether a file is somebody's code here, and not an installed package's."""
    if path.is_relative_to(_ROOT / "core"):
        return True
    resolved = path.resolve()
    if _PACKAGES & set(resolved.parts):
        return False
    return path.is_file() and not any(resolved.is_relative_to(folder) for folder in _INSTALLED)


def behind(files: Iterable[Path]) -> list[Path]:
    """These files and all of their own that they import, and of an extra folder every file: sorted."""
    found: set[Path] = set()
    todo = list(files)
    roots = list(extra_folders())  # those not yet looked into
    while todo:
        path = todo.pop()
        if path in found:
            continue
        try:
            imported = _imported(path)
        except OSError:  # gone, or no file
            continue
        found.add(path)
        for root in [root for root in roots if path.is_relative_to(root)]:
            roots.remove(root)
            todo += under(root)
        todo += [p for level, name in imported if (p := _file_of(level, name, path.parent)) is not None]
    return sorted(found)


def under(root: Path) -> list[Path]:
    """The Python files of a folder, however deep. What an editor hides is nobody's, and an environment's packages are
    installed ones."""
    return sorted(Path(entry.path) for entry in entries(root))


def entries(root: str | Path) -> Iterator[os.DirEntry[str]]:
    """The same in no order, as the system lists them: a client of the queue asks for some hundred time and again."""
    try:
        listed = list(os.scandir(root))
    except OSError:  # gone, or nobody's to read: `os.walk` passes it over too
        return
    for entry in listed:
        if entry.is_dir(follow_symlinks=False):
            if not _is_passed_over(entry):
                yield from entries(entry.path)
        elif entry.name.endswith(".py"):
            yield entry


def _is_passed_over(folder: os.DirEntry[str]) -> bool:
    is_hidden = folder.name.startswith(".") or folder.name in _NOT_OWN
    return is_hidden or os.path.isfile(os.path.join(folder.path, "pyvenv.cfg"))


def digests(files: Iterable[Path]) -> list[str]:
    """A line for each file: where it lies in its folder, and the checksum of what it says."""
    roots = (_ROOT, *extra_folders())
    return [f"{_place(path, roots)}:{_sha256(path)}" for path in sorted(files)]


def _place(path: Path, roots: Iterable[Path]) -> str:
    for root in roots:
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.as_posix()


@read_once(maxsize=4096)
def _sha256(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@read_once(maxsize=4096)
def _imported(path: str) -> frozenset[tuple[int, str]]:
    """Level and dotted name of everything imported, also inside functions; of `from a import b` both a and a.b."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    found: set[tuple[int, str]] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {(0, alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names = [base, *(f"{base}.{alias.name}".lstrip(".") for alias in node.names)]
            found |= {(node.level, name) for name in names if name}
    return frozenset(found)


@cache
def _file_of(level: int, name: str, folder: Path) -> Path | None:
    """The file of a module as a file in `folder` imports it; None where it is no module, or an installed one."""
    parts = name.split(".")
    if level:
        return _module_in([folder, *folder.parents][level - 1], parts)
    if parts[0] in sys.stdlib_module_names:
        return None
    beside = _module_in(folder, parts)  # a file that puts its own folder on the path
    if beside is not None:
        return beside
    root = _ROOT if parts[0] == "core" else _root_of(parts[0], tuple(sys.path))
    found = None if root is None else _module_in(root, parts)
    return found if found is not None and is_own(found) else None


@cache
def _root_of(package: str, on_path: tuple[str, ...]) -> Path | None:
    """The folder on the path where a package that is nobody's installed one lies."""
    try:
        spec = importlib.machinery.PathFinder.find_spec(package, list(on_path))
    except (ImportError, ValueError, OSError):
        return None
    if spec is None:
        return None
    if spec.origin:
        file = Path(spec.origin)
        return file.parents[1] if file.name == "__init__.py" else file.parent
    return next((Path(place).parent for place in spec.submodule_search_locations or ()), None)


def _module_in(root: Path, parts: list[str]) -> Path | None:
    at = root.joinpath(*parts)
    return next((p for p in (at.with_name(f"{at.name}.py"), at / "__init__.py") if p.is_file()), None)
