"""Short stable keys of code, rows and package versions, for caches and records."""

from __future__ import annotations

import hashlib
import inspect
import subprocess
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import __version__, datasets
from core.contracts import UseCase
from core.protocols import Baseline

if TYPE_CHECKING:
    import numpy as np

_PACKAGES = ("torch", "numpy", "pandas", "scikit-learn", "streamlit")
_CORE = Path(__file__).parent


def of_examples(use_case: UseCase) -> str:
    """Changes when the data, the variant, the use case's file or its helpers (`_*.py` beside it) change."""
    own = Path(inspect.getfile(use_case.examples))
    helpers = {*own.parent.glob("_*.py"), *(_CORE / "use_cases").glob("_*.py")}
    files = {own, *helpers, *(_CORE / "datasets").glob("*.py")}
    return _digest(
        [use_case.variant, datasets.checksum(use_case.datasets), *_sources(files), *_installed(("pandas", "numpy"))]
    )


def of_training(use_case: UseCase) -> str:
    """Changes when anything that makes a run's figures changes: examples, plan, model, training, evaluation, money."""
    folders = ("training", "models", "evaluation", "value")
    modules = ("pipeline", "prepare", "report", "importance", "targets", "plans", "settings", "tape")
    files = {p for folder in folders for p in (_CORE / folder).rglob("*.py")} | {_CORE / f"{m}.py" for m in modules}
    return _digest([of_examples(use_case), *_sources(files), *_installed(_PACKAGES[:4])])


def of_step() -> str:
    """Changes when the code that a training step runs, or what is counted of it, changes: its cost is measured anew."""
    files = {p for folder in ("training", "models") for p in (_CORE / folder).rglob("*.py")}
    files |= {_CORE / f"{module}.py" for module in ("estimate", "measure", "tape")}
    return _digest(_sources(files))


def of_baseline(baseline: Baseline) -> str:
    """Changes when the files of a baseline's class, its parents or its helpers change, or its candidates."""
    own = {Path(inspect.getfile(c)) for c in type(baseline).__mro__ if c is not object}
    own |= {*(_CORE / "evaluation" / "baselines").glob("_*.py"), _CORE / "targets.py"}
    return _digest([baseline.name, repr(baseline.candidates), *_sources(own)])


def of_arrays(arrays: Iterable[np.ndarray]) -> str:
    """A key of arrays' contents."""
    import numpy as np

    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype}{array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def baseline_key(use_case: UseCase, plan_key: str, baseline: Baseline) -> str:
    """The key of one baseline on one plan of one use case's examples."""
    parts = [of_examples(use_case), plan_key, of_baseline(baseline), *_installed(("scikit-learn", "statsmodels"))]
    judges = [_CORE / "evaluation" / name for name in ("compare.py", "metrics.py")]
    return _digest([*parts, *_sources(judges)])


@cache
def versions() -> dict[str, Any]:
    """Versions of the product and the packages that a result depends on, and the commit where git knows it."""
    found: dict[str, Any] = {"proving_ground": __version__, **dict(zip(_PACKAGES, _installed(_PACKAGES), strict=True))}
    try:
        found["commit"] = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=_CORE, capture_output=True, text=True, check=True, timeout=5
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        found["commit"] = None  # installed without git, or outside a repository
    return found


def _installed(packages: Iterable[str]) -> list[str]:
    return [_version(package) for package in packages]


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _sources(files: Iterable[Path]) -> list[str]:
    return [f"{path.parent.name}/{path.name}:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in sorted(files)]


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
