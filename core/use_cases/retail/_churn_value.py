"""The money of winning households back: what an offer saves, costs, and gives away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import Assumption
from core.value.threshold import Payoffs, ThresholdValue, ThresholdWords

if TYPE_CHECKING:
    import pandas as pd


def _payoffs(assumed: Mapping[str, float]) -> Payoffs:
    """Of those who would stay away some are saved, and take the incentive; of the others some take it for nothing."""
    saved = assumed["save_rate"] * (assumed["saved_sales"] * assumed["gross_margin"] - assumed["incentive"])
    cost = assumed["contact_cost"]
    return Payoffs(tp=saved - cost, fp=-assumed["take_up"] * assumed["incentive"] - cost, fn=0.0, tn=0.0)


def _records_per_year(assumed: Mapping[str, float], info: pd.DataFrame) -> float:
    return assumed["households"] * assumed["rounds_per_year"]


VALUE = ThresholdValue(
    payoffs=_payoffs,
    records_per_year=_records_per_year,
    words=ThresholdWords(
        tp="Contacted, would have stayed away",
        fp="Contacted, would have come anyway",
        fn="Not contacted, stayed away",
        tn="Not contacted, came",
        act="contact",
        unit="households",
        threshold="Send an offer when the predicted chance of staying away is at least",
        everybody="Contact everybody",
        nobody="Contact nobody",
    ),
    assumptions=(
        Assumption(
            name="save_rate",
            label="Share of contacted would-be absentees who come back",
            value=0.10,
            low=0.0,
            high=1.0,
            step=0.01,
            unit="share",
            source="One in ten. No data here says it: only an experiment with households left alone by lot can tell.",
        ),
        Assumption(
            name="saved_sales",
            label="Sales to a household that comes back, in the four weeks",
            value=46.3,
            low=0.0,
            high=500.0,
            step=1.0,
            unit="USD",
            guess=False,
            source="Training cut-offs: what households that then stayed away had spent in four average weeks of the "
            "twelve before. They did not catch up afterwards, and no later sales are counted. Selection, not proof.",
        ),
        Assumption(
            name="gross_margin",
            label="Gross margin on these sales",
            value=0.28,
            low=0.0,
            high=1.0,
            step=0.01,
            unit="share",
            source="In the usual range of grocery chains; put in your own.",
        ),
        Assumption(
            name="contact_cost",
            label="Cost of a contact",
            value=0.05,
            low=0.0,
            high=10.0,
            step=0.01,
            unit="USD",
            source="An app message or an e-mail; a letter costs ten times as much.",
        ),
        Assumption(
            name="incentive",
            label="Incentive, paid when it is used",
            value=3.0,
            low=0.0,
            high=50.0,
            step=0.5,
            unit="USD",
            source="About a tenth of an average basket off; put in your own offer.",
        ),
        Assumption(
            name="take_up",
            label="Share of the others who use the incentive for nothing",
            value=0.12,
            low=0.0,
            high=1.0,
            step=0.01,
            unit="share",
            source="A starting point: 12% of 6,424 mailings of 2017 led to a redeemed coupon. No data here says how "
            "many would use this incentive.",
        ),
        Assumption(
            name="households",
            label="Active households in the loyalty programme",
            value=100_000.0,
            low=100.0,
            high=50_000_000.0,
            step=10_000.0,
            unit="households",
            source="A regional chain; put in your own number.",
        ),
        Assumption(
            name="rounds_per_year",
            label="Rounds of offers a year",
            value=13.0,
            low=1.0,
            high=52.0,
            step=1.0,
            unit="rounds",
            source="One every four weeks, so that no silence is counted twice.",
        ),
    ),
)
