"""What is taken home, each by the name of its option: files with their content, and what is told of them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import UserError
from core.export.onnx_file import onnx_file
from core.export.parity import ROWS, Parity, parity
from core.export.plain_code import PlainNetwork, given_of, loaded, plain_network
from core.export.subject import Subject
from core.store.packed import checksum


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """files: content by path. more: what is told besides."""

    kind: str
    files: Mapping[Path, bytes]
    parity: Parity | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        files = [{"file": str(p), "bytes": len(c), "checksum": checksum(c)} for p, c in self.files.items()]
        return {"files": files, **self.more, **({"parity": self.parity.to_json()} if self.parity else {})}


def onnx(subject: Subject, place: Path) -> Taken:
    """The network as one ONNX file."""
    made = onnx_file(subject)
    return Taken(kind="onnx", files={place: made.content}, parity=made.parity, more=made.to_json())


def code(subject: Subject, place: Path) -> Taken:
    """The network as plain PyTorch, and the weights that it reads beside it. Raises UserError for a file of another
    ending."""
    if place.suffix != ".py":
        raise UserError("The code is a file of Python; {name!r} does not end with .py.", name=place.name)
    plain = plain_network(subject.use_case, subject.ensemble, run=subject.run.id, name=place.stem)
    rows = subject.some_tested_rows(ROWS)
    files = {place: plain.text.encode(), place.with_suffix(".safetensors"): plain.weights()}
    return Taken(kind="code", files=files, parity=parity(subject, rows, said_by(subject, plain, rows)))


def said_by(subject: Subject, plain: PlainNetwork, rows: np.ndarray) -> np.ndarray:
    """What the plain code says of some rows, each network by itself, (K, N, O)."""
    import torch

    features, arrays = subject.examples.features.iloc[rows], subject.examples.arrays_of(rows)
    given = given_of(subject.ensemble, plain, features, arrays)
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "network.safetensors"
        weights.write_bytes(plain.weights())
        network = loaded(plain, str(weights)).Network(weights)
    with torch.inference_mode():
        found: np.ndarray = network(**{name: torch.from_numpy(of) for name, of in given.items()})[1].double().numpy()
    return found
