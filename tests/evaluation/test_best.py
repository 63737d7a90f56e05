"""The strongest baseline: by the headline metric, in the metric's own direction."""

import pytest

from core.evaluation.best import best_baseline


def report(metric, *values):
    baselines = [{"name": f"b{i}", "value": value} for i, value in enumerate(values)]
    return {"headline": {"metric": metric}, "baselines": baselines}


@pytest.mark.parametrize(("metric", "expected"), [("concordance", "b1"), ("pinball_loss", "b2")])
def test_the_strongest_baseline_is_best_in_the_metric_s_own_direction(metric, expected):
    found = best_baseline(report(metric, 0.5, 0.9, 0.2, 0.7))
    assert found is not None
    assert found["name"] == expected


def test_of_equal_baselines_the_first_is_named():
    assert best_baseline(report("concordance", 0.5, 0.5)) == {"name": "b0", "value": 0.5}


def test_a_report_without_baselines_has_no_strongest():
    assert best_baseline(report("concordance")) is None
