"""Caches that can be deleted at any time: built examples and baselines, keyed by data, plan and code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import datasets, fingerprint
from core.contracts import Examples, Series, UseCase
from core.store.files import read_json, write_atomically, write_json

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, slots=True)
class StoredBaselines:
    """Conforms to protocols.BaselineCache."""

    store: Path

    def get(self, key: str) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        meta, arrays = self._paths(key)
        if not (meta.is_file() and arrays.is_file()):
            return None
        try:
            return read_json(meta), load_file(arrays)
        except (OSError, ValueError, SafetensorError):
            return None  # a damaged cache is made anew

    def put(self, key: str, meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        from safetensors.numpy import save_file

        meta_path, arrays_path = self._paths(key)
        write_atomically(
            arrays_path, lambda p: save_file({k: v.copy(order="C") for k, v in arrays.items()}, p), durable=False
        )
        write_json(meta_path, meta)

    def _paths(self, key: str) -> tuple[Path, Path]:
        folder = self.store / "baselines"
        return folder / f"{key}.json", folder / f"{key}.safetensors"


_in_memory: dict[str, Examples] = {}
_MOST_IN_MEMORY = 2
_OF_ROWS = ("which", "origin", "horizon")


def examples_loader(store: Path, build: Callable[[UseCase], Examples]) -> Callable[[UseCase], Examples]:
    """A loader of examples that keeps the last two in memory and all on disk. The data files are checked every time."""

    from safetensors import SafetensorError

    def load(use_case: UseCase) -> Examples:
        for name in use_case.datasets:
            dataset = datasets.DATASETS.get(name)
            for file in dataset.files:
                datasets.check(dataset, file)
        key = f"{use_case.slug}-{fingerprint.of_examples(use_case)}"
        if key not in _in_memory:
            path = store / "cache" / f"{key}.parquet"
            if not path.is_file():
                _save(path, build(use_case))
            while len(_in_memory) >= _MOST_IN_MEMORY:
                del _in_memory[next(iter(_in_memory))]
            try:
                _in_memory[key] = _read(path)
            except (OSError, ValueError, KeyError, SafetensorError):  # a damaged cache is made anew
                path.unlink(missing_ok=True)
                _save(path, build(use_case))
                _in_memory[key] = _read(path)
        _in_memory[key] = _in_memory.pop(key)  # the last asked for goes last
        return _in_memory[key]

    return load


def _save(path: Path, examples: Examples) -> None:
    """The table, and beside it, written first, the histories of series."""
    from safetensors.numpy import save_file

    if examples.series is not None:
        values = {"values": examples.series.values.astype("float64").copy(order="C")}
        write_atomically(_histories(path), lambda p: save_file(values, p), durable=False)
    write_atomically(path, lambda p: _to_table(examples).to_parquet(p, index=False), durable=False)


def _histories(path: Path) -> Path:
    return path.with_suffix(".safetensors")


def _to_table(examples: Examples) -> pd.DataFrame:
    import pandas as pd

    parts = [
        examples.features.add_prefix("feature.").reset_index(drop=True),
        examples.target.add_prefix("target.").reset_index(drop=True),
        examples.info.add_prefix("info.").reset_index(drop=True),
        pd.DataFrame({"unit": examples.unit}),
    ]
    if examples.time is not None:
        parts.append(pd.DataFrame({"time": examples.time}))
    if (series := examples.series) is not None:
        of_rows = {f"series.{name}": getattr(series, name) for name in _OF_ROWS}
        parts.append(pd.DataFrame(of_rows).assign(period=series.period))
    return pd.concat(parts, axis=1)


def _read(path: Path) -> Examples:
    import pandas as pd
    from safetensors.numpy import load_file

    table = pd.read_parquet(path)

    def part(prefix: str) -> pd.DataFrame:
        chosen = table[[c for c in table.columns if c.startswith(prefix)]]
        return chosen.rename(columns=lambda c: c.removeprefix(prefix))

    series = None
    if "period" in table.columns:
        of_rows = {name: table[f"series.{name}"].to_numpy() for name in _OF_ROWS}
        series = Series(values=load_file(_histories(path))["values"], period=int(table["period"].iloc[0]), **of_rows)
    return Examples(
        features=part("feature."),
        target=part("target."),
        info=part("info."),
        unit=table["unit"].to_numpy(),
        time=table["time"].to_numpy() if "time" in table.columns else None,
        series=series,
    )
