"""The network of a run as one file of plain PyTorch, and the numbers that it reads, as safetensors."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import UseCase
from core.errors import UserError
from core.export.preparation import Preparation, prepared
from core.protocols import BringsNumbers, WrittenPlainly
from core.training import losses
from core.training.ensemble import Ensemble
from core.training.preprocessing import Preprocessing

_FILE = '''"""{title}

The network of run {run}, in plain PyTorch: needs torch alone, and reads {weights} beside this file.
{networks}. What it reads and says: `Network().about`.

    python {file} rows.csv      writes a prediction for each row of a table
"""

import csv
import json
import math  # noqa: F401
import struct
import sys
from pathlib import Path

import torch
from torch.nn import functional
from torch.special import ndtri  # noqa: F401

WEIGHTS = Path(__file__).with_name({weights!r})


def read_safetensors(path):
    """Tensors by name, and what is written about them: the header's length, a header in JSON, the numbers."""
    content = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header, numbers = json.loads(content[8 : 8 + length]), content[8 + length :]
    about = {{name: json.loads(told) for name, told in header.pop("__metadata__").items()}}
    kinds = {{"F32": torch.float32, "F64": torch.float64, "I64": torch.int64}}
    tensors = {{}}
    for name, of in header.items():
        first, end = of["data_offsets"]
        tensor = torch.frombuffer(bytearray(numbers[first:end]), dtype=kinds[of["dtype"]])
        tensors[name] = tensor.reshape(of["shape"])
    return tensors, about


def looked_up(table, codes):
    """Each code's row of a table: (K, codes, width) and (K, N) -> (K, N, width)."""
    return table.gather(1, codes[..., None].expand(-1, -1, table.shape[2]))


class Network(torch.nn.Module):
    """{members} networks that were trained together, K of them, in {folds} fold(s); their mean is the prediction."""

    def __init__(self, path=WEIGHTS):
        super().__init__()
        tensors, self.about = read_safetensors(path)
        for name, tensor in tensors.items():
            self.register_buffer(name.replace(".", "_"), tensor)

    def forward(self, {arguments}):
        """What is given of N rows -> the prediction (N, {said}, and that of each network (K, N, ...).

{given}
        """
        members = {members}
        # As each fold's preprocessing was fitted on its training rows.
{prepare}
        # The network.
{network}
        # From raw scores to predictions in the target's units.
{predict}
        return each.mean(0), each

    def rows(self, rows):
        """Of rows as dictionaries, column -> text or number: what `forward` reads of the table."""
        numbers, names, found = self.about["columns"], self.about["categories"], {{}}
        if numbers:
            told = [[float(row[n]) if row.get(n) not in (None, "") else math.nan for n in numbers] for row in rows]
            found["numeric"] = torch.tensor(told, dtype=torch.float64)
        if names:
            codes = {{n: {{name: code for code, name in enumerate(known, start=1)}} for n, known in names.items()}}
            found["category"] = torch.tensor([[codes[n].get(str(row.get(n)), 0) for n in names] for row in rows])
        return found


if __name__ == "__main__":
    network = Network()
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        given = network.rows(list(csv.DictReader(file)))
    with torch.inference_mode():
        table = network(**given)[0].tolist()
    csv.writer(sys.stdout).writerows([network.about["outputs"], *table])
