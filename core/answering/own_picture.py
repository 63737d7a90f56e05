"""A visitor's own picture: read, brought to the size that networks know, and how like it is to what they learned."""

from __future__ import annotations

import io
import re
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import ArrayInput, Examples, Fold, InputKind, UseCase
from core.errors import UserError
from core.formatting.numbers import count
from core.formatting.png import as_bytes

if TYPE_CHECKING:
    from PIL.Image import Image

FOLDER = "own_pictures"  # of a store: where a page lays down a visitor's file for the answer worker, and deletes it
MOST_BYTES = 20_000_000
_MOST_PIXELS = 80_000_000
_LEAST_SPREAD = 1e-6
_NAME = re.compile(r"[0-9a-f]{64}")
_LEFT_AFTER_S = 3600.0


def image_of(use_case: UseCase) -> ArrayInput:
    """The array that a visitor's own picture stands for, where the networks read it and nothing else. Raises
    UserError."""
    images = [array for array in use_case.arrays if array.kind is InputKind.IMAGE]
    if len(images) != 1 or len(use_case.arrays) != 1 or use_case.columns:
        raise UserError("These networks read more than one picture. Ask about a row.")
    return images[0]


def read_own(folder: Path, name: str) -> bytes:
    """What a page has laid down of a visitor's file, by the name that it gave. Raises UserError."""
    try:
        if _NAME.fullmatch(name):
            return (folder / name).read_bytes()
    except OSError:
        pass
    raise UserError("The picture is no longer here. Choose it again.")


def delete_left(folder: Path) -> None:
    """Delete what pages of a web server that ended in between have laid down and not deleted: files of an hour ago."""
    for path in folder.glob("*"):
        with suppress(OSError):  # another web server deletes it too; or it can be tried again
            if time.time() - path.stat().st_mtime > _LEFT_AFTER_S:
                path.unlink()


def pixels_of(content: bytes, shape: tuple[int, ...]) -> np.ndarray:
    """A PNG or JPEG file as a picture of this shape, (height, width, channels) bytes: turned as its camera says, its
    middle cut out to the same form, then scaled. Sixteen bits of grey are stretched from the darkest to the lightest.
    Raises UserError for anything else."""
    from PIL import Image, ImageOps  # late: the page that asks reads the limits above alone

    height, width, channels = shape
    mode = "L" if channels == 1 else "RGB"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    raise UserError(
                        "A picture has at most {most} pixels; this one has {width} x {height}. Make it smaller.",
                        most=count(_MOST_PIXELS),
                        width=opened.width,
                        height=opened.height,
                    )
                opened.draft(mode, (4 * width, 4 * height))
                turned = ImageOps.exif_transpose(_eight_bits(opened))
                found = ImageOps.fit(turned.convert(mode), (width, height), Image.Resampling.BICUBIC)
    except UserError:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:  # as Pillow says what is broken
        raise UserError("This file cannot be read as a picture. PNG and JPEG files can; choose another.") from error
    pixels: np.ndarray = np.asarray(found, dtype=np.uint8).reshape(height, width, -1)
    return pixels


def _eight_bits(picture: Image) -> Image:
    from PIL.Image import fromarray

    if not picture.mode.startswith("I"):
        return picture
    return fromarray(as_bytes(np.asarray(picture)))


@dataclass(frozen=True, slots=True)
class Likeness:
    """Pictures that networks learned from, each with mean 0 and length 1, (n, P), and how like the held-out pictures of
    validation are to the nearest of them, in order."""

    rows: np.ndarray
    learned: np.ndarray
    usual: np.ndarray

    @classmethod
    def of(cls, examples: Examples, fold: Fold, name: str) -> Likeness:
        """Of one fold and one array of pictures."""
        pictures = examples.arrays[name]
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
