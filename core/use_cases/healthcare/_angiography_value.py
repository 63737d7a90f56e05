"""The money of the heart-disease use case: a needless angiography against a missed disease, with every assumption."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import Assumption
from core.value.threshold import Payoffs, ThresholdValue, ThresholdWords

if TYPE_CHECKING:
    import pandas as pd


_DISEASED_IN_DATA = 509 / 920  # share of these patients who are diseased: more than among those sent elsewhere


def _payoffs(assumed: Mapping[str, float]) -> Payoffs:
    """Against sending everybody, as these hospitals did. A healthy patient who is left out saves a test; a diseased one
    saves none, because the disease is found later and the test is done then, and may have a heart attack before."""
    test = assumed["test_cost"] + assumed["complication_share"] * assumed["complication_cost"]
    missed = assumed["event_share"] * (assumed["event_cost"] + assumed["health_lost"])
    pay = Payoffs(tp=0.0, fp=0.0, fn=-missed, tn=test)
    return pay.with_share(assumed["disease_share"], _DISEASED_IN_DATA)


def _records_per_year(assumed: Mapping[str, float], info: pd.DataFrame) -> float:
    return assumed["patients"]


VALUE = ThresholdValue(
    payoffs=_payoffs,
    records_per_year=_records_per_year,
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
        Assumption(
            name="test_cost",
            label="Cost of an angiography",
            value=3_000.0,
            low=100.0,
            high=50_000.0,
            step=100.0,
            unit="USD",
            source="Outpatient and without treatment; quotes differ several times over. Put in your own.",
        ),
        Assumption(
            name="complication_share",
            label="Angiographies with a major complication",
            value=0.01,
            low=0.0,
            high=0.1,
            step=0.001,
            unit="share",
            source="Registries report some 1 to 2%, older ones more. Put in your own.",
        ),
        Assumption(
            name="complication_cost",
            label="Cost of a major complication",
            value=10_000.0,
            low=0.0,
            high=500_000.0,
            step=1_000.0,
            unit="USD",
            source="Some days more in hospital; worse ones are rare and cost far more.",
        ),
        Assumption(
            name="event_share",
            label="Missed patients who have a heart attack that treatment would have prevented",
            value=0.15,
            low=0.0,
            high=1.0,
            step=0.01,
            unit="share",
            source="Until the disease is found in another way, and the test is done after all: a missed disease saves "
            "no test. With the values here, sending pays from a true chance of 17% on; the European guideline of 2019 "
            "wants further tests, gentler ones first, from 15% on. Ask a cardiologist: the result hangs on it.",
        ),
        Assumption(
            name="event_cost",
            label="Cost of a heart attack",
            value=25_000.0,
            low=0.0,
            high=500_000.0,
            step=1_000.0,
            unit="USD",
            source="Hospital and the first year after it. Put in your own.",
        ),
        Assumption(
            name="health_lost",
            label="Worth of the health that a heart attack takes",
            value=75_000.0,
            low=0.0,
            high=5_000_000.0,
            step=5_000.0,
            unit="USD",
            source="Three quarters of a year in full health, at 100,000 USD a year, a value often used in the United "
            "States. Death included, it may well be more.",
        ),
        Assumption(
            name="disease_share",
            label="Share of the patients considered who are diseased",
            value=0.38,
            low=0.01,
            high=0.9,
            step=0.01,
            unit="share",
            source="In US hospitals, 38% of those sent were diseased (Patel et al., 2010); of the patients here, 55%. "
            "The money counts each diseased patient of the data for less and each healthy one for more, until this "
            "share is reached; predicted chances stay those of the data, and read too high.",
        ),
        Assumption(
            name="patients",
            label="Patients considered for angiography per year",
            value=1_000.0,
            low=10.0,
            high=1_000_000.0,
            step=100.0,
            unit="patients",
            source="A large hospital, with patients like these but for the share of the diseased. Put in your own.",
        ),
    ),
)
