"""A run's network as one ONNX file, all members and their preprocessing in it, and whether it says the same."""

from __future__ import annotations

import json
import logging
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import UserError
from core.export import normal
from core.export.parity import ROWS, Parity, parity
from core.export.plain_code import PlainNetwork, given_of, loaded, plain_network
from core.export.subject import Subject

OPSET = 20
OUTPUTS = ("prediction", "each")


@dataclass(frozen=True, kw_only=True, slots=True)
class OnnxFile:
    """content: the whole file. inputs: name, type and shape of each, N rows first."""

    content: bytes
    inputs: list[dict[str, Any]]
    parity: Parity

    def to_json(self) -> dict[str, Any]:
        return {
            "opset": OPSET,
            "inputs": self.inputs,
            "outputs": list(OUTPUTS),
            "bytes": len(self.content),
            "parity": self.parity.to_json(),
        }


def onnx_file(subject: Subject) -> OnnxFile:
    """Raises UserError for a network that cannot be exported, and where a package is not installed."""
    _needed()
    plain = plain_network(subject.use_case, subject.ensemble, run=subject.run.id)
    rows = subject.some_tested_rows(ROWS)
    features, arrays = subject.examples.features.iloc[rows], subject.examples.arrays_of(rows)
    given = given_of(subject.ensemble, plain, features, arrays)
    content = _exported(plain, {name: values[:3] for name, values in given.items()}, _told(subject, plain))
    found = run_onnx(content, given)["each"]
    inputs = [{"name": n, "type": str(v.dtype), "shape": ["N", *v.shape[1:]]} for n, v in given.items()]
    return OnnxFile(content=content, inputs=inputs, parity=parity(subject, rows, found))


def run_onnx(content: bytes, given: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What a file says of some rows, by onnxruntime; raises UserError without it."""
    onnxruntime = _needed()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    return dict(zip(OUTPUTS, session.run(list(OUTPUTS), given), strict=True))


def _needed() -> Any:
    try:
        import onnx  # noqa: F401
        import onnxruntime
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise UserError(
            "ONNX needs the packages onnx, onnxscript and onnxruntime; {name} is not installed. Install the "
            "requirements: pip install -r requirements.txt.",
            name=error.name or "one of them",
        ) from error
    return onnxruntime


def _told(subject: Subject, plain: PlainNetwork) -> dict[str, str]:
    """What the file says about itself."""
    told = {name: json.dumps(value) for name, value in plain.about.items()}
    return told | {"title": subject.use_case.title, "product": f"Proving Ground {_version(subject)}"}


def _version(subject: Subject) -> str:
    return str(subject.run.config["versions"].get("proving_ground", ""))


def _exported(plain: PlainNetwork, given: dict[str, np.ndarray], told: dict[str, str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "network.safetensors"
        weights.write_bytes(plain.weights())
        module = loaded(plain, str(weights))
        module.ndtri = normal.ndtri  # of what ONNX knows
        program = _program(module.Network().eval(), given)
        program.model.metadata_props.update(told)
        whole = Path(folder) / "network.onnx"
        program.save(whole)  # into one file: exporting to a path makes two
        return whole.read_bytes()


def _program(network: Any, given: dict[str, np.ndarray]) -> Any:
    import torch

    rows = torch.export.Dim("N", min=1)
    logging.getLogger("torch.onnx._internal.exporter").setLevel(logging.ERROR)  # it misses packages that nobody needs
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # about the exporter's own future
        return torch.onnx.export(
            network,
            kwargs={name: torch.from_numpy(values) for name, values in given.items()},
            input_names=list(given),
            output_names=list(OUTPUTS),
            dynamic_shapes={name: {0: rows} for name in given},
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
