"""Pictures, sounds and texts changed at random in every step, so that none is met twice: each network's from its own
random numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.contracts import FROZEN, InputKind, InputShapes
from core.training.dropout import random_words

SETTINGS = ("shift", "rotation", "zoom", "flip", "light", "noise")
OF_TEXTS = ("words_hidden",)
OF_SOUNDS = ("speed", "pitch", "delay", "tone", "hiss", "masked")
_SUMMED = 12  # even numbers to a normal one
_PER_PICTURE = 8  # random numbers: two for the shift, then one each for what follows, and one for upside down
_PER_SOUND = 10  # random numbers, in the order of `OfSounds._changed`; the last two pairs are for what is hidden
_SHARP = 4.0  # of two powers in standard deviations of their logarithms, about as sharply as powers add up
_GRAIN = 0.4  # standard deviations; how much a hiss differs from spot to spot


class Augmentation:
    """Called with a step's inputs, gives them with the named ones (K, B, H, W, C) changed, all on their device, and
    without what a frozen part has made of them as they were. moves:
    how the last ones were moved, (K, B, 2, 3) as torch's affine_grid has it, for whoever has to move more than them;
    None where none were."""

    moves: Tensor | None = None

    def __init__(
        self, settings: Mapping[str, Any], names: Sequence[str], seeds: Sequence[int], device: torch.device
    ) -> None:
        self.settings, self.names, self.source = settings, names, random_words(seeds, device)

    def __call__(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        told = {name: of for name, of in inputs.items() if not name.startswith(FROZEN)}
        return {name: self._changed(of) if name in self.names else of for name, of in told.items()}

    def select(self, networks: np.ndarray) -> None:
        """Go on with the numbered networks alone."""
        self.source.select(networks)

    def state(self) -> list[Any]:
        """Where the random numbers stand, as JSON."""
        return self.source.state()

    def restore(self, state: Sequence[Any]) -> None:
        """Take up what `state` gave."""
        self.source.restore(state)

    def _changed(self, x_KBHWC: Tensor) -> Tensor:
        raise NotImplementedError

    def _much(self, name: str) -> float:
        return float(self.settings[name] != "off") if name == "flip" else float(self.settings[name])

    def _even(self, members: int, number: int) -> Tensor:
        """(K, number) evenly between -1 and 1, sixteen random bits each."""
        words = self.source.words(-(-number // 2)).view(torch.int16)[:, :number]
        return words.to(torch.float32).add_(0.5).mul_(1 / 32_768).view(members, number)


class OfPictures(Augmentation):
    """Moved, turned, scaled, mirrored, lit and made noisy. Pictures are on one scale already: light and noise are in
    standard deviations of all pixels, shift in pixels, rotation in degrees, zoom a share. What comes in from outside a
    picture is the nearest of its own pixels."""

    def _changed(self, x_KBHWC: Tensor) -> Tensor:
        members, rows = x_KBHWC.shape[:2]
        drawn = self._even(members, rows * _PER_PICTURE).view(members * rows, _PER_PICTURE)
        found = x_KBHWC.flatten(0, 1).permute(0, 3, 1, 2)
        if any(self._much(name) for name in ("shift", "rotation", "zoom", "flip")):
            moves = self._moves(drawn, found)
            self.moves = moves.view(members, rows, 2, 3)
            places = functional.affine_grid(moves, list(found.shape), align_corners=False)
            found = functional.grid_sample(found, places, padding_mode="border", align_corners=False)
        found = found.permute(0, 2, 3, 1).reshape(x_KBHWC.shape)
        if light := self._much("light"):
            contrast, lighter = (light * drawn[:, at].view(members, rows, 1, 1, 1) for at in (5, 6))
            found = found * (1 + contrast) + lighter
        if noise := self._much("noise"):
            even = self._even(members, x_KBHWC[0].numel()).view(x_KBHWC.shape)
            found = found + even * (noise * math.sqrt(3))  # as wide as an even spread of this standard deviation is
        return found

    def _moves(self, drawn_N8: Tensor, x_NCHW: Tensor) -> Tensor:
        """Where each picture's pixels come from, (N, 2, 3), as torch's affine_grid has it."""
        height, width = x_NCHW.shape[2:]
        angle = drawn_N8[:, 2] * math.radians(self._much("rotation"))
        scale = torch.exp(drawn_N8[:, 3] * math.log1p(self._much("zoom")))
        mirror = drawn_N8[:, 4].sign() if self._much("flip") else torch.ones_like(angle)
        over = drawn_N8[:, 7].sign() if self.settings["flip"] == "both" else torch.ones_like(angle)
        across = drawn_N8[:, 0] * (2 * self._much("shift") / width)
        down = drawn_N8[:, 1] * (2 * self._much("shift") / height)
        cos, sin = angle.cos() * scale, angle.sin() * scale
        ratio = height / width
        first = torch.stack([cos * mirror, -sin * over * ratio, across], dim=1)
        return torch.stack([first, torch.stack([sin * mirror / ratio, cos * over, down], dim=1)], dim=1)


class OfSounds(Augmentation):
    """Spectrograms (K, B, moments, bands, 1), spoken faster or slower and higher or lower, begun earlier or later,
    through another microphone, over a hiss, with moments and bands hidden. They are on one scale already: tone and hiss
    are in standard deviations, pitch in bands, delay in moments, the others shares."""

    def _changed(self, x_KBHWC: Tensor) -> Tensor:
        members, rows, moments, bands = x_KBHWC.shape[:4]
        drawn = self._even(members, rows * _PER_SOUND).view(members * rows, _PER_SOUND)
        found = x_KBHWC.flatten(0, 1).permute(0, 3, 1, 2)
        if any(self._much(name) for name in ("speed", "pitch", "delay")):
            places = functional.affine_grid(self._moves(drawn, found), list(found.shape), align_corners=False)
            found = functional.grid_sample(found, places, padding_mode="border", align_corners=False)
        if tone := self._much("tone"):
            along = torch.linspace(-1, 1, bands, device=found.device)
            found = found + tone * (_each(drawn, 3) * along + _each(drawn, 4) * (along.square() - 1 / 3))
        if hiss := self._much("hiss"):
            even = self._even(members, found.numel() // members).view(found.shape)
            level = found.amin((2, 3), keepdim=True) + hiss * (_each(drawn, 5) + 1) / 2
            found = torch.logaddexp(_SHARP * found, _SHARP * (level + _GRAIN * even)) / _SHARP
        if share := self._much("masked"):
            hidden = (
                _band(drawn[:, 6:8], moments, share)[:, None, :, None]
                | _band(drawn[:, 8:10], bands, share)[:, None, None]
            )
            found = found.masked_fill(hidden, 0.0)  # the mean of all
        return found.permute(0, 2, 3, 1).reshape(x_KBHWC.shape)

    def _moves(self, drawn: Tensor, x_NCHW: Tensor) -> Tensor:
        """Where each spot comes from, (N, 2, 3), as torch's affine_grid has it: across are bands, down are moments."""
        moments, bands = x_NCHW.shape[2:]
        nothing, one = torch.zeros_like(drawn[:, 0]), torch.ones_like(drawn[:, 0])
        slower = torch.exp(drawn[:, 0] * math.log1p(self._much("speed")))
        higher = drawn[:, 1] * (2 * self._much("pitch") / bands)
        later = drawn[:, 2] * (2 * self._much("delay") / moments)
        across = torch.stack([one, nothing, higher], dim=1)
        return torch.stack([across, torch.stack([nothing, slower, later], dim=1)], dim=1)


