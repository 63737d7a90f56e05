"""A key of anything that is declared: values, and functions with all that they enclose. Refuses what it cannot see
into, so that nothing is kept under a key that does not hold what it depends on."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import inspect
import logging
import re
import sys
import types
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePath
from typing import Any, ParamSpec, TypeVar

from core.keys import code_files, installed, module_memory

_PLAIN = (bool, int, float, complex, str, bytes, types.NoneType, types.EllipsisType, types.NotImplementedType)
_TOLD_BY_REPR: tuple[type, ...] = (date, time, timedelta, tzinfo, Decimal, range, slice, re.Pattern, PurePath)
_TOLD_BY_REPR = (*_TOLD_BY_REPR, types.GenericAlias, types.UnionType, TypeVar, ParamSpec)
_SLOTS = (types.MemberDescriptorType, types.GetSetDescriptorType)
_BOUND = (types.MethodType, types.BuiltinMethodType)
_MADE_AT_RUN_TIME = 1 << 9  # Py_TPFLAGS_HEAPTYPE
_NOISE = {"__dict__", "__weakref__", "__doc__", "__module__", "__firstlineno__", "__static_attributes__"}


class CannotBeKeyed(Exception):
    """A value that holds something nobody can see into: an open file, a generator, an object of a C library."""


def key_of(*values: Any, blind: bool = False) -> str:
    """Changes when any of the values changes, or the code of a function or class in them. Raises CannotBeKeyed; blind:
    counts of what cannot be seen into only what it is, and refuses nothing."""
    described = _Described(blind=blind)
    try:
        for value in values:
            described.add(value)
        described.add_globals_left()
    except RecursionError as error:
        if not blind:
            raise CannotBeKeyed("it holds itself, or is nested too deeply") from error
        described.parts = ["endless"]
    parts = [*described.parts, *code_files.digests(code_files.behind(described.files))]
    return hashlib.sha256("\n".join(parts).encode(errors="surrogatepass")).hexdigest()[:16]


class _Described:
    """Collects the text of values, and the files of their code."""

    def __init__(self, *, blind: bool = False) -> None:
        self.parts: list[str] = []
        self.files: set[Path] = set()
        self._blind = blind
        self._functions: dict[Path, set[str]] = {}  # by file, the outermost names
        self._left: dict[tuple[Path, str], Any] = {}  # globals that may be no more than a function's memory
        self._seen: dict[int, tuple[int, Any]] = {}  # the object too: its id must not become another's

    def add(self, value: Any) -> None:
        if type(value) in _PLAIN or isinstance(value, _TOLD_BY_REPR):
            self.parts.append(f"{type(value).__name__}:{value!r}")
        elif isinstance(value, Enum):
            self.parts.append(f"{type(value).__qualname__}.{value.name}")
            self.add(value.value)
        elif isinstance(value, list | tuple | set | frozenset | Mapping):
            self._collection(value)
        elif not self._seen_before(value):
            self._object(value)

    def _seen_before(self, value: Any) -> bool:
        known = id(value) in self._seen
        place, _ = self._seen.setdefault(id(value), (len(self._seen), value))
        self.parts.append(f"{'again' if known else 'object'}:{place}")
        return known

    def _collection(self, value: Any) -> None:
        if isinstance(value, set | frozenset):
            self.parts.append(f"{type(value).__name__}:{sorted(key_of(each, blind=self._blind) for each in value)}")
            return
        items = [each for pair in value.items() for each in pair] if isinstance(value, Mapping) else value
        self.parts.append(f"{type(value).__name__}:{len(items)}")
        for each in items:
            self.add(each)

    def _object(self, value: Any) -> None:
        if isinstance(value, types.FunctionType):
            self._function(value)
        elif isinstance(value, functools.partial):
            self._all(value.func, value.args, value.keywords)
        elif isinstance(value, _BOUND):
            self._bound(value)
        elif isinstance(value, type):
            self._class(value)
        elif isinstance(value, types.ModuleType):
            self._module(value)
        elif isinstance(value, functools._lru_cache_wrapper):
            self.add(value.__wrapped__)
        elif isinstance(value, staticmethod | classmethod):
            self.add(value.__func__)
        elif isinstance(value, property):
            self._all(value.fget, value.fset, value.fdel)
        elif isinstance(value, logging.Logger):
            self.parts.append(f"logger:{value.name}")
        elif not self._array(value):
            self._instance(value)

    def _all(self, *values: Any) -> None:
        for value in values:
            self.add(value)

    def _function(self, function: types.FunctionType) -> None:
        """With what it encloses and wraps, also one that a decorator of an installed package made: such a one has the
        name of what it wraps, and code that says nothing of it."""
        self.parts.append(f"function:{function.__module__}.{function.__qualname__}")
        own = self._is_own(function)
        place = None if own else installed.place_of(function)
        if place:
            self.parts.append(f"installed:{place}")
            return
        if own:
            self._code(function.__code__)
        self._all(function.__defaults__, function.__kwdefaults__, dict(sorted(vars(function).items())))
        for cell in function.__closure__ or ():
            try:
                self.add(cell.cell_contents)
            except ValueError:
                self.parts.append("an empty cell")
        if own:
            self._globals(function)

    def _globals(self, function: types.FunctionType) -> None:
        file = _file_of(function)
        if file is not None:
            self._functions.setdefault(file, set()).add(function.__code__.co_qualname.partition(".")[0])
        for name in sorted(_names(function.__code__)):
            if name not in function.__globals__:
                continue
            self.parts.append(f"global:{name}")
            if file is not None and module_memory.may_be(name) and _is_of(function, file):
                self._left[file, name] = function.__globals__[name]
            else:
                self.add(function.__globals__[name])

    def add_globals_left(self) -> None:
        """Those that only functions described here can fill start as the file says, which is part of the key; what they
        hold by now comes of nothing else. Any other is told by what it holds."""
        told: set[tuple[Path, str]] = set()
        while left := sorted(self._left.keys() - told):
            for file, name in left:
                told.add((file, name))
                if not module_memory.is_memory(file, name, self._functions[file]):
                    self.parts.append(f"global:{name}")
                    self.add(self._left[file, name])

    def _code(self, code: types.CodeType) -> None:
        self.parts.append(f"code:{code.co_code.hex()}:{code.co_names}:{code.co_varnames}:{code.co_freevars}")
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self._code(constant)
            else:
                self.add(constant)

    def _bound(self, method: Any) -> None:
        of = method.__self__
        if isinstance(of, types.ModuleType) or of is None:
            self.parts.append(f"builtin:{method.__module__}.{method.__qualname__}")
        else:
            self.parts.append(f"method:{method.__qualname__}")
            self._all(getattr(method, "__func__", None), of)

    def _class(self, cls: type) -> None:
        self.parts.append(f"class:{cls.__module__}.{cls.__qualname__}")
        if not self._is_own(cls):
            return
        self._all(*cls.__bases__)
        if "<locals>" in cls.__qualname__ or _file_of(cls) is None:  # made by a function: its file does not tell all
            for name, member in vars(cls).items():
                if name not in _NOISE and not isinstance(member, _SLOTS):
                    self.parts.append(f"member:{name}")
                    self.add(member)

    def _module(self, module: types.ModuleType) -> None:
        self.parts.append(f"module:{module.__name__}")
        self._is_own(module)

    def _array(self, value: Any) -> bool:
        """Whether the value is numpy's or pandas', and then its contents."""
        top = type(value).__module__.partition(".")[0]
        if top == "numpy" and hasattr(value, "dtype") and hasattr(value, "tobytes"):
            self.parts.append(f"array:{array_digest(value)}")
        elif top == "pandas" and hasattr(value, "isoformat"):
            self.parts.append(f"{type(value).__name__}:{value!r}")
        elif top == "pandas" and hasattr(value, "to_numpy"):
            self._table(value)
        else:
            return False
        return True

    def _table(self, value: Any) -> None:
        try:
            self.parts.append(f"table:{table_digest(value)}")
        except CannotBeKeyed as error:
            self._unseen(str(error))

    def _instance(self, value: Any) -> None:
        cls = type(value)
        if isinstance(value, installed.LOCKS):  # it holds nothing
            self.parts.append("lock")
            return
        self.add(cls)
        if self._is_own(cls) or is_dataclass(cls):
            self._state(value)
        elif place := installed.place_of(value):
            self.parts.append(f"installed:{place}")
        elif isinstance(value, contextlib._GeneratorContextManagerBase):  # used as a decorator it is made anew
            self._all(value.func, value.args, value.kwds)
        elif recipe := installed.made_again_from(value):
            self.add(recipe)
        elif installed.can_be_seen_into(cls):
            self._state(value)
        else:
            self._unseen(f"{cls.__module__}.{cls.__qualname__} cannot be seen into")

    def _state(self, value: Any) -> None:
        slots = [name for c in type(value).__mro__ for name in _slots(c)]
        state = {**{n: getattr(value, n, None) for n in slots}, **getattr(value, "__dict__", {})}
        self.add(dict(sorted(state.items())))

    def _unseen(self, why: str) -> None:
        if not self._blind:
            raise CannotBeKeyed(why)
        self.parts.append(why)

    def _is_own(self, thing: Any) -> bool:
        """Whether the code is somebody's here, and not an installed package's; its file is then part of the key. Code
        without a file, made while the program runs, is."""
        file = _file_of(thing)
        if file is None:
            return not (isinstance(thing, types.ModuleType) or (isinstance(thing, type) and _is_found(thing)))
        if not code_files.is_own(file):
            return False
        self.files.add(file)
        return True


def _is_found(cls: type) -> bool:
    """Whether a class without a file is one of the interpreter or of a C library, or stands in its module."""
    if not cls.__flags__ & _MADE_AT_RUN_TIME:
        return True
    at: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        at = getattr(at, name, None)
    return at is cls


def _file_of(thing: Any) -> Path | None:
    try:
        file = Path(inspect.getfile(thing))
    except (TypeError, OSError):
        return None
    return file if file.is_file() else None


def _is_of(function: types.FunctionType, file: Path) -> bool:
    """Whether the function's globals are those of the module that its file is."""
    return function.__globals__.get("__file__") == str(file)


