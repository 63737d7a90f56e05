"""Keys of what ships: the same on every machine with the pinned packages, whatever Python or processor it has.

Numbers count by what rounding leaves of them, because another processor's last bit may differ; code counts by its text,
because another Python's byte code does.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import datasets
from core.contracts import Column, Examples, Plan, Task, UseCase
from core.formatting.precision import rounded
from core.keys import code_files, fingerprint
from core.keys.declared import array_digest, table_digest
from core.keys.words_apart import code_of_rows, helpers_of, without_words
from core.protocols import Baseline

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_CORE = Path(__file__).parents[1]
_BASELINES = _CORE / "evaluation" / "baselines"
_SOUND, _TEXTS = _CORE / "sound", _CORE / "texts"
_FORMS = _CORE / "kinds" / "forms.py"
_PROFILE_MAKERS = (  # of a profile and of the records of its sample, with what they show
    _CORE / "answering" / "profile.py",
    _CORE / "answering" / "answers.py",
    _CORE / "formatting" / "png.py",
    _CORE / "formatting" / "moments.py",
    _SOUND / "drawn.py",
    _SOUND / "mel.py",
)
_BITS = 20


def of_rows(examples: Examples, plan: Plan) -> str:
    """Changes when the rows or their places in the plan change by more than a last bit. Raises CannotBeKeyed."""
    series = examples.series
    tables = (examples.features, examples.target, examples.info)
    arrays: list[Any] = [examples.unit, examples.time]
    if series is not None:
        arrays += [series.values, series.which, series.origin, series.horizon, series.period]
    arrays += [part for name, values in sorted(examples.arrays.items()) for part in (name, values)]
    for fold in plan.folds:
        arrays += [fold.test_name, fold.train, fold.validation, fold.test]
    return _digest([*map(_of_table, tables), *map(_of_array, arrays)])


def of_baseline(baseline: Baseline, task: Task, columns: Sequence[Column], rows_key: str) -> str:
    """The key of one simple method: its name and candidates, its code without words, what it is asked and given, and
    the packages."""
    files = code_files.behind([Path(inspect.getfile(type(baseline)))])
    apart = [
        path
        for path in files
        if path.is_relative_to(_BASELINES) or path.is_relative_to(_SOUND) or path.is_relative_to(_TEXTS)
    ]
    own = [path for path in apart if path.name != "__init__.py"]
    packages = fingerprint.versions_of(("scikit-learn", "statsmodels", "numpy", "scipy"))
    candidates = [dict(candidate) for candidate in baseline.candidates]
    code = [without_words(path.read_text("utf-8")) for path in [*(own or files), _FORMS]]
    return _of([baseline.name, candidates, code, packages], task, columns, rows_key)


def of_alone(task: Task, columns: Sequence[Column], rows_key: str) -> str:
    """The key of what each column tells alone."""
    code = code_files.digests([_CORE / "diagnosis" / "alone.py"])
    return _of(
        ["alone", code, [c.label for c in columns], fingerprint.versions_of(("numpy", "pandas"))],
        task,
        columns,
        rows_key,
    )


def file_of(use_case: UseCase) -> Path:
    """Where a use case of the product is declared."""
    return _CORE / "use_cases" / f"{use_case.name}.py"


def of_profile(use_case: UseCase) -> str:
    """Changes when the data, the declaration or the code of a use case's rows changes, or what a profile tells; known
    without a look at the rows. Words are left out. Only for use cases of the product."""
    of_rows = code_of_rows(file_of(use_case).read_text("utf-8"))
    files = helpers_of(of_rows, _CORE / "use_cases" / use_case.industry)
    files += [_CORE / "datasets" / f"{name}.py" for name in use_case.datasets]
    files += _PROFILE_MAKERS
    code = [of_rows, *(without_words(path.read_text("utf-8")) for path in files)]
    declared = [use_case.name, use_case.variant, use_case.task.kind, [(c.name, c.kind) for c in use_case.columns]]
    return _digest([*code, datasets.checksum(use_case.datasets), json.dumps(declared, sort_keys=True, default=str)])


def of_profile_makers() -> str:
    """Changes with any code that a profile comes from, here and by its words too: for what a store keeps."""
    return _digest(code_files.digests(code_files.behind(_PROFILE_MAKERS)))


def _of(parts: list[Any], task: Task, columns: Sequence[Column], rows_key: str) -> str:
    asked: list[Any] = [task.kind, task.target_columns, task.outputs, task.levels, task.headline]
    asked += [task.relative_to, task.error_per]
    asked += [own for own in (task.allocation, task.clusters, task.detection) if own]  # what other kinds never had
    described = [*parts, asked, [(c.name, c.kind) for c in columns], rows_key]
    return _digest([json.dumps(described, sort_keys=True, default=str)])


def _of_table(table: pd.DataFrame) -> str:
    import pandas as pd

    return table_digest(pd.DataFrame({name: _alike(table[name].reset_index(drop=True)) for name in table}))


def _of_array(value: Any) -> str:
    import numpy as np
    import pandas as pd

    if not isinstance(value, np.ndarray):
        return repr(value)
    if value.dtype.kind in "OUM":
        return table_digest(_alike(pd.Series(value)))
    return array_digest(_coarse(value) if value.dtype.kind == "f" else value)


def _alike(column: pd.Series) -> pd.Series:
    """The same whether a column was just built or has been on the disk, where texts and moments take another type."""
    import pandas as pd

    if column.dtype.kind == "f":
        return pd.Series(_coarse(column.to_numpy()))
    if column.dtype.kind == "O":
        return column.astype("str")
    return column.astype("datetime64[us]") if column.dtype.kind == "M" else column


def _coarse(values: np.ndarray) -> np.ndarray:
    """Whole numbers (days, counts, codes) as they are, others without their last bits."""
    import numpy as np

    exact = values.astype(np.float64) + 0.0  # no negative zero
    with np.errstate(over="ignore"):
        return np.where(np.isnan(exact), np.nan, np.where(np.rint(exact) == exact, exact, rounded(exact, _BITS)))


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="surrogatepass")).hexdigest()[:16]
