"""The money of a counter that reads a signed digit: an interpreter's minutes against errors, and what labels cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.use_cases.helpers import guess, per_year, slider
from core.value.confidence import ConfidenceValue, ConfidenceWords, Gains


def _gains(assumed: Mapping[str, float]) -> Gains:
    """Against an interpreter by video, who is never wrong here."""
    saved = assumed["seconds"] / 60 * assumed["interpreter_cost"]
    return Gains(right=saved, wrong=saved - assumed["wrong_cost"])


def value_of(labels: int) -> ConfidenceValue:
    """With so many labelled photos, which every method that learns needs alike."""

    def fixed(assumed: Mapping[str, float]) -> float:
        return labels * assumed["label_cost"]

    return replace(VALUE, fixed=fixed)


VALUE = ConfidenceValue(
    gains=_gains,
    records_per_year=per_year("signs"),
    everything="An interpreter reads every sign",
    words=ConfidenceWords(
        level="The machine reads a sign when it is at least this sure",
        decided="Read by the machine",
        left="Left to an interpreter",
        wrong="Read wrongly by the machine",
        right="Right of those it reads",
        unit="signs",
        machine_does="the machine reads it",
        person_does="an interpreter reads it",
    ),
    assumptions=(
        guess(
            "label_cost",
            "Cost of one labelled photo",
            slider(1.0, "USD", low=0.0, high=20.0, step=0.1),
            "Somebody who signs holds up a hand, consents, and somebody checks the photo: some two minutes. Paid once, "
            "counted in the first year, validation photos included.",
        ),
        guess(
            "wrong_cost",
            "Cost of a digit that is read wrongly",
            slider(5.0, "USD", low=0.0, high=200.0, step=0.5),
            "The wrong number is called, somebody waits in vain, and it is done again. The result hangs on it.",
        ),
        guess(
            "seconds",
            "Time of an interpreter for one digit",
            slider(20.0, "s", low=1.0, high=300.0, step=1.0),
            "Connecting not counted. Put in your own.",
        ),
        guess(
            "interpreter_cost",
            "Cost of a minute of an interpreter by video",
            slider(3.0, "USD", low=0.1, high=20.0, step=0.1),
            "Services in America ask for some 2 to 4 USD a minute.",
        ),
        guess(
            "signs",
            "Signed digits a year",
            slider(20_000.0, "signs", low=100.0, high=10_000_000.0, step=100.0),
            "Sixty a day at a chain of counters. Put in your own.",
        ),
    ),
)
