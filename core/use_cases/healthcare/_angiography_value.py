"""The money of the heart-disease use case: a needless angiography against a missed disease, with every assumption."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.use_cases.helpers import guess, per_year, slider
from core.value.threshold import Payoffs, ThresholdValue, ThresholdWords

if TYPE_CHECKING:
    pass


_DISEASED_IN_DATA = 509 / 920  # share of these patients who are diseased: more than among those sent elsewhere


def _payoffs(assumed: Mapping[str, float]) -> Payoffs:
    """Against sending everybody, as these hospitals did. A healthy patient who is left out saves a test; a diseased one
    saves none, because the disease is found later and the test is done then, and may have a heart attack before."""
    test = assumed["test_cost"] + assumed["complication_share"] * assumed["complication_cost"]
    missed = assumed["event_share"] * (assumed["event_cost"] + assumed["health_lost"])
    pay = Payoffs(tp=0.0, fp=0.0, fn=-missed, tn=test)
    return pay.with_share(assumed["disease_share"], _DISEASED_IN_DATA)


VALUE = ThresholdValue(
    payoffs=_payoffs,
    records_per_year=per_year("patients"),
    today="Send everybody, as these hospitals did",
    words=ThresholdWords(
        tp="Sent, diseased",
        fp="Sent, healthy",
        fn="Not sent, diseased: missed",
        tn="Not sent, healthy: a test saved",
        act="send to angiography",
        unit="patients",
        threshold="Send to angiography when the predicted chance of disease is at least",
        everybody="Send everybody, as these hospitals did",
        nobody="Send nobody",
    ),
    assumptions=(
        guess(
            "test_cost",
            "Cost of an angiography",
            slider(3_000.0, "USD", low=100.0, high=50_000.0, step=100.0),
            "Outpatient and without treatment; quotes differ several times over. Put in your own.",
        ),
        guess(
            "complication_share",
            "Angiographies with a major complication",
            slider(0.01, "share", low=0.0, high=0.1, step=0.001),
            "Registries report some 1 to 2%, older ones more. Put in your own.",
        ),
        guess(
            "complication_cost",
            "Cost of a major complication",
            slider(10_000.0, "USD", low=0.0, high=500_000.0, step=1_000.0),
            "Some days more in hospital; worse ones are rare and cost far more.",
        ),
        guess(
            "event_share",
            "Missed patients who have a heart attack that treatment would have prevented",
            slider(0.15, "share", low=0.0, high=1.0, step=0.01),
            "Until the disease is found in another way, and the test is done after all: a missed disease saves "
            "no test. With the values here, sending pays from a true chance of 17% on; the European guideline of 2019 "
            "wants further tests, gentler ones first, from 15% on. Ask a cardiologist: the result hangs on it.",
        ),
        guess(
            "event_cost",
            "Cost of a heart attack",
            slider(25_000.0, "USD", low=0.0, high=500_000.0, step=1_000.0),
            "Hospital and the first year after it. Put in your own.",
        ),
        guess(
            "health_lost",
            "Worth of the health that a heart attack takes",
            slider(75_000.0, "USD", low=0.0, high=5_000_000.0, step=5_000.0),
            "Three quarters of a year in full health, at 100,000 USD a year, a value often used in the United "
            "States. Death included, it may well be more.",
        ),
        guess(
            "disease_share",
            "Share of the patients considered who are diseased",
            slider(0.38, "share", low=0.01, high=0.9, step=0.01),
            "In US hospitals, 38% of those sent were diseased (Patel et al., 2010); of the patients here, 55%. "
            "The money counts each diseased patient of the data for less and each healthy one for more, until this "
            "share is reached; predicted chances stay those of the data, and read too high.",
        ),
        guess(
            "patients",
            "Patients considered for angiography per year",
            slider(1_000.0, "patients", low=10.0, high=1_000_000.0, step=100.0),
            "A large hospital, with patients like these but for the share of the diseased. Put in your own.",
        ),
    ),
)
