"""What a run does in service, measured here, and what new rows say of it, as the answer worker replies."""

from __future__ import annotations

from typing import TypedDict

from core.contracts.use_case import UseCase

MOST_BYTES = 5_000_000  # of a CSV
PREDICTION = "prediction"
# From where an index is called a shift, by the custom of credit scoring (N. Siddiqi, Credit Risk Scorecards, 2006).
MODERATE, LARGE = 0.10, 0.25


class Measured(TypedDict):
    """Milliseconds that a request of one row takes, the middle one and the slowest but one in twenty; seconds for a
    thousand rows in requests as large as they may be; bytes of the weights and of the process; the processor."""

    requests: int
    middle_ms: float
    slow_ms: float
    thousand_s: float
    weights_bytes: int
    process_bytes: int | None
    processor: str


class Moved(TypedDict):
    """One feature: the share missing now and in training, of values that no training row had, and the index."""

    name: str
    missing: float
    missing_in_training: float
    never_seen: float
    stability_index: float | None
    shift: str


class NewRows(TypedDict):
    """What came of it. features: the most moved first. lacks, ignored: columns that the file has not, or has beside.
    score: on the new rows, None without outcomes; held_out, worst: on the test rows, and its interval's worse end.
    reasons: to retrain: score, feature, prediction. file: the CSV that was read, of a sample."""

    rows: int
    least_rows: int
    features: list[Moved]
    prediction: Moved
    lacks: list[str]
    ignored: list[str]
    metric: str
    score: float | None
    held_out: float | None
    worst: float | None
    reasons: list[str]
    file: str


def rows_in_csv(use_case: UseCase) -> bool:
    """Whether its rows stand in a CSV: a table and nothing beside it."""
    return bool(use_case.columns) and not use_case.arrays
