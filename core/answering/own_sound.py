"""A visitor's own sound: decoded within bounds, and the word in it cut to what networks know."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from core.contracts import ArrayInput
from core.errors import UserError
from core.formatting.durations import duration
from core.formatting.messages import message
from core.sound.cutting import fitted, word_of

MOST_SECONDS = 20
_MOST_PROCESSOR, _MOST_MEMORY = 10, 2**30  # of the process that decodes: seconds, bytes
_LONGEST_S = 60.0  # by the clock, where a machine is busy
_LEAST_PEAK = 64  # of 32,768: what a microphone hears where nobody speaks
_TOO_MUCH = message("This recording takes too much work to read. Save it again as an ordinary WAV file.")
_UNREADABLE = message("This file cannot be read as a sound. WAV files can; choose another, or record one.")


def samples_of(content: bytes, array: ArrayInput) -> np.ndarray:
    """A WAV file as a sound of this array, (samples,) of 16 bits at its rate: all channels together, the word in it
    with silence around, the loudest stretch of a longer one. Raises UserError for anything else, for silence, and for
    what is too long: another process decodes, within bounds."""
    from core.answering import sound_decoding  # late: the page that asks reads the limits above alone

    rate = array.mel.rate if array.mel else 0
    bounds = map(str, (rate, MOST_SECONDS, _MOST_PROCESSOR, _MOST_MEMORY))
    command = [sys.executable, "-P", sound_decoding.__file__, *bounds]
    try:
        done = subprocess.run(
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_LONGEST_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(_TOO_MUCH) from error
    if done.returncode == sound_decoding.TOO_LONG:
        raise UserError(
            "Say one word: a recording has at most {most}; this one has {has}. Cut it, or record again.",
            most=duration(MOST_SECONDS),
            has=duration(float(done.stdout)),
        )
    if done.returncode == sound_decoding.TOO_MUCH or done.returncode < 0:  # a signal: the system has ended it
        raise UserError(_TOO_MUCH)
    if done.returncode:
        raise UserError(_UNREADABLE)
    wave = np.frombuffer(done.stdout, dtype="<i2").astype(np.float64)
    wave -= wave.mean()
    if np.abs(wave).max(initial=0) < _LEAST_PEAK:
        raise UserError("There is nothing to hear in this recording. Go nearer to the microphone, and say it again.")
    return fitted(word_of(np.round(wave).clip(-32_767, 32_767).astype(np.int16), rate), array.shape[0])
