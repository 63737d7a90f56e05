"""What each fold's preprocessing does, as lines of plain PyTorch and the numbers that they read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from core.contracts import InputKind
from core.training.preprocessing import Preprocessing

_CLIP = {"quantile": 3.0, "standard": 8.0, "log": 8.0}  # of core.training.scaling


@dataclass(frozen=True, kw_only=True, slots=True)
class Preparation:
    """lines: they make numeric (folds, N, F), category (folds, N, C) and arrays (folds, N, ...) of what is given;
    arrays: the numbers that they read; given: the names of what is given, in their order; vocabulary: the codes 1, 2,
    ... of each category, 0 is missing or unknown."""

    lines: list[str]
    arrays: dict[str, np.ndarray]
    given: tuple[str, ...]
    vocabulary: dict[str, tuple[str, ...]]


def prepared(fitted: Sequence[Preprocessing], read: Collection[str]) -> Preparation:
    """Of the folds' preprocessing, in their order. read: the arrays that the network reads."""
    lines: list[str] = []
    arrays: dict[str, np.ndarray] = {}
    given: list[str] = []
    vocabulary: dict[str, tuple[str, ...]] = {}
    first = fitted[0]
    if first.numeric:
        given.append("numeric")
        lines += _numbers(fitted, arrays)
    if first.categories:
        given.append("category")
        vocabulary = {name: _union(fitted, name) for name in first.categories}
        lines += _codes(fitted, vocabulary, arrays)
    if first.rates and not first.numeric:
        lines += ["numeric = category[..., :0].double()", "missing = numeric.isnan()"]
    if first.numeric or first.rates:
        lines += _columns(fitted, arrays)
    if first.image:
        side = first.image.side
        lines.append(f"image = numeric.unflatten(2, ({side}, {side}, {first.image.channels}))")
    if first.text:
        lines.append("tokens = category")
    for array in (one for one in first.beside if one.name in read):
        given.append(array.name)
        if array.kind is InputKind.TOKENS:
            same = ", ".join(["-1"] * (1 + len(array.shape)))
            lines.append(f"{array.name} = {array.name}[None].expand({len(fitted)}, {same})")
            continue
        ones = (1,) * len(array.shape)
        scales = np.stack([p.scales[array.name] for p in fitted]).astype(np.float32)
        for place, name in enumerate(("centre", "scale")):
            arrays[f"prepare.{array.name}.{name}"] = scales[:, place].reshape(len(fitted), *ones, -1)
            if array.kind is InputKind.WAVEFORM:
                arrays[f"prepare.{array.name}.{name}"] = scales[:, place].reshape(len(fitted), *ones)
        own = f"self.prepare_{array.name}"
        lines.append(f"{array.name} = ({array.name}[None].float() - {own}_centre) / {own}_scale")
        if array.kind is InputKind.SERIES:
            lines.append(f"{array.name} = torch.where({array.name}.isnan(), 0.0, {array.name})  # missing: the mean")
    return Preparation(lines=lines, arrays=arrays, given=tuple(given), vocabulary=vocabulary)


def _union(fitted: Sequence[Preprocessing], name: str) -> tuple[str, ...]:
    """Every fold's names of a category."""
    return tuple(sorted({code for p in fitted for code in p.categories[name]}))


def _numbers(fitted: Sequence[Preprocessing], arrays: dict[str, np.ndarray]) -> list[str]:
    """Lines that make `numeric` (folds, N, F) of the columns (N, F) in their units, in 64 bits."""
    method, clip = fitted[0].method, _CLIP[fitted[0].method]
    missing = ["missing = numeric.isnan()"]
    if method == "quantile":
        arrays["prepare.quantile"], arrays["prepare.level"] = _quantiles(fitted)
        return [
            *missing,
            "quantile, level = self.prepare_quantile, self.prepare_level  # (folds, columns, quantiles)",
            "x = numeric[None, ..., None]",
            "levels = []",
            "for at in (x >= quantile[:, None]).sum(-1), (x > quantile[:, None]).sum(-1):  # ties: half of each",
            "    at = at.clamp_min(1).transpose(1, 2)",
            "    low, high = (quantile.gather(2, at - 1), quantile.gather(2, at))",
            "    share = (x[..., 0].transpose(1, 2) - low) / (high - low)",
            "    start, end = level.gather(2, at - 1), level.gather(2, at)",
            "    levels.append((start + share * (end - start)).transpose(1, 2))",
            f"normal = ndtri((levels[0] + levels[1]) / 2).clamp(-{clip}, {clip})",
            "numeric = torch.where(missing, 0.0, normal)",
        ]
    told = np.stack([[p.fitted[name] for name in p.numeric] for p in fitted])  # (folds, F, 3)
    arrays["prepare.usual"] = told.transpose(0, 2, 1)[:, :, None]
    log = ["numeric = numeric.sign() * numeric.abs().log1p()"] if method == "log" else []
    return [
        *missing,
        *log,
        "median, mean, deviation = self.prepare_usual.unbind(1)  # (folds, 1, columns) each",
        f"numeric = ((torch.where(missing, median, numeric) - mean) / deviation).clamp(-{clip}, {clip})",
    ]


