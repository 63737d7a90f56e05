"""Trainings whose makers told what they took: what this product's formulas are held against. Nothing here is fitted:
how much of the peak was used is what the makers published, each in the sentence of its source."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.company.compute import FLOPS_PER_PARAMETER_AND_TOKEN, Job, Surroundings, plan
from core.company.gpus import gpu_named

_LLAMA = "Touvron et al. 2023, LLaMA, section 2.4: some 380 tokens a second and GPU at 65B; table 15: hours and energy"
_LLAMA_USED = FLOPS_PER_PARAMETER_AND_TOKEN * 65.2e9 * 380 / gpu_named("A100").peak_flops


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """utilisation: of the peak, as told. told: what its makers published, by the names of `compute.Plan.results`, and
    gpu_hours. running: share of the time in which the training ran, where that is told apart. watts: of one GPU on
    average, where it was measured."""

    name: str
    parameters: float
    tokens: float
    gpu: str
    gpus: int
    utilisation: float
    told: dict[str, float]
    source: str
    running: float = 1.0
    watts: float | None = None
    pue: float = 1.0
    grid_kg_per_kwh: float = 0.0

    def planned(self, given: Surroundings) -> dict[str, float]:
        """The same figures by our formulas. given: prices, which were not published."""
        gpu = gpu_named(self.gpu)
        gpu = replace(gpu, watts=self.watts) if self.watts else gpu
        own = replace(given, pue=self.pue, grid_kg_per_kwh=self.grid_kg_per_kwh)
        job = Job(
            parameters=self.parameters,
            tokens=self.tokens,
            gpu=gpu,
            gpus=self.gpus,
            utilisation=self.utilisation * self.running,
        )
        found = plan(job, own).results()
        found["gpu_hours"] = found["gpu_days"] * 24
        return {name: found[name] for name in self.told}


def _llama(name: str, parameters: float, tokens: float, told: dict[str, float]) -> Published:
    return Published(
        name=name,
        parameters=parameters,
        tokens=tokens,
        gpu="A100",
        gpus=2048,
        utilisation=_LLAMA_USED,
        told=told,
        source=_LLAMA,
        pue=1.1,
        grid_kg_per_kwh=0.385,
    )


PUBLISHED = (
    Published(
        name="GPT-3 175B",
        parameters=174.6e9,
        tokens=300e9,
        gpu="V100",
        gpus=10_000,
        utilisation=24.6e12 / gpu_named("V100").peak_flops,
        told={"flops": 3.14e23, "days": 14.8, "energy_kwh": 1_287_000, "co2_kg": 552_100},
        source="Brown et al. 2020, table D.1; Patterson et al. 2021, table 4: 24.6 TFLOP/s and 330 W a GPU",
        watts=330,
        pue=1.10,
        grid_kg_per_kwh=0.429,
    ),
    _llama("LLaMA-7B", 6.7e9, 1.0e12, {"gpu_hours": 82_432, "energy_kwh": 36_000, "co2_kg": 14_000}),
    _llama("LLaMA-13B", 13.0e9, 1.0e12, {"gpu_hours": 135_168, "energy_kwh": 59_000, "co2_kg": 23_000}),
    _llama("LLaMA-33B", 32.5e9, 1.4e12, {"gpu_hours": 530_432, "energy_kwh": 233_000, "co2_kg": 90_000}),
    _llama("LLaMA-65B", 65.2e9, 1.4e12, {"gpu_hours": 1_022_362, "energy_kwh": 449_000, "co2_kg": 173_000}),
    Published(
        name="Llama 3.1 405B",
        parameters=405e9,
        tokens=15.6e12,
        gpu="H100",
        gpus=16_384,
        utilisation=0.41,
        running=0.90,
        told={"flops": 3.8e25, "gpu_hours": 30.84e6},
        source="Llama Team 2024, table 4 (41% of the peak on 16,384 GPUs), section 3.3.4 (over 90% of the time "
        "effective) and model card",
    ),
)
