"""Which share of good cases may be refused, and what a person's look at a refused one costs."""

from __future__ import annotations

from core.contracts.value import Assumption
from core.formatting.messages import message

SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)  # of validation rows: each chooses a level
DEFAULT = 0.05
_HOURLY = {
    "EUR": (33.5, message("Eurostat: hourly labour costs, mean of the EU in 2024."), False),
    "USD": (45.0, message("A guess: near what an hour of work costs American employers, wages and benefits."), True),
}


def review_assumptions(currency: str) -> tuple[Assumption, Assumption]:
    """How long a person looks at one case, and what an hour of that person costs."""
    hourly, source, guess = _HOURLY.get(currency, (40.0, message("A guess. Put in your own."), True))
    return (
        Assumption(
            name="minutes",
            label=message("A person looks at one case for"),
            value=5.0,
            low=0.5,
            high=120.0,
            step=0.5,
            unit=message("minutes"),
            source=message("A guess. Measure it on ten cases."),
        ),
        Assumption(
            name="hourly",
            label=message("An hour of that person costs"),
            value=hourly,
            low=1.0,
            high=500.0,
            step=0.5,
            unit=currency,
            source=source,
            guess=guess,
        ),
    )


def server_assumption(currency: str) -> Assumption:
    """What a machine costs that answers."""
    return Assumption(
        name="server",
        label=message("An hour of a small server"),
        value=0.1,
        low=0.01,
        high=10.0,
        step=0.01,
        unit=currency,
        source=message("A guess: about what clouds ask for two cores. It costs this also while nobody asks."),
    )


def review_cost(minutes: float, hourly: float, share: float, cases: int = 1000) -> float:
    """What people cost who look at this share of so many cases."""
    return cases * share * minutes / 60 * hourly
