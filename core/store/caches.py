"""Caches that can be deleted at any time: built examples and baselines, keyed by data, plan and code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import datasets, fingerprint
from core.contracts import Examples, UseCase
from core.store.files import read_json, write_atomically, write_json

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, slots=True)
class StoredBaselines:
    """Conforms to contracts.BaselineCache."""

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
        write_atomically(arrays_path, lambda p: save_file({k: v.copy(order="C") for k, v in arrays.items()}, p))
        write_json(meta_path, meta)

    def _paths(self, key: str) -> tuple[Path, Path]:
        folder = self.store / "baselines"
        return folder / f"{key}.json", folder / f"{key}.safetensors"


_in_memory: dict[str, Examples] = {}
_MOST_IN_MEMORY = 2


def examples_loader(store: Path, build: Callable[[UseCase], Examples]) -> Callable[[UseCase], Examples]:
    """A loader of examples that keeps the last two in memory and all on disk. The data files are checked every time."""

    def load(use_case: UseCase) -> Examples:
        for name in use_case.datasets:
            dataset = datasets.DATASETS.get(name)
            for file in dataset.files:
                datasets.check(dataset, file)
        key = f"{use_case.slug}-{fingerprint.of_examples(use_case)}"
        if key not in _in_memory:
            path = store / "cache" / f"{key}.parquet"
            if not path.is_file():
                write_atomically(path, lambda p: _to_table(build(use_case)).to_parquet(p, index=False))
            while len(_in_memory) >= _MOST_IN_MEMORY:
                del _in_memory[next(iter(_in_memory))]
            try:
                _in_memory[key] = _from_table(path)
            except (OSError, ValueError, KeyError):  # a damaged cache is made anew
                path.unlink(missing_ok=True)
                write_atomically(path, lambda p: _to_table(build(use_case)).to_parquet(p, index=False))
                _in_memory[key] = _from_table(path)
        return _in_memory[key]

    return load


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
    return pd.concat(parts, axis=1)


def _from_table(path: Path) -> Examples:
    import pandas as pd

    table = pd.read_parquet(path)

    def part(prefix: str) -> pd.DataFrame:
        chosen = table[[c for c in table.columns if c.startswith(prefix)]]
        return chosen.rename(columns=lambda c: c.removeprefix(prefix))

    return Examples(
        features=part("feature."),
        target=part("target."),
        info=part("info."),
        unit=table["unit"].to_numpy(),
        time=table["time"].to_numpy() if "time" in table.columns else None,
    )
