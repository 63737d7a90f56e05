"""What differs between a picture and a sound that somebody asks about: how it is damaged, shown, played, compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.answering import picture_damage, sound_damage
from core.answering.picture_damage import Damage
from core.contracts import ArrayInput, InputKind, UseCase
from core.errors import UserError

if TYPE_CHECKING:
    import numpy as np


def sensed(use_case: UseCase) -> ArrayInput | None:
    """The picture, or the sound that is read as a picture, that networks look at; None where there is none."""
    return next((a for a in use_case.arrays if a.kind is InputKind.IMAGE or a.mel is not None), None)


def own_input(use_case: UseCase) -> ArrayInput:
    """The array that a visitor's own picture or sound stands for, where the networks read it and nothing else. Raises
    UserError."""
    found = sensed(use_case)
    if found is None or len(use_case.arrays) != 1 or use_case.columns:
        raise UserError("These networks read more than one picture or sound. Ask about a row.")
    return found


def damages_of(array: ArrayInput) -> tuple[Damage, ...]:
    """What can be done to it."""
    return sound_damage.DAMAGES if array.mel else picture_damage.DAMAGES


BY_NAME: Mapping[str, Damage] = {d.name: d for d in (*picture_damage.DAMAGES, *sound_damage.DAMAGES)}


@dataclass(frozen=True, slots=True)
class Sense:
    """One array of pictures, or of sounds."""

    array: ArrayInput

    def check(self, values: np.ndarray) -> None:
        """Bytes are pictures, 16 bits are sounds, as files hold them. Raises UserError where networks learned from
        numbers on another scale."""
        if values.dtype != ("int16" if self.array.mel else "uint8"):
            raise UserError(
                "These networks read no ordinary pictures or sounds: theirs are not of bytes, or of 16 bits. Ask about "
                "a row."
            )

    def damaged(self, values: np.ndarray, strengths: Mapping[str, float]) -> np.ndarray:
        """Changed (N, ...) in their own type."""
        return (sound_damage if self.array.mel else picture_damage).damaged(values, strengths)

    def shown(self, value: np.ndarray) -> str:
        """One as the address of a picture."""
        from core.formatting import png
        from core.sound.drawn import drawn

        return drawn(value, self.array.mel) if self.array.mel else png.address(png.as_bytes(value))

    def played(self, value: np.ndarray) -> str:
        """One as the address of a sound; empty for a picture."""
        from core.sound.drawn import played

        return played(value, self.array.mel) if self.array.mel else ""

    def under_maps(self, value: np.ndarray) -> np.ndarray:
        """One in grey, from 0 to 1, (H, W), as it lies under maps of what networks saw."""
        from core.formatting import png
        from core.sound.drawn import brightness

        if self.array.mel:
            return brightness(value, self.array.mel)
        grey: np.ndarray = png.as_bytes(value).mean(2) / 255
        return grey

    def compared(self, values: np.ndarray) -> np.ndarray:
        """Many (N, ...) as they are compared with one another."""
        from core.sound.mel import spectrograms

        return spectrograms(values, self.array.mel) if self.array.mel else values
