"""Mel spectrograms: a note lies in its band, neither loudness nor length nor silence around makes a difference."""

import numpy as np
import pytest

from core.contracts import Mel
from core.sound.cutting import fitted
from core.sound.mel import bands, middle_hz, sounding, spectrograms

MEL = Mel(shape=False)


def note(hz, samples=4000, before=0, whole=8000, loud=8000):
    wave = np.zeros(whole)
    at = np.arange(samples)
    wave[before : before + samples] = loud * np.sin(2 * np.pi * hz * at / MEL.rate)
    return wave.astype(np.int16)


@pytest.mark.parametrize("hz", [200, 700, 2500])
def test_a_note_lies_in_the_band_of_its_pitch(hz):
    (picture,) = spectrograms(note(hz)[None], MEL)
    assert picture.shape == (MEL.moments, MEL.bands, 1)
    assert -3 < picture.max() <= 0  # where moments are means of several, their loudest is below
    assert picture.min() >= -MEL.floor
    loudest = picture[5:-5, :, 0].mean(0).argmax()
    assert abs(loudest - np.abs(middle_hz(MEL) - hz).argmin()) <= 1


def test_loudness_and_silence_around_a_sound_make_no_difference():
    rng = np.random.default_rng(0)
    word = rng.normal(size=3000) * np.hanning(3000) * 3000
    near, late, quiet = (np.zeros(8000) for _ in range(3))
    near[:3000], late[64 * 60 : 64 * 60 + 3000], quiet[:3000] = word, word, word / 50
    first, shifted, soft = spectrograms(np.stack([near, late, quiet]), MEL)
    assert np.abs(first - shifted).mean() < 1.0  # dB; the first window of the one reaches before the file
    np.testing.assert_allclose(first, soft, atol=1e-2)


def test_a_word_said_at_half_the_pace_looks_the_same():
    slow, quick = (note(900, samples=n) + note(300, samples=n // 2) for n in (6000, 3000))
    a, b = spectrograms(np.stack([slow, quick]), MEL)
    assert np.abs(a - b)[2:-2].mean() < 3.0


def test_of_a_shape_each_moment_is_around_its_own_mean():
    wave = note(700)[None]
    levels, shape = spectrograms(wave, MEL), spectrograms(wave, Mel())
    np.testing.assert_allclose(shape, levels - levels.mean(2, keepdims=True), atol=1e-5)


def test_a_hiss_under_a_word_is_no_part_of_it():
    word = note(500, samples=2000, before=3000).astype(float)
    word += 300 * np.random.default_rng(0).normal(size=8000)
    first, end = sounding(word, MEL)
    assert abs(first - 3000) <= 2 * MEL.window
    assert abs(end - 5000) <= 2 * MEL.window


def test_what_sounds_is_found_to_a_moment():
    first, end = sounding(note(500, samples=2000, before=3000), MEL)
    assert abs(first - 3000) <= MEL.window
    assert abs(end - 5000) <= MEL.window


def test_silence_is_all_at_the_floor_and_a_single_click_is_finite():
    silent, even, click = np.zeros(8000), np.full(8000, 7), np.zeros(8000)
    click[4000] = 1
    found = spectrograms(np.stack([silent, even, click]).astype(np.int16), MEL)
    assert np.isfinite(found).all()
    assert (found[0] == -MEL.floor).all()


def test_bands_are_triangles_that_cover_all_pitches():
    weights = bands(MEL)
    assert weights.shape == (MEL.bands, 129)
    assert (weights.max(1) > 0.3).all()
    inside = weights.sum(0)[8:110]
    assert inside.min() > 0.9


def test_many_at_once_are_each_alone():
    waves = np.random.default_rng(1).normal(size=(300, 2000)).astype(np.float32)
    together = spectrograms(waves, MEL)
    np.testing.assert_allclose(spectrograms(waves[200:201], MEL)[0], together[200], atol=1e-3)


def test_of_a_long_sound_the_loudest_stretch_is_kept():
    wave = np.zeros(20_000, np.int16)
    wave[9_000:12_000] = note(400, samples=3000, whole=3000)
    kept = fitted(wave, 4_000)
    assert len(kept) == 4_000
    assert np.square(kept.astype(float)).sum() == np.square(wave.astype(float)).sum()
    assert kept.dtype == np.int16
    short = fitted(wave[9_000:10_000], 4_000)
    np.testing.assert_array_equal(short[:1_000], wave[9_000:10_000])
    assert not short[1_000:].any()
