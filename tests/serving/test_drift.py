"""How far what a service is asked about has moved from training."""

import numpy as np
import pandas as pd
import pytest

from core.serving.drift import Counts, stability_index

RNG = np.random.default_rng(0)
NUMBERS = pd.Series(RNG.normal(size=5000))


def moved(counts: Counts, values: pd.Series) -> dict[str, object]:
    counts.add(values)
    return counts.told()


def test_the_index_is_that_of_the_definition() -> None:
    before, now = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    assert stability_index(before, now) == pytest.approx(0.25 * np.log(2) + 0.25 * np.log(1.5))
    assert stability_index(before, before) == 0


def test_numbers_like_those_of_training_have_not_moved_and_others_have() -> None:
    same = moved(Counts.of(NUMBERS, is_name=False), pd.Series(RNG.normal(size=2000)))
    assert same["shift"] == "none"
    assert same["never_seen"] < 0.01
    assert moved(Counts.of(NUMBERS, is_name=False), pd.Series(RNG.normal(0.4, size=2000)))["shift"] == "moderate"
    far = moved(Counts.of(NUMBERS, is_name=False), pd.Series(np.full(2000, 99.0)))
    assert (far["shift"], far["never_seen"]) == ("large", 1.0)


def test_missing_values_are_told_beside_those_of_training() -> None:
    counts = Counts.of(pd.Series([1.0, 2.0, 3.0, None]), is_name=False)
    told = moved(counts, pd.Series([None] * 100 + [2.0] * 100, dtype=float))
    assert (told["missing"], told["missing_in_training"], told["shift"]) == (0.5, 0.25, "large")


def test_names_that_training_never_had_are_counted() -> None:
    counts = Counts.of(pd.Series(["a"] * 50 + ["b"] * 50), is_name=True)
    told = moved(counts, pd.Series(["a"] * 60 + ["b"] * 60 + ["c"] * 80))
    assert (told["never_seen"], told["shift"]) == (0.4, "large")


def test_few_rows_are_called_too_few() -> None:
    told = moved(Counts.of(NUMBERS, is_name=False), pd.Series([99.0] * 99))
    assert (told["stability_index"], told["shift"]) == (None, "too few rows")


@pytest.mark.parametrize("values", [[], [None, None], [5.0, 5.0]])
def test_a_feature_that_tells_nothing_is_counted_too(values: list[float | None]) -> None:
    counts = Counts.of(pd.Series(values, dtype=float), is_name=False)
    assert moved(counts, pd.Series([5.0, None, 7.0]))["missing"] == pytest.approx(1 / 3, abs=1e-4)
