"""From feature tables to numbers, fitted on training rows only. Plain numpy; saved as JSON and arrays, never pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd

from core.contracts import ArrayInput, ArrayShape, Column, ColumnKind, Image, InputKind, InputShapes, Mel, Pieces
from core.errors import UserError
from core.kinds.targets import size_of
from core.sound.mel import spectrograms
from core.texts.coding import coded
from core.training.scaling import (
    codes_of,
    fit_array,
    fit_column,
    fit_image,
    numbers_of,
    rates_of,
    spread,
    transform_column,
)

_MADE_BY: dict[str, type[Mel | Pieces]] = {"mel": Mel, "pieces": Pieces}


@dataclass(frozen=True, kw_only=True, slots=True)
class Preprocessing:
    """Fitted on one fold. numeric: transformed, the median where missing, and one 0/1 column for each feature that was
    missing in training. category: codes from 1, 0 for missing or never seen.

    fitted: per numeric feature its quantiles, or median, mean and standard deviation. rates: per category feature the
    standardised mean target of each code's training rows, drawn towards the mean of all where rows are few; empty
    unless asked for. target_center, target_scale: of the first target column, which may be a multiple of the feature
    `relative_to`; further columns are as they are. target_each: instead, centre and scale of every column, where each
    is an amount of its own. image: the columns are its pixels, which have one scale, and none
    may be missing; they are read as the array 'image'. text: the columns are its tokens, of one vocabulary; they are
    read as 'tokens'. beside: arrays that are read beside the table; scales: centre and scale of each but tokens,
    (2, channels) of a series, else (2, 1).
    """

    method: str
    numeric: tuple[str, ...]
    missing: tuple[str, ...]
    categories: dict[str, tuple[str, ...]]
    fitted: dict[str, np.ndarray]
    rates: dict[str, np.ndarray]
    target_center: float
    target_scale: float
    relative_to: str = ""
    target_each: tuple[tuple[float, float], ...] = ()
    image: Image | None = None
    text: bool = False
    beside: tuple[ArrayShape, ...] = ()
    scales: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def shapes(self) -> InputShapes:
        """What a network is built for that reads this."""
        sizes = self.table_sizes
        if self.image:
            shape = (self.image.side, self.image.side, self.image.channels)
            pixels = ArrayShape(name="image", kind=InputKind.IMAGE, shape=shape)
            return InputShapes(num_numeric=0, cardinalities=(), arrays=(pixels,))
        if self.text:
            tokens = ArrayShape(
                name="tokens", kind=InputKind.TOKENS, shape=(len(sizes[1]),), num_codes=max(sizes[1], default=1)
            )
            return InputShapes(num_numeric=0, cardinalities=(), arrays=(tokens,))
        return InputShapes(num_numeric=sizes[0] + len(self.rates), cardinalities=sizes[1], arrays=self.beside)

    @property
    def table_sizes(self) -> tuple[int, tuple[int, ...]]:
        """Numbers that come of the table, rates left out, and the number of codes of each category."""
        return len(self.numeric) + len(self.missing), tuple(len(codes) + 1 for codes in self.categories.values())

    def transform(self, features: pd.DataFrame) -> dict[str, np.ndarray]:
        """What networks read of a feature table: 'numeric' (N, F) float32 and 'category', codes (N, C) int64; of an
        image 'image' (N, side, side, channels), of a text 'tokens' (N, C), beside tables without columns."""
        parts = [transform_column(self.method, numbers_of(features, n), self.fitted[n]) for n in self.numeric]
        parts += [np.isnan(numbers_of(features, n)).astype(np.float32) for n in self.missing]
        codes = [codes_of(features[n], known) for n, known in self.categories.items()]
        parts += [rate[c] for rate, c in zip(self.rates.values(), codes, strict=False)]
        rows = len(features)
        numeric = np.stack(parts, axis=1) if parts else np.zeros((rows, 0))
        category = np.stack(codes, axis=1) if codes else np.zeros((rows, 0))
        numbers, names = numeric.astype(np.float32), category.astype(np.int64)
        if self.image:
            shape = (rows, self.image.side, self.image.side, self.image.channels)
            return {"numeric": numbers[:, :0], "category": names, "image": numbers.reshape(shape)}
        if self.text:
            return {"numeric": numbers, "category": names[:, :0], "tokens": names}
        return {"numeric": numbers, "category": names}

    def read(self, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The arrays of some examples, a sound as its spectrogram, before they are put on the scale of a fold: the same
        in all folds. Raises UserError for one that is not given."""
        gone = [array.name for array in self.beside if array.name not in arrays]
        if gone:
            raise UserError(
                "These networks read {arrays} beside the table. Ask about a row.", arrays=", ".join(map(repr, gone))
            )
        return {array.name: as_read(array, arrays[array.name]) for array in self.beside}

    def scaled(self, read: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What `read` gave as networks read it: codes int64, all else float32 on one scale, and 0, its mean, where a
        series has no value."""
        found = {}
        for array in self.beside:
            values = read[array.name]
            if array.kind is InputKind.TOKENS:
                found[array.name] = values.astype(np.int64)
            else:
                centre, scale = self.scales[array.name].astype(np.float32)
                found[array.name] = np.nan_to_num((values.astype(np.float32) - centre) / scale, copy=False, nan=0.0)
        return found

    def transform_arrays(self, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The arrays of some examples as networks read them: `scaled` of `read`."""
        return self.scaled(self.read(arrays))

    def places(self, column: str) -> dict[str, list[int]]:
        """Which numbers of an example come from one column, by the name of the tensor."""
        numbers, names = ("image" if self.image else "numeric"), ("tokens" if self.text else "category")
        numeric = [*self.numeric, *self.missing, *self.rates]
        return {
            numbers: [place for place, name in enumerate(numeric) if name == column],
            names: [place for place, name in enumerate(self.categories) if name == column],
        }

    def training_rates(self, category_NC: np.ndarray, target_NT: np.ndarray) -> np.ndarray:
        """What the rates of training rows are in training, (N, C): of a row's code, from other rows than its own fifth,
        or the network would read its own answer (Micci-Barreca, 2001; cross-fitted as in scikit-learn)."""
        fifth = np.random.default_rng(0).permutation(len(target_NT)) % 5
        out = np.empty((len(target_NT), len(self.rates)))
        for c, whole in enumerate(self.rates.values()):
            for part in range(5):
                others, own = fifth != part, fifth == part
                rate = rates_of(category_NC[others, c], target_NT[others, 0], len(whole))
                out[own, c] = rate[category_NC[own, c]]
        return out

    def scale(self, target_NT: np.ndarray) -> np.ndarray:
        """A target (N, T), already a multiple, as the network learns it."""
        if self.target_each:
            centre, scale = np.array(self.target_each).T
            return (target_NT - centre) / scale
        scaled = target_NT.copy()
        scaled[:, 0] = (scaled[:, 0] - self.target_center) / self.target_scale
        return scaled

    def size(self, features: pd.DataFrame) -> np.ndarray | None:
        """What each row's prediction is a multiple of, (N,); None where predictions are in units already."""
        return size_of(self.relative_to, features) if self.relative_to else None

    def unscale(self, values: np.ndarray, size: np.ndarray | None = None) -> np.ndarray:
        """Predictions (N, O) in the target's units."""
        if self.target_each:
            centre, scale = np.array(self.target_each).T
            return values * scale + centre
        if self.target_center == 0 and self.target_scale == 1 and size is None:
            return values
        multiple = values * self.target_scale + self.target_center
        return multiple if size is None else multiple * size[:, None]

    def to_json(self) -> str:
        """Everything but the fitted numbers."""
        return json.dumps(
            {
                "method": self.method,
                "numeric": self.numeric,
                "missing": self.missing,
                "categories": dict.fromkeys(self.categories) if self.text else self.categories,
                "target_center": self.target_center,
                "target_scale": self.target_scale,
                "relative_to": self.relative_to,
                **({"target_each": self.target_each} if self.target_each else {}),
                "image": None if self.image is None else asdict(self.image),
                "vocabulary": next(iter(self.categories.values())) if self.text else None,
                "arrays": [_described(array) for array in self.beside],
            }
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """The fitted numbers, for safetensors."""
        rates = {f"rate.{name}": values for name, values in self.rates.items()}
        scales = {f"array.{name}": values for name, values in self.scales.items()}
        every = self.fitted | rates | scales
        return {name: np.ascontiguousarray(values, dtype=np.float64) for name, values in every.items()}

    @classmethod
    def load(cls, text: str, arrays: dict[str, np.ndarray]) -> Preprocessing:
        """The inverse of to_json and arrays."""
        raw: dict[str, Any] = json.loads(text)
        image, vocabulary = raw.get("image"), raw.get("vocabulary")  # these did not stand in older files
        shapes = [_array_of(told) for told in raw.get("arrays") or ()]
        return cls(
            method=raw["method"],
            numeric=tuple(raw["numeric"]),
            missing=tuple(raw["missing"]),
            categories={
                name: tuple(codes if vocabulary is None else vocabulary) for name, codes in raw["categories"].items()
            },
            fitted={name: np.asarray(arrays[name]) for name in raw["numeric"]},
            rates={n: np.asarray(arrays[f"rate.{n}"]) for n in raw["categories"] if f"rate.{n}" in arrays},
            target_center=float(raw["target_center"]),
            target_scale=float(raw["target_scale"]),
            relative_to=str(raw["relative_to"]),
            target_each=tuple((float(centre), float(scale)) for centre, scale in raw.get("target_each") or ()),
            image=None if image is None else Image(**_known(Image, image)),
            text=vocabulary is not None,
            beside=tuple(shapes),
            scales={of.name: np.asarray(arrays[f"array.{of.name}"]) for of in shapes if of.num_codes == 0},
        )


def as_read(array: ArrayShape, values: np.ndarray) -> np.ndarray:
    """An array (N, ...) before it is put on a scale: a waveform that is read as its spectrogram becomes one, a text the
    codes of its words' pieces."""
    if array.pieces:
        return coded(values, array.pieces)
    return spectrograms(values, array.mel) if array.mel else values


def _array_of(told: Mapping[str, Any]) -> ArrayShape:
    own = _known(ArrayShape, told) | {"kind": InputKind(told["kind"]), "shape": tuple(told["shape"])}
    for name, kind in _MADE_BY.items():
        if name in told:
            own[name] = kind(**_known(kind, told[name]))
    return ArrayShape(**own)


def _known(kind: type[Image | ArrayShape | Mel | Pieces], told: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says under the names of the fields; what else stands there is not read."""
    return {each.name: told[each.name] for each in fields(kind) if each.name in told}


def _described(array: ArrayShape) -> dict[str, Any]:
    """As JSON; what only sounds and texts have is left out of others, whose files then are what they were."""
    every = asdict(array)
    made_by = [name for name in _MADE_BY if every[name] is not None]
    told = ("name", "kind", "shape", "num_codes", *made_by, *(["samples"] if made_by else []))
    return {name: every[name] for name in told}


def fit(
    columns: Sequence[Column],
    train_features: pd.DataFrame,
    train_target: np.ndarray,
    *,
    method: str,
    scale_target: bool,
    scale_each: bool = False,
    relative_to: str = "",
    target_encoding: bool = False,
    image: Image | None = None,
    text: bool = False,
    arrays: Sequence[ArrayInput] = (),
    train_arrays: Mapping[str, np.ndarray] | None = None,
) -> Preprocessing:
    """Fit on the training rows of one fold: features (N, F), target (N, T), already multiples where it is relative.
    method: log, standard or quantile. scale_each: every target column by its own spread. target_encoding: whether
    categories also enter as rates. image, text: what the columns are together. arrays: what is read beside the table,
    train_arrays: that of the training rows, `as_read`. Raises UserError for an image with a missing pixel, and for a
    text with rates."""
    numeric = tuple(c.name for c in columns if c.kind is not ColumnKind.CATEGORY)
    values = {name: numbers_of(train_features, name) for name in numeric}
    fitted = fit_image(method, values) if image else {name: fit_column(method, values[name]) for name in numeric}
    if text and target_encoding:
        raise UserError("A text's tokens enter as embeddings alone; target_encoding is on. Set it to off.")
    learned = train_target[:, 0]
    varies = scale_target and np.ptp(learned) > 0
    categories = {
        c.name: tuple(sorted(str(v) for v in train_features[c.name].dropna().unique()))
        for c in columns
        if c.kind is ColumnKind.CATEGORY
    }
    if text:
        vocabulary = tuple(sorted({code for codes in categories.values() for code in codes}))
        categories = dict.fromkeys(categories, vocabulary)
    return Preprocessing(
        method=method,
        numeric=numeric,
        missing=tuple(name for name in numeric if np.isnan(values[name]).any()),
        categories=categories,
        fitted=fitted,
        rates={
            name: rates_of(codes_of(train_features[name], known), learned, len(known) + 1)
            for name, known in categories.items()
            if target_encoding
        },
        target_center=float(learned.mean()) if scale_target else 0.0,
        target_scale=float(learned.std()) if varies else 1.0,
        relative_to=relative_to,
        target_each=tuple(spread(column) for column in train_target.T) if scale_each else (),
        image=image,
        text=text,
        beside=tuple(array.shaped for array in arrays),
        scales={
            array.name: np.array([[array.ends[0]], [array.ends[1] - array.ends[0]]])
            if array.ends
            else fit_array(array.shaped.kind, (train_arrays or {})[array.name])
            for array in arrays
            if not array.shaped.num_codes
        },
    )
