"""The compute planner: published trainings recomputed, formulas held to their exponents, refusals, the command."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace

import pytest

from core.commands.command_line import main
from core.company.compute import BOUNDS, EXPONENTS, Job, plan
from core.company.declared import declared
from core.company.gpus import GPUS, gpu_named
from core.company.money import Money, Rate
from core.company.planning import planned, surroundings
from core.company.published import PUBLISHED
from core.errors import UserError

LEDGER = declared()


@pytest.mark.parametrize("one", PUBLISHED, ids=lambda one: one.name)
def test_published_trainings_are_reproduced_within_15_percent_with_nothing_fitted(one) -> None:  # type: ignore[no-untyped-def]
    ours = one.planned(surroundings(LEDGER, gpu_named(one.gpu)))
    apart = {what: ours[what] / told - 1 for what, told in one.told.items()}
    assert apart
    assert all(abs(share) <= 0.15 for share in apart.values()), apart


def test_a_published_training_is_not_reproduced_whatever_the_formula() -> None:
    one = next(p for p in PUBLISHED if p.name == "LLaMA-65B")
    wrong = replace(one, tokens=one.tokens / 30).planned(surroundings(LEDGER, gpu_named("A100")))
    assert abs(wrong["gpu_hours"] / one.told["gpu_hours"] - 1) > 0.9


def test_seven_billion_on_two_trillion_is_3100_days_of_an_a100_at_its_peak() -> None:
    found = planned(LEDGER, Job(parameters=7e9, tokens=2e12, gpu=gpu_named("A100"), utilisation=1.0))
    assert found.flops == pytest.approx(8.4e22)
    assert found.gpu_days == pytest.approx(3116, rel=1e-3)


def jobs(count: int, seed: int = 1) -> list[Job]:
    """Trainings of all sizes."""
    draw = random.Random(seed)
    return [
        Job(
            parameters=10 ** draw.uniform(6, 13),
            tokens=10 ** draw.uniform(6, 14),
            gpu=draw.choice(GPUS),
            utilisation=draw.uniform(0.05, 1),
            gpus=round(10 ** draw.uniform(0, 5)),
        )
        for _ in range(count)
    ]


def test_every_result_is_what_its_exponents_make_of_another_one() -> None:
    """So the browser, which knows the results at one place, shows what Python computes."""
    for first, other in zip(jobs(100, 1), jobs(100, 2), strict=True):
        other = replace(other, gpu=first.gpu)
        at, there = planned(LEDGER, first).results(), planned(LEDGER, other).results()
        assert set(at) == set(EXPONENTS)
        for name, powers in EXPONENTS.items():
            scaled = at[name]
            for given, power in powers.items():
                scaled *= (getattr(other, given) / getattr(first, given)) ** power
            assert scaled == pytest.approx(there[name], rel=1e-9), name


def test_money_scales_with_prices_and_wider_prices_never_narrow_it() -> None:
    for job in jobs(50):
        given = surroundings(LEDGER, job.gpu)
        found = planned(LEDGER, job)
        name = f"price_{job.gpu.name.lower()}"
        price = LEDGER[name]
        doubled = replace(given, price=given.price * 2)
        assert plan(job, doubled).cost.low.amount == pytest.approx(2 * found.cost.low.amount)
        assert plan(job, doubled).cost.high.amount == pytest.approx(2 * found.cost.high.amount)
        wide = replace(given.price, low=Money(price.low / 2, "USD"), high=Money(price.high * 2, "USD"))
        wider = plan(job, replace(given, price=wide)).cost
        assert wider.low.amount < found.cost.low.amount <= found.cost.high.amount < wider.high.amount


def test_what_a_gpu_holds_falls_with_their_number_and_is_never_less_than_the_activations() -> None:
    for job in jobs(50):
        one, many = (planned(LEDGER, replace(job, gpus=n)).memory_gb for n in (1, 1000))
        assert sum(one.values()) > sum(many.values()) > many["activations"] == one["activations"] > 0


def test_an_api_is_paid_back_only_where_own_answers_cost_less() -> None:
    small = planned(LEDGER, Job(parameters=7e9, tokens=2e12, gpu=gpu_named("H100"), utilisation=0.4))
    assert small.pays_from_requests is not None
    saved = (small.api.middle.amount - small.answers.middle.amount) / 1000
    assert small.pays_from_requests * saved == pytest.approx(small.cost.middle.amount)
    large = planned(LEDGER, Job(parameters=5e12, tokens=2e12, gpu=gpu_named("V100"), utilisation=0.4))
    assert large.pays_from_requests is None


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("value", [-1.0, 0.0, 1e308, math.nan, math.inf])
def test_what_no_training_is_is_refused_with_the_rule(name: str, value: float) -> None:
    good = {"parameters": 1e9, "tokens": 1e9, "utilisation": 0.4, "gpus": 1}
    with pytest.raises(UserError, match="from .* to"):
        Job(gpu=GPUS[0], **{**good, name: value})


def test_money_knows_its_currency() -> None:
    assert Money(1, "USD") + Money(2, "USD") == Money(3, "USD")
    with pytest.raises(UserError, match="USD and EUR"):
        Money(1, "USD") + Money(2, "EUR")
    with pytest.raises(UserError, match="'points'"):
        Money(1, "points")
    rate = Rate(of="EUR", in_currency="USD", rate=1.2, date="2026-01-01")
    assert Money(10, "EUR").to("USD", {"EUR": rate}) == Money(12, "USD")
    assert (Money(10, "EUR") * 3).to("USD", {"EUR": rate}).amount == pytest.approx(3 * 12)
    with pytest.raises(UserError, match="no rate of GBP"):
        Money(1, "GBP").to("USD", {"EUR": rate})


def test_the_command_tells_all_of_it_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["compute", "--parameters", "7e9", "--tokens", "2e12", "--gpu", "a100", "--utilisation", "0.4"]
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["flops"] == pytest.approx(8.4e22)
    assert told["gpu_days"] == pytest.approx(3116.1 / 0.4, rel=1e-3)
    assert 0 < told["cost"]["low"] < told["cost"]["high"]
    assert (told["cost"]["date"], told["cost"]["currency"]) == ("2026-05-01", "USD")
    assert told["energy_kwh"] == pytest.approx(told["gpu_days"] * 24 * 0.4 * LEDGER.value("pue"))
    assert told["co2_kg"] == pytest.approx(told["energy_kwh"] * LEDGER.value("grid"))
    assert main(asked) == 0
    assert "8.4·10²² FLOPs: 7,790 days of one A100" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--utilisation", "1.4"], "from 0.01 to 1"),
        (["--parameters", "1e308"], "Parameters: from 1,000"),
        (["--parameters", "nan"], "Parameters: from 1,000"),
        (["--tokens", "many"], "invalid float value: 'many'"),
        (["--gpu", "A1000"], "Did you mean 'A100'?"),
        (["--gpus", "0"], "GPUs at a time: from 1"),
    ],
)
def test_the_command_answers_a_mistake_with_a_sentence(
    options: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"--parameters": "7e9", "--tokens": "2e12"} | dict([options])  # type: ignore[list-item]
    assert main(["compute", *(part for pair in asked.items() for part in pair)]) == 2
    assert told in capsys.readouterr().err
