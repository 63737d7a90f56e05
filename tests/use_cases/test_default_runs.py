"""The default run of every shipped use case, in full: reproducible to the last digit, and not beaten by much."""

from __future__ import annotations

import json

import pytest

from core import pipeline
from core.evaluation.metrics import metric_named
from core.store import store_folder
from core.store.caches import StoredBaselines
from core.use_cases import all_use_cases
from tests.samples import MEASURED

SHIPPED = [u for u in all_use_cases() if u.industry != "testing"]


@pytest.mark.long
@pytest.mark.parametrize("use_case", SHIPPED, ids=lambda u: u.name)
def test_the_default_run_is_reproducible_and_close_to_the_best_baseline(use_case) -> None:
    def report() -> dict:
        outcome = pipeline.run(
            use_case,
            {"seed": 1, "device": "cpu"},
            progress=lambda event: None,
            baseline_cache=StoredBaselines(store_folder()),
        )
        return {k: v for k, v in outcome.report.items() if k not in MEASURED}

    first, second = report(), report()
    assert json.dumps(first) == json.dumps(second)
    metric = metric_named(use_case.task.headline)
    sign = 1 if metric.higher_is_better else -1
    best = max(sign * b["value"] for b in first["baselines"])
    assert sign * first["headline"]["ensemble"]["mean"] >= best - 0.01
