"""Pictures as PNG files in an address that a page can show: grey or colour, eight bits, without any library."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_MOST_EXACT, _QUALITY = 64 * 64, 82  # pixels of a picture in colour that is kept to the last bit; of 100
_COLOUR_TYPES = {1: 0, 3: 2}  # channels -> PNG's number: grey, colour


def png(pixels_HWC: np.ndarray) -> bytes:
    """A picture of bytes as a PNG file (the W3C's specification): grey, in colour with 3 channels, and with any other
    number the mean of them."""
    import numpy as np

    if pixels_HWC.shape[2] not in _COLOUR_TYPES:
        pixels_HWC = pixels_HWC.mean(2, keepdims=True)
    height, width, channels = pixels_HWC.shape
    lines = np.ascontiguousarray(pixels_HWC, dtype=np.uint8).reshape(height, width * channels)
    unfiltered = np.concatenate([np.zeros((height, 1), np.uint8), lines], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(unfiltered.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def address(pixels_HWC: np.ndarray) -> str:
    """The same as an address; a large one in colour as JPEG, which is a sixth as long."""
    if pixels_HWC.shape[2] == 3 and pixels_HWC.shape[0] * pixels_HWC.shape[1] > _MOST_EXACT:
        return "data:image/jpeg;base64," + base64.b64encode(_jpeg(pixels_HWC)).decode()
    return "data:image/png;base64," + base64.b64encode(png(pixels_HWC)).decode()


def _jpeg(pixels_HWC: np.ndarray) -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels_HWC).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def as_bytes(values_HWC: np.ndarray) -> np.ndarray:
    """Pixels of any numbers as bytes: bytes as they are, others from the lowest to the highest."""
    import numpy as np

    if values_HWC.dtype == np.uint8:
        return values_HWC
    values = values_HWC.astype(np.float64)
    low, high = float(values.min()), float(values.max())
    scaled: np.ndarray = ((values - low) * (255 / ((high - low) or 1.0))).round().astype(np.uint8)
    return scaled


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
