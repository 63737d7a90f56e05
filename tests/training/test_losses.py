"""The losses against scikit-learn, a naive formula and finite differences."""

import dataclasses

import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss, mean_pinball_loss

from core.contracts import Kind, Task
from core.errors import UserError
from core.training.losses import LOSSES

LEVELS = (0.1, 0.5, 0.9)
TASK = Task(kind=Kind.BINARY, target="t", target_columns=("t",), outputs=("p",), loss="x", metrics=("m",), headline="m")
QUANTILES = dataclasses.replace(TASK, kind=Kind.QUANTILE, outputs=("a", "b", "c"), levels=LEVELS)
SURVIVAL = dataclasses.replace(TASK, kind=Kind.SURVIVAL, target_columns=("time", "event"))
CLASSES = dataclasses.replace(TASK, kind=Kind.MULTICLASS, outputs=("a", "b", "c"))
TASKS = {"binary_cross_entropy": TASK, "pinball": QUANTILES, "cox": SURVIVAL, "cross_entropy": CLASSES}
BCE, PINBALL, COX, CROSS_ENTROPY = (LOSSES.get(name) for name in TASKS)
TASKS["list_net"] = dataclasses.replace(TASK, kind=Kind.RANKING)  # whose formula is tested with its kind

# tests/kinds/test_allocation.py, test_clusters.py, test_detection.py, test_generation.py, test_one_class.py
OF_THEIR_KINDS = {"as_told", "center_focal", "log_growth", "mean_variance", "reconstruction", "squared_error"}

every_loss = pytest.mark.parametrize("name", sorted(set(LOSSES.all()) - OF_THEIR_KINDS))


def problem(name, members=3, rows=17, *, seed=0, ties=False):
    """raw (K, B, O), target (K, B, T) and weight (K, B) of 1, in double."""
    rng = np.random.default_rng(seed)
    task = TASKS[name]
    raw = rng.normal(size=(members, rows, len(task.outputs)))
    if name == "cox":
        time = rng.integers(1, 6, (members, rows)) if ties else rng.exponential(size=(members, rows))
        target = np.stack([time, rng.random((members, rows)) < 0.6], axis=2)
    elif name == "list_net":
        relevance = np.round(rng.random((members, rows)) * 3, 0 if ties else 6)
        target = np.stack([relevance, rng.integers(0, 4, (members, rows))], axis=2)
    elif name == "pinball":
        target = rng.normal(size=(members, rows, 1))
    else:
        target = rng.integers(0, len(task.outputs) if name == "cross_entropy" else 2, (members, rows, 1))
    weight = np.ones((members, rows))
    return torch.tensor(raw), torch.tensor(target.astype(float)), torch.tensor(weight)


def naive_cox(risk, target):
    """Minus the mean log share of each event's risk among all who were still there (ties as Breslow has them)."""
    terms = [
        np.log(sum(np.exp(risk[j]) for j in range(len(risk)) if target[j, 0] >= target[i, 0])) - risk[i]
        for i in range(len(risk))
        if target[i, 1]
    ]
    return float(np.mean(terms))


def test_every_loss_of_the_house_is_tested_here():
    assert set(LOSSES.all()) == set(TASKS) | OF_THEIR_KINDS


def test_binary_cross_entropy_is_scikit_learns_log_loss():
    raw, target, weight = problem("binary_cross_entropy")
    ours = BCE.loss(raw, target, weight, TASK)
    theirs = [log_loss(t[:, 0], torch.sigmoid(r[:, 0])) for r, t in zip(raw, target, strict=True)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_binary_cross_entropy_of_a_hopeless_logit_is_finite():
    raw, target = torch.tensor([[[500.0], [-500.0]]]), torch.tensor([[[0.0], [1.0]]])
    assert BCE.loss(raw, target, torch.ones(1, 2), TASK).item() == 500


def test_pinball_is_scikit_learns_mean_pinball_loss_averaged_over_levels():
    raw, target, weight = problem("pinball")
    ours = PINBALL.loss(raw, target, weight, QUANTILES)
    theirs = [
        np.mean([mean_pinball_loss(t[:, 0], r[:, i], alpha=level) for i, level in enumerate(LEVELS)])
        for r, t in zip(raw, target, strict=True)
    ]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("ties", [False, True], ids=["distinct times", "tied times"])
def test_cox_is_the_naive_partial_likelihood(ties):
    raw, target, weight = problem("cox", ties=ties)
    ours = COX.loss(raw, target, weight, SURVIVAL)
    theirs = [naive_cox(r[:, 0].numpy(), t.numpy()) for r, t in zip(raw, target, strict=True)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_cox_does_not_depend_on_the_order_of_rows_with_tied_times():
    raw, target, weight = problem("cox", ties=True)
    back = torch.arange(raw.shape[1] - 1, -1, -1)
    torch.testing.assert_close(
        COX.loss(raw[:, back], target[:, back], weight, SURVIVAL), COX.loss(raw, target, weight, SURVIVAL)
    )


def test_cox_of_a_batch_without_an_event_is_nothing():
    raw, target, weight = problem("cox")
    target[..., 1] = 0
    assert COX.loss(raw.requires_grad_(), target, weight, SURVIVAL).abs().max() == 0


@every_loss
def test_rows_of_weight_zero_change_neither_loss_nor_gradient(name):
    loss, task = LOSSES.get(name), TASKS[name]
    raw, target, weight = problem(name)
    padded_raw = torch.cat([raw, 40 * torch.ones_like(raw[:, :4])], dim=1)
    padded_target = torch.cat([target, target[:, :1].expand(-1, 4, -1)], dim=1)
    padded_weight = torch.cat([weight, torch.zeros(len(weight), 4)], dim=1)
    raw.requires_grad_()
    padded_raw.requires_grad_()
    plain, padded = loss.loss(raw, target, weight, task), loss.loss(padded_raw, padded_target, padded_weight, task)
    torch.testing.assert_close(padded, plain)
    plain.sum().backward()
    padded.sum().backward()
    torch.testing.assert_close(padded_raw.grad[:, :17], raw.grad)
    assert padded_raw.grad[:, 17:].abs().max() == 0


@every_loss
def test_members_never_mix(name):
    loss, task = LOSSES.get(name), TASKS[name]
    raw, target, weight = problem(name)
    together = loss.loss(raw, target, weight, task)
    assert together.shape == (3,)
    for k in range(3):
        alone = loss.loss(raw[k : k + 1], target[k : k + 1], weight[k : k + 1], task)
        torch.testing.assert_close(alone[0], together[k])


@every_loss
@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "tied"])
def test_gradients_agree_with_finite_differences(name, ties):
    loss, task = LOSSES.get(name), TASKS[name]
    raw, target, weight = problem(name, members=2, rows=7, ties=ties)
    weight[1, 5:] = 0
    raw.requires_grad_()
    assert torch.autograd.gradcheck(lambda r: loss.loss(r, target, weight, task), (raw,))


