"""A run's network to take home: as one ONNX file, and as plain PyTorch with its weights."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from core.errors import UserError
from core.export.onnx_file import onnx_file
from core.export.parity import ROWS, parity
from core.export.plain_code import PlainNetwork, given_of, loaded, plain_network
from core.export.subject import Subject
from core.export.taken import Taken


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
