"""Reading a dataset: files checked against their card's checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.contracts import DataFile, Dataset
from core.errors import DataError
from core.keys.file_stamps import read_once
from core.registry import Registry

if TYPE_CHECKING:
    import pandas as pd

DATASETS: Registry[Dataset] = Registry(what="dataset", folder="datasets", attribute="DATASET", kind=Dataset)
DATA_FOLDER = Path(__file__).parents[2] / "data"


def folder_of(dataset: Dataset) -> Path:
    """Where the dataset's files and CARD.md lie."""
    return Path(dataset.folder) if dataset.folder else DATA_FOLDER / dataset.name


def read(dataset: Dataset) -> dict[str, pd.DataFrame]:
    """Read every table of a dataset, each checked first; raises DataError."""
    import pandas as pd

    return {Path(f.name).stem: _table(dataset, f, pd.read_parquet) for f in dataset.files}


def _table(dataset: Dataset, file: DataFile, read_parquet: Callable[[Path], pd.DataFrame]) -> pd.DataFrame:
    path = check(dataset, file)
    try:
        return read_parquet(path)
    except (ValueError, KeyError, TypeError, NotImplementedError) as error:  # pyarrow's own are of these
        raise DataError(
            "A data file is a parquet table; {dataset}/{file} is the file that its card describes, and "
            "cannot be read as one. {rebuild}",
            dataset=dataset.name,
            file=file.name,
            rebuild=dataset.rebuild,
        ) from error


def check(dataset: Dataset, file: DataFile) -> Path:
    """Return the path of a file whose checksum is the card's; raises DataError with how to restore it."""
    path = folder_of(dataset) / file.name
    if not path.is_file():
        raise DataError(
            "The data file {dataset}/{file} is missing (expected sha256 {sha256}). {rebuild}",
            dataset=dataset.name,
            file=file.name,
            sha256=file.sha256,
            rebuild=dataset.rebuild,
        )
    found = _sha256(path)
    if found != file.sha256:
        raise DataError(
            "The data file {dataset}/{file} was altered: its sha256 is {found}, its card says {sha256}. {rebuild}",
            dataset=dataset.name,
            file=file.name,
            found=found,
            sha256=file.sha256,
            rebuild=dataset.rebuild,
        )
    return path


@read_once(maxsize=256)
def _sha256(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def checksum(names: tuple[str, ...]) -> str:
    """One checksum for several datasets, from their cards: what a run records and a cache is keyed by."""
    parts = [f"{n}/{f.name}:{f.sha256}" for n in names for f in DATASETS.get(n).files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
