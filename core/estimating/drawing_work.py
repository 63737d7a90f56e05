"""What a step of the other networks for pictures does, in counts of `picture_work`: those that find things, that draw
pictures again or make some, and that begin with what another has learned.

What a number costs that a convolution writes is measured for the network for images alone. How many of those a number
of these networks is worth, with more products in it, and how many calls a step makes beside, was measured step by step
beside that network; what else differs, each use case's own runs teach.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.contracts import InputShapes
from core.estimating import picture_work
from core.estimating.table_work import Work
from core.models._transfer_settings import SCRATCH, frozen_blocks

_FINDING, _AGAIN, _MAKING, _PRETRAINED = 2.4, 3.0, 1.6, 1.7  # numbers of the network for images, to one of these
_CALLS = {"finding": 60, "again": 90, "vae": 170, "gan": 310, "pretrained": 90}  # a step, however small: as layers
_COMPARED, _LIKENED = 15, 8  # numbers to a pixel: hidden, drawn again and evened out; what is made, beside what is real
_STEEP = 4.8  # halves more, and calls by three eighths, for how steeply a verdict changes
_LOOKED_AT = 1 / 3  # of a number that is learned from: one of a frozen block
_JUDGED = 28 * 28 * 16 + 14 * 14 * 32  # numbers that the fixed classifier writes for a picture
_WIDENED = (32, 96, 144, 144, 240, 240, 480, 480, 480, 672, 672)  # channels of each block, and after it
_DRAWN = (16, 24, 24, 40, 40, 80, 80, 80, 112, 112, 112)
_HALVING = (1, 3, 5)  # blocks; the stem before them halves too


def finding(inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any]) -> Work:
    """Of `DetectionNetwork`: near places are four pixels wide, those around them eight."""
    height, width, channels = inputs.arrays[0].shape
    few, far = int(settings["patterns"]), int(settings["far"])
    pixels = height * width
    numbers = pixels / 4 * few + pixels / 16 * few * (4 * 2) + pixels / 64 * few * (4 * (1 + far) + 2)
    parameters = few * few * (9 * (2 + 4 + 8 + 16 * far + 4) + 8) + few * (25 * channels + 13 + 4 * far)
    return _work(inputs, settings, _FINDING * numbers, parameters, calls="finding")


def drawn_again(inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any]) -> Work:
    """Of `PictureAutoencoder`: halved twice, drawn together, and back; then compared in neighbourhoods."""
    height, width, channels = inputs.arrays[0].shape
    few, code = int(settings["patterns"]), int(settings["bottleneck"])
    pixels = height * width
    places = pixels / 16 * 2 * few
    numbers = pixels / 4 * few + places + 2 * places + pixels * channels
    dense = 2 * places * code
    parameters = few * (25 * channels + 36 * channels + 9 * 2 * few * 5) + dense + pixels * channels
    numbers = _AGAIN * numbers + _COMPARED * pixels * channels
    return _work(inputs, settings, numbers, parameters, dense, calls="again")


def made(inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any]) -> Work:
    """Of `GenerativeNetwork`: one half makes a picture; the other looks at it, and at a real one."""
    picture = next(array for array in inputs.arrays if len(array.shape) == 3)
    pixels, few, latent = picture.shape[0] * picture.shape[1], int(settings["patterns"]), int(settings["latent"])
    is_game = settings["method"] == "gan"
    is_steady = is_game and float(settings["steady"]) > 0
    looks = (3 if is_game else 1) + _STEEP * is_steady  # at a real picture, and at a made one for each half
    half = pixels / 4 * few + pixels / 16 * 2 * few
    small, hidden = pixels / 16 * 2 * few, 4 * few
    dense = (small + latent) * hidden
    numbers = half + pixels + looks * half
    parameters = 2 * (16 * few * (1 + 2 * few) + small * hidden) + 2 * latent * hidden
    numbers = _MAKING * numbers + _LIKENED * pixels
    own = _work(inputs, settings, numbers, parameters, dense * (1 + looks), calls=str(settings["method"]))
    return replace(own, layers=own.layers * (11 if is_steady else 8) // 8, told=_JUDGED)


def begun_elsewhere(inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any]) -> Work:
    """Of `TransferNetwork`: what is frozen is looked at anew only where pictures are changed at random."""
    if settings["start"] == SCRATCH:
        return picture_work.work(inputs, num_outputs, settings)
    height, width, channels = inputs.arrays[0].shape
    shown = picture_work.shown(height * width * channels, settings)
    is_changed = bool(shown["moved"] or shown["lit"])
    first, pixels = frozen_blocks(int(settings["tuned"])), height * width / 4
    tuned = seen = parameters = 0.0
    seen += pixels * 32
    before = 32
    for block, (wide, few) in enumerate(zip(_WIDENED, _DRAWN, strict=True)):
        own = pixels * (wide if block else 0)
        pixels = pixels / 4 if block in _HALVING else pixels
        own += pixels * (wide + few)
        if block < first:
            seen += own
        else:
            tuned += own
            parameters += wide * (before + few + 25)
        before = few
    again = _PRETRAINED * _LOOKED_AT * seen if is_changed else 0.0
    dense = pixels * before * num_outputs
    whole = _work(inputs, settings, _PRETRAINED * tuned + again, parameters + dense, dense, calls="pretrained")
    return replace(whole, told=-round(again))  # held-out pictures are as they are, and looked at once


def _work(
    inputs: InputShapes,
    settings: Mapping[str, Any],
    numbers: float,
    parameters: float,
    dense: float = 0.0,
    *,
    calls: str,
) -> Work:
    return Work(
        parameters=round(parameters),
        products=round(dense),
        values=0,
        masked=0,
        normalised=0,
        embedded=0,
        layers=_CALLS[calls],
        tables=0,
        mapped=round(numbers),
        **picture_work.shown(sum(math.prod(array.shape) for array in inputs.arrays), settings),
    )
