"""A ranking is scored as scikit-learn does group by group and learned by ListNet; no batch cuts a group."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import ndcg_score

from core.charts.ranking import places, relevance_at
from core.checks import examples_check, group_check, plans
from core.contracts import Fold, HeldOutRows, Plan
from core.errors import UserError
from core.evaluation.metrics import metric_named
from core.kinds import kind_of
from core.models import MODELS
from core.pipeline.importance import importance
from core.pipeline.prepare import prepare
from core.settings import resolve
from core.settings.counts import MOST_TOGETHER
from core.settings.use_case import settings_of
from core.training import column_shuffle
from core.training.batches import NetworkRows, Rows, TrainingData
from core.training.blocks import Blocks
from core.training.losses import LOSSES
from core.training.members import Members
from core.use_cases import use_case

TASK = use_case("testing/tiny_ranking").task
NDCG = metric_named("ndcg_at_10")


def groups(*, ties, seed=0, count=12):
    rng = np.random.default_rng(seed)
    group = rng.permutation(np.repeat(np.arange(count), rng.integers(2, 25, count)))
    relevance = rng.integers(0, 4, len(group)).astype(float)
    score = rng.normal(size=len(group))
    return group, relevance, np.round(score, 0 if ties else 6)


@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "tied"])
def test_ndcg_is_scikit_learn_s_mean_over_groups(ties):
    group, relevance, score = groups(ties=ties)
    rows = HeldOutRows(target=relevance[:, None], group=group)
    expected = [ndcg_score([relevance[group == g]], [score[group == g]], k=10) for g in range(12)]
    assert NDCG.compute(rows, score[:, None], TASK) == pytest.approx([np.mean(expected)], rel=1e-12)


def test_a_group_that_is_drawn_twice_counts_twice_and_one_that_is_not_does_not():
    group, relevance, score = groups(ties=False)
    drawn = np.random.default_rng(1).integers(0, 3, (4, 12))
    rows = HeldOutRows(target=relevance[:, None], group=group, weight=drawn[:, group].astype(float))
    each = [ndcg_score([relevance[group == g]], [score[group == g]], k=10) for g in range(12)]
    expected = (drawn @ each) / drawn.sum(1)
    np.testing.assert_allclose(NDCG.compute(rows, score[:, None], TASK), expected, rtol=1e-12)


def test_groups_without_anything_relevant_are_left_out_and_all_of_them_leave_no_value():
    target = np.array([[1.0], [0.0], [0.0], [0.0]])
    rows = HeldOutRows(target=target, group=np.array([7, 7, 9, 9]))
    assert NDCG.compute(rows, np.array([[0.2], [0.1], [0.5], [0.4]]), TASK).tolist() == [1.0]
    nothing = HeldOutRows(target=np.zeros((4, 1)), group=np.array([7, 7, 9, 9]))
    assert np.isnan(NDCG.compute(nothing, target, TASK)).all()


def naive_list_net(score, relevance, group, weight):
    lost = total = 0.0
    for g in set(group[weight > 0].tolist()):
        own = (group == g) & (weight > 0)
        deserved = np.exp(relevance[own]) / np.exp(relevance[own]).sum()
        log_chance = score[own] - np.log(np.exp(score[own]).sum())
        lost += weight[own].mean() * -(deserved * log_chance).sum()
        total += weight[own].mean()
    return lost / total


def test_list_net_is_the_formula_group_by_group_and_leaves_out_rows_that_do_not_count():
    loss = LOSSES.get("list_net")
    stacked = [groups(ties=False, seed=s, count=5) for s in (1, 2)]
    n = min(len(g) for g, _, _ in stacked)
    group, relevance, score = (np.stack([part[i][:n] for part in stacked]) for i in range(3))
    weight = np.ones((2, n))
    weight[:, -3:] = 0
    raw = torch.tensor(score[..., None], dtype=torch.float64, requires_grad=True)
    target = torch.tensor(np.stack([relevance, group], axis=-1), dtype=torch.float64)
    found = loss.loss(raw, target, torch.tensor(weight), TASK)
    expected = [naive_list_net(*(a[k] for a in (score, relevance, group, weight))) for k in range(2)]
    np.testing.assert_allclose(found.detach(), expected, rtol=1e-10)
    share = torch.tensor(weight / weight.sum(1, keepdims=True))[..., None]
    gradient = loss.gradient(raw, target, share, TASK)
    assert torch.equal(gradient[:, -3:], torch.zeros(2, 3, 1, dtype=torch.float64))
    moved = score.copy()
    moved[0, 0] += 1e-6
    numeric = (naive_list_net(moved[0], relevance[0], group[0], weight[0]) - expected[0]) / 1e-6
    assert gradient[0, 0, 0].item() == pytest.approx(numeric, abs=1e-5)


def test_a_block_is_in_one_batch_whole_and_every_row_comes_once():
    rng = np.random.default_rng(0)
    block = rng.integers(0, 30, 200)
    trains = [rng.permutation(200)[:120], np.arange(150)]
    blocks = Blocks(block, trains)
    order = np.stack([np.r_[rng.permutation(len(t)), np.zeros(150 - len(t), int)] for t in trains])
    before = order.copy()
    steps = blocks.steps(8)
    cut, at, present = blocks.cut(order, steps)
    assert (order == before).all(), "the shuffled order is somebody else's"
    for k, train in enumerate(trains):
        batches = [cut[k][at[k, s][present[k, s]]] for s in range(steps)]
        assert sorted(np.concatenate(batches).tolist()) == list(range(len(train)))
        of = [set(block[train[b]].tolist()) for b in batches]
        assert sum(len(s) for s in of) == len(set().union(*of)), "a block lies in two batches"
        assert max(len(s) for s in of) - min(len(s) for s in of) <= 1
    assert blocks.steps(1000) == min(len(np.unique(block[t])) for t in trains)


def test_batches_of_a_ranking_hold_whole_groups_with_shares_that_add_up():
    group = np.repeat(np.arange(10), 4)
    numbers = torch.arange(40.0)[None, :, None]
    data = TrainingData(
        shapes=[], tensors={"numeric": numbers, "category": torch.zeros(1, 40, 0, dtype=torch.int64)}, target=numbers,
        networks=[NetworkRows(fold=0, train=np.arange(40), validation=np.arange(4))], weight=torch.ones(1, 40),
        block=group,
    )  # fmt: skip
    rows = Rows(data, torch.device("cpu"))
    order = torch.from_numpy(np.random.default_rng(0).permutation(40))[None]
    seen = []
    for batch in rows.epoch(order, rows.steps(3)):
        kept = batch.share[0, :, 0] > 0
        assert batch.rows == int(kept.sum())
        assert batch.share.sum().item() == pytest.approx(1)
        of = group[batch.target[0, kept, 0].long().numpy()]
        assert (np.bincount(of)[np.unique(of)] == 4).all()
        seen += batch.target[0, kept, 0].tolist()
    assert sorted(seen) == list(range(40))


def test_a_ranking_refuses_no_group_negative_relevance_and_a_group_of_several_units():
    declared = use_case("testing/tiny_ranking")
    kind, examples = kind_of(TASK), declared.examples({})
    with pytest.raises(UserError, match="names no `group`"):
        kind.check_task(replace(TASK, group=""))
    with pytest.raises(UserError, match="A relevance is 0 or more"):
        kind.check_labels(TASK, {"relevance": np.array([0.0, -1.0])})
    with pytest.raises(UserError, match="A group lies within one unit"):
        examples_check.checked(declared, replace(examples, unit=np.arange(len(examples))))
    with pytest.raises(UserError, match="`group` names one of the info columns"):
        examples_check.checked(replace(declared, task=replace(TASK, group="page")), examples)


@pytest.mark.parametrize("name", ["testing/tiny_ranking", "testing/tiny_allocation"])
def test_a_group_that_no_batch_could_hold_is_refused_before_anything_is_fitted(name, monkeypatch):
    declared = use_case(name)
    examples = examples_check.checked(declared, declared.examples({}))
    largest = examples.info[declared.task.group].value_counts()
    monkeypatch.setattr(group_check, "MOST_TOGETHER", int(largest.iloc[0]))
    examples_check.checked(declared, examples)
    monkeypatch.setattr(group_check, "MOST_TOGETHER", int(largest.iloc[0]) - 1)
    with pytest.raises(UserError, match=f"{largest.iloc[0] - 1} of them at most; .* has {largest.iloc[0]}. Divide it"):
        examples_check.checked(declared, examples)
    assert settings_of(declared)["batch_size"].high == MOST_TOGETHER


def test_the_places_of_a_group_are_counted_by_score():
    group, score = np.array([1, 1, 0, 0, 0]), np.array([0.1, 0.9, 3.0, 5.0, 4.0])
    assert places(group, score).tolist() == [1, 0, 2, 0, 1]
    np.testing.assert_allclose(relevance_at(group, np.array([0.0, 1, 2, 0, 4]), score), [0.5, 2.0, 2.0])


def test_rows_of_the_same_score_share_their_places():
    group, relevance = np.repeat([0, 1], 3), np.array([4.0, 1, 1, 0, 0, 3])
    np.testing.assert_allclose(relevance_at(group, relevance, np.zeros(6)), [1.5, 1.5, 1.5])
    tied = np.array([0.0, 1, 0, 0, 1, 0])
    for named in (group, group.astype(str), group.astype(str).astype(object)):
        np.testing.assert_allclose(relevance_at(named, relevance, tied), [0.5, 2.0, 2.0])


def large():
    """More rows in each part than are measured after an epoch, or shuffled for a column's weight."""
    declared = use_case("testing/tiny_ranking")
    one = declared.examples({})
    many = 6

    def of(table):
        return pd.concat([table] * many, ignore_index=True)

    query = np.concatenate([one.unit + copy * 1000 for copy in range(many)])
    info = pd.DataFrame({"query": [f"query {q}" for q in query]})
    features = of(one.features).assign(level=np.unique(query, return_inverse=True)[1] / 100)
    examples = replace(one, features=features, target=of(one.target), unit=query, info=info)
    names = np.unique(query)
    train, validation, test = (np.flatnonzero(np.isin(query, p)) for p in (names[:300], names[300:350], names[350:]))
    fold = Fold(name="hold-out", train=train, validation=validation, test=test)
    plan = Plan(folds=(fold,), unit="query", separation="unit", sentence="One hold-out of whole queries.")
    return declared, examples, plan


