"""Segments: k-means, silhouette and adjusted Rand as scikit-learn has them; the bottleneck network and its loss against
autograd; what a kind without a target refuses."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score, r2_score, silhouette_samples

from core import pipeline
from core.checks import examples_check
from core.contracts import Clusters, HeldOutRows
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.evaluation.metrics import metric_named
from core.kinds import kind_of
from core.kinds._clustering import adjusted_rand, k_means, nearest, plane, silhouette, stability
from core.kinds.clusters import in_spreads, segments
from core.models import MODELS
from core.pipeline.prepare import prepare
from core.settings import resolve
from core.settings.use_case import settings_of
from core.training.batches import Rows
from core.training.losses import LOSSES, gradient_by_autograd
from core.training.preprocessing import Preprocessing
from core.use_cases import use_case

DECLARED = use_case("testing/tiny_clusters")
TASK = DECLARED.task
LOSS, MODEL = LOSSES.get("squared_error"), MODELS.get("autoencoder")


def blobs(seed=0, spread=1.0):
    points, label = make_blobs(300, 4, centers=4, cluster_std=spread, random_state=seed)
    return points, label


@pytest.mark.parametrize("seed", range(4))
def test_segments_are_as_tight_as_scikit_learn_s(seed):
    points, _ = blobs(seed, spread=3.0)
    label, centre = k_means(points, 4)
    lost = ((points - centre[label]) ** 2).sum()
    assert lost <= KMeans(4, n_init=10, random_state=0).fit(points).inertia_ * 1.02
    np.testing.assert_array_equal(label, nearest(points, centre))
    assert (np.diff(np.bincount(label)) <= 0).all(), "the largest first"
    np.testing.assert_array_equal(label, k_means(points, 4)[0])


def test_fewer_points_than_segments_are_segments_each():
    label, centre = k_means(np.array([[0.0], [0.0], [1.0]]), 5)
    assert label.tolist() == [0, 0, 1]
    assert centre.ravel().tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(3))
def test_silhouette_and_adjusted_rand_are_scikit_learn_s(seed):
    points, label = blobs(seed, spread=4.0)
    label[:1] = 9  # one that is alone
    np.testing.assert_allclose(silhouette(points, label), silhouette_samples(points, label), atol=1e-6)
    other = np.random.default_rng(seed).permutation(label)
    for a, b in ((label, other), (label, label), (label, np.where(label > 1, 1, label)), (label * 0, label)):
        assert adjusted_rand(a, b) == pytest.approx(adjusted_rand_score(a, b), abs=1e-12)
    assert np.isnan(silhouette(points, label * 0)).all()


def test_segments_that_are_there_are_found_again_and_others_are_not():
    points, _ = blobs(1, spread=0.5)
    noise = np.random.default_rng(0).normal(size=(300, 4))
    assert stability(points, 4) > 0.99
    assert stability(noise, 4) < 0.8
    first = plane(points)[:, 0]
    assert first.var() == pytest.approx(np.linalg.eigvalsh(np.cov(points.T, bias=True))[-1])
    np.testing.assert_allclose(np.abs(np.corrcoef(plane(points).T)[0, 1]), 0, atol=1e-9)


def test_what_is_left_unexplained_is_one_minus_r2_and_draws_count_rows():
    rng = np.random.default_rng(2)
    target = rng.normal(size=(60, 6)) * (1, 10, 100, 1, 1, 1) + 5
    said = target + rng.normal(size=target.shape)
    drawn = rng.integers(0, 3, (4, 60))
    compute, rows = metric_named("unexplained").compute, HeldOutRows(target=target)
    np.testing.assert_allclose(compute(rows, said, TASK), [1 - r2_score(target, said)], rtol=1e-9)
    expected = [1 - r2_score(np.repeat(target, d, axis=0), np.repeat(said, d, axis=0)) for d in drawn]
    np.testing.assert_allclose(compute(rows.weighted(drawn.astype(float)), said, TASK), expected, rtol=1e-9)
    same = HeldOutRows(target=np.c_[target[:, :5], np.full(60, 3.0)])
    np.testing.assert_allclose(compute(same, said, TASK), [1 - r2_score(target[:, :5], said[:, :5])], rtol=1e-9)
    assert np.isnan(compute(HeldOutRows(target=np.ones((5, 6))), np.ones((5, 6)), TASK)).all()


def test_silhouette_is_of_the_rows_as_they_are_by_the_segments_of_what_came_back():
    examples = examples_check.checked(DECLARED, DECLARED.examples({}))
    target = examples.target.to_numpy()[:200]
    said = target + np.random.default_rng(0).normal(size=target.shape) * 0.05
    label, _ = k_means(in_spreads(said, target), 3)
    expected = silhouette_samples(in_spreads(target, target), label)
    rows = HeldOutRows(target=target)
    assert metric_named("silhouette").compute(rows, said, TASK)[0] == pytest.approx(expected.mean(), abs=1e-6)
    weight = np.zeros((1, 200))
    weight[0, :7] = 2
    found = metric_named("silhouette").compute(rows.weighted(weight), said, TASK)[0]
    assert found == pytest.approx(expected[:7].mean(), abs=1e-6)
    flat = np.tile(target.mean(0), (200, 1))
    assert np.isnan(metric_named("silhouette").compute(rows, flat, TASK)).all()


def test_the_loss_is_the_mean_square_and_its_gradient_autograd_s():
    rng = np.random.default_rng(3)
    raw, target = (torch.tensor(rng.normal(size=(2, 5, 6))) for _ in range(2))
    weight = torch.tensor([[1.0, 2, 0.5, 0, 0], [1, 1, 1, 1, 1]], dtype=torch.float64)
    square = ((raw - target) ** 2).mean(-1).numpy()
    expected = (square * weight.numpy()).sum(1) / weight.numpy().sum(1)
    np.testing.assert_allclose(LOSS.loss(raw, target, weight, TASK), expected, rtol=1e-12)
    share = (weight / weight.sum(1, keepdim=True))[..., None]
    by_hand = LOSS.gradient(raw, target, share, TASK)
    torch.testing.assert_close(by_hand, gradient_by_autograd(LOSS, raw, target, share, TASK))
    torch.testing.assert_close(LOSS.start(target[0], TASK), target[0].mean(0))


def ready(**given):
    examples = examples_check.checked(DECLARED, DECLARED.examples({}))
    settings = resolve(settings_of(DECLARED), {"device": "cpu", **given})
    return examples, settings, prepare(DECLARED, examples, DECLARED.plan(examples), settings)


def test_the_network_is_torch_s_own_layers_and_all_passes_the_bottleneck():
    _, settings, prepared = ready(activation="tanh")
    rows = Rows(prepared.data, torch.device("cpu"))
    params = MODEL.init(prepared.data.shapes[0], 6, settings, [torch.Generator().manual_seed(k) for k in range(2)])
    inputs, _ = rows.read(torch.arange(9).repeat(2, 1))
    found = MODEL.forward(params, inputs, settings)
    for k in range(2):
        x = inputs["numeric"][k]
        for name in ("hidden.0", "bottleneck", "hidden.1", "output"):
            x = torch.nn.functional.linear(x, params[f"{name}.weight"][k].T, params[f"{name}.bias"][k, 0])
            assert name != "bottleneck" or x.shape == (9, 2)
            x = torch.tanh(x) if name.startswith("hidden") else x
        torch.testing.assert_close(found[k], x)
    titles = [layer.words for layer in MODEL.layers(params)]
    assert titles == ["hidden layer 1", "bottleneck", "hidden layer 2", "output layer"]


def test_each_column_is_learned_in_its_own_spread_of_training_rows_and_comes_back_in_units():
    examples, _, prepared = ready()
    (fitted,) = prepared.preprocessing
    train = DECLARED.plan(examples).folds[0].train
    scaled = prepared.data.target[0].numpy()
    np.testing.assert_allclose(scaled[train].mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(scaled[train].std(0), 1, atol=1e-4)
    target = examples.target.to_numpy()
    np.testing.assert_allclose(fitted.unscale(fitted.scale(target)), target, rtol=1e-9)
    again = Preprocessing.load(fitted.to_json(), fitted.arrays())
    assert again.target_each == fitted.target_each
    np.testing.assert_array_equal(examples.features[list(TASK.outputs)], target)


@pytest.mark.parametrize("name", ["k_means", "principal_components"])
def test_a_simple_method_learns_from_training_rows_alone(name):
    examples = DECLARED.examples({})
    fold = DECLARED.plan(examples).folds[0]
    other = examples.features.copy()
    other.iloc[fold.validation] += 100
    of = [
        BASELINES.get(name).fit_predict(
            TASK, DECLARED.columns, replace(examples, features=features), fold.train, [fold.test], {}, 0
        )[0]
        for features in (examples.features, other)
    ]
    np.testing.assert_array_equal(*of)
    differ = len(np.unique(of[0].round(9), axis=0))
    assert differ == 3 if name == "k_means" else np.linalg.matrix_rank(of[0] - of[0].mean(0), tol=1e-6) == 2


def test_a_kind_without_a_target_refuses_what_it_cannot_draw_together():
    kind, examples = kind_of(TASK), DECLARED.examples({})
    assert TASK.target_columns == TASK.outputs
    with pytest.raises(UserError, match="the task has no `clusters`"):
        kind.check_task(replace(TASK, clusters=None))
    with pytest.raises(UserError, match="here are 1 segments, 2 dimensions and 6 outputs"):
        kind.check_task(replace(TASK, clusters=Clusters(count=1)))
    with pytest.raises(UserError, match="6 dimensions and 6 outputs"):
        kind.check_task(replace(TASK, clusters=Clusters(count=3, dimensions=6)))
    gaps = examples.features.copy()
    gaps.loc[3, "spend"] = np.nan
    with pytest.raises(UserError, match="'spend' is missing in row"):
        examples_check.checked(DECLARED, replace(examples, features=gaps))
    strange = replace(DECLARED, task=replace(TASK, outputs=("visits", "age", "spend"), target_columns=()))
    with pytest.raises(UserError, match="'age' is none"):
        examples_check.checked(strange, examples)
    wider = replace(DECLARED, task=replace(TASK, clusters=Clusters(count=3, dimensions=3)))
    with pytest.raises(UserError, match="dimensions, 3; its bottleneck is 2"):
        pipeline.run(wider, {"device": "cpu"}, progress=lambda e: None)
    plain = replace(DECLARED, model="table_network", settings={})
    with pytest.raises(UserError, match="its bottleneck is none"):
        pipeline.run(plain, {"device": "cpu"}, progress=lambda e: None)


def test_the_network_finds_the_bent_surface_where_straight_lines_do_not():
    report = pipeline.run(DECLARED, {"device": "cpu"}, progress=lambda e: None).report
    value = {b["name"]: b["value"] for b in report["baselines"]}
    assert report["headline"]["ensemble"]["mean"] < 0.3 * value["principal_components"]
    assert value["constant"] == pytest.approx(1, abs=0.05)


def test_segments_of_a_run_are_those_that_made_the_rows():
    examples = examples_check.checked(DECLARED, DECLARED.examples({}))
    target = examples.target.to_numpy()
    label, places, alike = segments(TASK, target, target)
    rng = np.random.default_rng(21)
    assert adjusted_rand(label, rng.integers(0, 3, len(target))) > 0.9
    assert places.shape == (len(target), 2)
    assert alike > 0.9