'''

_PICTURE = "height, width), a picture of pixels from 0 to 1"
_GIVEN = {
    "numeric": "numeric (N, {numbers}) float64: the columns of about['columns'] in their units; NaN where missing",
    "category": "category (N, {names}) int64: of each of about['categories'] the place of its name, from 1; 0: another",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainNetwork:
    """text: the file. tensors, about: what lies beside it in safetensors, and its header's words. given: the arguments
    of `forward`."""

    text: str
    tensors: dict[str, np.ndarray]
    about: dict[str, Any]
    given: tuple[str, ...]

    def weights(self) -> bytes:
        """The file that the code reads."""
        from safetensors.numpy import save

        whole = {
            name: np.ascontiguousarray(values) for name, values in self.tensors.items()
        }  # others are saved wrongly
        return save(whole, {name: json.dumps(told, ensure_ascii=True) for name, told in self.about.items()})


def refusal(use_case: UseCase, ensemble: Ensemble) -> str:
    """Why a network cannot be taken away; empty where it can."""
    try:
        _check(use_case, ensemble)
    except UserError as error:
        return str(error)
    return ""


def _check(use_case: UseCase, ensemble: Ensemble) -> None:
    speaks_plainly = isinstance(ensemble.model, WrittenPlainly) and isinstance(ensemble.loss, losses.WrittenPlainly)
    if not speaks_plainly:
        raise UserError(
            "The network {model!r} does not say how it is written in plain PyTorch, so this run cannot be exported. "
            "Give it `written`, or export another run.",
            model=ensemble.model.name,
        )
    if isinstance(ensemble.loss, losses.SpeaksAsOne) and len(set(ensemble.fold_of)) > 1:
        raise UserError("Boxes of several folds have no mean, so this run cannot be exported. Take a run of one fold.")


def plain_network(use_case: UseCase, ensemble: Ensemble, *, run: str, name: str = "network") -> PlainNetwork:
    """The code of an ensemble of a use case in its variant, for files called `name`; raises UserError for a network
    that does not say how it is written."""
    _check(use_case, ensemble)
    assert isinstance(ensemble.model, WrittenPlainly)
    assert isinstance(ensemble.loss, losses.WrittenPlainly)
    fitted = ensemble.preprocessing
    shapes = fitted[0].shapes
    network = ensemble.model.written(ensemble.params, shapes, ensemble.settings)
    named = _words(network)
    beside = [array.name for array in shapes.arrays if array.name in named]
    made = prepared(fitted, beside)
    read = [*(["numeric"] if shapes.num_numeric else []), *(["category"] if shapes.cardinalities else []), *beside]
    arrays = {**_weights(ensemble, named), **made.arrays, **_units(ensemble)}
    if fitted[0].relative_to:
        made.lines.insert(0, "given_numbers = numeric")
    prepare = [*made.lines, *_each_network(ensemble, read, arrays)]
    predict = [*_together(ensemble), *ensemble.loss.written(), *_in_units(ensemble, use_case)]
    text = _FILE.format(
        title=use_case.title,
        run=run,
        file=f"{name}.py",
        weights=f"{name}.safetensors",
        networks=_told(ensemble),
        members=len(ensemble.fold_of),
        folds=len(set(ensemble.fold_of)),
        arguments=", ".join(made.given),
        said=_PICTURE if isinstance(ensemble.loss, losses.ShowsPictures) else "O)",
        given="\n".join(f"        {line}" for line in _described(made, fitted[0])),
        prepare=_body(prepare),
        network=_body(network),
        predict=_body(predict),
    )
    about = {
        "run": run,
        "use_case": use_case.name,
        "columns": list(fitted[0].numeric),
        "categories": {name: list(names) for name, names in made.vocabulary.items()},
        "arrays": {a.name: [str(a.kind), *a.shape] for a in fitted[0].beside if a.name in made.given},
        "outputs": ["picture"] if isinstance(ensemble.loss, losses.ShowsPictures) else list(use_case.task.outputs),
        "unit": use_case.task.unit,
    }
    return PlainNetwork(text=text, tensors=arrays, about=about, given=made.given)


def given_of(
    ensemble: Ensemble, plain: PlainNetwork, features: Any, arrays: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """What the code reads of some rows: numbers in 64 bits, codes, arrays."""
    import pandas as pd

    found: dict[str, np.ndarray] = {}
    rows = len(features)
    for name in plain.given:
        if name == "numeric":
            columns = [pd.to_numeric(features[n]).to_numpy(np.float64, na_value=np.nan) for n in plain.about["columns"]]
            found[name] = np.stack(columns, axis=1)
        elif name == "category":
            known = {n: {c: i for i, c in enumerate(names, start=1)} for n, names in plain.about["categories"].items()}
            codes = [[codes.get(str(v), 0) if pd.notna(v) else 0 for v in features[n]] for n, codes in known.items()]
            found[name] = np.array(codes, np.int64).reshape(len(known), rows).T
    read = ensemble.preprocessing[0].read(arrays)
    for array in (one for one in ensemble.preprocessing[0].beside if one.name in plain.given):
        kind = np.int64 if array.num_codes else np.float32
        found[array.name] = np.ascontiguousarray(read[array.name].astype(kind))
    return found


def loaded(plain: PlainNetwork, weights: str) -> Any:
    """The module that the code is, reading its numbers from a file."""
    from types import ModuleType

    module = ModuleType("network")
    module.__file__ = weights
    exec(compile(plain.text, "network.py", "exec"), module.__dict__)
    return module


def _body(lines: Sequence[str]) -> str:
    return "\n".join(f"        {line}" for line in lines)


def _words(lines: Sequence[str]) -> set[str]:
    return set(re.findall(r"\w+", " ".join(lines)))


def _weights(ensemble: Ensemble, named: Collection[str]) -> dict[str, np.ndarray]:
    """What the network's lines read, by its name."""
    model = ensemble.model
    brought = model.numbers(ensemble.settings) if isinstance(model, BringsNumbers) else {}
    every = {**ensemble.params, **brought}
    return {name: value.float().numpy() for name, value in every.items() if name.replace(".", "_") in named}


def _each_network(ensemble: Ensemble, read: Sequence[str], arrays: dict[str, np.ndarray]) -> list[str]:
    """Lines that give each network what its fold reads."""
    networks, folds = len(ensemble.fold_of), list(ensemble.fold_of)
    if len(set(folds)) == 1:
        return [f"{name} = {name}.expand({networks}, *{name}.shape[1:])" for name in read if networks > 1]
    arrays["fold_of"] = np.array(folds, np.int64)
    return [f"{name} = {name}[self.fold_of]  # of each network's fold" for name in read]


def _together(ensemble: Ensemble) -> list[str]:
    if not isinstance(ensemble.loss, losses.SpeaksAsOne):
        return []
    return ["raw = raw.mean(0, keepdim=True)  # the networks say one thing together: boxes have no mean"]


def _units(ensemble: Ensemble) -> dict[str, np.ndarray]:
    """Centre and scale of the target, (K, 1, O or 1), where there are any."""
    fitted = [ensemble.preprocessing[fold] for fold in ensemble.voices()]
    if all(not p.target_each and p.target_center == 0 and p.target_scale == 1 for p in fitted):
        return {}
    told = [p.target_each or ((p.target_center, p.target_scale),) for p in fitted]
    both = np.array(told).transpose(2, 0, 1)[:, :, None].astype(np.float32)
    return {"target.centre": both[0], "target.scale": both[1]}


def _in_units(ensemble: Ensemble, use_case: UseCase) -> list[str]:
    lines = ["each = each * self.target_scale + self.target_centre"] if _units(ensemble) else []
    relative = ensemble.preprocessing[0].relative_to
    if relative:
        place = ensemble.preprocessing[0].numeric.index(relative)
        lines.append(f"each = each.double() * size[None, :, None]  # a multiple of {relative}")
        return [f"size = given_numbers[:, {place}]", *lines]
    return lines


def _told(ensemble: Ensemble) -> str:
    networks, folds = len(ensemble.fold_of), len(set(ensemble.fold_of))
    return f"Networks: {networks}, of {folds} fold(s), stacked: the first axis of every weight is the network"


def _described(made: Preparation, fitted: Preprocessing) -> list[str]:
    """What `forward` reads, a line each."""
    sizes = {"numbers": len(fitted.numeric), "names": len(fitted.categories)}
    told = [_GIVEN[name].format(**sizes) for name in made.given if name in _GIVEN]
    for array in (one for one in fitted.beside if one.name in made.given):
        kind = "int64, codes" if array.num_codes else "float32, as in the data"
        told.append(f"{array.name} (N, {', '.join(map(str, array.shape))}) {kind}: {array.kind}")
    return told