def test_what_is_measured_of_many_training_rows_holds_whole_groups():
    declared, examples, plan = large()
    settings = resolve(settings_of(declared), {})
    data = prepare(declared, examples, plan, settings).data
    members = Members(
        MODELS.get(declared.model),
        LOSSES.get("list_net"),
        TASK,
        data,
        [settings] * len(data.networks),
        torch.device("cpu"),
    )
    index, weight = members.train_sample
    size = np.bincount(np.unique(examples.unit, return_inverse=True)[1])
    for k, network in enumerate(data.networks):
        rows = (index[k] - int(members.rows.offset[k, 0]))[weight[k] > 0].numpy()
        assert 900 <= len(rows) <= 1100 < len(network.train)
        held, counted = np.unique(np.unique(examples.unit, return_inverse=True)[1][rows], return_counts=True)
        np.testing.assert_array_equal(counted, size[held])


def test_a_column_s_weight_is_asked_of_whole_groups(monkeypatch):
    declared, examples, plan = large()
    asked = []

    class Watched:
        fold_of, preprocessing, tensors = (0,), [SimpleNamespace(beside=(), rates={})], {}

        def inputs(self, features, networks, arrays):
            asked.append(features)
            return self

    def nothing(ensemble, inputs, own, columns, sources):
        return np.zeros((len(columns), len(own), 1))

    monkeypatch.setattr(column_shuffle, "predict", nothing)
    importance(declared, Watched(), examples, plan)
    (features,) = asked
    test = examples.features.iloc[plan.folds[0].test]
    assert 900 <= len(features) <= 1100 < len(test)
    whole = test.groupby("level").size()  # every query has a level of its own
    chosen = features.groupby("level").size()
    assert (chosen == whole[chosen.index]).all()


def test_a_plan_that_cuts_a_group_between_training_and_validation_is_refused():
    declared, examples, plan = large()
    plans.check_parts(declared, examples, plan)
    (fold,) = plan.folds
    both = np.concatenate([fold.train, fold.validation])
    cut = replace(fold, train=both[::2], validation=both[1::2])
    with pytest.raises(UserError, match="rows of one 'query' in two"):
        plans.check_parts(declared, examples, replace(plan, folds=(cut,)))
