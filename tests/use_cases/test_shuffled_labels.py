"""With labels dealt anew at random a network for pictures or texts finds nothing on the test: what it found was no
leak."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from core import pipeline
from core.contracts import HeldOutRows, InputKind, Kind
from core.evaluation.metrics import metric_named
from core.kinds import kind_of
from core.settings import defaults
from core.settings.use_case import settings_of
from core.use_cases import all_use_cases, use_case

OF_ARRAYS = [
    u.name
    for u in all_use_cases()
    if u.industry != "testing"
    and not u.columns
    and any(a.kind in (InputKind.IMAGE, InputKind.TEXT) for a in u.arrays)
    and u.task.kind != Kind.ONE_CLASS  # learns of no label
]


def dealt(name):
    """The use case with every row's outcome another row's."""
    declared = use_case(name)

    def examples(tables):
        found = declared.examples(tables)
        order = np.random.default_rng(11).permutation(len(found))
        return dataclasses.replace(found, target=found.target.iloc[order].set_axis(found.target.index))

    return dataclasses.replace(declared, examples=examples, baselines=("constant",))


@pytest.mark.long
@pytest.mark.parametrize("name", OF_ARRAYS)
def test_labels_dealt_at_random_give_chance_on_the_test(name):
    declared = dealt(name)
    settings = defaults(settings_of(declared)) | {"members": 1, "num_epochs": 4, "device": "cpu"}
    found = pipeline.run(declared, settings, progress=lambda event: None)
    task, metric = declared.task, metric_named(declared.task.headline)
    rows = found.held_out[found.held_out["part"] == "test"]
    target = rows[[f"target.{column}" for column in task.target_columns]].to_numpy(dtype=float)
    constant = kind_of(task).constant
    assert constant is not None
    prediction = np.tile(constant(task, target), (len(target), 1))
    chance = float(metric.compute(HeldOutRows(target=target), prediction, task)[0])
    headline = found.report["headline"]
    assert abs(headline["ensemble"]["mean"] - chance) < 0.08, "three spreads of an area under the curve of 600 films"
