"""Decodes one picture in a process of its own, which may fail: `python picture_decoding.py HEIGHT WIDTH CHANNELS SCANS
SECONDS BYTES` reads a file and writes pixels. Imports nothing of the product, so that it starts at once.

A small file can ask for very much work: a progressive JPEG goes over all its pixels once for every scan that it
declares, and a scan takes a few bytes. Whoever shares a process with the decoder then waits, or falls with it.
"""

from __future__ import annotations

import io
import re
import struct
import sys
import warnings
from contextlib import suppress

from PIL import Image

UNREADABLE, TOO_MANY_SCANS, TOO_MUCH = 3, 4, 5  # what the process ends with
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # no stuffed byte, no restart of a scan
_JPEG, _SCAN, _END, _ALONE = b"\xff\xd8", 0xDA, 0xD9, (0x01, 0xD8)
_ORIENTATION = 0x0112  # of EXIF
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = (5, 6, 7, 8)  # the turns that change height for width
_DEEPEST = 65535


def scans(content: bytes, most: int) -> int:
    """How many scans a JPEG file declares, by its markers alone; counted to one more than `most`. 0 for other files."""
    found, at = 0, len(_JPEG)
    if not content.startswith(_JPEG):
        return 0
    while found <= most and (marker := _MARKER.search(content, at)):
        kind, at = content[marker.end() - 1], marker.end()
        if kind == _END:
            break
        found += kind == _SCAN
        if kind not in _ALONE:
            at += int.from_bytes(content[at : at + 2], "big")
    return found


def decoded(content: bytes, height: int, width: int, channels: int) -> bytes:
    """(height, width, channels) bytes of the middle of a PNG or JPEG file, turned as its camera says. Scaled first, so
    that no copy of all pixels is made beyond what they are decoded to. Raises what Pillow raises."""
    mode = "L" if channels == 1 else "RGB"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as opened:
            opened.draft(mode, (4 * width, 4 * height))
            opened.load()
            orientation = _orientation(opened)
            size = (height, width) if orientation in _LYING else (width, height)
            small = _eight_bits(_middle(_scalable(opened, mode), size), mode)
    turn = _TURNS.get(orientation)
    return (small if turn is None else small.transpose(turn)).tobytes()


def _orientation(picture: Image.Image) -> int:
    """Read and never written again: what else a camera notes may be anything."""
    with suppress(
        ArithmeticError, AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError, struct.error
    ):
        return int(picture.getexif().get(_ORIENTATION, 1))
    return 1


def _scalable(picture: Image.Image, mode: str) -> Image.Image:
    """In a mode whose pixels can be averaged."""
    if picture.has_transparency_data and not picture.mode.startswith("I"):
        return picture if picture.mode in ("LA", "RGBA") else picture.convert("RGBA")
    return picture if picture.mode == mode or picture.mode.startswith("I") else picture.convert(mode)


def _middle(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The largest part of this form around the centre, scaled."""
    wide, high = picture.size
    of_one = min(wide / size[0], high / size[1])
    left, top = max(0.0, (wide - of_one * size[0]) / 2), max(0.0, (high - of_one * size[1]) / 2)
    return picture.resize(size, Image.Resampling.BICUBIC, box=(left, top, wide - left, high - top))


def _eight_bits(small: Image.Image, mode: str) -> Image.Image:
    """Deep grey from the darkest to the lightest, an even one by its depth. What shows through lies on black: it is
    where nothing was recorded, and there an X-ray film's own surroundings are black."""
    if small.mode.startswith("I"):
        low, high = (float(end) for end in small.convert("I").getextrema())  # type: ignore[arg-type]
        low, span = (0.0, float(_DEEPEST)) if low == high else (low, high - low)
        scale, start = 255 / span, 0.5 - low * 255 / span
        return small.convert("I").point(lambda value: value * scale + start).convert("L").convert(mode)
    if small.mode in ("LA", "RGBA"):
        ground = Image.new("RGBA", small.size, "black")
        return Image.alpha_composite(ground, small.convert("RGBA")).convert(mode)
    return small


def bound(seconds: int, memory: int) -> None:
    """Let the system end this process after so much of a processor's time, and refuse it more memory. Elsewhere than on
    Linux, whoever started it ends it."""
    if sys.platform.startswith("linux"):
        import resource

        for which, most, more in ((resource.RLIMIT_CPU, seconds, 1), (resource.RLIMIT_AS, memory, 0)):
            _, hard = resource.getrlimit(which)
            least = [most + more, *([hard] if hard >= 0 else [])]
            resource.setrlimit(which, (min(most, *least), min(least)))


def main(height: int, width: int, channels: int, most_scans: int, seconds: int, memory: int) -> int:
    """What the process ends with, 0 where pixels are written."""
    Image.preinit()
    bound(seconds, memory)
    content = sys.stdin.buffer.read()
    try:
        if scans(content, most_scans) > most_scans:
            return TOO_MANY_SCANS
        sys.stdout.buffer.write(decoded(content, height, width, channels))
    except MemoryError:
        return TOO_MUCH
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # as Pillow says what is broken
        return UNREADABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
