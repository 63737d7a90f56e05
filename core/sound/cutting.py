"""Cutting sounds to a length: the loudest stretch of a long one, silence after a short one. Plain numpy."""

from __future__ import annotations

import numpy as np

_LEAST_MOMENTS = 8
_NOISE_SHARE = 0.1  # of the moments are taken for what lies under a word
_QUIET, _PLAIN, _STANDS_OUT = 40.0, 12.0, 10.0  # dB below the loudest: no part of it, always one; above the noise: one
_PAUSE, _AROUND = 20, 2  # moments of a hundredth of a second


def fitted(wave_S: np.ndarray, samples: int) -> np.ndarray:
    """So many samples of a sound, in its own type: where it is longer, those with the most power in sum."""
    if len(wave_S) > samples:
        power = np.cumsum(np.square(wave_S.astype(np.float64) - wave_S.mean()))
        first = int(np.argmax(power[samples - 1 :] - np.r_[0.0, power[:-samples]]))
        return wave_S[first : first + samples]
    return np.pad(wave_S, (0, samples - len(wave_S)))


def word_of(wave_S: np.ndarray, rate: int) -> np.ndarray:
    """The word in a recording, from the first moment that stands out of the noise around it to the last, with a little
    before and after; all of it where nothing does."""
    step = max(1, rate // 100)
    moments = len(wave_S) // step
    if moments < _LEAST_MOMENTS:
        return wave_S
    power = np.square(wave_S[: moments * step].astype(np.float64)).reshape(moments, step).mean(1)
    level = 10 * np.log10(np.convolve(power, np.ones(3) / 3, "same") + 1e-3)
    noise, loudest = float(np.quantile(level, _NOISE_SHARE)), float(level.max())
    above = np.flatnonzero(level > min(loudest - _PLAIN, max(loudest - _QUIET, noise + _STANDS_OUT)))
    peak = int(level.argmax())
    first = last = peak  # moments that belong together: a pause in a word is short
    for moment in above[above > peak]:
        last = moment if moment - last <= _PAUSE else last
    for moment in above[above < peak][::-1]:
        first = moment if first - moment <= _PAUSE else first
    return wave_S[max(0, first - _AROUND) * step : (last + 1 + _AROUND) * step]
