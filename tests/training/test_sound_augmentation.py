"""Sounds changed at random: each change does what its setting says, networks differ, the same seed gives the same."""

import numpy as np
import torch

from core.contracts import ArrayShape, InputKind, InputShapes
from core.training.augmentation import OF_SOUNDS, OfSounds, augmentation_of

CPU = torch.device("cpu")
NOTHING = dict.fromkeys(OF_SOUNDS, 0)
ALL = {"speed": 0.2, "pitch": 2, "delay": 3, "tone": 0.5, "hiss": 1.5, "masked": 0.3}
MOMENTS, BANDS = 24, 16


def changed(sound, seeds=(1,), rows=200, **settings):
    """(K, B, moments, bands) of one spectrogram (moments, bands)."""
    given = torch.from_numpy(np.broadcast_to(sound, (len(seeds), rows, MOMENTS, BANDS)).astype(np.float32).copy())
    made = OfSounds(NOTHING | settings, ["sound"], seeds, CPU)
    return made({"sound": given[..., None], "numeric": torch.zeros(1)})["sound"][..., 0].numpy()


def spot(moment, band):
    down, across = np.arange(MOMENTS)[:, None] - moment, np.arange(BANDS) - band
    return np.exp(-(down**2 + across**2) / 4)


def centre(sounds):
    weight = sounds / sounds.sum((-2, -1), keepdims=True)
    return (weight.sum(-1) * np.arange(MOMENTS)).sum(-1), (weight.sum(-2) * np.arange(BANDS)).sum(-1)


def test_pitch_moves_across_bands_alone_and_delay_along_moments_alone():
    moment, band = centre(changed(spot(12, 8), pitch=3))
    np.testing.assert_allclose(moment, 12, atol=0.1)
    assert -3.1 < (band - 8).min() < -2
    assert 2 < (band - 8).max() < 3.1
    moment, band = centre(changed(spot(12, 8), delay=4))
    np.testing.assert_allclose(band, 8, atol=0.1)
    assert -4.1 < (moment - 12).min() < -3
    assert 3 < (moment - 12).max() < 4.1


def test_speed_takes_everything_nearer_to_the_middle_or_further_in_time_alone():
    moment, band = centre(changed(spot(18, 8), speed=0.25))
    np.testing.assert_allclose(band, 8, atol=0.1)
    ratio = (moment - 11.5) / 6.5
    assert 0.78 < ratio.min() < 0.9
    assert 1.1 < ratio.max() < 1.28


def test_tone_changes_a_band_alike_at_every_moment():
    found = changed(np.zeros((MOMENTS, BANDS)), tone=0.5)
    np.testing.assert_allclose(found.std(2), 0, atol=1e-6)
    assert found.mean(2).std() > 0.1
    assert np.abs(found).max() < 0.5 * (1 + 2 / 3) + 1e-4


def test_hiss_fills_what_is_quiet_and_leaves_what_is_loud():
    sound = np.full((MOMENTS, BANDS), -2.0)
    sound[8:16] = 2.0
    found = changed(sound, hiss=2.0)
    np.testing.assert_allclose(found[:, :, 8:16], 2.0, atol=0.05)
    quiet = found[0, :, :6].mean((1, 2))
    assert quiet.min() < -1.7
    assert -0.4 < quiet.max() < 0.5


def test_a_stretch_of_time_and_of_pitch_is_hidden_up_to_the_share():
    found = changed(np.ones((MOMENTS, BANDS)), masked=0.25, rows=400)[0]
    moments, bands = (found == 0).all(2).sum(1), (found == 0).all(1).sum(1)
    assert moments.max() == MOMENTS * 0.25
    assert bands.max() == BANDS * 0.25
    assert set(np.unique(found)) == {0.0, 1.0}
    assert 2 < moments.mean() < 4


def test_networks_and_steps_differ_and_a_network_is_the_same_whoever_is_beside_it():
    both = changed(spot(9, 7), seeds=(1, 2), rows=20, **ALL)
    assert np.abs(both[0] - both[1]).max() > 0.1
    np.testing.assert_array_equal(changed(spot(9, 7), seeds=(2,), rows=20, **ALL)[0], both[1])
    given = {"sound": torch.from_numpy(np.broadcast_to(spot(9, 7), (1, 8, MOMENTS, BANDS)).copy()).float()[..., None]}
    made = OfSounds(NOTHING | ALL, ["sound"], [1], CPU)
    first = made(given)["sound"]
    assert not torch.equal(made(given)["sound"], first)


def test_a_sound_is_changed_by_its_own_settings_and_not_by_those_of_pictures():
    sound = ArrayShape(name="sound", kind=InputKind.SPECTROGRAM, shape=(MOMENTS, BANDS, 1))
    shapes = InputShapes(num_numeric=0, cardinalities=(), arrays=(sound,))
    assert augmentation_of(NOTHING | {"shift": 3, "flip": "on"}, shapes, [1], CPU) is None
    assert isinstance(augmentation_of(NOTHING | {"pitch": 1}, shapes, [1], CPU), OfSounds)
