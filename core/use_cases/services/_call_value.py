"""The money of a telephone line that understands a digit: seconds of an agent against calls that go astray."""

from __future__ import annotations

from collections.abc import Mapping

from core.use_cases.helpers import guess, per_year, slider
from core.value.confidence import ConfidenceValue, ConfidenceWords, Gains

_SECONDS_OF_AN_HOUR = 3600.0


def _gains(assumed: Mapping[str, float]) -> Gains:
    """Against an agent who answers every call and puts it through."""
    second = assumed["agent_cost"] / _SECONDS_OF_AN_HOUR
    saved = assumed["agent_seconds"] * second - assumed["machine_cost"]
    return Gains(right=saved, wrong=saved - assumed["astray_seconds"] * second - assumed["astray_cost"])


VALUE = ConfidenceValue(
    gains=_gains,
    records_per_year=per_year("calls"),
    everything="An agent answers every call",
    words=ConfidenceWords(
        level="The machine puts a call through when it is at least this sure",
        decided="Put through by the machine",
        left="Left to an agent",
        wrong="Put through to the wrong desk",
        right="Right of those it puts through",
        unit="calls",
        machine_does="the machine puts the call through",
        person_does="an agent answers the call",
    ),
    assumptions=(
        guess(
            "agent_seconds",
            "Time of an agent who asks and puts a call through",
            slider(20.0, "s", low=1.0, high=300.0, step=1.0),
            "A greeting, a question, a transfer. Put in your own.",
        ),
        guess(
            "agent_cost",
            "Cost of an hour of an agent",
            slider(30.0, "USD", low=1.0, high=200.0, step=1.0),
            "American customer service earns about 20 USD an hour (Bureau of Labor Statistics, 2024), and half as much "
            "again goes for desk, software and breaks.",
        ),
        guess(
            "astray_seconds",
            "Time of agents that a call at the wrong desk takes",
            slider(90.0, "s", low=0.0, high=1_800.0, step=5.0),
            "Somebody listens, finds that it is not theirs, and transfers it. The result hangs on it.",
        ),
        guess(
            "astray_cost",
            "What an annoyed caller costs",
            slider(0.5, "USD", low=0.0, high=50.0, step=0.1),
            "Nobody was asked; most call again, few leave.",
        ),
        guess(
            "machine_cost",
            "Cost of a call that the machine puts through",
            slider(0.01, "USD", low=0.0, high=1.0, step=0.001),
            "Some seconds of a line and a processor.",
        ),
        guess(
            "calls",
            "Calls a year",
            slider(200_000.0, "calls", low=100.0, high=100_000_000.0, step=1_000.0),
            "A company of middle size. Put in your own.",
        ),
    ),
)