def _quantiles(fitted: Sequence[Preprocessing]) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles and their levels (folds, F, Q): one more before the first and infinite ones after the last, so that
    every number lies between two, and columns with few values have as many."""
    most = max(len(values) for p in fitted for values in p.fitted.values()) + 2
    quantile, level = (np.full((len(fitted), len(fitted[0].numeric), most), end) for end in (np.inf, 1.0))
    for f, p in enumerate(fitted):
        for c, name in enumerate(p.numeric):
            own = p.fitted[name]
            quantile[f, c, 1 : len(own) + 1], level[f, c, 1 : len(own) + 1] = own, np.linspace(0, 1, len(own))
            quantile[f, c, 0], level[f, c, 0] = own[0] - max(1.0, abs(own[0])), 0.0
    return quantile, level


def _codes(
    fitted: Sequence[Preprocessing], vocabulary: dict[str, tuple[str, ...]], arrays: dict[str, np.ndarray]
) -> list[str]:
    """Lines that make `category` (folds, N, C), each fold's own codes, of the codes (N, C) that are given."""
    most = 1 + max(len(names) for names in vocabulary.values())
    own = np.zeros((len(fitted), len(vocabulary), most), np.int64)
    for f, p in enumerate(fitted):
        for c, (name, names) in enumerate(vocabulary.items()):
            known = {code: place for place, code in enumerate(p.categories[name], start=1)}
            own[f, c, 1 : len(names) + 1] = [known.get(code, 0) for code in names]
    arrays["prepare.codes"] = own
    return [
        f"given = category.T[None].expand({len(fitted)}, -1, -1)",
        "category = self.prepare_codes.gather(2, given).transpose(1, 2)  # each fold's own codes",
    ]


def _columns(fitted: Sequence[Preprocessing], arrays: dict[str, np.ndarray]) -> list[str]:
    """Lines that put 0/1 columns of what is missing, and rates, after the numbers, and make 32 bits of them."""
    first = fitted[0]
    numbers, categories = len(first.numeric), len(first.categories)
    width = max(p.shapes.num_numeric if not p.image else len(p.numeric) for p in fitted)
    places = np.full((len(fitted), width), 2 * numbers + (categories if first.rates else 0))  # a column of nought
    for f, p in enumerate(fitted):
        rated = [*p.categories]
        own = [
            *range(numbers),
            *(numbers + p.numeric.index(name) for name in p.missing),
            *(2 * numbers + rated.index(name) for name in p.rates),
        ]
        places[f, : len(own)] = own
    if (places == np.arange(numbers)).all() if width == numbers else False:
        return ["numeric = numeric.float()"]
    arrays["prepare.columns"] = places.astype(np.int64)
    parts, lines = ["numeric", "missing[None].expand_as(numeric).double()"], []
    if first.rates:
        most = max(len(rate) for p in fitted for rate in p.rates.values())
        rates = np.zeros((len(fitted), categories, most))
        for f, p in enumerate(fitted):
            for c, name in enumerate(p.rates):
                rates[f, c, : len(p.rates[name])] = p.rates[name]
        arrays["prepare.rates"] = rates
        lines.append("rates = self.prepare_rates.gather(2, category.transpose(1, 2)).transpose(1, 2)")
        parts.append("rates")
    return [
        *lines,
        f"every = torch.cat([{', '.join(parts)}, torch.zeros_like(numeric[..., :1])], dim=2).float()",
        "numeric = every.gather(2, self.prepare_columns[:, None].expand(-1, every.shape[1], -1))",
    ]
