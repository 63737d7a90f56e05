"""Datasets, columns, examples and plans: which rows there are, and which train, validate and test."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from core.contracts.pieces import Pieces
from core.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class ColumnKind(StrEnum):
    """How a feature is measured."""

    NUMERIC = "numeric"
    CATEGORY = "category"
    BINARY = "binary"


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One feature as a visitor meets it."""

    name: str
    label: str
    unit: str = ""
    kind: ColumnKind = ColumnKind.NUMERIC
    help: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """What numeric columns are together: the pixels of a square image, row by row, a pixel's channels side by side. One
    that is not square is padded by its use case."""

    side: int
    channels: int = 1

    @property
    def size(self) -> int:
        """How many numbers it is."""
        return self.side * self.side * self.channels


FROZEN = "frozen."  # begins the name of what a part of a network that never learns has made of an input


class InputKind(StrEnum):
    """What an array beside the table is."""

    IMAGE = "image"
    TOKENS = "tokens"
    SERIES = "series"
    WAVEFORM = "waveform"
    SPECTROGRAM = "spectrogram"
    TEXT = "text"
    NOISE = "noise"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mel:
    """How a sound becomes a picture of `moments` by `bands` of the mel scale: power in dB below its loudest spot, no
    lower than `floor`. The part that sounds, from first to last above `quiet`, is stretched to the same length, whoever
    speaks slowly. shape: less the mean of each moment, so that its spectrum counts and not how loud it is. rate:
    samples a second. window, hop: samples of each moment before it is stretched, and from one to the next. The defaults
    are for a telephone."""

    rate: int = 8000
    window: int = 200
    hop: int = 64
    bands: int = 32
    moments: int = 32
    floor: float = 60.0
    quiet: float = 45.0
    shape: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ArrayInput:
    """An array that each example has beside the table. shape: of one example: an image (height, width, channels),
    tokens (length,), a series (steps, channels) that ends with the newest step, a waveform (samples,), a spectrogram
    (moments, bands, channels), noise (numbers,), which training draws anew in every step, a text (characters,), by
    their numbers in Unicode, 0 after its end. vocabulary: the tokens of
    codes 1, 2, ...; code 0 is no token. mel: networks read this waveform as its spectrogram. pieces: how they read this
    text. ends: what is read as 0
    and as 1, of an array whose scale is known; else its training rows tell."""

    name: str
    kind: InputKind
    shape: tuple[int, ...]
    vocabulary: tuple[str, ...] = ()
    mel: Mel | None = None
    pieces: Pieces | None = None
    ends: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        axes = {InputKind.IMAGE: 3, InputKind.SPECTROGRAM: 3, InputKind.SERIES: 2}.get(self.kind, 1)
        if len(self.shape) != axes or min(self.shape) < 1:
            raise UserError(
                "One example's {kind} has {axes} dimension(s), none of them empty; {name!r} is declared as {shape}. "
                "An image is (height, width, channels), tokens and a waveform are (length,), a series is (steps, "
                "channels).",
                kind=self.kind.value,
                axes=axes,
                name=self.name,
                shape=str(self.shape),
            )
        if (self.kind is InputKind.TOKENS) != bool(self.vocabulary):
            raise UserError(
                "Tokens have a vocabulary, and nothing else has one; look at the input {name!r}.", name=self.name
            )
        if (self.kind is InputKind.TEXT) != (self.pieces is not None):
            raise UserError(
                "A text says by which pieces it is read, and nothing else does; look at the input {name!r}.",
                name=self.name,
            )
        if self.mel and self.kind is not InputKind.WAVEFORM:
            raise UserError("A waveform alone is read as its spectrogram; look at the input {name!r}.", name=self.name)
        if self.name in ("numeric", "category") or not self.name.isidentifier():
            raise UserError(
                "An input is named like a variable, not numeric or category; {name!r} is not.", name=self.name
            )

    @property
    def shaped(self) -> ArrayShape:
        """What a model needs to know of it."""
        codes = len(self.vocabulary) + 1 if self.vocabulary else 0
        if self.mel:
            picture = (self.mel.moments, self.mel.bands, 1)
            return ArrayShape(
                name=self.name, kind=InputKind.SPECTROGRAM, shape=picture, mel=self.mel, samples=self.shape[0]
            )
        if self.pieces:
            return ArrayShape(
                name=self.name,
                kind=InputKind.TOKENS,
                shape=(self.pieces.words, self.pieces.most),
                num_codes=self.pieces.codes,
                pieces=self.pieces,
                samples=self.shape[0],
            )
        return ArrayShape(name=self.name, kind=self.kind, shape=self.shape, num_codes=codes)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArrayShape:
    """An array input as a model is built for it. num_codes: of tokens, code 0 included. mel, pieces, samples: it is
    made so of a waveform, or of a text, of so many samples or characters. Tokens of a text are (words, pieces)."""

    name: str
    kind: InputKind
    shape: tuple[int, ...]
    num_codes: int = 0
    mel: Mel | None = None
    samples: int = 0
    pieces: Pieces | None = None

    @property
    def given(self) -> tuple[int, ...]:
        """The shape of what it is made of."""
        return (self.samples,) if self.mel or self.pieces else self.shape


