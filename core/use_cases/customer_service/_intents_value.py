"""The money of understanding questions: a person's minutes against customers who are answered beside the point."""

from __future__ import annotations

from collections.abc import Mapping

from core.use_cases.helpers import guess, per_year, slider
from core.value.confidence import ConfidenceValue, ConfidenceWords, Gains


def _gains(assumed: Mapping[str, float]) -> Gains:
    """Against a person who reads the question and answers it, who takes time and errs too."""
    by_person = assumed["minutes"] / 60 * assumed["wage"] + assumed["person_errs"] * assumed["wrong_cost"]
    return Gains(right=by_person, wrong=by_person - assumed["wrong_cost"])


def _fixed(assumed: Mapping[str, float]) -> float:
    return assumed["upkeep"]


VALUE = ConfidenceValue(
    gains=_gains,
    fixed=_fixed,
    records_per_year=per_year("questions"),
    everything="A person answers every question",
    words=ConfidenceWords(
        level="The machine answers when it is at least this sure",
        decided="Answered by the machine",
        left="Left to a person",
        wrong="Answered beside the point",
        right="Right of those it answers",
        unit="questions",
        machine_does="the machine answers",
        person_does="it does not know, and a person answers",
    ),
    assumptions=(
        guess(
            "minutes",
            "Minutes in which a person answers a question",
            slider(4.0, "min", low=0.5, high=60.0, step=0.5),
            "Read, look up, write. Take the handling time of your own desk: the saving is in proportion to it.",
        ),
        guess(
            "wage",
            "Cost of an hour of that person",
            slider(24.0, "USD", low=1.0, high=200.0, step=1.0),
            "An agent with what an employer pays on top, and the desk. Put in your own.",
        ),
        guess(
            "person_errs",
            "Questions that a person misunderstands",
            slider(0.03, "share", low=0.0, high=0.3, step=0.005),
            "People who label such questions disagree more often than that; with the customer's account in front of "
            "them they err less.",
        ),
        guess(
            "wrong_cost",
            "Cost of an answer beside the point",
            slider(9.0, "USD", low=0.0, high=500.0, step=0.5),
            "The customer asks again, and a person answers, now to somebody who is annoyed; a few leave. A lost card "
            "that is taken for a late one costs far more; this is the mean.",
        ),
        guess(
            "questions",
            "Questions a year",
            slider(500_000.0, "questions", low=100.0, high=1_000_000_000.0, step=1_000.0),
            "A bank of some hundred thousand customers, each with a handful of questions a year.",
        ),
        guess(
            "upkeep",
            "What keeping the machine up costs a year",
            slider(60_000.0, "USD", low=0.0, high=5_000_000.0, step=1_000.0),
            "Somebody who writes the answers, reads what was misread, and trains it again when products change.",
        ),
    ),
)
