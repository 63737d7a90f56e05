"""Pictures damaged on purpose: turned, covered, blurred, in other light, noisy. Knows no network."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import UnknownNameError, UserError
from core.formatting.messages import message
from core.formatting.text import plain

if TYPE_CHECKING:
    import numpy as np

_COVER = 0.5  # what covers: a middle grey
_DEEPEST = 255


@dataclass(frozen=True, kw_only=True, slots=True)
class Damage:
    """One way to damage pictures, or sounds. steps: strengths, ascending, that are offered and measured; none: the one
    that leaves them as they are; is_angle: in degrees, else a share; apply(pictures (N, H, W, C) from 0 to 1, or sounds
    (N, S) from -1 to 1, strength) gives them changed."""

    name: str
    title: str
    steps: tuple[float, ...]
    apply: Callable[[np.ndarray, float], np.ndarray]
    none: float = 0.0
    is_angle: bool = False


def _turned(pictures: np.ndarray, degrees: float) -> np.ndarray:
    """Clockwise, around the centre; what comes in from outside is the nearest pixel."""
    from scipy import ndimage

    found: np.ndarray = ndimage.rotate(pictures, -degrees, axes=(1, 2), reshape=False, order=1, mode="nearest")
    return found


def _covered(pictures: np.ndarray, share: float) -> np.ndarray:
    """A square in the middle, whose side is this share of the shorter side."""
    height, width = pictures.shape[1:3]
    side = round(share * min(height, width))
    top, left = (height - side) // 2, (width - side) // 2
    found = pictures.copy()
    found[:, top : top + side, left : left + side] = _COVER
    return found


def _blurred(pictures: np.ndarray, share: float) -> np.ndarray:
    """By a normal curve whose standard deviation is this share of the width."""
    from scipy import ndimage

    deviation = share * pictures.shape[2]
    found: np.ndarray = ndimage.gaussian_filter(pictures, (0, deviation, deviation, 0), mode="nearest")
    return found


def _contrasted(pictures: np.ndarray, times: float) -> np.ndarray:
    """Around each picture's own mean."""
    mean = pictures.mean((1, 2, 3), keepdims=True)
    return (pictures - mean) * times + mean


def _lit(pictures: np.ndarray, share: float) -> np.ndarray:
    return pictures + share


def _noisy(pictures: np.ndarray, share: float) -> np.ndarray:
    """Normal, with this share of the range from black to white as standard deviation."""
    import numpy as np

    return pictures + share * np.random.default_rng(0).standard_normal(pictures.shape, dtype=np.float32)


DAMAGES = (  # in the order in which a picture is taken
    Damage(
        name="rotation",
        title=message("Turned"),
        steps=(-90, -45, -20, -10, 0, 10, 20, 45, 90),
        is_angle=True,
        apply=_turned,
    ),
    Damage(name="patch", title=message("Middle covered"), steps=(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6), apply=_covered),
    Damage(name="blur", title=message("Blur"), steps=(0, 0.02, 0.04, 0.06, 0.08, 0.12), apply=_blurred),
    Damage(
        name="contrast",
        title=message("Contrast"),
        steps=(0.1, 0.25, 0.5, 0.75, 1, 1.5, 2),
        none=1.0,
        apply=_contrasted,
    ),
    Damage(name="brightness", title=message("Brightness"), steps=(-0.4, -0.2, -0.1, 0, 0.1, 0.2, 0.4), apply=_lit),
    Damage(name="noise", title=message("Noise"), steps=(0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4), apply=_noisy),
)


def damage_named(name: str, damages: Sequence[Damage] = DAMAGES) -> Damage:
    """The damage of that name; raises UnknownNameError."""
    by_name = {damage.name: damage for damage in damages}
    if name not in by_name:
        raise UnknownNameError("damage", name, by_name)
    return by_name[name]


def strengths_of(given: Mapping[str, object], damages: Sequence[Damage] = DAMAGES) -> dict[str, float]:
    """How strong each damage is, of what somebody asks. Raises UserError."""
    found: dict[str, float] = {}
    for name, value in given.items():
        steps = damage_named(name, damages).steps
        if isinstance(value, bool) or not isinstance(value, int | float) or not steps[0] <= value <= steps[-1]:
            raise UserError(
                "The damage {name!r} goes from {low} to {high}; {value} is no strength of it.",
                name=name,
                low=steps[0],
                high=steps[-1],
                value=plain(str(value)),
            )
        found[name] = float(value)
    return found


def damaged(pictures_NHWC: np.ndarray, strengths: Mapping[str, float]) -> np.ndarray:
    """Pictures of bytes, damaged in the order of `DAMAGES`, as bytes; those of no damage are left as they are."""
    return applied(DAMAGES, pictures_NHWC, strengths, 0, _DEEPEST)


def applied(
    damages: Sequence[Damage], values: np.ndarray, strengths: Mapping[str, float], lowest: int, highest: int
) -> np.ndarray:
    """Whole numbers (N, ...) from lowest to highest, damaged as shares of the highest, in their own type; those of no
    damage are left as they are."""
    import numpy as np

    chosen = [(one, strengths.get(one.name, one.none)) for one in damages]
    chosen = [(one, strength) for one, strength in chosen if not math.isclose(strength, one.none)]
    if not chosen:
        return values
    found = values.astype(np.float32) / highest
    for one, strength in chosen:
        found = one.apply(found, strength)
    changed: np.ndarray = (found * highest).round().clip(lowest, highest).astype(values.dtype)
    return changed
