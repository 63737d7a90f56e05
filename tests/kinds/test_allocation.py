"""Weights over assets: returns after costs, metrics, losses and gradients against the plain way; what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.optimize import minimize

from core.charts.allocation import by_moment
from core.checks import examples_check
from core.contracts import Allocation, HeldOutRows
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.evaluation.baselines.minimum_variance import least_variance
from core.evaluation.metrics import metric_named
from core.kinds import kind_of
from core.kinds._paths import net_returns
from core.kinds.allocation import earned
from core.pipeline.prepare import prepare
from core.settings import resolve
from core.settings.use_case import settings_of
from core.training.batches import Rows
from core.training.losses import LOSSES
from core.use_cases import use_case

TASK = use_case("testing/tiny_allocation").task
LOSS_NAMES = ("mean_variance", "log_growth")


def paths(seed=0, count=7, shuffled=True):
    """Returns, weights, path and moment of some rows, in no order."""
    rng = np.random.default_rng(seed)
    path = np.repeat(np.arange(count), rng.integers(1, 9, count))
    when = np.concatenate([np.arange((path == p).sum()) for p in range(count)])
    order = rng.permutation(len(path)) if shuffled else np.arange(len(path))
    weight = rng.dirichlet(np.ones(3), len(path))
    return rng.normal(0.001, 0.05, (len(path), 3)), weight, path[order], when[order]


def naive_net(returns, weight, path, when, cost):
    """A purse that is emptied and filled, coin by coin."""
    net = np.empty(len(path))
    for p in set(path.tolist()):
        held = np.zeros(3)
        for i in sorted(np.flatnonzero(path == p), key=lambda i: when[i]):
            fee = cost * sum(abs(weight[i][a] - held[a]) for a in range(3))
            net[i] = sum(weight[i][a] * returns[i][a] for a in range(3)) - fee
            grown = [weight[i][a] * (1 + returns[i][a]) for a in range(3)]
            held = np.array(grown) / sum(grown)
    return net


def rows_of(returns, path, when):
    return HeldOutRows(target=returns, group=path, table=pd.DataFrame({"week": when}))


@pytest.mark.parametrize("cost", [0.0, 0.003])
def test_what_a_period_earns_is_what_a_purse_would_hold(cost):
    returns, weight, path, when = paths()
    task = replace(TASK, allocation=replace(TASK.allocation, cost=cost))
    expected = naive_net(returns, weight, path, when, cost)
    np.testing.assert_allclose(net_returns(rows_of(returns, path, when), weight, task), expected, rtol=1e-12)
    info = pd.DataFrame({"week": when, "quarter": path})
    np.testing.assert_allclose(earned(task, returns, info, weight), expected, rtol=1e-12)


def test_metrics_are_their_formulas_and_a_draw_counts_rows_as_often_as_it_has_them():
    returns, weight, path, when = paths(1)
    net = naive_net(returns, weight, path, when, TASK.allocation.cost)
    drawn = np.random.default_rng(2).integers(0, 3, (4, len(net)))
    formulas = {
        "utility": lambda x: 100 * 52 * (x.mean() - 2.5 * x.var()),
        "mean_return": lambda x: 100 * 52 * x.mean(),
        "log_growth": lambda x: 100 * 52 * np.log1p(x).mean(),
        "sharpe": lambda x: x.mean() / x.std() * np.sqrt(52),
    }
    assert set(formulas) == {metric.name for metric in kind_of(TASK).metrics}
    rows = rows_of(returns, path, when)
    for name, formula in formulas.items():
        compute = metric_named(name).compute
        np.testing.assert_allclose(compute(rows, weight, TASK), [formula(net)], rtol=1e-9)
        expected = [formula(np.repeat(net, d)) for d in drawn]
        np.testing.assert_allclose(compute(rows.weighted(drawn.astype(float)), weight, TASK), expected, rtol=1e-9)


def test_what_never_swings_has_no_sharpe_ratio():
    task = replace(TASK, allocation=replace(TASK.allocation, cost=0.0))
    rows = rows_of(np.full((4, 3), 0.01), np.zeros(4), np.arange(4))
    assert np.isnan(metric_named("sharpe").compute(rows, np.full((4, 3), 1 / 3), task)).all()


def softmax(raw):
    return np.exp(raw) / np.exp(raw).sum(-1, keepdims=True)


def naive_loss(name, raw, returns, path, when, weight, cost):
    kept = weight > 0
    net = naive_net(returns[kept], softmax(raw[kept]), path[kept], when[kept], cost)
    share = weight[kept] / weight[kept].sum()
    mean = share @ net
    if name == "log_growth":
        return -52 * (share @ np.log1p(net))
    return -52 * (mean - 2.5 * (share @ (net - mean) ** 2))


@pytest.mark.parametrize("name", LOSS_NAMES)
@pytest.mark.parametrize("cost", [0.0, 0.003])
def test_a_loss_is_its_metric_negated_and_its_gradient_is_the_slope(name, cost):
    task = replace(TASK, allocation=replace(TASK.allocation, cost=cost))
    loss, rng, stacked = LOSSES.get(name), np.random.default_rng(3), [paths(s, count=4) for s in (1, 2)]
    n = min(len(s[2]) for s in stacked) - 1
    raw = rng.normal(size=(2, n, 3))
    returns, path, when = (np.stack([s[i][:n] for s in stacked]) for i in (0, 2, 3))
    place = path * 100 + when
    weight = rng.uniform(0.5, 2, (2, n))
    weight[:, -2:] = 0  # padded
    target = torch.tensor(np.concatenate([returns, path[..., None], place[..., None]], axis=-1))
    found = loss.loss(torch.tensor(raw), target, torch.tensor(weight), task)

    def naive(k, raw_k):
        return naive_loss(name, raw_k, returns[k], path[k], when[k], weight[k], cost)

    np.testing.assert_allclose(found, [naive(k, raw[k]) for k in range(2)], rtol=1e-9)
    share = torch.tensor(weight / weight.sum(1, keepdims=True))[..., None]
    gradient = loss.gradient(torch.tensor(raw), target, share, task).numpy()
    assert (gradient[:, -2:] == 0).all()
    for k, i, a in ((0, 0, 0), (1, 3, 2), (0, n - 3, 1)):
        up, down = raw[k].copy(), raw[k].copy()
        up[i, a] += 1e-6
        down[i, a] -= 1e-6
        assert gradient[k, i, a] == pytest.approx((naive(k, up) - naive(k, down)) / 2e-6, rel=1e-4, abs=1e-7)
    even = np.ones((2, n))
    rows = rows_of(returns[0], path[0], when[0])
    metric = metric_named({"mean_variance": "utility"}.get(name, name))
    lost = loss.loss(torch.tensor(raw), target, torch.tensor(even), task)[0].item()
    assert -100 * lost == pytest.approx(metric.compute(rows, softmax(raw[0]), task)[0], rel=1e-9)


def test_what_networks_are_given_holds_whole_paths_in_their_order():
    declared = use_case("testing/tiny_allocation")
    examples = examples_check.checked(declared, declared.examples({}))
    settings = resolve(settings_of(declared), {"device": "cpu"})
    data = prepare(declared, examples, declared.plan(examples), settings).data
    target = data.target[0].numpy()
    np.testing.assert_allclose(target[:, :3], examples.target.to_numpy(), rtol=1e-6)
    np.testing.assert_array_equal(target[:, 4], np.arange(len(examples)))  # the weeks as they come
    rows = Rows(data, torch.device("cpu"))
    order = torch.stack([torch.randperm(len(n.train)) for n in data.networks])
    for batch in rows.epoch(order, rows.steps(9)):
        path = batch.target[0, :, 3][batch.share[0, :, 0] > 0].numpy().astype(int)
        assert set(np.bincount(path).tolist()) == {0, 13}, "a quarter is cut"


def test_minimum_variance_is_the_optimum_that_a_solver_finds():
    rng = np.random.default_rng(4)
    for _ in range(5):
        root = rng.normal(size=(5, 5))
        covariance = root @ root.T + 0.1 * np.eye(5)
        solved = minimize(
            lambda w, c=covariance: w @ c @ w, np.full(5, 0.2), bounds=[(0, 1)] * 5, tol=1e-12,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        )  # fmt: skip
        found = least_variance(covariance)
        assert found.sum() == pytest.approx(1)
        assert found.min() >= 0
        assert found @ covariance @ found <= solved.fun * (1 + 1e-6)
        np.testing.assert_allclose(found, solved.x, atol=1e-3)


@pytest.mark.parametrize("name", ["equal_weights", "inverse_volatility", "minimum_variance"])
def test_a_simple_method_reads_training_returns_alone(name):
    declared = use_case("testing/tiny_allocation")
    examples, fold = declared.examples({}), declared.plan(declared.examples({})).folds[0]
    other = examples.target.copy()
    other.iloc[fold.test] = 0.5
    of = []
    for target in (examples.target, other):
        known = replace(examples, target=target)
        (found,) = BASELINES.get(name).fit_predict(TASK, declared.columns, known, fold.train, [fold.test], {}, 0)
        np.testing.assert_allclose(found.sum(1), 1)
        assert found.shape == (len(fold.test), 3)
        of.append(found)
    np.testing.assert_array_equal(*of)
    assert (of[0][0, 1] > 0.5) == (name != "equal_weights"), "bonds are the calm ones"


def test_an_allocation_refuses_what_cannot_be_meant():
    kind, declared = kind_of(TASK), use_case("testing/tiny_allocation")
    examples = declared.examples({})
    with pytest.raises(UserError, match="the task has no `allocation`"):
        kind.check_task(replace(TASK, allocation=None))
    with pytest.raises(UserError, match="here are 2 outputs and 3 target columns"):
        kind.check_task(replace(TASK, outputs=("a", "b")))
    with pytest.raises(UserError, match="names no `group`"):
        kind.check_task(replace(TASK, group=""))
    with pytest.raises(UserError, match="A cost is a share"):
        kind.check_task(replace(TASK, allocation=Allocation(when="week", cost=-0.1)))
    late = replace(TASK, allocation=Allocation(when="day"))
    with pytest.raises(UserError, match="'day' is not there"):
        examples_check.checked(replace(declared, task=late), examples)
    lost = examples.target.assign(gold=-1.0)
    with pytest.raises(UserError, match="A return is above -1"):
        examples_check.checked(declared, replace(examples, target=lost))
    assert kind.happened(TASK, {"shares": 0.01, "bonds": 0.0, "gold": -0.1}) == "Shares earned most, +1.0%"
    assert kind.shown(TASK, [0.2, 0.5, 0.3]) == 1
    assert kind.written.label(TASK, 1) == "Share of Bonds"


def test_several_paths_of_one_moment_are_drawn_as_their_mean():
    when = np.array(["2024-01-02", "2024-01-01", "2024-01-02"], dtype="datetime64[D]")
    moments, means = by_moment(when, np.array([1.0, 5.0, 3.0]))
    assert moments.tolist() == sorted(set(when.tolist()))
    assert means.tolist() == [5.0, 2.0]
    assert by_moment(when, np.eye(3))[1].tolist() == [[0, 1, 0], [0.5, 0, 0.5]]
