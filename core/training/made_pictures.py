"""What an epoch tells of the pictures that a network makes. Changes nothing."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from core.contracts import Task
from core.contracts.events import Generated, Shades
from core.kinds import kind_of
from core.training.first_look import shades
from core.training.losses import Loss, ShowsPictures

_SHOWN = 24


def shown(loss: Loss, raw_KBO: Tensor) -> Shades | None:
    """What the first network made for the first rows; None for a network that makes no pictures."""
    return shades(loss.pictures(raw_KBO)[0, :_SHOWN].float().cpu()) if isinstance(loss, ShowsPictures) else None


def told(task: Task, pictures: Shades | None, known_NT: np.ndarray, predicted_NO: np.ndarray) -> Generated | None:
    """With what is said of all of them together; None where there are none, or where they are no numbers."""
    crowd = kind_of(task).crowd
    if pictures is None or crowd is None or not np.isfinite(predicted_NO).all():
        return None
    of_all = crowd(known_NT.astype(np.float64), predicted_NO.astype(np.float64))
    return {"pictures": pictures, "variety": of_all["variety"], "kinds": of_all["kinds"]}
