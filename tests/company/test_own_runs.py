"""Our own trainings in the measures of large ones: work that is counted, speed that was measured, nothing guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.company.own_runs import own_runs
from core.estimating.estimate import is_counted
from core.store import runs
from core.use_cases import all_use_cases, use_case


def test_showcases_are_carried_over_where_their_work_is_counted(tmp_path: Path) -> None:
    found = {run.use_case.name: run for run in own_runs(tmp_path, all_use_cases())}
    assert "retail/coupon_response" in found
    assert set(found) <= {one.name for one in all_use_cases() if is_counted(one)}
    for run in found.values():
        assert run.recorded
        assert 1e7 < run.flops_per_s < 1e12, "one thread of a processor"
        assert run.products > 100
        assert run.examples > 1000


def test_operations_are_six_for_each_product_and_example(tmp_path: Path) -> None:
    coupon = use_case("retail/coupon_response")
    (run,), trained = own_runs(tmp_path, [coupon]), runs.showcase(tmp_path, coupon)
    assert trained is not None
    assert run.flops == pytest.approx(6 * run.products * run.examples)
    assert run.flops / run.flops_per_s == pytest.approx(trained.summary["train_s"], rel=0.01)
