"""What an ensemble says of rows in which one column after another is taken from other rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
import torch
from torch import Tensor

from core.protocols import HasEntrance
from core.training.ensemble import Ensemble, Inputs

_NUMBERS_AT_ONCE = 1_000_000  # of what is read: columns are shuffled together until they make so many


def predict(
    ensemble: Ensemble, inputs: Inputs, own: np.ndarray, columns: Sequence[str], sources: Sequence[np.ndarray]
) -> np.ndarray:
    """What the networks say on average of some rows `own` (n,) of the inputs, once for each of C columns of the table,
    (C, n, O): there the column is taken from the rows `source`, (N,). '' is none. What a column becomes depends on no
    other: where the model says what enters its layers, that is made once, and of each column its own numbers are
    exchanged there."""
    model = ensemble.model
    say = _by_entrance(model, ensemble, inputs, own) if isinstance(model, HasEntrance) else None
    entering = sum(t[0, 0].numel() for t in inputs.tensors.values())
    at_once = max(1, _NUMBERS_AT_ONCE // max(1, len(own) * len(inputs.networks) * entering))
    found = []
    for first in range(0, len(columns), at_once):
        chosen = slice(first, first + at_once)
        if say is not None:
            size = _sizes(ensemble, inputs, own, columns[chosen], sources[chosen])
            said = ensemble.unscaled(inputs, say(columns[chosen], sources[chosen]), size)
        else:
            said = ensemble.predict_inputs(shuffled(ensemble, inputs, own, columns[chosen], sources[chosen]))
        mean = said.mean(0)
        found.append(mean.reshape(-1, len(own), mean.shape[1]))
    return np.concatenate(found)


def shuffled(
    ensemble: Ensemble, inputs: Inputs, own: np.ndarray, columns: Sequence[str], sources: Sequence[np.ndarray]
) -> Inputs:
    """The rows `own` of the inputs, once for each of the columns, one after another, (C n)."""
    rows, from_rows = torch.from_numpy(own), [torch.from_numpy(source[own]) for source in sources]
    tensors = {n: t[:, rows].repeat(1, len(columns), *[1] * (t.dim() - 2)) for n, t in inputs.tensors.items()}
    for c, (column, source) in enumerate(zip(columns, from_rows, strict=True)):
        at = slice(c * len(own), (c + 1) * len(own))
        for place, fold in enumerate(inputs.folds):
            for name, numbers in ensemble.preprocessing[fold].places(column).items():
                if numbers:
                    given = inputs.tensors[name].flatten(2)[place]
                    tensors[name].flatten(2)[place][at][:, numbers] = given[source[:, None], numbers]
    size = _sizes(ensemble, inputs, own, columns, sources)
    return replace(inputs, tensors=tensors, size=size)


def _sizes(
    ensemble: Ensemble,
    inputs: Inputs,
    own: np.ndarray,
    columns: Sequence[str],
    sources: Sequence[np.ndarray],
) -> np.ndarray | None:
    """Each row's size, where targets are multiples of it: of the column itself it is shuffled too."""
    size = inputs.size
    if size is None:
        return None
    relative_to = ensemble.preprocessing[0].relative_to
    pairs = zip(columns, sources, strict=True)
    return np.concatenate([size[source[own] if column == relative_to else own] for column, source in pairs])


def _by_entrance(
    model: HasEntrance, ensemble: Ensemble, inputs: Inputs, own: np.ndarray
) -> Callable[[Sequence[str], Sequence[np.ndarray]], np.ndarray]:
    """Gives scaled predictions (K, C n, O) of some columns. The numbers of all rows are made here, once."""
    params, rows = ensemble.params_of(inputs.networks), torch.from_numpy(own)
    fold_of = [ensemble.fold_of[k] for k in inputs.networks]
    place = [inputs.folds.index(fold) for fold in fold_of]
    lie = model.entrance_of(params, inputs.tensors["numeric"].shape[2])
    with torch.inference_mode():
        whole = model.entrance(params, {n: t[place] for n, t in inputs.tensors.items()}, ensemble.settings)
        plain = [entered[:, rows] for entered in whole]
    laid: dict[int, list[Tensor]] = {}  # by the number of columns: the rows so often, unshuffled again after each use

    def where(column: str) -> list[tuple[slice, Mapping[str, Sequence[int]]]]:
        """Networks that lie together, and which of their inputs come of the column."""
        found: list[tuple[slice, Mapping[str, Sequence[int]]]] = []
        for fold, together in groupby(range(len(fold_of)), fold_of.__getitem__):
            first, *others = together
            last, told = [first, *others][-1] + 1, ensemble.preprocessing[fold].places(column)
            if found and found[-1][1] == told:
                found[-1] = slice(found[-1][0].start, last), told
            else:
                found.append((slice(first, last), told))
        return found

    def say(columns: Sequence[str], sources: Sequence[np.ndarray]) -> np.ndarray:
        with torch.inference_mode():
            if len(columns) not in laid:
                laid[len(columns)] = [entered.repeat(1, len(columns), 1) for entered in plain]
            read = laid[len(columns)]
            spots = [
                (which, networks, slice(c * len(own), (c + 1) * len(own)), numbers, torch.from_numpy(source[own]))
                for c, (column, source) in enumerate(zip(columns, sources, strict=True))
                for networks, told in where(column)
                for which, of_inputs in enumerate(lie[: len(read)])
                for name, places in told.items()
                for numbers in (of_inputs[name][place] for place in places)
            ]
            for which, networks, at, numbers, source in spots:
                read[which][networks, at, numbers] = whole[which][networks, :, numbers].index_select(1, source)
            said = ensemble.loss.predict(model.from_entrance(params, read, ensemble.settings)).cpu().numpy()
            for which, networks, at, numbers, _ in spots:
                read[which][networks, at, numbers] = plain[which][networks, :, numbers]
            return said

    return say
