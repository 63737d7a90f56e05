"""Finds the members of a folder: every module that exposes one declared object."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

from core.environment import EXTRA
from core.errors import UnknownNameError, UserError
from core.formatting.messages import message
from core.formatting.text import SENTENCE, plain
from core.registry import declaration

T = TypeVar("T")
BROUGHT = "extra"


_brought: ContextVar[tuple[str, ...] | None] = ContextVar("brought", default=None)


def extra_folders() -> tuple[Path, ...]:
    """Folders from outside that hold use_cases/, datasets/ and so on, each once: those that a run or a question brings
    along, else those of $PROVING_GROUND_EXTRA."""
    brought = _brought.get()
    return tuple(dict.fromkeys(Path(part).resolve() for part in (EXTRA.read() if brought is None else brought)))


@contextmanager
def bringing(folders: Sequence[str] | None) -> Iterator[None]:
    """Look in these folders from outside, whatever the environment of this process says; None: as it says."""
    before = _brought.set(None if folders is None else tuple(folders))
    try:
        yield
    finally:
        _brought.reset(before)


def folders_in(record: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The folders that a run's configuration or a question brings along; None where it does not say."""
    found = record.get(BROUGHT)
    return tuple(map(str, found)) if isinstance(found, list) else None


def to_bring() -> dict[str, list[str]]:
    """What a run or a question says of the folders that are looked in here."""
    return {BROUGHT: [str(folder) for folder in extra_folders()]}


def folder_problems() -> tuple[str, ...]:
    """One sentence for each folder from outside that has nothing to find in it."""
    found = []
    for outside in extra_folders():
        if not outside.is_dir():
            fact = message("{folder} is a file", folder=plain(outside))
            if not outside.exists():
                fact = message("{folder} is not there", folder=plain(outside))
        elif not any((outside / folder).is_dir() for folder in _folders):
            wanted = ", ".join(sorted(f"{folder}/" for folder in _folders))
            fact = message("{folder} has none of {wanted}", folder=plain(outside), wanted=wanted)
        else:
            continue
        found.append(
            message(
                "{variable} names folders with use cases, data sets or models; {fact}. Mend the variable.",
                variable=EXTRA.name,
                fact=fact,
            )
        )
    return tuple(found)


class Registry(Generic[T]):
    """The members of `core/<folder>/`, and of the same folder outside. `attribute` is the object's name there, `kind`
    its class where it must have one, `parts` how many names its own name is made of."""

    def __init__(self, *, what: str, folder: str, attribute: str, kind: type[T] | None = None, parts: int = 1) -> None:
        self.what, self.folder, self.attribute, self.kind, self.parts = what, folder, attribute, kind, parts
        _folders.add(folder)

    def all(self) -> dict[str, T]:
        """Name -> member, in the order of the files' paths."""
        return dict(self._scanned()[0])

    def problems(self) -> tuple[str, ...]:
        """One sentence for each file from outside that could not be used; the others work on."""
        return tuple(self._scanned()[1])

    def get(self, name: str) -> T:
        """Return the member called `name`; raises UnknownNameError with the nearest names."""
        members = self.all()
        if name not in members:
            raise UnknownNameError(self.what, name, members)
        return members[name]

    def _scanned(self) -> tuple[dict[str, T], list[str]]:
        kind: Any = self.kind
        return _scan(self.folder, self.attribute, self.what, kind, self.parts, extra_folders())


_folders: set[str] = set()  # of all registries


@cache
def _scan(
    folder: str, attribute: str, what: str, kind: Any, parts: int, extra: tuple[Path, ...]
) -> tuple[dict[str, Any], list[str]]:
    modules, problems = _modules(folder, extra)
    found: dict[str, Any] = {}
    for where, module in modules:
        member = getattr(module, attribute, None)
        if member is None:
            continue
        fault = declaration.wrong(member, what, kind, parts)
        if fault:
            problems.append(
                message(
                    "{attribute} in {file} {fault}, and is left out. Mend it.",
                    attribute=attribute,
                    file=where,
                    fault=fault,
                )
            )
        elif member.name in found:
            problems.append(
                message(
                    "Every {what} needs its own name; {name!r} is declared a second time in {file}, which is left out. "
                    "Rename it.",
                    what=message(what),
                    name=member.name,
                    file=where,
                )
            )
        else:
            found[member.name] = member
    return found, problems


def _modules(folder: str, extra: tuple[Path, ...]) -> tuple[list[tuple[str, ModuleType]], list[str]]:
    """The modules, each behind where it stands; sentences about those from outside that do not import."""
    root = Path(__file__).parents[1] / folder
    modules = [(path.name, importlib.import_module(_dotted(path))) for path in _files(root)]
    problems: list[str] = []
    for outside in extra:
        for path in _files(outside / folder):
            where = _place(path, outside, extra)
            try:
                modules.append((where, _load_from(path)))
            except (Exception, SystemExit) as error:  # whatever a stranger's file raises, the house stands
                told = plain(error, SENTENCE) or type(error).__name__
                problems.append(
                    message(
                        "A file in {folder}/ must import; {file} did not: {told}. Mend it.",
                        folder=folder,
                        file=where,
                        told=told.rstrip("."),
                    )
                )
    return modules, problems


def _place(path: Path, outside: Path, extra: tuple[Path, ...]) -> str:
    """A file as its author knows it, without the ways of this machine; with its folder where there are several."""
    if len(extra) == 1:
        return plain(path.name)
    same = [other for other in extra if other.name == outside.name]
    folder = outside.name if len(same) == 1 else f"{outside.parent.name}/{outside.name}"
    return plain(f"{folder}/{path.relative_to(outside).as_posix()}")


def _files(root: Path) -> list[Path]:
    """Python files of a folder; one whose name starts with an underscore is a helper, no member. What an editor keeps
    in hidden folders is nobody's."""
    found = (p for p in root.rglob("*.py") if p.name == "__init__.py" or not p.name.startswith("_"))
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(root).parts))


def _dotted(path: Path) -> str:
    relative = path.relative_to(Path(__file__).parents[2]).with_suffix("")
    return ".".join(relative.parts).removesuffix(".__init__")


def _load_from(path: Path) -> ModuleType:
    name = "proving_ground_extra:" + str(path.with_suffix(""))  # the whole path: no two files share it
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UserError("{path} could not be read as a Python file.", path=path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
