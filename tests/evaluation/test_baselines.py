"""The baselines learn what there is to learn, and survive the columns that real tables have."""

import ast
import dataclasses
import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import core.evaluation.baselines
from core.contracts import Column, ColumnKind, Examples, HeldOutRows, Kind, Task
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.evaluation.metrics import METRICS

CONSTANT, LOGISTIC, BOOSTING = (BASELINES.get(n) for n in ("constant", "logistic", "gradient_boosting"))
COLUMNS = (
    Column(name="x", label="X"),
    Column(name="flag", label="Flag", kind=ColumnKind.BINARY),
    Column(name="place", label="Place", kind=ColumnKind.CATEGORY),
)
BINARY = Task(
    kind=Kind.BINARY, target="t", target_columns=("t",), outputs=("p",), loss="x", metrics=("m",), headline="m"
)
QUANTILE = dataclasses.replace(BINARY, kind=Kind.QUANTILE, outputs=("a", "b", "c"), levels=(0.1, 0.5, 0.9))
SURVIVAL = dataclasses.replace(BINARY, kind=Kind.SURVIVAL, target_columns=("time", "event"))
LEARNERS = [(LOGISTIC, BINARY), (BOOSTING, BINARY), (BOOSTING, QUANTILE)]

every_learner = pytest.mark.parametrize(("baseline", "task"), LEARNERS, ids=["logistic", "boosting", "quantiles"])


def table(rows=500, seed=0):
    rng = np.random.default_rng(seed)
    x, place = rng.normal(size=rows), rng.choice(["a", "b", "c"], rows)
    signal = x + 1.5 * (place == "b") + 0.5 * rng.normal(size=rows)
    x = np.where(rng.random(rows) < 0.1, np.nan, x)
    features = pd.DataFrame({"x": x, "flag": rng.integers(0, 2, rows).astype(float), "place": place})
    return features, signal[:, None]


def answers(task, signal):
    return (signal > 0.5).astype(float) if task.kind is Kind.BINARY else signal


def predict(baseline, task, features, candidate=None, train=None):
    fit_on, signal = train or table()
    chosen = baseline.candidates[0] if candidate is None else candidate
    return fit_predict(baseline, task, (fit_on, answers(task, signal)), features, chosen)


def fit_predict(baseline, task, train, features, candidate):
    """The training table and the tables to predict, as rows of one set of examples; unknown targets are absurd."""
    tables = [train[0], *features]
    ends = np.cumsum([len(t) for t in tables])
    target = np.full((ends[-1], train[1].shape[1]), 1e9)
    target[: ends[0]] = train[1]
    examples = Examples(
        features=pd.concat(tables, ignore_index=True),
        target=pd.DataFrame(target),
        unit=np.arange(ends[-1]),
        info=pd.DataFrame(index=np.arange(ends[-1])),
    )
    rows = [np.arange(end - len(t), end) for end, t in zip(ends, tables, strict=True)]
    return baseline.fit_predict(task, COLUMNS, examples, rows[0], rows[1:], candidate, 0)


@every_learner
def test_a_learner_beats_the_constant_on_rows_that_it_has_not_seen(baseline, task):
    features, signal = table(seed=1)
    metric = METRICS["log_loss" if task.kind is Kind.BINARY else "pinball_loss"]
    ours, constant = (predict(b, task, [features])[0] for b in (baseline, CONSTANT))
    assert ours.shape == constant.shape == (500, len(task.outputs))
    scores = [metric.compute(HeldOutRows(target=answers(task, signal)), p, task)[0] for p in (ours, constant)]
    assert scores[0] < 0.8 * scores[1]


@every_learner
def test_every_candidate_of_a_baseline_can_be_fitted(baseline, task):
    features, _ = table(80, seed=1)
    seen = set()
    for candidate in baseline.candidates:
        (predicted,) = predict(baseline, task, [features], candidate, train=table(120))
        assert np.isfinite(predicted).all()
        seen.add(predicted.tobytes())
    assert len(seen) > 1, "candidates that all say the same cannot be tuned"


@every_learner
def test_unseen_and_missing_values_are_survived(baseline, task):
    features, _ = table(6, seed=1)
    odd = features.assign(place=["z", None, "a", "b", "c", "a"], x=np.nan, flag=[np.nan, 0, 1, 0, 1, 1])
    (predicted,) = predict(baseline, task, [odd])
    assert np.isfinite(predicted).all()


@every_learner
def test_the_same_seed_predicts_the_same(baseline, task):
    features, _ = table(50, seed=1)
    first, again = (predict(baseline, task, [features], baseline.candidates[-1])[0] for _ in range(2))
    assert first.tobytes() == again.tobytes()


