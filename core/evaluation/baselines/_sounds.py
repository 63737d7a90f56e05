"""What simple methods read of sounds: cepstral coefficients and band levels, by part of the word."""

from __future__ import annotations

import numpy as np

from core.contracts import Examples, Mel
from core.errors import UserError
from core.sound.mel import spectrograms

_MEL = Mel(bands=32, moments=40, shape=False)  # of a telephone
_kept: dict[int, tuple[np.ndarray, np.ndarray]] = {}


def spectrograms_of(examples: Examples) -> np.ndarray:
    """The mel spectrograms (N, moments, bands) of the waveforms beside the table, of the first array that is one.
    Raises UserError without any."""
    for values in examples.arrays.values():
        if values.ndim == 2 and values.shape[1] > _MEL.window:
            known = _kept.get(id(values))
            if known is None:  # every candidate and every fold asks for the same
                _kept.clear()
                known = _kept[id(values)] = values, spectrograms(values, _MEL)[..., 0]
            return known[1]
    raise UserError("This simple method hears a sound of each example; there are none. Leave it out of `baselines`.")


def parts_of(values_NTB: np.ndarray, parts: int) -> np.ndarray:
    """The mean of each part of the word, its first to its last (N, parts, B)."""
    edges = np.linspace(0, values_NTB.shape[1], parts + 1).round().astype(int)
    sums = np.add.reduceat(values_NTB, edges[:-1], axis=1)
    found: np.ndarray = sums / np.diff(edges)[None, :, None]
    return found


def cepstra(levels_NTB: np.ndarray, coefficients: int) -> np.ndarray:
    """Mel-frequency cepstral coefficients 1 to `coefficients` (Davis and Mermelstein, 1980), (N, T, coefficients): the
    shape of each moment's spectrum without how loud it is."""
    from scipy.fft import dct

    found: np.ndarray = dct(levels_NTB, axis=2, norm="ortho")[:, :, 1 : coefficients + 1]
    return found
