"""The money of winning households back: what an offer saves, costs, and gives away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.use_cases.helpers import from_data, guess, per_year, slider
from core.value.threshold import Payoffs, ThresholdValue, ThresholdWords

if TYPE_CHECKING:
    pass


def _payoffs(assumed: Mapping[str, float]) -> Payoffs:
    """Of those who would stay away some are saved, and take the incentive; of the others some take it for nothing."""
    saved = assumed["save_rate"] * (assumed["saved_sales"] * assumed["gross_margin"] - assumed["incentive"])
    cost = assumed["contact_cost"]
    return Payoffs(tp=saved - cost, fp=-assumed["take_up"] * assumed["incentive"] - cost, fn=0.0, tn=0.0)


VALUE = ThresholdValue(
    payoffs=_payoffs,
    records_per_year=per_year("households", "rounds_per_year"),
    today="Contact nobody",
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
        guess(
            "save_rate",
            "Contacted households that are won back",
            slider(0.10, "share", low=0.0, high=1.0, step=0.01),
            "One in ten. No data here says it: only an experiment with households left alone by lot can tell.",
        ),
        from_data(
            "saved_sales",
            "Sales to a household that comes back, in the four weeks",
            slider(46.3, "USD", low=0.0, high=500.0, step=1.0),
            "Training cut-offs: what households that then stayed away had spent in four average weeks of the "
            "twelve before. They did not catch up afterwards, and no later sales are counted. Selection, not proof.",
        ),
        guess(
            "gross_margin",
            "Gross margin on these sales",
            slider(0.28, "share", low=0.0, high=1.0, step=0.01),
            "In the usual range of grocery chains; put in your own.",
        ),
        guess(
            "contact_cost",
            "Cost of a contact",
            slider(0.05, "USD", low=0.0, high=10.0, step=0.01),
            "An app message or an e-mail; a letter costs ten times as much.",
        ),
        guess(
            "incentive",
            "Worth of the offer, paid when it is used",
            slider(3.0, "USD", low=0.0, high=50.0, step=0.5),
            "About a tenth of an average basket off; put in your own offer.",
        ),
        guess(
            "take_up",
            "Contacted households that would have come anyway and use the offer",
            slider(0.12, "share", low=0.0, high=1.0, step=0.01),
            "A starting point: 12% of 6,424 mailings of 2017 led to a redeemed coupon. No data here says how "
            "many would use this offer.",
        ),
        guess(
            "households",
            "Active households in the loyalty programme",
            slider(100_000.0, "households", low=100.0, high=50_000_000.0, step=10_000.0),
            "A regional chain; put in your own number.",
        ),
        guess(
            "rounds_per_year",
            "Rounds of offers a year",
            slider(13.0, "rounds", low=1.0, high=52.0, step=1.0),
            "One every four weeks, so that no silence is counted twice.",
        ),
    ),
)
