"""The money of the students at risk: hours of tutoring against students who stay, with every assumption."""

from __future__ import annotations

from collections.abc import Mapping

from core.use_cases.helpers import guess, per_year, slider
from core.value.threshold import Payoffs, ThresholdValue, ThresholdWords


def _payoffs(assumed: Mapping[str, float]) -> Payoffs:
    """Against tutoring nobody. Tutoring holds some of those who would leave, and costs the same for all."""
    cost = assumed["hours"] * assumed["hour_cost"]
    return Payoffs(tp=assumed["held"] * assumed["worth"] - cost, fp=-cost, fn=0.0, tn=0.0)


VALUE = ThresholdValue(
    payoffs=_payoffs,
    records_per_year=per_year("students"),
    currency="EUR",
    today="Tutor nobody",
    words=ThresholdWords(
        tp="Tutored, would have left",
        fp="Tutored, would have stayed",
        fn="Not tutored, left",
        tn="Not tutored, stayed",
        act="offer tutoring",
        unit="students",
        threshold="Offer tutoring when the predicted chance of leaving is at least",
        everybody="Tutor everybody",
        nobody="Tutor nobody",
    ),
    assumptions=(
        guess(
            "hours",
            "Hours of tutoring for a student",
            slider(30.0, "hours", low=1.0, high=200.0, step=1.0),
            "An hour a week over a year of teaching.",
        ),
        guess(
            "hour_cost",
            "Cost of an hour",
            slider(20.0, "EUR", low=1.0, high=200.0, step=1.0),
            "An older student or assistant, with what the employer pays on top. Put in your own.",
        ),
        guess(
            "held",
            "Share of those who would leave whom tutoring holds",
            slider(0.15, "share", low=0.0, high=1.0, step=0.01),
            "The result hangs on it, and only a trial that draws lots can tell. Coaching raised a year's retention by "
            "some "
            "5 points in one with 13,555 US students (Bettinger and Baker, 2014).",
        ),
        guess(
            "worth",
            "Worth of a student who stays, to the school",
            slider(8_000.0, "EUR", low=100.0, high=200_000.0, step=100.0),
            "Two more years of fees and of what the state pays for a place. Worth to the student is left out, and is "
            "more.",
        ),
        guess(
            "students",
            "New students per year",
            slider(1_000.0, "students", low=10.0, high=1_000_000.0, step=100.0),
            "A small school, whose students are like these. Put in your own.",
        ),
    ),
)
