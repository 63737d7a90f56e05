"""What a finished run leaves in its folder: preprocessing, weights, predictions, report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.contracts import StoredReport
from core.store.files import write_atomically, write_json

if TYPE_CHECKING:
    from core.pipeline import Outcome

FILES = (
    *("preprocessing.json", "preprocessing.safetensors", "model.safetensors"),
    *("predictions.parquet", "held_out.parquet", "report.json"),
)


def save(folder: Path, outcome: Outcome) -> None:
    """Write preprocessing, weights, predictions and report; the caller finalizes."""
    from safetensors.numpy import save as arrays_as_bytes
    from safetensors.torch import save as tensors_as_bytes

    from core.store.predictions import write_long  # numpy; pages are drawn first without it

    ensemble = outcome.ensemble
    arrays = {f"{f}.{n}": v for f, p in enumerate(ensemble.preprocessing) for n, v in p.arrays().items()}
    described = {
        "folds": [json.loads(p.to_json()) for p in ensemble.preprocessing],
        "fold_of": list(ensemble.fold_of),
    }
    params = {name: value.contiguous() for name, value in ensemble.params.items()}
    report: StoredReport = {**outcome.report, "run": folder.name}

    def put(name: str, write: Callable[[Path], object]) -> None:
        write_atomically(folder / name, write, make_folder=False)

    write_json(folder / "preprocessing.json", described, make_folder=False)
    put("preprocessing.safetensors", lambda p: p.write_bytes(arrays_as_bytes(arrays)))
    put("model.safetensors", lambda p: p.write_bytes(tensors_as_bytes(params)))
    put("predictions.parquet", partial(write_long, outcome.predictions))
    put("held_out.parquet", partial(outcome.held_out.to_parquet, compression="zstd", index=False))
    write_json(folder / "report.json", report, make_folder=False)


def checksums(folder: Path) -> dict[str, str]:
    """Of each file that is there: parquet and safetensors have none, and a flipped byte reads as another number."""
    found = {name: folder / name for name in FILES}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items() if path.is_file()}


def drop(folder: Path) -> None:
    """Remove what `save` has written of a run that is not finalized: half an outcome is none."""
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
