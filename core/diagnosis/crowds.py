"""What the run doctor sees in the pictures that a network makes: whether they are all of a few kinds, or all alike."""

from __future__ import annotations

from core.diagnosis.events import TrainingHistory
from core.diagnosis.findings import Change, Finding
from core.formatting.messages import message
from core.formatting.numbers import fixed

_FEW_KINDS = 5.0  # of ten; a good training spreads over eight or more
_LITTLE_VARIETY = 0.5  # of that of real pictures
_LEAST_EPOCHS = 3  # the first pictures are fog, and all fog is alike


def mode_collapse(history: TrainingHistory) -> Finding | None:
    """The pictures that were told last are of few kinds, or differ far less than real ones."""
    told = [(e["epoch"], e["generated"]) for e in history.epochs if "generated" in e]
    if len(told) < _LEAST_EPOCHS:
        return None
    epoch, last = told[-1]
    if last["kinds"] >= _FEW_KINDS and last["variety"] >= _LITTLE_VARIETY:
        return None
    most = max(one["kinds"] for _, one in told)
    return Finding(
        fault="mode_collapse",
        saw=message(
            "In epoch {epoch} a fixed classifier took what it makes for {kinds} of 10 kinds, {most} at best; its "
            "pictures differ {variety} times as much as real ones.",
            epoch=epoch,
            kinds=fixed(last["kinds"], 1),
            most=fixed(most, 1),
            variety=fixed(last["variety"], 2),
        ),
        why=message(
            "Whoever only has to pass, and has found one picture that does, has no reason to make another: then "
            "whatever the noise is, the same comes out."
        ),
        changes=(Change(setting="learning_rate", factor=0.1), Change(setting="method", value="vae")),
    )
