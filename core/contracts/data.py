"""Datasets, columns, examples and plans: which rows there are, and which train, validate and test."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Examples:
    """Rows ready for a plan. Row ids are positions 0..N-1.

    features (N, F) in the order of the use case's columns; target (N, T); unit (N,) the id that must not straddle;
    time (N,) datetime64 or None; info (N, any) shown beside a record and read by value models, never a feature;
    series: the histories behind rows that are forecasts, for forecasters that read nothing else.
    """

    features: pd.DataFrame
    target: pd.DataFrame
    unit: np.ndarray
    info: pd.DataFrame
    time: np.ndarray | None = None
    series: Series | None = None

    def __len__(self) -> int:
        return len(self.features)


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


@dataclass(frozen=True, kw_only=True, slots=True)
class TableInputs:
    """What a network is built for: numeric inputs, the number of codes per category, and, where the numbers are the
    pixels of one, the image."""

    num_numeric: int
    cardinalities: tuple[int, ...]
    image: Image | None = None
