"""Caches that can be deleted at any time: examples by their declaration and code, baselines by all they are given."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import datasets
from core.contracts import Examples, Series, UseCase
from core.contracts.plain import ANYTHING, CHECKSUM, COUNT
from core.keys import fingerprint
from core.keys.declared import CannotBeKeyed
from core.keys.file_stamps import read_once
from core.store import packed
from core.store.files import read_json, write_atomically, write_json
from core.store.shapes import MapOf

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

log = logging.getLogger("proving_ground.caches")
SHIPPED = "baselines.json"
_SHIPPED = MapOf(
    {
        "file": CHECKSUM,
        "tested": COUNT,
        "results": MapOf([ANYTHING]),
        "alone": MapOf(ANYTHING),
        "headline": ANYTHING,
        "validation": MapOf(ANYTHING),
    }
)


@dataclass(frozen=True, slots=True)
class StoredBaselines:
    """Conforms to protocols.BaselineCache. Whatever was damaged counts as not there, and is made anew."""

    store: Path

    def get(self, key: str) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
        from safetensors import SafetensorError
        from safetensors.numpy import load

        meta_path, arrays_path = self._paths(key)
        try:
            kept, content = read_json(meta_path), arrays_path.read_bytes()
            meta = kept["meta"]
            return (meta, load(content)) if kept["sha256"] == _of_both(meta, content) else None
        except (OSError, ValueError, KeyError, TypeError, SafetensorError):
            return None

    def put(self, key: str, meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        from safetensors.numpy import save

        meta_path, arrays_path = self._paths(key)
        content = save({name: array.copy(order="C") for name, array in arrays.items()})
        write_atomically(arrays_path, lambda p: p.write_bytes(content), durable=False)
        write_json(meta_path, {"meta": meta, "sha256": _of_both(meta, content)})

    def _paths(self, key: str) -> tuple[Path, Path]:
        folder = self.store / "baselines"
        return folder / f"{key}.json", folder / f"{key}.safetensors"


@dataclass(frozen=True, slots=True)
class RecordedBaselines:
    """Conforms to protocols.ShippedBaselines: those of recorded runs at every variant's plan. What is damaged counts as
    not there."""

    recorded: Path

    def get(self, key: str) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
        folder = packed.shared_folder(self.recorded)
        try:
            entries = read_json(folder / SHIPPED, _SHIPPED).values()
            if found := next((e["alone"][key] for e in entries if key in e["alone"]), None):
                return found, {}
            entry = next((e for e in entries if key in e["results"]), None)
            return entry and self._results(folder, entry, key)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def holds(self, use_case: UseCase) -> bool:
        """Whether there are some of this use case, in its variant."""
        try:
            return of_variant(use_case) in _named(packed.shared_folder(self.recorded) / SHIPPED)
        except (OSError, ValueError):
            return False

    def _results(self, folder: Path, entry: dict[str, Any], key: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        import numpy as np

        from core.store.predictions import BASELINES, read_columns

        content = packed.unpack(folder / packed.shared_name(BASELINES, entry["file"]))
        if packed.checksum(content) != entry["file"]:
            raise ValueError("the shipped predictions are damaged")
        columns = read_columns(content)
        arrays: dict[str, np.ndarray] = {}
        for i, told in enumerate(entry["results"][key]):
            own = [values for name, values in columns.items() if name.partition(":")[0] == told["name"]]
            values = np.stack(own, axis=1).astype(np.float64)
            arrays |= {f"{i}.test": values[: entry["tested"]], f"{i}.validation": values[entry["tested"] :]}
        return {"results": entry["results"][key]}, arrays


@dataclass(frozen=True, kw_only=True, slots=True)
class Validated:
    """What a simple method scores in the headline on the validation rows, fitted on the training rows alone: in the
    mean over folds, as the curve of a training is."""

    name: str
    title: str
    score: float


def validated(recorded: Path, use_case: UseCase) -> tuple[Validated, ...]:
    """The simple methods of the use case's variant, as they ship; none where none do, or by another metric."""
    try:
        entry = _index(packed.shared_folder(recorded) / SHIPPED).get(of_variant(use_case))
        if entry is None or entry["headline"] != use_case.task.headline:
            return ()
        told = [method for group in entry["results"].values() for method in group]
        scores = {name: float(score) for name, score in entry["validation"].items() if score is not None}
        return tuple(
            Validated(name=m["name"], title=m["title"], score=scores[m["name"]]) for m in told if m["name"] in scores
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ()


@read_once(maxsize=4)
def _index(path: str) -> dict[str, Any]:
    found: dict[str, Any] = read_json(path, _SHIPPED)
    return found


@lru_cache(maxsize=4)
def _named(path: Path) -> frozenset[str]:
    """What a shipped file has entries of; it does not change while a process runs."""
    return frozenset(read_json(path, _SHIPPED))


def of_variant(use_case: UseCase) -> str:
    """Under what name a variant's simple methods are shipped."""
    return f"{use_case.name} {use_case.variant}".strip()


def _of_both(meta: dict[str, Any], content: bytes) -> str:
    return _sha256(json.dumps(meta, sort_keys=True).encode() + content)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


_in_memory: dict[str, Examples] = {}
_MOST_IN_MEMORY = 2
_OF_ROWS = ("which", "origin", "horizon")


def examples_loader(store: Path, build: Callable[[UseCase], Examples]) -> Callable[[UseCase], Examples]:
    """A loader of examples that keeps the last two in memory and all on disk. The data files are checked every time. A
    use case that nobody can see into (its key would not hold what its examples depend on) is built every time."""

    def load(use_case: UseCase) -> Examples:
        for name in use_case.datasets:
            dataset = datasets.DATASETS.get(name)
            for file in dataset.files:
                datasets.check(dataset, file)
        try:
            key = f"{use_case.slug}-{fingerprint.of_examples(use_case)}"
        except CannotBeKeyed as why:
            log.info("the examples of %s are built every time: %s", use_case.name, why)
            return build(use_case)
        place = f"{store}/{key}"
        if place not in _in_memory:
            found = _from_disk(store / "cache" / f"{key}.parquet", partial(build, use_case))
            while len(_in_memory) >= _MOST_IN_MEMORY:
                del _in_memory[next(iter(_in_memory))]
            _in_memory[place] = found
        _in_memory[place] = _in_memory.pop(place)  # the last asked for goes last
        return _in_memory[place]

    return load


def _from_disk(path: Path, build: Callable[[], Examples]) -> Examples:
    """As they come back from the disk, so that the first run sees what every later one does; built where there are none
    or what there is was damaged."""
    from safetensors import SafetensorError

    if _is_whole(path):
        try:
            return _read(path)
        except (OSError, ValueError, KeyError, SafetensorError):
            log.warning("the examples in %s cannot be read; they are built anew", path)
    _save(path, build())
    return _read(path)


def _save(path: Path, examples: Examples) -> None:
    """The table, beside it, written first, the histories of series, and last their checksums."""
    from safetensors.numpy import save_file

    if examples.series is not None:
        values = {"values": examples.series.values.astype("float64").copy(order="C")}
        write_atomically(_histories(path), lambda p: save_file(values, p), durable=False)
    if examples.arrays:
        arrays = {name: values.copy(order="C") for name, values in examples.arrays.items()}  # it takes no other order
        write_atomically(_arrays(path), lambda p: save_file(arrays, p), durable=False)
    write_atomically(path, lambda p: _to_table(examples).to_parquet(p, index=False), durable=False)
    write_json(path.with_suffix(".json"), _checksums(path))


def _checksums(path: Path) -> dict[str, str]:
    return {p.suffix: _sha256(p.read_bytes()) for p in (path, _histories(path), _arrays(path)) if p.is_file()}


def _is_whole(path: Path) -> bool:
    """Whether the files hold what was written: a flipped byte in a column would read back as another number."""
    try:
        return path.is_file() and bool(read_json(path.with_suffix(".json")) == _checksums(path))
    except (OSError, ValueError):
        return False


def _histories(path: Path) -> Path:
    return path.with_suffix(".safetensors")


def _arrays(path: Path) -> Path:
    return path.with_suffix(".arrays")


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
        arrays=load_file(_arrays(path)) if _arrays(path).is_file() else {},
    )