@every_loss
def test_training_starts_at_the_best_constant(name):
    loss, task = LOSSES.get(name), TASKS[name]
    _, target, weight = problem(name, members=1, rows=401)
    start = loss.start(target[0], task)
    assert start.shape == (loss.num_outputs(task),)

    def at(constant):
        return loss.loss(constant.expand(1, 401, -1), target, weight, task).item()

    best = at(start)
    for output in range(len(start)):
        for distance in (-1.0, -0.2, 0.2, 1.0):
            other = start.clone()
            other[output] += distance
            if name in ("cox", "list_net"):  # only differences count
                assert at(other) == pytest.approx(best)
            else:
                assert at(other) > best


def test_the_start_is_finite_when_every_answer_is_the_same():
    for answer in (0.0, 1.0):
        assert BCE.start(torch.full((5, 1), answer), TASK).isfinite().all()


def test_predictions_are_probabilities_sorted_quantiles_and_risks():
    raw = torch.tensor([[[2.0, -1.0, 0.5]]])
    assert BCE.predict(torch.zeros(1, 1, 1)).item() == 0.5
    assert PINBALL.predict(raw).tolist() == [[[-1.0, 0.5, 2.0]]]
    assert COX.predict(raw[..., :1]).item() == 2.0


def test_only_the_quantiles_ask_for_a_scaled_target():
    asks = {name: loss.scale_target for name, loss in LOSSES.all().items()}
    assert asks == dict.fromkeys(OF_THEIR_KINDS, False) | {
        "binary_cross_entropy": False,
        "pinball": True,
        "cox": False,
        "cross_entropy": False,
        "list_net": False,
    }


@pytest.mark.parametrize("name", sorted(set(LOSSES.all()) - (OF_THEIR_KINDS - {"squared_error"})))
# What is earned over time is tested by differences in tests/kinds/test_allocation.py.
def test_the_gradient_is_that_of_the_summed_losses(name):
    loss = LOSSES.get(name)
    levels = (0.1, 0.5, 0.9) if name == "pinball" else ()
    task = Task(
        kind=Kind.QUANTILE if levels else Kind.BINARY,
        target="t",
        target_columns=("t",),
        outputs=("a", "b", "c") if name in ("pinball", "cross_entropy") else ("p",),
        levels=levels,
        loss=name,
        metrics=("m",),
        headline="m",
    )
    generator = torch.Generator().manual_seed(1)
    raw = torch.randn(3, 20, loss.num_outputs(task), generator=generator).requires_grad_()
    target = torch.stack([torch.rand(3, 20, generator=generator), (torch.rand(3, 20, generator=generator) > 0.4)], 2)
    target = target if name == "cox" else target[..., 1:].float() * (2 if name == "cross_entropy" else 1)
    weight = torch.rand(3, 20, generator=generator)
    weight[:, 15:] = 0
    weight /= weight.sum(1, keepdim=True)
    (expected,) = torch.autograd.grad(loss.loss(raw, target, weight, task).sum(), raw)
    torch.testing.assert_close(loss.gradient(raw.detach(), target, weight[..., None], task), expected)


def test_cross_entropy_is_what_torch_computes_and_members_and_weights_stay_apart():
    generator = torch.Generator().manual_seed(2)
    raw = 3 * torch.randn(2, 30, 3, generator=generator)
    target = torch.randint(3, (2, 30, 1), generator=generator).float()
    weight = torch.rand(2, 30, generator=generator)
    weight[:, 25:] = 0
    found = CROSS_ENTROPY.loss(raw, target, weight, CLASSES)
    for k in range(2):
        each = torch.nn.functional.cross_entropy(raw[k], target[k, :, 0].long(), reduction="none")
        torch.testing.assert_close(found[k], (each * weight[k]).sum() / weight[k].sum())


def test_cross_entropy_starts_at_the_shares_of_the_classes_and_survives_one_that_is_absent():
    start = CROSS_ENTROPY.start(torch.tensor([[0.0], [0.0], [0.0], [2.0]]), CLASSES)
    torch.testing.assert_close(CROSS_ENTROPY.predict(start), torch.tensor([0.75, 0.0, 0.25]), atol=1e-3, rtol=0)
    assert start.isfinite().all()


@pytest.mark.parametrize("answer", [3.0, -1.0, 0.5])
def test_cross_entropy_refuses_what_is_no_class(answer):
    with pytest.raises(UserError, match=f"a class, 0 to 2; a target is {answer:g}"):
        CROSS_ENTROPY.start(torch.tensor([[1.0], [answer]]), CLASSES)