@every_learner
def test_several_tables_are_predicted_by_one_fit_and_do_not_influence_each_other(baseline, task):
    one, other = table(40, seed=1)[0], table(70, seed=2)[0]
    together = predict(baseline, task, [one, other])
    assert [len(p) for p in together] == [40, 70]
    np.testing.assert_allclose(together[0], predict(baseline, task, [one])[0])


def test_the_quantiles_of_gradient_boosting_never_cross_and_cover_about_their_share():
    features, signal = table(seed=1)
    (predicted,) = predict(BOOSTING, QUANTILE, [features])
    assert (np.diff(predicted, axis=1) >= 0).all()
    below = (signal <= predicted).mean(0)
    assert below[0] < 0.35 < below[1] < 0.65 < below[2]


def test_the_constant_is_the_rate_the_quantiles_and_equal_risks_of_the_training_rows():
    features, signal = table()
    (rate,) = predict(CONSTANT, BINARY, [features[:7]])
    np.testing.assert_allclose(rate, np.full((7, 1), (signal > 0.5).mean()))
    (quantiles,) = predict(CONSTANT, QUANTILE, [features[:7]])
    np.testing.assert_allclose(quantiles, np.tile(np.quantile(signal, [0.1, 0.5, 0.9]), (7, 1)))
    survival = fit_predict(CONSTANT, SURVIVAL, (features, np.ones((500, 2))), [features[:7]], {})
    assert survival[0].tolist() == [[0.0]] * 7


def test_the_best_single_feature_is_found_and_read_by_its_training_rates():
    features, signal = table(2000)
    answer = (signal > 0.5).astype(float)
    (said,) = fit_predict(BASELINES.get("single_feature"), BINARY, (features, answer), [features], {})
    assert said.shape == (2000, 1)
    by_place = features["place"].map(pd.Series(answer[:, 0]).groupby(features["place"]).mean())
    x = features["x"].fillna(0)
    assert METRICS["roc_auc"].compute(HeldOutRows(target=answer), said, BINARY)[0] > 0.6
    assert abs(np.corrcoef(said[:, 0], x)[0, 1]) > abs(np.corrcoef(said[:, 0], by_place)[0, 1]), (
        "x says more than place"
    )
    missing = features["x"].isna().to_numpy()
    assert len(np.unique(said[missing])) == 1


def test_no_baseline_names_a_kind_and_each_fits_what_its_kinds_predict():
    """A kind says what its predictions are; one from outside with the same form has the same methods."""
    folder = Path(inspect.getfile(core.evaluation.baselines)).parent
    named = {k.value for k in Kind}
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        said = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == "Kind"}
        imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        said |= {m for m in imported if m and m.startswith("core.kinds.") and m.rpartition(".")[2] in named}
        assert not said, (path.name, said)
    kinds = {name: set(BASELINES.get(name).kinds) for name in BASELINES.all()}
    assert kinds["logistic"] == kinds["single_feature"] == {Kind.BINARY, Kind.MULTICLASS}
    assert kinds["gradient_boosting"] == {Kind.BINARY, Kind.MULTICLASS, Kind.QUANTILE}
    assert kinds["ridge_quantiles"] == {Kind.QUANTILE}
    assert kinds["minimum_variance"] == {Kind.ALLOCATION}
    assert kinds["k_means"] == {Kind.CLUSTERS}


@pytest.mark.parametrize("name", ["logistic", "gradient_boosting", "single_feature"])
def test_methods_of_chances_learn_several_classes_and_give_none_to_one_not_in_training(name):
    features, signal = table(600)
    of_four = np.digitize(signal, [-0.5, 0.5]) * np.array([[1]])
    classes = np.where(of_four == 2, 3, of_four).astype(float)  # of the four, class 2 is never seen
    task = dataclasses.replace(BINARY, kind=Kind.MULTICLASS, outputs=("a", "b", "c", "d"))
    (chances,) = fit_predict(
        BASELINES.get(name), task, (features, classes), [features], BASELINES.get(name).candidates[0]
    )
    assert chances.shape == (600, 4)
    np.testing.assert_allclose(chances.sum(1), 1, atol=1e-9)
    assert (chances[:, 2] == 0).all()
    assert (chances.argmax(1) == classes[:, 0]).mean() > 0.5 > np.bincount(classes[:, 0].astype(int)).max() / 600 - 0.2


def test_a_method_refuses_predictions_of_another_form():
    features, _ = table(20)
    with pytest.raises(UserError, match="survival"):
        fit_predict(LOGISTIC, SURVIVAL, (features, np.ones((20, 2))), [features], LOGISTIC.candidates[0])
