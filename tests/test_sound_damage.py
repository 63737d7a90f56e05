"""Sounds damaged on purpose: each damage does what it says, the same each time; maps over them stand upright."""

import numpy as np
import pytest
import torch

from core.answering.picture_sight import _told
from core.answering.senses import BY_NAME, Sense, damages_of, own_input, sensed
from core.answering.sound_damage import DAMAGES, damaged
from core.errors import UserError
from core.use_cases import use_case

SOUND = use_case("services/spoken_digits").arrays[0]


def note(hz, loud=8000):
    wave = np.zeros(8000)
    wave[1000:7000] = loud * np.sin(2 * np.pi * hz * np.arange(6000) / 8000)
    return wave.astype(np.int16)


SOUNDS = np.stack([note(300) + note(2500), note(700)])


def power(wave, hz):
    spectrum = np.abs(np.fft.rfft(wave.astype(float))) ** 2
    return spectrum[hz - 40 : hz + 40].sum()


@pytest.mark.parametrize("one", DAMAGES, ids=lambda one: one.name)
def test_a_damage_is_nothing_where_it_says_so_and_the_same_each_time(one):
    assert list(one.steps) == sorted(one.steps)
    assert one.none in one.steps
    assert damaged(SOUNDS, {one.name: one.none}) is SOUNDS
    for strongest in (one.steps[0], one.steps[-1]):
        found = damaged(SOUNDS, {one.name: strongest})
        assert found.shape == SOUNDS.shape
        assert found.dtype == np.int16
        np.testing.assert_array_equal(found, damaged(SOUNDS, {one.name: strongest}))
        assert strongest == one.none or (found != SOUNDS).mean() > 0.2


def test_each_damage_does_what_its_name_says():
    both = SOUNDS[:1]
    muffled, tinny = (damaged(both, {"microphone": share})[0] for share in (-0.6, 0.6))
    assert power(muffled, 2500) < 0.05 * power(both[0], 2500)
    assert power(muffled, 300) > 0.9 * power(both[0], 300)
    assert power(tinny, 300) < 0.01 * power(both[0], 300)
    hissed = damaged(SOUNDS[1:], {"hiss": 0.1})[0].astype(float) - SOUNDS[1]
    assert hissed.std() == pytest.approx(0.1 * 8000 / np.sqrt(2), rel=0.05)
    faster = damaged(SOUNDS[1:], {"pace": 0.2})[0]
    assert abs(np.abs(np.fft.rfft(faster.astype(float))).argmax() - 840) < 5
    assert (faster != 0).sum() == pytest.approx((SOUNDS[1] != 0).sum() / 1.2, rel=0.02)
    assert np.abs(damaged(SOUNDS[1:], {"overdrive": 0.8})).max() == pytest.approx(1600, abs=2)
    click = np.zeros((1, 8000), np.int16)
    click[0, 100] = 10_000
    assert damaged(click, {"echo": 0.5})[0, [100, 500, 900]].tolist() == [10_000, 5_000, 2_500]


def test_a_sound_is_sensed_as_one_and_has_damages_of_its_own():
    assert sensed(use_case("services/spoken_digits")) == SOUND == own_input(use_case("services/spoken_digits"))
    assert damages_of(SOUND) == DAMAGES
    assert len(BY_NAME) == len(DAMAGES) + len(damages_of(use_case("healthcare/chest_xray").arrays[0]))
    assert sensed(use_case("retail/churn")) is None
    with pytest.raises(UserError, match="more than one"):
        own_input(use_case("testing/tiny_pictures"))
    sense = Sense(SOUND)
    sense.check(SOUNDS)
    with pytest.raises(UserError, match="16 bits"):
        sense.check(SOUNDS.astype(float))
    assert sense.played(SOUNDS[0]).startswith("data:audio/wav;base64,")
    assert sense.compared(SOUNDS).shape == (2, 24, 24, 1)
    assert 0 <= sense.under_maps(SOUNDS[0]).min() <= sense.under_maps(SOUNDS[0]).max() <= 1


def test_a_map_over_a_sound_has_high_pitches_on_top_and_time_from_left_to_right():
    late_and_high = torch.zeros(1, 32, 32)
    late_and_high[0, 30:, 30:] = 1
    drawn = np.array(_told(late_and_high, (48, 72)))
    assert drawn.shape == (48, 72)
    assert np.unravel_index(drawn.argmax(), drawn.shape)[0] < 4
    assert np.unravel_index(drawn.argmax(), drawn.shape)[1] > 66
    assert np.array(_told(late_and_high, None)).shape == (32, 32)
