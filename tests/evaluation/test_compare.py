"""Carrying out baselines on a plan without peeking, and comparing a network with them, paired."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core.contracts import Column, Examples, Fold, Kind, Plan, Task
from core.evaluation import compare, fitting, intervals, plan_rows
from core.evaluation.fitting import BaselineResult

ROWS = 120
COLUMNS = (Column(name="x", label="X"),)
TASK = Task(
    kind=Kind.BINARY,
    target="t",
    target_columns=("t",),
    outputs=("p",),
    loss="binary_cross_entropy",
    metrics=("brier", "roc_auc"),
    headline="brier",
)


class Spy:
    """Predicts by `x` or its mirror, and writes down which rows it was shown."""

    name, title, kinds = "spy", "Spy", (Kind.BINARY,)
    candidates = ({"sign": -1.0}, {"sign": 1.0}, {"sign": 0.0})

    def __init__(self):
        self.fits = []

    def fit_predict(self, task, columns, examples, train, rows, candidate, seed):
        self.fits.append((candidate["sign"], list(train), [list(r) for r in rows]))
        rate, x = examples.target.to_numpy()[train, 0].mean(), examples.features[["x"]].to_numpy()
        return [np.clip(rate + 0.4 * candidate["sign"] * x[r], 0, 1) for r in rows]


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, ROWS)
    return Examples(
        features=pd.DataFrame({"x": x, "row": np.arange(ROWS)}),
        target=pd.DataFrame({"t": (x + 0.5 * rng.normal(size=ROWS) > 0).astype(float)}),
        unit=np.arange(ROWS) // 2,
        info=pd.DataFrame({"row": np.arange(ROWS)}),
    )


def fold(name, train, validation, test, test_name="test"):
    return Fold(name=name, train=train, validation=validation, test=test, test_name=test_name)


def one_test_plan():
    """Two folds whose validation rows differ, one test set."""
    early, test = np.arange(80), np.arange(80, ROWS)
    return Plan(
        folds=(fold("a", early[30:], early[:30], test), fold("b", early[:50], early[50:], test)),
        unit="pair",
        sentence="S.",
        separation="unit",
    )


def three_tests_plan(aggregation="mean_of_tests"):
    parts = np.split(np.random.default_rng(1).permutation(ROWS), [30, 70])
    folds = tuple(
        fold(f"fold {i}", parts[(i + 1) % 3], parts[(i + 2) % 3], parts[i], test_name=f"part {i}") for i in range(3)
    )
    return Plan(folds=folds, unit="row", sentence="S.", separation="unit", aggregation=aggregation)


def with_other_answers(examples, rows):
    changed = examples.target.copy()
    changed.loc[rows, "t"] = 1 - changed.loc[rows, "t"]
    return dataclasses.replace(examples, target=changed)


def run(examples, plan, task=TASK):
    spy = Spy()
    return fitting.run_baseline(spy, task, COLUMNS, examples, plan), spy


def test_validation_predictions_come_from_training_rows_alone_and_test_predictions_from_all_but_test(examples):
    plan = one_test_plan()
    _, spy = run(examples, plan)
    on_validation = {(tuple(f.train), tuple(f.validation)) for f in plan.folds}
    known = tuple(range(80))
    for _, trained, (predicted,) in spy.fits:
        assert (tuple(trained), tuple(predicted)) in on_validation | {(known, tuple(range(80, ROWS)))}
    assert len(spy.fits) == 3 * 2 + 2, "three candidates on two folds; then two on test"


def test_each_test_set_is_predicted_by_a_model_of_its_own_fold(examples):
    plan = three_tests_plan()
    results, spy = run(examples, plan)
    for _, trained, (predicted,) in spy.fits:
        assert not set(trained) & set(predicted)
    _, rows = plan_rows.test_set(TASK, plan, examples)
    assert sorted(rows) == list(range(ROWS))
    for part in plan.folds:
        rate = examples.target["t"].to_numpy()[np.r_[part.train, part.validation]].mean()
        at = np.flatnonzero(np.isin(rows, part.test))
        expected = np.clip(rate - 0.4 * examples.features["x"].to_numpy()[rows[at]], 0, 1)
        np.testing.assert_allclose(results[0].test[at, 0], expected)


def test_other_test_answers_change_no_prediction_and_no_choice(examples):
    plan = one_test_plan()
    plain, _ = run(examples, plan)
    changed, _ = run(with_other_answers(examples, np.arange(80, ROWS)), plan)
    for a, b in zip(plain, changed, strict=True):
        assert a.test.tobytes() == b.test.tobytes()
        assert a.validation.tobytes() == b.validation.tobytes()
        assert a.settings == b.settings


def test_the_tuned_baseline_is_the_best_on_validation_even_where_test_says_otherwise(examples):
    """All test answers are turned round: the mirror image would win there."""
    plan = one_test_plan()
    (untuned, tuned), _ = run(with_other_answers(examples, np.arange(80, ROWS)), plan)
    assert (untuned.settings, tuned.settings) == ({"sign": -1.0}, {"sign": 1.0})
    assert (untuned.name, tuned.name) == ("spy", "spy_tuned")
    assert (untuned.tuned, tuned.tuned) == (False, True)
    assert tuned.title == "Spy, tuned"
    test, _ = plan_rows.test_set(TASK, plan, with_other_answers(examples, np.arange(80, ROWS)))
    errors = [((b.test - test.rows.target) ** 2).mean() for b in (untuned, tuned)]
    assert errors[0] < errors[1], "the choice on validation must be the wrong one on test for this to prove anything"


def test_the_choice_follows_the_direction_of_the_headline(examples):
    task = dataclasses.replace(TASK, headline="roc_auc")
    (_, tuned), _ = run(examples, one_test_plan(), task)
    assert tuned.settings == {"sign": 1.0}


def test_where_the_first_candidate_is_best_it_is_fitted_once_and_named_twice(examples):
    spy = Spy()
    spy.candidates = spy.candidates[1:]
    untuned, tuned = fitting.run_baseline(spy, TASK, COLUMNS, examples, one_test_plan())
    assert (untuned.name, tuned.name) == ("spy", "spy_tuned")
    assert tuned.settings == untuned.settings == {"sign": 1.0}
    assert tuned.test.tobytes() == untuned.test.tobytes()
    assert len(spy.fits) == 2 * 2 + 1


def test_candidates_are_compared_on_the_middle_level_where_the_headline_reads_no_other(examples):
    quantiles = dataclasses.replace(
        TASK,
        kind=Kind.QUANTILE,
        outputs=("a", "b", "c"),
        levels=(0.1, 0.5, 0.9),
        metrics=("wape", "pinball_loss"),
        headline="wape",
    )
    asked = []

    class Levels(Spy):
        def fit_predict(self, task, columns, examples, train, rows, candidate, seed):
            asked.append(task.levels)
            return [np.tile(candidate["sign"] + np.array(task.levels), (len(r), 1)) for r in rows]

    for headline, first in (("wape", (0.5,)), ("pinball_loss", (0.1, 0.5, 0.9))):
        asked.clear()
        task = dataclasses.replace(quantiles, headline=headline)
        _, tuned = fitting.run_baseline(Levels(), task, COLUMNS, examples, one_test_plan())
        assert asked[:6] == [first] * 6
        assert set(asked[6:]) == {(0.1, 0.5, 0.9)}
        assert tuned.settings == {"sign": 0.0}
        assert tuned.test.shape == (40, 3)


def test_a_baseline_with_one_candidate_is_not_called_tuned(examples):
    spy = Spy()
    spy.candidates = ({"sign": 1.0},)
    results = fitting.run_baseline(spy, TASK, COLUMNS, examples, one_test_plan())
    assert [r.name for r in results] == ["spy"]


def test_a_row_that_several_folds_validate_on_gets_the_mean_of_their_predictions(examples):
    test = np.arange(80, ROWS)
    plan = dataclasses.replace(
        one_test_plan(),
        folds=(fold("a", np.arange(40), np.arange(40, 60), test), fold("b", np.arange(20), np.arange(50, 80), test)),
    )
    assert plan_rows.validation_rows(plan).tolist() == list(range(40, 80))
    (untuned, _), _ = run(examples, plan)
    answers, x = examples.target["t"].to_numpy(), examples.features["x"].to_numpy()
    rates = {50: (answers[:40].mean() + answers[:20].mean()) / 2, 45: answers[:40].mean(), 70: answers[:20].mean()}
    for row in (45, 70):
        assert untuned.validation[row - 40, 0] == pytest.approx(np.clip(rates[row] - 0.4 * x[row], 0, 1))
    separate = [np.clip(answers[:n].mean() - 0.4 * x[50], 0, 1) for n in (40, 20)]
    assert untuned.validation[10, 0] == pytest.approx(np.mean(separate))


def test_a_test_set_keeps_units_targets_and_parts_together(examples):
    for aggregation, parts in (("pooled", 1), ("mean_of_tests", 3)):
        plan = three_tests_plan(aggregation)
        test, rows = plan_rows.test_set(TASK, plan, examples)
        np.testing.assert_array_equal(test.rows.target[:, 0], examples.target["t"].to_numpy()[rows])
        same_unit = examples.unit[rows][:, None] == examples.unit[rows]
        np.testing.assert_array_equal(test.unit[:, None] == test.unit, same_unit)
        assert len(test.parts) == parts
        if aggregation == "mean_of_tests":
            for part, of in zip(test.parts, plan.folds, strict=True):
                np.testing.assert_array_equal(rows[part], of.test)


def result(name, test):
    return BaselineResult(
        name=name, title=name.title(), tuned=False, settings={}, test=test, validation=test, fit_s=0.1
    )


def compared(task, test, members, baselines, **more):
    return compare.compare(task, test, members, baselines, intervals.draw(test, len(members), seed=1), **more)


@pytest.fixture
def scored(examples):
    """A test set, three members, and baselines that are equal to, clearly worse and clearly better than the members."""
    test, _ = plan_rows.test_set(TASK, three_tests_plan("pooled"), examples)
    truth = 0.5 + 0.3 * (test.rows.target - 0.5)
    wrong, right = 1 - truth, 0.5 + 0.9 * (test.rows.target - 0.5)
    members = np.stack([truth] * 3)
    baselines = [result("same", truth), result("worse", wrong), result("better", right)]
    return test, members, compared(TASK, test, members, baselines)


def test_a_method_compared_with_itself_is_a_tie_with_a_difference_of_nought(scored):
    same = scored[2].baselines[0]["metrics"]["brier"]
    for of in ("mean", "ensemble"):
        difference = same[f"{of}_minus_this"]
        assert difference["verdict"] == "tie"
        assert [difference[key] for key in ("mean", "low", "high")] == pytest.approx([0, 0, 0], abs=1e-12)


def test_a_clear_difference_is_a_win_or_a_loss_in_words(scored):
    _, worse, better = scored[2].baselines
    for name in ("brier",):
        assert worse["metrics"][name]["mean_minus_this"]["verdict"] == "win"
        assert better["metrics"][name]["ensemble_minus_this"]["verdict"] == "loss"
    assert worse["metrics"]["roc_auc"]["ensemble_minus_this"]["verdict"] == "win"
    assert better["metrics"]["roc_auc"]["ensemble_minus_this"]["verdict"] == "tie"


def test_the_difference_is_paired_and_so_narrower_than_the_intervals(examples):
    test, _ = plan_rows.test_set(TASK, three_tests_plan("pooled"), examples)
    noise = np.random.default_rng(0).uniform(0.2, 0.8, test.rows.target.shape)
    ours = noise[None]
    theirs = result("near", noise + 0.03 * (0.5 - test.rows.target))
    entry = compared(TASK, test, ours, [theirs]).baselines[0]["metrics"]["brier"]
    difference = entry["mean_minus_this"]
    assert difference["high"] - difference["low"] < (entry["high"] - entry["low"]) / 4
    assert difference["verdict"] == "win"
    assert difference["low"] <= difference["mean"] <= difference["high"]


def test_the_headline_is_told_first_and_metrics_keep_their_order(examples, monkeypatch):
    test, _ = plan_rows.test_set(TASK, three_tests_plan("pooled"), examples)
    members = np.random.default_rng(0).uniform(0.01, 0.99, (2, len(test.rows.target), 1))
    scored, told, task = [], [], dataclasses.replace(TASK, headline=TASK.metrics[-1])
    of = compare.against
    monkeypatch.setattr(compare, "against", lambda metric, *more: scored.append(metric.name) or of(metric, *more))
    found = compared(
        task, test, members, [result("b", members[0])], headline_known=lambda e: told.append((e, len(scored)))
    )
    ((event, before),) = told
    assert (event["metric"], before) == (task.headline, 1)
    assert event["network"] == found.metrics[task.headline]
    assert tuple(found.metrics) == tuple(found.baselines[0]["metrics"]) == TASK.metrics


def test_simple_methods_are_counted_in_the_same_company_before_and_after_the_training(examples, monkeypatch):
    """A sum's last bits depend on what is summed beside it: a run that goes on would end with others."""
    test, _ = plan_rows.test_set(TASK, three_tests_plan("pooled"), examples)
    members = np.random.default_rng(0).uniform(0.01, 0.99, (2, len(test.rows.target), 1))
    together, of = [], compare._reached
    monkeypatch.setattr(
        compare, "_reached", lambda metrics, *more: together.append([m.name for m in metrics]) or of(metrics, *more)
    )
    baselines, draws = [result("b", members[0])], intervals.draw(test, 2, seed=1)
    afterwards = compare.compare(TASK, test, members, baselines, draws)
    seen = together.copy()
    together.clear()
    known = compare.Known.of(TASK, test, baselines, draws)
    known.count(TASK)
    assert together == seen
    assert len(seen) > 1, "else nothing is tested"
    assert compare.compare(TASK, test, members, baselines, draws, known=known) == afterwards
    assert together == seen, "nothing is counted twice"


def test_every_metric_is_reported_for_each_member_their_mean_and_the_ensemble(examples):
    test, _ = plan_rows.test_set(TASK, three_tests_plan("pooled"), examples)
    members = np.random.default_rng(0).uniform(0.01, 0.99, (4, len(test.rows.target), 1))
    found = compared(TASK, test, members, [result("b", members[0])])
    assert set(found.metrics) == set(TASK.metrics)
    each = [((m - test.rows.target) ** 2).mean() for m in members]
    entry = found.metrics["brier"]
    assert entry["each"] == pytest.approx(each)
    assert entry["mean"]["mean"] == pytest.approx(np.mean(each))
    assert entry["ensemble"]["mean"] == pytest.approx(((members.mean(0) - test.rows.target) ** 2).mean())
    for of in ("mean", "ensemble"):
        assert entry[of]["low"] < entry[of]["mean"] < entry[of]["high"]
    assert found.baselines[0]["value"] == pytest.approx(each[0])
