"""A sound as a page shows and plays it: loud is bright, high is on top, and the file holds the samples that it had."""

import base64
import struct

import numpy as np

from core.contracts import Mel
from core.sound.drawn import brightness, coloured, drawn, mu_law, played, upright, wav

MEL = Mel()


def note(hz, samples=4000):
    wave = np.zeros(8000, np.int16)
    wave[1000 : 1000 + samples] = 9000 * np.sin(2 * np.pi * hz * np.arange(samples) / MEL.rate)
    return wave


def decoded(content):
    """As ITU-T G.711 has it, sample by sample."""
    found = []
    for byte in content:
        turned = ~byte & 255
        size = (((turned & 15) << 3) + 132 << (turned >> 4 & 7)) - 132
        found.append(-size if turned & 128 else size)
    return np.array(found)


def test_a_high_note_is_on_top_and_a_low_one_at_the_bottom():
    high, low = (brightness(note(hz), MEL).mean(1).argmax() for hz in (3000, 300))
    assert high < 12
    assert low > 32


def test_upright_turns_moments_to_the_right_and_pitches_up():
    np.testing.assert_array_equal(upright(np.array([[1, 2], [3, 4], [5, 6]])), [[2, 4, 6], [1, 3, 5]])


def test_louder_is_brighter():
    ramp = coloured(np.linspace(0, 1, 24)[None]).astype(int)[0].sum(1)
    assert (np.diff(ramp) > 0).all()
    assert ramp[0] == 0


def test_a_card_is_small():
    wave = (np.random.default_rng(0).normal(size=8000) * 3000 * np.hanning(8000)).astype(np.int16)
    address = drawn(wave, MEL)
    assert address.startswith("data:image/png;base64,")
    assert len(address) < 8_000


def test_a_file_holds_the_part_that_sounds_as_g_711_has_it():
    wave = note(500)
    content = base64.b64decode(played(wave, MEL).partition(",")[2])
    assert content[:4] == b"RIFF"
    assert struct.unpack("<I", content[4:8])[0] == len(content) - 8
    form, channels, rate, _, _, bits, _ = struct.unpack("<HHIIHHH", content[20:38])
    assert (form, channels, rate, bits) == (7, 1, 8000, 8)
    at = content.index(b"data")
    (long,) = struct.unpack("<I", content[at + 4 : at + 8])
    heard = decoded(content[at + 8 : at + 8 + long])
    assert abs(long - 4000) < 400
    first = np.abs(np.fft.rfft(heard)).argmax() * rate / long
    assert abs(first - 500) < 5


def test_mu_law_keeps_samples_to_a_few_percent_and_silence_silent():
    wave = np.array([0, 1, -1, 100, -100, 5000, -32000, 32000])
    heard = decoded(mu_law(wave))
    expected = wave * 0.9 * 32_635 / 32_000
    np.testing.assert_allclose(heard, expected, rtol=0.05, atol=9)
    assert not decoded(mu_law(np.zeros(5))).any()
    assert len(wav(np.zeros(5), 8000)) % 2 == 0
