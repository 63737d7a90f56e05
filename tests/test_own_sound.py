"""A visitor's own sound: WAV files as people bring them are read or refused in a sentence, and the word is found."""

import io
import struct

import numpy as np
import pytest
from scipy.io import wavfile

from core.answering.own_sound import samples_of
from core.answering.sound_decoding import head
from core.contracts import ArrayInput, InputKind, Mel
from core.errors import UserError
from core.sound.cutting import word_of

SOUND = ArrayInput(name="sound", kind=InputKind.WAVEFORM, shape=(8000,), mel=Mel())


def note(rate, seconds=0.5, before=0.7, after=0.9, hz=440.0, noise=0.0):
    """A note from -1 to 1 between silences."""
    at = np.arange(round(seconds * rate)) / rate
    sound = 0.6 * np.sin(2 * np.pi * hz * at) * np.hanning(len(at)) ** 0.2
    whole = np.concatenate([np.zeros(round(before * rate)), sound, np.zeros(round(after * rate))])
    return whole + noise * np.random.default_rng(0).normal(size=len(whole))


def file_of(wave, rate, dtype=np.int16):
    out = io.BytesIO()
    largest = {np.uint8: 127, np.int16: 32_767, np.int32: 2**31 - 1}.get(dtype, 1)
    wavfile.write(out, rate, (wave * largest + (128 if dtype is np.uint8 else 0)).astype(dtype))
    return out.getvalue()


def pitch(sound, rate=8000):
    return np.abs(np.fft.rfft(sound.astype(float))).argmax() * rate / len(sound)


@pytest.mark.parametrize(
    ("rate", "dtype"),
    [(8_000, np.int16), (11_025, np.uint8), (16_000, np.float32), (44_100, np.int32)],
)
def test_every_rate_and_depth_gives_the_same_word(rate, dtype):
    found = samples_of(file_of(note(rate), rate, dtype), SOUND)
    assert found.shape == (8000,)
    assert found.dtype == np.int16
    assert abs(pitch(found) - 440) < 3
    assert abs(np.flatnonzero(np.abs(found) > 2000)[-1] - 4000) < 500, "the word begins at once, half a second long"
    assert np.abs(found).max() == pytest.approx(0.6 * 32_767, rel=0.1)


def test_stereo_of_48_khz_is_the_mean_of_both_sides():
    left, right = note(48_000, hz=300), note(48_000, hz=900) / 3
    found = samples_of(file_of(np.stack([left, right], axis=1), 48_000), SOUND)
    spectrum = np.abs(np.fft.rfft(found.astype(float)))
    assert spectrum[300] / spectrum[900] == pytest.approx(3, rel=0.2)


def test_a_word_is_found_in_noise_and_a_pause_in_it_is_no_end():
    noisy = note(8_000, noise=0.01)
    assert 3_800 < len(word_of((noisy * 32_767).astype(np.int16), 8_000)) < 5_500
    twice = np.concatenate([note(8_000, seconds=0.2, after=0.1), note(8_000, seconds=0.2, before=0)])
    assert len(word_of((twice * 32_767).astype(np.int16), 8_000)) > 3_800
    far = np.concatenate([note(8_000, seconds=0.2), note(8_000, seconds=0.3)])
    assert len(word_of((far * 32_767).astype(np.int16), 8_000)) < 3_500
    assert len(word_of(np.ones(20, np.int16), 8_000)) == 20


def test_silence_is_said():
    for wave in (np.zeros(16_000), np.full(16_000, 0.4), np.random.default_rng(0).normal(size=16_000) * 2e-4):
        with pytest.raises(UserError, match="nothing to hear"):
            samples_of(file_of(wave, 16_000), SOUND)


def test_ten_minutes_are_refused_with_how_long_they_are():
    with pytest.raises(UserError, match="at most 20 s; this one has 10 min"):
        samples_of(file_of(np.zeros(600 * 4_000), 4_000, np.uint8), SOUND)


def _promising(seconds):
    """A head that promises hours of samples, and a second of them."""
    content = bytearray(file_of(note(8_000), 8_000))
    at = content.index(b"data")
    content[at + 4 : at + 8] = struct.pack("<I", seconds * 16_000)
    return bytes(content)


def test_a_head_that_promises_hours_is_refused_or_read_as_long_as_it_is():
    samples_of(_between_head_and_samples(_chunk(b"LIST", b"\0\0\0") + b"\0"), SOUND)
    assert head(_promising(36_000)) == (8_000, pytest.approx(2.1, abs=0.01))


def _chunk(name, content):
    return name + struct.pack("<I", len(content)) + content


def _between_head_and_samples(*chunks):
    whole = file_of(note(8_000), 8_000)
    at = whole.index(b"data")
    content = whole[:at] + b"".join(chunks) + whole[at:]
    return content[:4] + struct.pack("<I", len(content) - 8) + content[8:]


def test_a_head_that_says_too_many_bytes_a_second_is_refused_by_the_samples_that_were_read():
    content = bytearray(file_of(np.zeros(25 * 1_000), 1_000, np.float32))
    content[28:32] = struct.pack("<I", 2**31)
    assert head(bytes(content))[1] < 1
    with pytest.raises(UserError, match="at most 20 s; this one has 25 s"):
        samples_of(bytes(content), SOUND)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        _between_head_and_samples(_chunk(b"data", b"\0\0")),
        _between_head_and_samples(_chunk(b"fmt ", file_of(note(8_000), 8_000)[20:36])),
        b"ID3 not one of ours",
        file_of(note(8_000), 8_000).replace(b"WAVE", b"AVI "),
        file_of(np.zeros(0), 8_000),
        file_of(note(8_000), 8_000)[:22] + b"\0\0" + file_of(note(8_000), 8_000)[24:],
        file_of(np.full(9_000, np.nan), 8_000, np.float32),
    ],
    ids=["empty", "samples twice", "two formats", "mp3", "film", "nothing in it", "no channel", "no numbers"],
)
def test_what_is_no_sound_is_said_in_one_sentence(content):
    with pytest.raises(UserError, match="cannot be read as a sound"):
        samples_of(content, SOUND)
