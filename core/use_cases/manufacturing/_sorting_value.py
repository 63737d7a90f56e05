"""The money of the sorting belt: strays let through against good garments thrown out, with every assumption."""

from __future__ import annotations

from collections.abc import Mapping

from core.use_cases.helpers import guess, per_year, slider
from core.value.threshold import Payoffs, ThresholdValue, ThresholdWords

STRAYS_IN_DATA = 900 / 1_250  # of the test garments, whose money is counted


def _payoffs(assumed: Mapping[str, float]) -> Payoffs:
    """Against letting everything through: a stray that is caught saves what it would cost. What is thrown out a person
    looks at, whatever it is; a good garment goes back onto the belt."""
    look = assumed["seconds"] / 3600 * assumed["wage"]
    pay = Payoffs(tp=assumed["stray_cost"] - look, fp=-look - assumed["good_cost"], fn=0.0, tn=0.0)
    return pay.with_share(*_prior(assumed))


def _prior(assumed: Mapping[str, float]) -> tuple[float, float]:
    return assumed["stray_share"], STRAYS_IN_DATA


VALUE = ThresholdValue(
    payoffs=_payoffs,
    records_per_year=per_year("garments"),
    prior=_prior,
    today="Let everything through",
    words=ThresholdWords(
        tp="Thrown out, a stray: caught",
        fp="Thrown out, but it belongs",
        fn="Let through, a stray",
        tn="Let through, it belongs",
        act="throw it out",
        unit="garments",
        threshold="Throw out a garment whose anomaly score is at least",
        everybody="Throw everything out",
        nobody="Let everything through",
    ),
    assumptions=(
        guess(
            "stray_share",
            "Strays among the garments on the belt",
            slider(0.03, "share", low=0.001, high=0.5, step=0.001),
            "After people have sorted by hand, a few in a hundred are wrong. Among the test garments it is 72%: money "
            "counts each stray for less and each other for more, until this share is reached.",
        ),
        guess(
            "stray_cost",
            "Cost of a stray that is let through",
            slider(2.0, "USD", low=0.0, high=100.0, step=0.05),
            "A buyer who finds strays in a bale pays less for all of it, or sends it back.",
        ),
        guess(
            "seconds",
            "Seconds in which a person looks at what was thrown out",
            slider(6.0, "s", low=0.0, high=120.0, step=0.5),
            "Pick it up, look, put it where it belongs. Take the time of your own team.",
        ),
        guess(
            "wage",
            "Cost of an hour of that person",
            slider(20.0, "USD", low=1.0, high=200.0, step=1.0),
            "A sorter with what an employer pays on top. Put in your own.",
        ),
        guess(
            "good_cost",
            "Cost of a good garment that is thrown out",
            slider(0.05, "USD", low=0.0, high=20.0, step=0.01),
            "It takes a place on the belt a second time; the look is counted already.",
        ),
        guess(
            "garments",
            "Garments a year",
            slider(5_000_000.0, "garments", low=1_000.0, high=500_000_000.0, step=1_000.0),
            "One belt, one garment a second, two shifts at a third of the time.",
        ),
    ),
)