def _names(code: types.CodeType) -> set[str]:
    """The global names that a function and the functions inside it may read."""
    return set(code.co_names).union(*(_names(c) for c in code.co_consts if isinstance(c, types.CodeType)))


def _slots(cls: type) -> tuple[str, ...]:
    slots = vars(cls).get("__slots__", ())
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    private = f"_{cls.__name__.lstrip('_')}"
    return tuple(
        private + name if name.startswith("__") and not name.endswith("__") else name
        for name in names
        if name not in ("__dict__", "__weakref__")
    )


def array_digest(array: Any) -> str:
    """Of a numpy array or scalar: type, shape and contents."""
    import numpy as np

    array = np.asarray(array)
    if array.dtype.hasobject:
        import pandas as pd

        return table_digest(pd.Series(array.reshape(-1))) + str(array.shape)
    return hashlib.sha256(f"{array.dtype}{array.shape}".encode() + np.ascontiguousarray(array).tobytes()).hexdigest()


def table_digest(table: Any) -> str:
    """Of a pandas table, series or index: names, types and contents. Raises CannotBeKeyed for cells that are neither
    numbers nor text."""
    import pandas as pd

    types_of = list(table.dtypes) if isinstance(table, pd.DataFrame) else [table.dtype]
    names = list(table.columns) if isinstance(table, pd.DataFrame) else [getattr(table, "name", None)]
    try:
        rows = pd.util.hash_pandas_object(table, index=not isinstance(table, pd.Index))
    except TypeError as error:
        raise CannotBeKeyed(f"a table holds cells that cannot be compared ({error})") from error
    about = f"{type(table).__name__}{names!r}{[str(t) for t in types_of]}{table.shape}"
    return hashlib.sha256(about.encode() + rows.to_numpy().tobytes()).hexdigest()
