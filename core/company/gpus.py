"""Processors that a training can be rented on: peak speed, power and memory of the maker's sheets, and dated prices."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import UnknownNameError


@dataclass(frozen=True, kw_only=True, slots=True)
class Gpu:
    """peak_flops: dense 16-bit operations a second with the matrix units, without sparsity. watts: the board's power
    limit. low_usd and high_usd: what an hour of one cost on the date, over the places that priced_by looked at."""

    name: str
    title: str
    peak_flops: float
    watts: float
    memory_gb: float
    sheet: str
    low_usd: float
    high_usd: float
    priced: str
    priced_by: str


_INDEX = "Mercatus, Cloud GPU pricing: list prices on demand at hyperscalers, specialists and small houses"

GPUS = (
    Gpu(
        name="V100",
        title="NVIDIA V100 SXM2 32 GB",
        peak_flops=125e12,
        watts=300,
        memory_gb=32,
        sheet="NVIDIA V100 datasheet, January 2020",
        low_usd=0.55,
        high_usd=3.06,
        priced="2026-05-20",
        priced_by="AIMultiple, GPU rental price index: a median of $0.97; the ends are a guess",
    ),
    Gpu(
        name="A100",
        title="NVIDIA A100 SXM 80 GB",
        peak_flops=312e12,
        watts=400,
        memory_gb=80,
        sheet="NVIDIA A100 datasheet, June 2021",
        low_usd=0.80,
        high_usd=3.00,
        priced="2026-05-01",
        priced_by=_INDEX,
    ),
    Gpu(
        name="H100",
        title="NVIDIA H100 SXM 80 GB",
        peak_flops=989.4e12,
        watts=700,
        memory_gb=80,
        sheet="NVIDIA H100 datasheet, 2023: half of the figure with sparsity",
        low_usd=1.99,
        high_usd=5.00,
        priced="2026-05-01",
        priced_by=_INDEX,
    ),
    Gpu(
        name="H200",
        title="NVIDIA H200 SXM 141 GB",
        peak_flops=989.4e12,
        watts=700,
        memory_gb=141,
        sheet="NVIDIA H200 datasheet, 2024: half of the figure with sparsity",
        low_usd=2.50,
        high_usd=7.00,
        priced="2026-05-01",
        priced_by=_INDEX,
    ),
    Gpu(
        name="B200",
        title="NVIDIA B200 180 GB",
        peak_flops=2250e12,
        watts=1000,
        memory_gb=180,
        sheet="NVIDIA DGX B200 datasheet, 2024: an eighth of the system's, half of the figure with sparsity",
        low_usd=4.50,
        high_usd=6.03,
        priced="2026-03-17",
        priced_by="Lyceum, B200 cloud pricing, and Spheron's list: specialists on demand; hyperscalers ask more",
    ),
)


def gpu_named(name: str) -> Gpu:
    """Raises UnknownNameError, with the nearest known name."""
    for gpu in GPUS:
        if gpu.name == name.upper():
            return gpu
    raise UnknownNameError("GPU", name, [gpu.name for gpu in GPUS])
