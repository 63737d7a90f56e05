"""The assumptions of the company pages as declared: what is known, from where and when, and what is a guess."""

from __future__ import annotations

from core.company.assumptions import Figure, Ledger
from core.company.gpus import GPUS

COMPUTE, BUSINESS, LEDGER = "compute", "business", "assumptions"  # the pages' addresses
_TODAY = "2026-11-29"  # when the guesses were made


def _guess(
    name: str,
    label: str,
    value: float,
    low: float,
    high: float,
    unit: str,
    used: str,
    *,
    least: float = 0.0,
    most: float,
    why: str,
) -> Figure:
    return Figure(
        name=name,
        label=label,
        value=value,
        low=low,
        high=high,
        least=least,
        most=most,
        unit=unit,
        source=why,
        date=_TODAY,
        used=(used,),
    )


_PRICES = tuple(
    Figure(
        name=f"price_{gpu.name.lower()}",
        label=f"An hour of one {gpu.name}",
        value=round((gpu.low_usd + gpu.high_usd) / 2, 2),
        low=gpu.low_usd,
        high=gpu.high_usd,
        least=0.0,
        most=1000.0,
        unit="USD",
        source=gpu.priced_by,
        date=gpu.priced,
        used=(COMPUTE,),
        guess=False,
    )
    for gpu in GPUS
)

_COMPUTE = (
    Figure(
        name="pue",
        label="Power of the data centre over that of its machines",
        value=1.25,
        low=1.1,
        high=1.56,
        least=1.0,
        most=3.0,
        unit="×",
        source="Low: Touvron et al. 2023. High: Uptime Institute's survey of 2024. Between them a guess",
        date="2024-07-01",
        used=(COMPUTE,),
    ),
    Figure(
        name="grid",
        label="CO2 of a kilowatt-hour",
        value=0.445,
        low=0.056,
        high=0.7,
        least=0.0,
        most=2.0,
        unit="kg",
        source="World average: IEA, Electricity 2025. Ends: France, and grids of coal",
        date="2025-02-01",
        used=(COMPUTE,),
        guess=False,
    ),
    _guess(
        "request_tokens",
        "Tokens of a request, read and written",
        1000,
        300,
        4000,
        "tokens",
        COMPUTE,
        least=1,
        most=1e6,
        why="A question with some context and a long answer",
    ),
    _guess(
        "serving_utilisation",
        "Share of the peak used while answering",
        0.1,
        0.03,
        0.3,
        "share",
        COMPUTE,
        least=0.001,
        most=1.0,
        why="Answers wait for memory, not for arithmetic, until many are read at once",
    ),
    _guess(
        "tokens_at_once",
        "Tokens that one GPU holds in a step",
        4096,
        2048,
        16384,
        "tokens",
        COMPUTE,
        least=1,
        most=1e7,
        why="One or two texts of the usual length",
    ),
    Figure(
        name="api_price",
        label="A million tokens from an API",
        value=3.0,
        low=0.3,
        high=10.0,
        least=0.0,
        most=10_000.0,
        unit="USD",
        source="List prices of small and large models, read and written: GitIntel's calculator, mid-2026",
        date="2026-06-01",
        used=(COMPUTE,),
        guess=False,
    ),
)

_BUSINESS = (
    _guess(
        "build_cost", "Build and connect one use case", 120_000, 60_000, 250_000, "USD", BUSINESS,
        most=1e9, why="Two engineers for half a year, and whoever runs today's system",
    ),
    _guess(
        "running_cost", "Run one use case for a month", 4_000, 2_000, 8_000, "USD", BUSINESS,
        most=1e9, why="A quarter of an engineer, hosting and monitoring",
    ),
    _guess(
        "volume", "Volume, in times that of the runs", 1.0, 0.7, 1.5, "×", BUSINESS,
        most=10_000, why="The money models say the volume of a year; a customer's own is another",
    ),
    _guess(
        "adoption", "Decisions that follow the model in the end", 0.6, 0.35, 0.85, "share", BUSINESS,
        most=1.0, why="People overrule what they do not trust",
    ),
    _guess(
        "months_to_live", "Months until it is live", 6, 3, 12, "months", BUSINESS,
        most=60, why="Data access and approval take longer than the model",
    ),
    _guess(
        "ramp_months", "Months from the first decision to all", 9, 4, 18, "months", BUSINESS,
        least=1, most=60, why="A pilot, then one department after the other",
    ),
    _guess(
        "kept", "Margin: the measured gain that stays in practice", 0.7, 0.5, 0.95, "share", BUSINESS,
        most=1.0, why="What no test on past data sees: habits, delays, side effects",
    ),
    _guess(
        "growth", "Growth of the volume in a year", 0.05, -0.02, 0.15, "share", BUSINESS,
        least=-0.9, most=3.0, why="A market that grows a little faster than the economy",
    ),
    _guess(
        "decay", "Gain that is lost in a year as the world changes", 0.08, 0.02, 0.2, "share", BUSINESS,
        most=0.95, why="With a retraining a year; see the section Ship of each use case",
    ),
    _guess(
        "discount", "Discount rate of a year", 0.12, 0.08, 0.18, "share", BUSINESS,
        most=2.0, why="Between a company's usual 8% and a venture's 18%",
    ),
    Figure(
        name="eur_usd",
        label="One euro",
        value=1.16,
        low=1.05,
        high=1.22,
        least=0.01,
        most=100.0,
        unit="USD",
        source="About the European Central Bank's reference rate of the day; the range is that of two years",
        date="2025-11-28",
        used=(BUSINESS,),
        guess=False,
    ),
)  # fmt: skip

FIGURES: tuple[Figure, ...] = (*_BUSINESS, *_PRICES, *_COMPUTE)


def declared() -> Ledger:
    """The ledger in which nothing has been changed."""
    return Ledger(declared=FIGURES)
