"""Glucose monitor: one person's glucose every five minutes, from March to October 2010."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="glucose_monitor",
    title="Glucose monitor",
    origin="52,281 readings of one person's continuous glucose monitor, one every five minutes, from March to October "
    "2010. From the package bokeh-sampledata 2026.1, which records it as given into the public domain.",
    licence="Public domain, as the package's list of sources says.",
    synthetic=False,
    files=(
        DataFile(
            name="glucose.parquet",
            sha256="0e4f50a40e707a84d43987236160b8a7d5ee30a384ebd5e499ae3f3ba72907bd",
            rows=52_281,
            columns=3,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/glucose_monitor.",
    caveats=(
        "One person. What is learned of one body, one pump and one way of eating says nothing about another's.",
        "Meals, insulin and exercise are not recorded: the network sees their effects alone.",
        "A sensor of 2010: it knows 40 to 400 mg/dL, lags behind the blood, and was often wrong by a tenth and more. "
        "What it said counts as the truth here.",
        "187 gaps, the longest of 18 hours, mostly when the sensor was changed; three moments are told twice.",
        "The sensor's current (isig) is missing in 1,061 readings; the monitor smooths it, so that it runs ahead of "
        "the glucose shown.",
    ),
)
