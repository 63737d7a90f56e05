"""The newest steps of several measurements as numbers of a table: where each stands and how it moves, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

NEWEST = 5  # steps whose mean is where a measurement stands


def standing(window_NTC: np.ndarray) -> np.ndarray:
    """The mean (N, C) of the newest steps."""
    found: np.ndarray = window_NTC[:, -NEWEST:].mean(axis=1)
    return found


def trend(window_NTC: np.ndarray) -> np.ndarray:
    """The slope (N, C) of the least-squares line through the window, per step."""
    import numpy as np

    steps = np.arange(window_NTC.shape[1], dtype=np.float64)
    centred = steps - steps.mean()
    found: np.ndarray = np.einsum("t,ntc->nc", centred, window_NTC) / (centred @ centred)
    return found


def moved(window_NTC: np.ndarray, higher_NC: np.ndarray, steeper_NC: np.ndarray) -> np.ndarray:
    """Windows whose `standing` is higher and whose `trend` is steeper by so much, and which else are as they were."""
    import numpy as np

    steps = np.arange(window_NTC.shape[1], dtype=np.float64)
    from_newest = steps - steps[-NEWEST:].mean()
    return np.asarray(window_NTC + higher_NC[:, None] + from_newest[:, None] * steeper_NC[:, None])
