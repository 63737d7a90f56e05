"""Sounds damaged on purpose: hiss, another microphone, an overdriven line, another pace, an echo. Knows no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.answering.picture_damage import Damage, applied
from core.formatting.messages import message

if TYPE_CHECKING:
    import numpy as np

_DEEPEST = 32_767
_ECHO = 0.05  # of the sound's length: a twentieth of a second in one of a second
_ECHOES = 6
_SHARPNESS = 4  # of a filter: its order


def _hissed(sounds: np.ndarray, share: float) -> np.ndarray:
    """Normal noise of this share of the sound's own power, as amplitudes."""
    import numpy as np

    power = np.sqrt(np.square(sounds).mean(1, keepdims=True) * sounds.shape[1] / _sounding(sounds))
    return sounds + share * power * np.random.default_rng(0).standard_normal(sounds.shape, dtype=np.float32)


def _sounding(sounds: np.ndarray) -> np.ndarray:
    """How many samples (N, 1) are no silence."""
    import numpy as np

    found: np.ndarray = np.maximum(1, (sounds != 0).sum(1, keepdims=True))
    return found


def _filtered(sounds: np.ndarray, share: float) -> np.ndarray:
    """Above 0 without so much of the low pitches, below 0 without so much of the high ones: a tinny and a muffled
    microphone."""
    from scipy import signal

    kind, edge = ("highpass", 0.5 * share) if share > 0 else ("lowpass", 1 + 0.85 * share)
    filters = signal.butter(_SHARPNESS, max(0.01, min(0.99, edge)), kind, output="sos")
    found: np.ndarray = signal.sosfilt(filters, sounds, axis=1)
    return found


def _overdriven(sounds: np.ndarray, share: float) -> np.ndarray:
    """Cut off above what is left of the loudest."""
    import numpy as np

    most = np.abs(sounds).max(1, keepdims=True) * (1 - share)
    return np.clip(sounds, -most, most)


def _paced(sounds: np.ndarray, share: float) -> np.ndarray:
    """Played faster, and so higher, or slower and lower, about the middle, as a record is."""
    import numpy as np

    long = sounds.shape[1]
    at = (np.arange(long) - long / 2) * (1 + share) + long / 2
    return np.stack([np.interp(at, np.arange(long), one, left=0.0, right=0.0) for one in sounds])


def _echoed(sounds: np.ndarray, share: float) -> np.ndarray:
    """Some copies, each later and quieter than the one before: a large room."""
    found, step = sounds.copy(), max(1, round(_ECHO * sounds.shape[1]))
    for number in range(1, _ECHOES + 1):
        found[:, number * step :] += share**number * sounds[:, : -number * step]
    return found


DAMAGES = (  # in the order in which a sound travels
    Damage(name="pace", title=message("Played faster"), steps=(-0.4, -0.2, -0.1, 0, 0.1, 0.2, 0.4), apply=_paced),
    Damage(name="echo", title=message("Echo"), steps=(0, 0.2, 0.4, 0.6, 0.8), apply=_echoed),
    Damage(
        name="microphone",
        title=message("Muffled or tinny"),
        steps=(-0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8),
        apply=_filtered,
    ),
    Damage(name="hiss", title=message("Hiss"), steps=(0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8), apply=_hissed),
    Damage(name="overdrive", title=message("Overdriven"), steps=(0, 0.5, 0.8, 0.9, 0.95), apply=_overdriven),
)


def damaged(sounds_NS: np.ndarray, strengths: Mapping[str, float]) -> np.ndarray:
    """Sounds of 16 bits, damaged in the order of `DAMAGES`, as 16 bits; those of no damage are left as they are."""
    return applied(DAMAGES, sounds_NS, strengths, -_DEEPEST, _DEEPEST)
