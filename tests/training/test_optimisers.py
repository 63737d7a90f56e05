"""Every optimiser against torch.optim, step by step, with networks of different rates in one tensor."""

import pytest
import torch

from core.settings.training import OPTIMISERS, SCHEDULES, SETTINGS, steps_per_epoch
from core.training import schedules
from core.training.optimisers import Optimiser, Rates

LEARNING_RATES, DECAYS, MOMENTA = (0.03, 0.01, 0.002), (0.0, 0.3, 0.05), (0.9, 0.5, 0.2)
TORCH = {
    "gradient_descent": lambda p, lr, wd, m: torch.optim.SGD(p, lr=lr, weight_decay=wd),
    "sgd": lambda p, lr, wd, m: torch.optim.SGD(p, lr=lr, weight_decay=wd),
    "momentum": lambda p, lr, wd, m: torch.optim.SGD(p, lr=lr, weight_decay=wd, momentum=m),
    "nesterov": lambda p, lr, wd, m: torch.optim.SGD(p, lr=lr, weight_decay=wd, momentum=m, nesterov=True),
    "adagrad": lambda p, lr, wd, m: torch.optim.Adagrad(p, lr=lr, weight_decay=wd),
    "rmsprop": lambda p, lr, wd, m: torch.optim.RMSprop(p, lr=lr, weight_decay=wd),
    "adam": lambda p, lr, wd, m: torch.optim.Adam(p, lr=lr, weight_decay=wd),
    "adamw": lambda p, lr, wd, m: torch.optim.AdamW(p, lr=lr, weight_decay=wd),
}


def rates(*, l1=0.0, clip_norm=0.0, decays=None):
    column = lambda values: torch.tensor(values)[:, None]  # noqa: E731
    return Rates(
        learning_rate=column(LEARNING_RATES),
        weight_decay=column(DECAYS),
        momentum=column(MOMENTA),
        l1=torch.full((3, 1), l1),
        clip_norm=torch.full((3, 1), clip_norm),
        decays=torch.ones(7) if decays is None else decays,
    )


@pytest.mark.parametrize("name", OPTIMISERS)
def test_each_network_takes_the_steps_of_torch_optim(name):
    generator = torch.Generator().manual_seed(1)
    flat = torch.randn(3, 7, generator=generator)
    alone = [flat[k].clone().requires_grad_() for k in range(3)]
    theirs = [TORCH[name]([p], *each) for p, *each in zip(alone, LEARNING_RATES, DECAYS, MOMENTA, strict=True)]
    ours = Optimiser(name, flat, rates())
    for step in range(50):
        factor = 1.0 if step < 25 else 0.3
        gradient = torch.randn(3, 7, generator=generator)
        ours.step(gradient.clone(), factor)
        for k, (parameter, optimiser) in enumerate(zip(alone, theirs, strict=True)):
            optimiser.param_groups[0]["lr"] = LEARNING_RATES[k] * factor
            parameter.grad = gradient[k].clone()
            optimiser.step()
            torch.testing.assert_close(flat[k], parameter.detach(), rtol=1e-5, atol=1e-6)


def test_adam_in_one_go_for_networks_of_different_rates_takes_the_same_steps():
    """What a GPU does instead of a launch for each network."""
    generator = torch.Generator().manual_seed(1)
    start = torch.randn(3, 7, generator=generator)
    flats = start.clone(), start.clone()
    each, together = (Optimiser("adam", flat, rates()) for flat in flats)
    together.rule = together._adam_of_all
    for step in range(50):
        gradient = torch.randn(3, 7, generator=generator)
        for optimiser in (each, together):
            optimiser.step(gradient.clone(), 1.0 if step < 25 else 0.3)
    torch.testing.assert_close(flats[0], flats[1], rtol=1e-5, atol=1e-6)


def test_weight_decay_and_l1_reach_only_what_decays():
    decays = torch.tensor([1.0, 1, 0, 0, 0, 0, 0])
    flat = torch.full((3, 7), 2.0)
    Optimiser("sgd", flat, rates(l1=0.5, decays=decays)).step(torch.zeros(3, 7), 1.0)
    assert torch.equal(flat[:, 2:], torch.full((3, 5), 2.0))
    expected = 2 - torch.tensor(LEARNING_RATES) * (0.5 + torch.tensor(DECAYS) * 2)
    torch.testing.assert_close(flat[:, 0], expected)


def test_clipping_shortens_each_networks_own_gradient():
    gradient = torch.stack([torch.full((7,), size) for size in (10.0, 0.01, 1.0)])
    before = torch.zeros(3, 7)
    Optimiser("sgd", before, rates(clip_norm=1.0)).step(gradient.clone(), 1.0)
    steps = before / -torch.tensor(LEARNING_RATES)[:, None]
    for k in range(3):
        own = gradient[k].clone().requires_grad_()
        own.grad = gradient[k].clone()
        torch.nn.utils.clip_grad_norm_([own], 1.0)
        torch.testing.assert_close(steps[k], own.grad, rtol=1e-5, atol=1e-7)


def test_whatever_the_settings_offer_has_a_rule_and_another_schedule():
    offered = {s.name: s.choices for s in SETTINGS}
    rules = {name: Optimiser(name, torch.zeros(3, 7), rates()).rule.__name__ for name in offered["optimiser"]}
    assert rules == {name: f"_{name}" for name in OPTIMISERS} | {"gradient_descent": "_sgd", "adamw": "_adam"}
    curves = {tuple(schedules.factor(name, step, 10, 10) for step in range(100)) for name in offered["schedule"]}
    assert len(curves) == len(offered["schedule"]) == len(SCHEDULES)


def test_gradient_descent_takes_all_rows_for_each_step():
    assert steps_per_epoch({"optimiser": "gradient_descent", "batch_size": 16}, 1000) == 1
    assert steps_per_epoch({"optimiser": "adamw", "batch_size": 16}, 1000) == 63


def factors(name, epochs=20, steps=5):
    return [schedules.factor(name, step, steps, epochs) for step in range(epochs * steps)]


def test_schedules_do_what_their_help_says():
    assert set(factors("constant")) == {1.0}
    step = factors("step")
    assert (step[0], step[49], step[74], step[99]) == pytest.approx((1, 1, 0.1, 0.01))
    exponential = factors("exponential")
    assert exponential[0] == 1
    assert exponential[50] == pytest.approx(0.1)
    assert exponential[-1] == pytest.approx(0.01, rel=0.1)
    cosine = factors("cosine")
    assert cosine[0] == pytest.approx(0.2)
    assert cosine[4] == max(cosine)
    assert cosine[50] == pytest.approx(0.5)
    assert 0 < cosine[-1] < 0.01
    cycle = factors("one_cycle")
    assert cycle.index(max(cycle)) == 30
    assert max(cycle) == 1
    assert cycle[0] == pytest.approx(0.04)
    assert cycle[-1] < 0.01
    warm = factors("warm_up")
    assert warm[0] == pytest.approx(0.1)
    assert set(warm[10:]) == {1.0}
