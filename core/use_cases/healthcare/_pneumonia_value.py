"""The money of the chest X-rays: needless antibiotics against a missed pneumonia, with every assumption."""

from __future__ import annotations

from collections.abc import Mapping

from core.use_cases.helpers import guess, per_year, slider
from core.value.threshold import Payoffs, ThresholdValue, ThresholdWords

_PNEUMONIA_IN_DATA = 390 / 624  # of the test films, whose money is counted


def _payoffs(assumed: Mapping[str, float]) -> Payoffs:
    """Against treating every child. A healthy one who is spared saves the antibiotics and what they do; an ill one who
    is sent home is treated later, so that nothing is saved, and may be gravely ill by then."""
    needless = assumed["course_cost"] + assumed["side_effect_share"] * assumed["side_effect_cost"]
    needless += assumed["resistance_cost"]
    missed = assumed["grave_share"] * (assumed["hospital_cost"] + assumed["health_lost"])
    pay = Payoffs(tp=0.0, fp=0.0, fn=-missed, tn=needless)
    return pay.with_share(assumed["pneumonia_share"], _PNEUMONIA_IN_DATA)


VALUE = ThresholdValue(
    payoffs=_payoffs,
    records_per_year=per_year("films"),
    today="Treat every child",
    words=ThresholdWords(
        tp="Treated, pneumonia",
        fp="Treated, no pneumonia: needless antibiotics",
        fn="Sent home, pneumonia: missed",
        tn="Sent home, no pneumonia: antibiotics spared",
        act="treat",
        unit="films",
        whom="children",
        threshold="Give antibiotics when the predicted chance of pneumonia is at least",
        everybody="Treat every child",
        nobody="Treat none",
    ),
    assumptions=(
        guess(
            "course_cost",
            "Cost of a course of antibiotics",
            slider(40.0, "USD", low=1.0, high=1_000.0, step=1.0),
            "Drug and dispensing. Put in your own.",
        ),
        guess(
            "side_effect_share",
            "Courses with a side effect that needs a visit",
            slider(0.05, "share", low=0.0, high=0.5, step=0.01),
            "Reviews report diarrhoea in 5 to 35% of those who take antibiotics (McFarland, 2008), most of it mild.",
        ),
        guess(
            "side_effect_cost",
            "Cost of such a visit",
            slider(150.0, "USD", low=0.0, high=5_000.0, step=10.0),
            "An hour of a clinic and a lost day of a parent.",
        ),
        guess(
            "resistance_cost",
            "What one course costs everybody by resistant germs",
            slider(15.0, "USD", low=0.0, high=500.0, step=1.0),
            "Nobody knows it well; published estimates differ more than tenfold.",
        ),
        guess(
            "grave_share",
            "Missed pneumonias that become grave",
            slider(0.05, "share", low=0.0, high=1.0, step=0.01),
            "Many are viral, and most parents come back in time. Ask a paediatrician: the result hangs on it.",
        ),
        guess(
            "hospital_cost",
            "Cost of a grave pneumonia",
            slider(10_000.0, "USD", low=0.0, high=500_000.0, step=500.0),
            "Some days in hospital, oxygen, at worst intensive care. Put in your own.",
        ),
        guess(
            "health_lost",
            "Worth of the health that a grave pneumonia takes",
            slider(10_000.0, "USD", low=0.0, high=5_000_000.0, step=1_000.0),
            "A tenth of a year in full health, at 100,000 USD a year. Where children die of it, it is far more.",
        ),
        guess(
            "pneumonia_share",
            "Share of the children filmed who have pneumonia",
            slider(0.16, "share", low=0.01, high=0.95, step=0.01),
            "In one American emergency room 16% of the children whose chest was filmed had it (Neuman et al., 2011); "
            "of the test films here, 62%. The money counts each film with pneumonia for less and each other for more, "
            "until this share is reached; predicted chances stay those of the data, and read too high.",
        ),
        guess(
            "films",
            "Films a year",
            slider(5_000.0, "films", low=10.0, high=10_000_000.0, step=100.0),
            "A children's clinic. Put in your own.",
        ),
    ),
)
