"""A visitor's own picture: read, brought to the size that networks know, and how like it is to what they learned."""

from __future__ import annotations

import io
import math
import re
import subprocess
import sys
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.contracts import Fold
from core.errors import UserError
from core.formatting.messages import message
from core.formatting.numbers import count

FOLDER = "own_pictures"  # of a store: where a page lays down a visitor's file for the answer worker, and deletes it
MOST_BYTES = 20_000_000
_MOST_PIXELS = 64_000_000
_MOST_SCANS = 100  # of a JPEG: cameras write one, progressive files about ten
_MOST_SECONDS, _MOST_MEMORY = 10, 2**30  # of the process that decodes: of a processor's time, bytes
_LONGEST_S = 60.0  # by the clock, where a machine is busy
_TOO_MUCH = message("This picture takes too much work to read. Save it again, smaller, as an ordinary JPEG or PNG.")
_UNREADABLE = message("This file cannot be read as a picture. PNG and JPEG files can; choose another.")
_LEAST_SPREAD = 1e-6
_BLACK, _LIGHT, _NEARLY_ALL = 16, 128, 0.95
_ASKED = 500  # of the known pictures, whether they lie on black
_NAME = re.compile(r"[0-9a-f]{64}")
_LEFT_AFTER_S = 3600.0


def read_own(folder: Path, name: str) -> bytes:
    """What a page has laid down of a visitor's file, by the name that it gave. Raises UserError."""
    try:
        if _NAME.fullmatch(name):
            return (folder / name).read_bytes()
    except OSError:
        pass
    raise UserError("The file is no longer here. Choose it again.")


def delete_left(folder: Path) -> None:
    """Delete what pages of a web server that ended in between have laid down and not deleted: files of an hour ago."""
    for path in folder.glob("*"):
        with suppress(OSError):  # another web server deletes it too; or it can be tried again
            if time.time() - path.stat().st_mtime > _LEFT_AFTER_S:
                path.unlink()


def pixels_of(content: bytes, shape: tuple[int, ...]) -> np.ndarray:
    """A PNG or JPEG file as a picture of this shape, (height, width, channels) bytes: turned as its camera says, its
    middle cut out to the same form, then scaled. Sixteen bits of grey are stretched from the darkest to the lightest;
    what shows through lies on black. Raises UserError for anything else, and for what takes too much work: another
    process decodes, within bounds."""
    from core.answering import picture_decoding  # late, with Pillow: the page that asks reads the limits above alone

    _check_size(content)
    bounds = (_MOST_SCANS, _MOST_SECONDS, _MOST_MEMORY)
    command = [sys.executable, "-P", picture_decoding.__file__, *map(str, (*shape, *bounds))]
    try:
        done = subprocess.run(
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_LONGEST_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(_TOO_MUCH) from error
    if done.returncode == picture_decoding.TOO_MANY_SCANS:
        raise UserError(
            "A JPEG has at most {most} scans; this one has more. Save it again as an ordinary JPEG or PNG.",
            most=count(_MOST_SCANS),
        )
    if done.returncode == picture_decoding.TOO_MUCH or done.returncode < 0:  # a signal: the system has ended it
        raise UserError(_TOO_MUCH)
    if done.returncode or len(done.stdout) != math.prod(shape):
        raise UserError(_UNREADABLE)
    return np.frombuffer(done.stdout, dtype=np.uint8).reshape(shape).copy()


def on_their_ground(pixels: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, bool]:
    """A picture (H, W, C) on light ground as one on black, where nearly all that are known (N, H, W, C) lie on black:
    light and dark swapped, and whether they were. What lies along the edges is the ground."""
    on_black = float(np.mean([_ground(one) <= _BLACK for one in sample(known)]))
    if on_black < _NEARLY_ALL or _ground(pixels) < _LIGHT:
        return pixels, False
    return 255 - pixels, True


def sample(known: np.ndarray) -> np.ndarray:
    """As many of all pictures (N, H, W, C), in their order, as tell on which ground they lie."""
    return known[:: max(1, len(known) // _ASKED)]


def _ground(picture: np.ndarray) -> float:
    return float(np.median(np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])))


def _check_size(content: bytes) -> None:
    """By the file's head: nothing is decoded."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd notes of cameras too
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as opened:
                width, height = opened.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:  # as Pillow says what is broken
        raise UserError(_UNREADABLE) from error
    if width * height > _MOST_PIXELS:
        raise UserError(
            "A picture has at most {most} pixels; this one has {width} x {height}. Make it smaller.",
            most=count(_MOST_PIXELS),
            width=width,
            height=height,
        )


@dataclass(frozen=True, slots=True)
class Likeness:
    """Pictures that networks learned from, or spectrograms, each with mean 0 and length 1, (n, P), and how like the
    held-out ones of validation are to the nearest of them, in order."""

    rows: np.ndarray
    learned: np.ndarray
    usual: np.ndarray

    @classmethod
    def of(cls, pictures: np.ndarray, fold: Fold) -> Likeness:
        """Of one fold and all pictures (N, ...)."""
        learned = _standard(pictures[fold.train])
        usual = np.sort((_standard(pictures[fold.validation]) @ learned.T).max(1))
        return cls(fold.train, learned, usual)

    def nearest(self, pixels: np.ndarray) -> tuple[int, float, float]:
        """The row that a picture is most like, the correlation of their pixels, and the share of validation pictures
        that are less like theirs: 0 for a picture that is further from all that was learned than any of them."""
        (one,) = _standard(pixels[None])
        alike = self.learned @ one
        best = int(alike.argmax())
        share = float(np.searchsorted(self.usual, alike[best], side="left") / len(self.usual))
        return int(self.rows[best]), float(alike[best]), share


def _standard(pictures: np.ndarray) -> np.ndarray:
    """(n, P) in 32 bits, each with mean 0 and length 1; an even picture is like none."""
    flat = pictures.reshape(len(pictures), -1).astype(np.float32)
    flat -= flat.mean(1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    found: np.ndarray = np.where(length > _LEAST_SPREAD, flat / np.maximum(length, _LEAST_SPREAD), 0.0)
    return found