def _each(drawn: Tensor, at: int) -> Tensor:
    return drawn[:, at].view(-1, 1, 1, 1)


def _band(drawn_N2: Tensor, size: int, share: float) -> Tensor:
    """One stretch of each row (N, size) that is up to this share long, as booleans."""
    length, place = ((drawn_N2 + 1) / 2).unbind(1)
    long = length * share * size
    first = place * (size - long)
    at = torch.arange(size, device=drawn_N2.device)
    return (at >= first[:, None]) & (at < (first + long)[:, None])


class FreshNoise(Augmentation):
    """Noise (K, B, numbers) that a network makes something of: drawn anew from the normal distribution, as the sum of
    twelve even numbers has it (Irwin and Hall), so that the random words are the same on every machine."""

    def _changed(self, x_KBHWC: Tensor) -> Tensor:
        members, number = len(x_KBHWC), x_KBHWC[0].numel()
        even = self._even(members, _SUMMED * number).view(members, _SUMMED, number)
        return (even.sum(1) / 2).view(x_KBHWC.shape)  # each has a variance of a third


class OfTexts(Augmentation):
    """Tokens (K, B, T), or words' pieces (K, B, T, P), with a share of the words hidden: code 0 all of them."""

    def _changed(self, x_KBHWC: Tensor) -> Tensor:
        words = x_KBHWC.shape[:3]
        hidden = self._even(words[0], words[1] * words[2]).view(words) < 2 * self._much("words_hidden") - 1
        return x_KBHWC.masked_fill(hidden if x_KBHWC.ndim == 3 else hidden[..., None], 0)


_OF_KIND: dict[InputKind, tuple[tuple[str, ...], type[Augmentation]]] = {
    InputKind.IMAGE: (SETTINGS, OfPictures),
    InputKind.SPECTROGRAM: (OF_SOUNDS, OfSounds),
    InputKind.TOKENS: (OF_TEXTS, OfTexts),
}


def augmentation_of(
    settings: Mapping[str, Any], shapes: InputShapes, seeds: Sequence[int], device: torch.device
) -> Augmentation | None:
    """What changes the pictures, sounds or texts of some networks; None where there are none, or where nothing is to be
    changed."""
    if noise := [array.name for array in shapes.arrays if array.kind is InputKind.NOISE]:
        return FreshNoise(settings, noise, seeds, device)
    for kind, (known, change) in _OF_KIND.items():
        names = [array.name for array in shapes.arrays if array.kind is kind]
        if names and any(settings.get(name, 0) not in (0, "off") for name in known):
            return change(settings, names, seeds, device)
    return None
