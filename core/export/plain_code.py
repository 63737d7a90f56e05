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
from core.export.plain_file import FILE, FROM_FILE, FROM_TABLE, GIVEN, PICTURE
from core.export.preparation import Preparation, prepared
from core.protocols import BringsNumbers, WrittenPlainly
from core.training import losses
from core.training.ensemble import Ensemble
from core.training.preprocessing import Preprocessing


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
    text = FILE.format(
        title=use_case.title,
        run=run,
        file=f"{name}.py",
        weights=f"{name}.safetensors",
        networks=_told(ensemble),
        members=len(ensemble.fold_of),
        folds=len(set(ensemble.fold_of)),
        arguments=", ".join(made.given),
        said=PICTURE if isinstance(ensemble.loss, losses.ShowsPictures) else "O)",
        given="\n".join(f"        {line}" for line in _described(made, fitted[0])),
        prepare=_body(prepare),
        network=_body(network),
        predict=_body(predict),
        **(FROM_TABLE if set(made.given) <= set(GIVEN) else FROM_FILE),
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
    told = [GIVEN[name].format(**sizes) for name in made.given if name in GIVEN]
    for array in (one for one in fitted.beside if one.name in made.given):
        kind = "int64, codes" if array.num_codes else "float32, as in the data"
        told.append(f"{array.name} (N, {', '.join(map(str, array.shape))}) {kind}: {array.kind}")
    return told
