"""From waveforms to mel spectrograms: how loud each band of pitch is at each moment, by a short Fourier transform."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import Mel

if TYPE_CHECKING:
    from torch import Tensor

_ROWS_AT_ONCE = 128
_LOWEST_HZ = 60.0
_LEAST = 1e-12  # of a power: silence has a logarithm too
_NOISE_SHARE = 0.05  # of the moments are taken for what lies under the sound
_STANDS_OUT, _PLAIN = 15.0, -15.0  # dB above that noise; dB below the loudest, which is always a part of the sound
_RISE = 0.97  # of pre-emphasis: each sample less so much of the one before, which evens out how voices fall off


def spectrograms(waves_NS: np.ndarray, mel: Mel) -> np.ndarray:
    """Waveforms in any unit as pictures (N, moments, bands, 1) in 32 bits: from -floor to 0 dB, less each moment's mean
    where `shape` says so. Neither how loud a sound is makes a difference nor how long. Silence is even."""
    import torch

    found = np.empty((len(waves_NS), mel.moments, mel.bands, 1), np.float32)
    bank = torch.from_numpy(bands(mel)).T.contiguous()
    for first in range(0, len(waves_NS), _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        level = _decibels(torch.from_numpy(waves_NS[rows].astype(np.float32)), bank, mel)
        for place, one in enumerate(level, start=first):
            found[place, ..., 0] = _stretched(one[slice(*_sounding(one, mel))], mel.moments).numpy()
    return found - found.mean(2, keepdims=True) if mel.shape else found


def sounding(wave_S: np.ndarray, mel: Mel) -> tuple[int, int]:
    """The first sample of the part that sounds, and the one after its last: what `spectrograms` reads of it."""
    import torch

    bank = torch.from_numpy(bands(mel)).T.contiguous()
    first, end = _sounding(_decibels(torch.from_numpy(wave_S[None].astype(np.float32)), bank, mel)[0], mel)
    return first * mel.hop, min(len(wave_S), end * mel.hop)


def bands(mel: Mel) -> np.ndarray:
    """The weight of each frequency in each band (bands, frequencies): triangles, evenly set on the mel scale, as
    O'Shaughnessy (1987) has it, from 60 Hz to half the rate."""
    edges = _hz(np.linspace(_mel(_LOWEST_HZ), _mel(mel.rate / 2), mel.bands + 2))
    size = _fourier(mel)
    frequency = np.arange(size // 2 + 1) * mel.rate / size
    rising = (frequency[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - frequency[None]) / (edges[2:] - edges[1:-1])[:, None]
    weights: np.ndarray = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    return weights


def middle_hz(mel: Mel) -> np.ndarray:
    """The frequency in the middle of each band (bands,)."""
    return _hz(np.linspace(_mel(_LOWEST_HZ), _mel(mel.rate / 2), mel.bands + 2))[1:-1]


def _decibels(x_NS: Tensor, bank_FB: Tensor, mel: Mel) -> Tensor:
    """(N, moments before they are stretched, bands), 0 at each one's loudest spot."""
    import torch

    x_NS = x_NS / x_NS.abs().amax(1, keepdim=True).clamp_min(_LEAST)
    risen = torch.cat([x_NS[:, :1], x_NS[:, 1:] - _RISE * x_NS[:, :-1]], dim=1)
    found = torch.stft(
        risen,
        _fourier(mel),
        hop_length=mel.hop,
        win_length=mel.window,
        window=torch.hann_window(mel.window),
        pad_mode="constant",
        return_complex=True,
    )
    level = 10 * (found.abs().square().transpose(1, 2) @ bank_FB).clamp_min(_LEAST).log10()
    highest = level.amax((1, 2), keepdim=True)
    is_silent = highest <= 10 * math.log10(_LEAST)
    return torch.where(is_silent, torch.full_like(level, -mel.floor), (level - highest).clamp_min(-mel.floor))


def _sounding(level_TB: Tensor, mel: Mel) -> tuple[int, int]:
    """The first moment above `quiet` and the one after the last; all of a silence. Where a noise lies under the sound,
    the moments that stand out of it."""
    loudest = level_TB.amax(1)
    noise = float(loudest.quantile(_NOISE_SHARE))
    above = (loudest > min(_PLAIN, max(-mel.quiet, noise + _STANDS_OUT))).nonzero()[:, 0]
    return (int(above[0]), int(above[-1]) + 1) if len(above) else (0, len(level_TB))


def _stretched(level_TB: Tensor, moments: int) -> Tensor:
    """To so many moments: means of several where there are more, between neighbours where there are fewer."""
    from torch.nn import functional

    along = level_TB.T[None]
    if len(level_TB) < moments:
        return functional.interpolate(along, size=moments, mode="linear", align_corners=False)[0].T
    return functional.adaptive_avg_pool1d(along, moments)[0].T


def _fourier(mel: Mel) -> int:
    """The least power of two that holds a window."""
    return int(1 << (mel.window - 1).bit_length())


def _mel(hz: float) -> float:
    return 2595 * math.log10(1 + hz / 700)


def _hz(mels: np.ndarray) -> np.ndarray:
    found: np.ndarray = 700 * (10 ** (mels / 2595) - 1)
    return found
