"""What objects of installed packages are told by in a key: their name there, what they are made again from, or what
they hold. Nothing is told of one that nobody can see into."""

from __future__ import annotations

import copyreg
import operator
import platform
import sys
import threading
import types
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from core.keys import code_files

LOCKS = (type(threading.Lock()), type(threading.RLock()))
_GETTERS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)
_MADE_AT_RUN_TIME = 1 << 9  # Py_TPFLAGS_HEAPTYPE
_OF_C = (types.WrapperDescriptorType, types.MethodDescriptorType, types.BuiltinFunctionType, types.MemberDescriptorType)


def place_of(value: Any) -> str | None:
    """Package, name and version under which an installed package keeps this very object; None where none does."""
    home = getattr(value, "__module__", None)
    for name in _names_of(value):
        if isinstance(home, str) and _at(home, name) is value and _is_installed(home):
            return f"{home}.{name} {_release(home)}"
        modules = list(sys.modules.items())
        keepers = sorted(m for m, module in modules if getattr(module, "__dict__", {}).get(name) is value)
        keepers = [module for module in keepers if _is_installed(module)]
        if keepers:
            keeper = next((module for module in keepers if _is_compiled(module)), keepers[0])
            return f"{keeper}.{name} {_release(keeper)}"
    return None


def made_again_from(value: Any) -> list[Any] | None:
    """What a value that never changes is made again from, as pickle would; None where it may change, or cannot be."""
    cls = type(value)
    told_apart: Any = cls.__hash__  # by what they hold, unless it is object's
    is_value = told_apart is not None and told_apart is not object.__hash__ and not hasattr(cls, "__next__")
    made = _reduced(value) if is_value or isinstance(value, _GETTERS) else None
    if not isinstance(made, tuple):
        return None
    return [part if part is None or i < 3 else list(part) for i, part in enumerate(made)]


def can_be_seen_into(cls: type) -> bool:
    """Whether all that an object of an installed class holds stands in its attributes: the class is written in Python
    throughout, and steps through nothing."""
    bases = [base for base in cls.__mro__ if base is not object]
    return bool(bases) and not hasattr(cls, "__next__") and all(map(_is_python, bases))


def _is_python(cls: type) -> bool:
    if not cls.__flags__ & _MADE_AT_RUN_TIME or _is_compiled(cls.__module__):
        return False
    slots = {types.MemberDescriptorType} if "__slots__" in vars(cls) else set()
    return not any(type(member) in _OF_C and type(member) not in slots for member in vars(cls).values())


def _names_of(value: Any) -> Iterator[str]:
    found = [getattr(value, name, None) for name in ("__qualname__", "__name__", "name")]
    if not isinstance(value, types.FunctionType):
        found.append(_reduced(value))  # a text, where pickle writes it by its name
    yield from dict.fromkeys(name for name in found if isinstance(name, str))


def _reduced(value: Any) -> Any:
    try:
        known = copyreg.dispatch_table.get(type(value))
        return known(value) if known else value.__reduce_ex__(4)
    except Exception:  # whatever a stranger's object raises: it cannot be written
        return None


def _at(module: str, name: str) -> Any:
    at: Any = sys.modules.get(module)
    for part in name.split("."):
        at = getattr(at, "__dict__", {}).get(part) if isinstance(at, types.ModuleType) else getattr(at, part, None)
    return at


def _is_installed(module: str) -> bool:
    found = sys.modules.get(module)
    file = getattr(found, "__file__", None)
    if file is None:
        return module.partition(".")[0] in sys.stdlib_module_names
    return module != "__main__" and not code_files.is_own(Path(file))


def _is_compiled(module: str) -> bool:
    file = getattr(sys.modules.get(module), "__file__", None)
    return file is None or not file.endswith((".py", ".pyc"))


@cache
def _release(module: str) -> str:
    package = module.partition(".")[0]
    if package in sys.stdlib_module_names:
        return platform.python_version()
    try:
        return str(getattr(sys.modules.get(package), "__version__", None) or version(package))
    except PackageNotFoundError:
        return ""
