"""The money of filing photos: a person's seconds against goods that are filed where nobody looks for them."""

from __future__ import annotations

from collections.abc import Mapping

from core.use_cases.helpers import guess, per_year, slider
from core.value.confidence import ConfidenceValue, ConfidenceWords, Gains


def _gains(assumed: Mapping[str, float]) -> Gains:
    """Against a person filing the photo, who takes time and errs too."""
    filed = assumed["seconds"] / 3600 * assumed["wage"] + assumed["person_errs"] * assumed["wrong_cost"]
    return Gains(right=filed, wrong=filed - assumed["wrong_cost"])


VALUE = ConfidenceValue(
    gains=_gains,
    records_per_year=per_year("photos"),
    everything="A person files every photo",
    words=ConfidenceWords(
        level="The machine files a photo when it is at least this sure",
        decided="Filed by the machine",
        left="Left to a person",
        wrong="Filed wrongly by the machine",
        right="Right of those it files",
        unit="photos",
        machine_does="the machine files it",
        person_does="a person files it",
    ),
    assumptions=(
        guess(
            "seconds",
            "Seconds in which a person files a photo",
            slider(20.0, "s", low=1.0, high=600.0, step=1.0),
            "Open, look, choose, save. Take the time of your own team: the saving is in proportion to it.",
        ),
        guess(
            "wage",
            "Cost of an hour of that person",
            slider(24.0, "USD", low=1.0, high=200.0, step=1.0),
            "A clerk with what an employer pays on top. Put in your own.",
        ),
        guess(
            "person_errs",
            "Photos that a person files wrongly",
            slider(0.01, "share", low=0.0, high=0.3, step=0.005),
            "Tired people err too; with the large photo in colour in front of them, seldom.",
        ),
        guess(
            "wrong_cost",
            "Cost of a photo that is filed wrongly",
            slider(3.0, "USD", low=0.0, high=500.0, step=0.1),
            "Sales lost until somebody notices, a return now and then, and the time to file it again. A shirt among "
            "T-shirts costs less than a bag among shoes; this is the mean.",
        ),
        guess(
            "photos",
            "Photos a year",
            slider(200_000.0, "photos", low=100.0, high=100_000_000.0, step=1_000.0),
            "A middle-sized fashion shop: 40,000 articles a year, five photos each.",
        ),
    ),
)
