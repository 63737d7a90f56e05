"""A sound as a page shows and plays it: its spectrogram in colours, and a file. Plain numpy but for the spectrogram."""

from __future__ import annotations

import base64
import struct
from dataclasses import replace

import numpy as np

from core.contracts import Mel
from core.formatting.png import address
from core.sound.mel import sounding, spectrograms

_BANDS, _MOMENTS = 48, 72
_LEVELS = 24  # of brightness: no eye tells more apart in a small picture, and the file is a third
_COLOURS = np.array([(0, 0, 0), (58, 15, 92), (160, 42, 99), (236, 105, 55), (252, 195, 65), (252, 255, 200)], float)
_LOUDEST = 0.9  # of what a file can hold: quiet voices are played as loud as others


def drawn(wave_S: np.ndarray, mel: Mel) -> str:
    """The part that sounds as the address of a picture, finer than networks read it: from left to right its moments,
    from the bottom up its pitches, the louder the brighter."""
    return address(coloured(brightness(wave_S, mel)))


def brightness(wave_S: np.ndarray, mel: Mel) -> np.ndarray:
    """The same as (pitches, moments) from 0 to 1, the highest pitch first."""
    fine = replace(mel, bands=_BANDS, moments=_MOMENTS, hop=mel.hop // 2, shape=False)
    (picture,) = spectrograms(wave_S[None], fine)
    return upright(picture[..., 0] / mel.floor + 1)


def upright(values_TB: np.ndarray) -> np.ndarray:
    """(moments, bands) as people draw it: the highest pitch on top, time from left to right."""
    return values_TB.T[::-1]


def coloured(bright_HW: np.ndarray) -> np.ndarray:
    """Brightness from 0 to 1 as bytes (H, W, 3), from black over red to nearly white."""
    level = np.round(np.clip(bright_HW, 0, 1) * (_LEVELS - 1)) / (_LEVELS - 1) * (len(_COLOURS) - 1)
    places = np.arange(len(_COLOURS))
    channels = [np.interp(level, places, _COLOURS[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def played(wave_S: np.ndarray, mel: Mel) -> str:
    """The part that sounds as the address of a file that browsers play: WAV, eight bits by the mu-law."""
    return "data:audio/wav;base64," + base64.b64encode(wav(wave_S[slice(*sounding(wave_S, mel))], mel.rate)).decode()


def wav(wave_S: np.ndarray, rate: int) -> bytes:
    """A WAV file of a waveform in any unit, one channel, as loud as a file can be (ITU-T G.711's mu-law)."""
    samples = mu_law(wave_S)
    padding = b"\0" * (len(samples) % 2)
    form = struct.pack("<HHIIHHH", 7, 1, rate, rate, 1, 8, 0)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form
    chunks += b"fact" + struct.pack("<II", 4, len(samples))
    chunks += b"data" + struct.pack("<I", len(samples)) + samples + padding
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def mu_law(wave_S: np.ndarray) -> bytes:
    """A byte a sample as G.711 has it: sign, three bits of exponent, four of mantissa, all turned over."""
    largest = float(np.abs(wave_S).max()) or 1.0
    scaled = np.round(wave_S.astype(np.float64) * (_LOUDEST * 32_635 / largest)).astype(np.int32)
    size = np.minimum(np.abs(scaled), 32_635) + 132
    exponent = np.floor(np.log2(size)).astype(np.int32) - 7
    mantissa = (size >> (exponent + 3)) & 15
    sign = np.where(scaled < 0, 128, 0)
    return (~(sign | (exponent << 4) | mantissa) & 255).astype(np.uint8).tobytes()
