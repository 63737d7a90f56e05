"""What a training takes: parameters and tokens to operations, GPU time, money, energy, CO2 and memory, and what
answering costs beside an API. Closed formulas with their sources; nothing here is fitted, and nothing is measured."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.company.gpus import Gpu
from core.company.money import Between
from core.errors import UserError
from core.formatting import numbers
from core.formatting.messages import message

FLOPS_PER_PARAMETER_AND_TOKEN = 6  # Kaplan et al. 2020, table 1: two operations forward, four backward
FLOPS_PER_ANSWERED_TOKEN = 2  # the same table: forward alone
TOKENS_PER_PARAMETER = 20  # Hoffmann et al. 2022, table 3
STATE_BYTES = {"weights": 2, "gradients": 2, "optimiser": 12}  # Rajbhandari et al. 2020 (ZeRO), section 3.1, with Adam
# Korthikanti et al. 2022, table 2, with the attention recomputed: 34 bytes for each token, layer and unit of width. The
# width follows from the parameters, 12 times layers times width squared, at GPT-3's 128 units of width a layer.
ACTIVATION_BYTES = 34
WIDTH_PER_LAYER = 128
_HOUR_S, _DAY_H = 3600, 24

# What each input is raised to in each result; a test holds the formulas to it. So a browser that has the results at one
# place has them everywhere, without a second copy of the formulas.
EXPONENTS: Mapping[str, Mapping[str, float]] = {
    "flops": {"parameters": 1, "tokens": 1},
    "gpu_days": {"parameters": 1, "tokens": 1, "utilisation": -1},
    "days": {"parameters": 1, "tokens": 1, "utilisation": -1, "gpus": -1},
    "cost_low": {"parameters": 1, "tokens": 1, "utilisation": -1},
    "cost_high": {"parameters": 1, "tokens": 1, "utilisation": -1},
    "energy_kwh": {"parameters": 1, "tokens": 1, "utilisation": -1},
    "co2_kg": {"parameters": 1, "tokens": 1, "utilisation": -1},
    "weights_gb": {"parameters": 1, "gpus": -1},
    "gradients_gb": {"parameters": 1, "gpus": -1},
    "optimiser_gb": {"parameters": 1, "gpus": -1},
    "activations_gb": {"parameters": 2 / 3},
    "answers_low": {"parameters": 1},
    "answers_high": {"parameters": 1},
    "api_low": {},
    "api_high": {},
}

BOUNDS: Mapping[str, tuple[float, float]] = {
    "parameters": (1e3, 1e14),
    "tokens": (1e3, 1e16),
    "utilisation": (0.01, 1.0),
    "gpus": (1, 1e6),
}
LABELS = {
    "parameters": "Parameters",
    "tokens": "Tokens to learn from",
    "utilisation": "Share of the peak that is used",
    "gpus": "GPUs at a time",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a plan takes as given. price: of a GPU's hour. pue: a data centre's power over that of its machines. api: a
    million tokens. tokens_per_request: read and written. serving_utilisation: of the peak, while answering.
    tokens_at_once: that a GPU holds during a step."""

    price: Between
    api: Between
    pue: float
    grid_kg_per_kwh: float
    tokens_per_request: float
    serving_utilisation: float
    tokens_at_once: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A training to plan. utilisation: operations that the model needs over the GPU's peak, 0 to 1. Raises UserError
    for what no training is."""

    parameters: float
    tokens: float
    gpu: Gpu
    utilisation: float
    gpus: float = 1

    def __post_init__(self) -> None:
        for name, (low, high) in BOUNDS.items():
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                raise UserError(
                    "{what}: from {low} to {high}; this is {value}.",
                    what=message(LABELS[name]),
                    low=numbers.in_full(low),
                    high=numbers.in_full(high),
                    value=f"{value:g}",
                )


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a job takes. memory_gb: of one GPU, by part, with everything but activations spread over all of them (ZeRO,
    stage 3). answers, api: money for 1,000 requests, on own GPUs and bought."""

    flops: float
    gpu_days: float
    days: float
    cost: Between
    energy_kwh: float
    co2_kg: float
    memory_gb: Mapping[str, float]
    answers: Between
    api: Between

    def results(self) -> dict[str, float]:
        """By the names of `EXPONENTS`."""
        return {
            "flops": self.flops,
            "gpu_days": self.gpu_days,
            "days": self.days,
            "energy_kwh": self.energy_kwh,
            "co2_kg": self.co2_kg,
            **{f"{part}_gb": size for part, size in self.memory_gb.items()},
            **{
                f"{name}_{end}": getattr(between, end).amount
                for name, between in (("cost", self.cost), ("answers", self.answers), ("api", self.api))
                for end in ("low", "high")
            },
        }

    @property
    def pays_from_requests(self) -> float | None:
        """From how many requests on the training is paid back by not buying, at the middle prices; None: never."""
        saved = (self.api.middle.amount - self.answers.middle.amount) / 1000
        return self.cost.middle.amount / saved if saved > 0 else None

    def to_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "flops": self.flops,
            "gpu_days": self.gpu_days,
            "days": self.days,
            "cost": _range(self.cost),
            "energy_kwh": self.energy_kwh,
            "co2_kg": self.co2_kg,
            "memory_gb_per_gpu": dict(self.memory_gb) | {"all": sum(self.memory_gb.values())},
            "per_1000_requests": {"own": _range(self.answers), "api": _range(self.api)},
            "pays_from_requests": self.pays_from_requests,
        }


def plan(job: Job, given: Surroundings) -> Plan:
    """What a job takes. Energy is the board's power limit over the whole time: an upper end of what it draws."""
    flops = FLOPS_PER_PARAMETER_AND_TOKEN * job.parameters * job.tokens
    gpu_hours = flops / (job.gpu.peak_flops * job.utilisation) / _HOUR_S
    energy_kwh = gpu_hours * job.gpu.watts / 1000 * given.pue
    answered = FLOPS_PER_ANSWERED_TOKEN * job.parameters * given.tokens_per_request * 1000
    return Plan(
        flops=flops,
        gpu_days=gpu_hours / _DAY_H,
        days=gpu_hours / _DAY_H / job.gpus,
        cost=given.price * gpu_hours,
        energy_kwh=energy_kwh,
        co2_kg=energy_kwh * given.grid_kg_per_kwh,
        memory_gb=memory_gb(job, given.tokens_at_once),
        answers=given.price * (answered / (job.gpu.peak_flops * given.serving_utilisation) / _HOUR_S),
        api=given.api * (given.tokens_per_request * 1000 / 1e6),
    )


def memory_gb(job: Job, tokens_at_once: float) -> dict[str, float]:
    """Gigabytes of one GPU by part."""
    width = (WIDTH_PER_LAYER * job.parameters / 12) ** (1 / 3)
    activations = ACTIVATION_BYTES * tokens_at_once * width * width / WIDTH_PER_LAYER
    states = {part: size * job.parameters / job.gpus / 1e9 for part, size in STATE_BYTES.items()}
    return {**states, "activations": activations / 1e9}


def _range(between: Between) -> dict[str, Any]:
    low, high = between.low, between.high
    return {"low": low.amount, "high": high.amount, "currency": low.currency, "date": between.date}
