"""Chest X-rays: 5,856 small films of children's chests, with and without pneumonia."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="pneumonia_mnist",
    title="Chest X-rays (PneumoniaMNIST)",
    origin="5,856 chest X-rays of children aged one to five at Guangzhou Women and Children's Medical Center (Kermany "
    "et al., 2018), as MedMNIST v2 scaled them to 28 x 28 grey pixels (Yang et al., 2023). Rebuilt to the official "
    "counts from two public copies, whose row order is not the official file's.",
    licence="CC BY 4.0 as MedMNIST states it; the two copies state none.",
    synthetic=False,
    files=(
        DataFile(
            name="films.parquet",
            sha256="0af227a622249582d8f3b5544f1d5a5677c54c6cc29fe33026ea5660a52c24c2",
            rows=5856,
            columns=3,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/pneumonia_mnist.",
    caveats=(
        "Children of one hospital. Not for clinical use: a doctor reads films a hundred times as sharp.",
        "No patient numbers come with the films. The source deals its training films to training and validation film "
        "by film, so that a child may be in both; it states that its test films are of other children.",
        "Ten training films are byte for byte a validation film; they are left out of training. No training film "
        "resembles a test film that closely.",
        "Test films differ: 62% show pneumonia, of the others 74%, and all methods do worse on them than on "
        "validation.",
    ),
)
