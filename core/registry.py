"""Finds the members of a folder: every module that exposes one declared object. Refuses lists kept by hand."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

from core.environment import EXTRA
from core.errors import UnknownNameError, UserError

T = TypeVar("T")


def extra_folders() -> tuple[Path, ...]:
    """Folders from outside that hold use_cases/, datasets/ and so on, from $PROVING_GROUND_EXTRA."""
    return tuple(Path(part).resolve() for part in EXTRA.read())


class Registry(Generic[T]):
    """The members of `core/<folder>/`, and of the same folder outside. `attribute` is the object's name there."""

    def __init__(self, *, what: str, folder: str, attribute: str) -> None:
        self.what, self.folder, self.attribute = what, folder, attribute

    def all(self) -> dict[str, T]:
        """Name -> member, in the order of the files' paths."""
        return dict(_scan(self.folder, self.attribute, self.what, extra_folders())[0])

    def problems(self) -> tuple[str, ...]:
        """One sentence for each file from outside that could not be used; the others work on."""
        return tuple(_scan(self.folder, self.attribute, self.what, extra_folders())[1])

    def get(self, name: str) -> T:
        """Return the member called `name`; raises UnknownNameError with the nearest names."""
        members = self.all()
        if name not in members:
            raise UnknownNameError(self.what, name, members)
        return members[name]


@cache
def _scan(folder: str, attribute: str, what: str, extra: tuple[Path, ...]) -> tuple[dict[str, Any], list[str]]:
    modules, problems = _modules(folder, extra)
    found: dict[str, Any] = {}
    for module in modules:
        member = getattr(module, attribute, None)
        if member is None:
            continue
        if not isinstance(getattr(member, "name", None), str):
            problems.append(
                f"{attribute} must be a declared {what}; in {Path(module.__file__ or '').name} it is a "
                f"{type(member).__name__}, which is left out. Mend it."
            )
            continue
        if member.name in found:
            problems.append(
                f"Every {what} needs its own name; {member.name!r} is declared a second time in "
                f"{Path(module.__file__ or '').name}, which is left out. Rename it."
            )
            continue
        found[member.name] = member
    return found, problems


def _modules(folder: str, extra: tuple[Path, ...]) -> tuple[list[ModuleType], list[str]]:
    root = Path(__file__).parent / folder
    modules = [importlib.import_module(_dotted(path)) for path in _files(root)]
    problems: list[str] = []
    for path in (path for outside in extra for path in _files(outside / folder)):
        try:
            modules.append(_load_from(path))
        except Exception as error:  # whatever a stranger's file raises, the house stands
            problems.append(f"A file in {folder}/ must import; {path.name} did not: {error}. Mend it.")
    return modules, problems


def _files(root: Path) -> list[Path]:
    """Python files of a folder; one whose name starts with an underscore is a helper, no member."""
    return sorted(p for p in root.rglob("*.py") if p.name == "__init__.py" or not p.name.startswith("_"))


def _dotted(path: Path) -> str:
    relative = path.relative_to(Path(__file__).parent.parent).with_suffix("")
    return ".".join(relative.parts).removesuffix(".__init__")


def _load_from(path: Path) -> ModuleType:
    name = "proving_ground_extra:" + str(path.with_suffix(""))  # the whole path: no two files share it
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path} could not be read as a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