@dataclass(frozen=True, kw_only=True, slots=True)
class DataFile:
    """One parquet file of a dataset, with the checksum that its card promises."""

    name: str
    sha256: str
    rows: int
    columns: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """A folder under data/: origin, licence and files. `rebuild` says how to restore a file."""

    name: str
    title: str
    origin: str
    licence: str
    synthetic: bool
    files: tuple[DataFile, ...]
    rebuild: str
    caveats: tuple[str, ...] = ()
    folder: str | None = None  # only for datasets from outside: an absolute folder

    def __post_init__(self) -> None:
        if self.folder and not os.path.isabs(self.folder):  # every process has a working folder of its own
            raise UserError(
                "The folder of a dataset is an absolute path; that of {name!r} is {folder!r}.",
                name=self.name,
                folder=self.folder,
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """Equally spaced histories behind forecast rows. values (S, L), NaN where there is none. Row n forecasts
    values[which[n], origin[n] + horizon[n]] and may know values[which[n], : origin[n] + 1] alone; horizon is at least
    1. period: steps of one season."""

    values: np.ndarray
    which: np.ndarray
    origin: np.ndarray
    horizon: np.ndarray
    period: int

    def windows(self, steps: int) -> np.ndarray:
        """What each row may know, its last `steps` values up to the origin: (N, steps, 1), NaN before a history
        begins. An input of kind series for networks."""
        import numpy as np

        before = np.full((len(self.values), steps - 1), np.nan)
        padded = np.concatenate([before, self.values], axis=1)  # a window that ends at t begins at t here
        at = np.asarray(self.origin)[:, None] + np.arange(steps)
        return padded[np.asarray(self.which)[:, None], at][..., None]


def _no_target() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame()


@dataclass(frozen=True, kw_only=True, slots=True)
class Examples:
    """Rows ready for a plan. Row ids are positions 0..N-1.

    features (N, F) in the order of the use case's columns; target (N, T), of a kind without one made of the features;
    unit (N,) the id that must not straddle;
    time (N,) datetime64 or None; info (N, any) shown beside a record and read by value models, never a feature;
    series: the histories behind rows that are forecasts, for forecasters that read nothing else. arrays: what the use
    case declares beside the table, by name, (N, ...).
    """

    features: pd.DataFrame
    target: pd.DataFrame = field(default_factory=_no_target)
    unit: np.ndarray
    info: pd.DataFrame
    time: np.ndarray | None = None
    series: Series | None = None
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.features)

    def arrays_of(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """The arrays of some rows."""
        return {name: values[rows] for name, values in self.arrays.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fold:
    """Row ids of one fold. Folds that test the same rows share `test_name`: their networks are members together."""

    name: str
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    test_name: str = "test"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Which rows train, validate and test.

    unit: what the bootstrap draws (household, patient). separation: 'time' (training ends before the test begins) or
    'unit' (no unit in both). aggregation: 'pooled' rows, or 'mean_of_tests' over test sets.
    """

    folds: tuple[Fold, ...]
    unit: str
    sentence: str
    separation: str
    aggregation: str = "pooled"

    def networks(self, fold_of: Sequence[int], tests: Callable[[Fold], bool]) -> list[int]:
        """The numbers of the networks that may predict what some folds test, because they learned in those folds
        alone. fold_of: the fold of each network; tests: which folds."""
        folds = {place for place, fold in enumerate(self.folds) if tests(fold)}
        return [network for network, fold in enumerate(fold_of) if fold in folds]


@dataclass(frozen=True, kw_only=True, slots=True)
class InputShapes:
    """What a network is built for: numeric inputs, the number of codes per category, and arrays. It reads them as a
    mapping of tensors: 'numeric' (K, B, F), 'category' (K, B, C), and each array by its name, (K, B, ...)."""

    num_numeric: int
    cardinalities: tuple[int, ...]
    arrays: tuple[ArrayShape, ...] = ()

    @property
    def listed(self) -> str:
        """The arrays, for a sentence."""
        return ", ".join(f"{array.name!r} ({array.kind})" for array in self.arrays) or "none"

    def only(self, kinds: tuple[InputKind, ...]) -> ArrayShape | None:
        """The one array, where there is just one and it is of these kinds."""
        return self.arrays[0] if len(self.arrays) == 1 and self.arrays[0].kind in kinds else None
