"""C-MAPSS FD001: 200 simulated turbofan engines, flight by flight until they fail or the record ends."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="cmapss_fd001",
    title="Turbofan engines (NASA C-MAPSS, FD001)",
    origin="Simulated by NASA with a physical model of a turbofan engine, no real flights: 100 engines recorded until "
    "they failed, and 100 whose record ends some flights before (Saxena, Goebel, Simon and Eklund, 2008). "
    "From github.com/alireza-javanmardi/conformal-RUL-intervals, commit 37e450ac.",
    licence="A work of the US government (NASA Prognostics Center of Excellence), which has no copyright there; no "
    "licence file was seen with this copy.",
    synthetic=True,
    files=(
        DataFile(
            name="train.parquet",
            sha256="3c348006fe73ba018d76b3f767d8cf4fd392263d65b3171c8f088ba60f8bfb80",
            rows=20_631,
            columns=26,
        ),
        DataFile(
            name="test.parquet",
            sha256="6df4cfc68304d2f158c808488142f98c4b62a946e490062ea72b2ff3e555fcef",
            rows=13_096,
            columns=26,
        ),
        DataFile(
            name="remaining.parquet",
            sha256="68d282d6656395ffcf5267c8c864f7cfde8fd0ca430c5f1cc9c98d008b1d9187",
            rows=100,
            columns=1,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/cmapss_fd001.",
    caveats=(
        "Simulated: one kind of engine, one operating condition, one way to fail (the high-pressure compressor wears "
        "out). Real engines fly in all weathers, are repaired in between, and fail in many ways.",
        "Every engine is worn a little differently when its record begins, and nobody knows how much.",
        "Six of the 21 sensors never change, and a seventh (s6) knows two values; 14 are used.",
        "The test engines have been public since 2008, and methods have been chosen on them ever since.",
    ),
)
