"""Short stable keys of declarations, code, rows and package versions, for caches and records."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from core import __version__, datasets
from core.contracts import Column, Examples, Plan, Task, UseCase
from core.keys import code_files, declared
from core.keys.declared import CannotBeKeyed
from core.kinds import KINDS, TaskKind
from core.protocols import Baseline

_PACKAGES = ("torch", "numpy", "pandas", "scikit-learn", "streamlit")
_CORE = Path(__file__).parents[1]
# Folders whose code changes no figure; a use case's own code is found by its key.
_NO_FIGURE = ("charts", "jobs", "queue", "answering", "publish", "use_cases")


def of_examples(use_case: UseCase) -> str:
    """Changes when the declaration, the data or the code changes that a use case's examples depend on, also what a
    function made by another encloses. Raises CannotBeKeyed where that cannot be seen."""
    about = (use_case.name, use_case.variant, use_case.task, use_case.columns, use_case.image, use_case.text)
    arrays = use_case.arrays
    tables = [datasets.DATASETS.get(name) for name in use_case.datasets]
    return declared.key_of(about, arrays, tables, use_case.examples, versions_of(("pandas", "numpy", "pyarrow")))


def of_training(use_case: UseCase) -> str:
    """Changes when anything that makes a run's figures changes: the declaration, its data, and all code but what draws
    and queues. No two keys are the same where it cannot be seen what the use case depends on."""
    try:
        return _of_training(use_case)
    except CannotBeKeyed:
        return secrets.token_hex(8)


def of_run(use_case: UseCase) -> str:
    """As `of_training`, for the checkpoints of one run: it is always of one use case, so that what cannot be seen into
    counts by what it is and the code by its files. Nothing that two use cases share is kept under it."""
    return _of_training(use_case, blind=True)


def _of_training(use_case: UseCase, *, blind: bool = False) -> str:
    files = [p for p in _CORE.rglob("*.py") if p.relative_to(_CORE).parts[0] not in _NO_FIGURE]
    tables = [datasets.DATASETS.get(name) for name in use_case.datasets]
    kind, code = _kind(use_case.task), code_files.digests(files)
    return declared.key_of(use_case, kind, tables, code, versions_of(_PACKAGES[:4]), blind=blind)


def of_step() -> str:
    """Changes when the code that a training step runs, or what is counted of it, changes: its cost is measured anew."""
    files = {p for folder in ("training", "models") for p in (_CORE / folder).rglob("*.py")}
    files |= {
        _CORE / "estimating" / f"{name}.py"
        for name in ("estimate", "measure", "table_work", "picture_work", "drawing_work")
    }
    files.add(_CORE / "contracts" / "workspace.py")
    return declared.key_of(code_files.digests(files))


def of_plan(use_case: UseCase) -> str:
    """Changes when the code of a use case's plan changes, or what it encloses. Raises CannotBeKeyed."""
    return declared.key_of(use_case.name, use_case.variant, use_case.plan)


def of_model(use_case: UseCase) -> str:
    """Changes when what a trained network is asked by changes: its model, its task, its columns."""
    return declared.key_of(
        use_case.name,
        use_case.variant,
        use_case.model,
        use_case.task,
        use_case.columns,
        use_case.arrays,
        _kind(use_case.task),
    )


def of_arrays(examples: Examples, plan: Plan) -> str:
    """Changes when any row of the examples changes, or its place in the plan: what a simple method is given. Raises
    CannotBeKeyed."""
    return declared.key_of(examples, plan)


def of_baseline(baseline: Baseline, task: Task, columns: Sequence[Column], arrays_key: str) -> str:
    """The key of one baseline: the method with its candidates, what it is asked, what it is given (`of_arrays`), and
    the code that fits and compares it. Raises CannotBeKeyed."""
    judges = code_files.digests(code_files.behind([_CORE / "evaluation" / "fitting.py"]))
    packages = versions_of(("scikit-learn", "statsmodels", "numpy", "scipy"))
    return declared.key_of(baseline, task, _kind(task), tuple(columns), arrays_key, judges, packages)


def of_alone(task: Task, columns: Sequence[Column], arrays_key: str) -> str:
    """The key of what each column tells alone. Raises CannotBeKeyed."""
    code = code_files.digests(code_files.behind([_CORE / "diagnosis" / "alone.py"]))
    return declared.key_of(
        "alone", task, _kind(task), tuple(columns), arrays_key, code, versions_of(("numpy", "pandas"))
    )


def _kind(task: Task) -> TaskKind | None:
    """The task's kind: its functions are part of what depends on it, and no import tells of one found by name."""
    return KINDS.all().get(task.kind)


@cache
def versions() -> dict[str, Any]:
    """Versions of the product and the packages that a result depends on, and the commit where git knows it."""
    found: dict[str, Any] = {"proving_ground": __version__, **dict(zip(_PACKAGES, versions_of(_PACKAGES), strict=True))}
    try:
        found["commit"] = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=_CORE, capture_output=True, text=True, check=True, timeout=5
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        found["commit"] = None  # installed without git, or outside a repository
    return found


def versions_of(packages: Iterable[str]) -> list[str]:
    """The installed versions of some packages."""
    return [_version(package) for package in packages]


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
