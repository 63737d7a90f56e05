"""Decodes one sound in a process of its own, which may fail: `python sound_decoding.py RATE SECONDS PROCESSOR BYTES`
reads a WAV file and writes samples of 16 bits, one channel, at that rate. Imports nothing of the product.

What the file says of itself is looked at first: a short head can promise hours.
"""

from __future__ import annotations

import io
import math
import struct
import sys
import warnings

import numpy as np

UNREADABLE, TOO_LONG, TOO_MUCH = 3, 4, 5  # what the process ends with; after TOO_LONG the seconds stand in its output
_RATES = 1_000, 400_000  # samples a second
_MOST_CHANNELS = 32


def head(content: bytes) -> tuple[int, float]:
    """Samples a second and the seconds of a WAV file, by its chunks alone. Raises ValueError for what is none, and
    for a second format or second samples: whoever reads may take others than were looked at."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise ValueError("no WAV file")
    at, rate, per_second = 12, 0, 0
    seconds: float | None = None
    while at + 8 <= len(content):
        name, long = content[at : at + 4], struct.unpack("<I", content[at + 4 : at + 8])[0]
        if (name == b"fmt " and rate) or (name == b"data" and seconds is not None):
            raise ValueError("two of what there is once")
        if name == b"fmt ":
            _form, channels, rate, per_second = struct.unpack("<HHII", content[at + 8 : at + 20])
            if not (_RATES[0] <= rate <= _RATES[1] and 1 <= channels <= _MOST_CHANNELS and per_second):
                raise ValueError("no rate that anybody records with")
        if name == b"data" and rate:
            seconds = min(long, len(content) - at - 8) / per_second
        at += 8 + long + long % 2
    if seconds is None:
        raise ValueError("no samples")
    return rate, seconds


def read(content: bytes) -> tuple[int, np.ndarray]:
    """Samples a second, and the samples (n,) or (n, channels). Raises what scipy raises for what it cannot read."""
    from scipy.io import wavfile

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd chunks of recorders
        own, found = wavfile.read(io.BytesIO(content))
    return own, found


def decoded(own: int, found: np.ndarray, rate: int) -> bytes:
    """The mean of all channels at this rate."""
    from scipy import signal

    wave = found.astype(np.float64)
    if found.dtype == np.uint8:
        wave -= 128
    wave = wave.reshape(len(wave), -1).mean(1)
    largest = {"u1": 128.0, "i2": 2.0**15, "i4": 2.0**31, "i8": 2.0**63}.get(found.dtype.str[1:], 1.0)
    if not len(wave) or not np.isfinite(wave).all():
        raise ValueError("no samples that are numbers")
    if own != rate:
        shared = math.gcd(own, rate)
        wave = signal.resample_poly(wave, rate // shared, own // shared, padtype="mean")
    return np.round(np.clip(wave / largest, -1, 1) * 32_767).astype("<i2").tobytes()


def bound(seconds: int, memory: int) -> None:
    """Let the system end this process after so much of a processor's time, and refuse it more memory. Elsewhere than on
    Linux, whoever started it ends it."""
    if sys.platform.startswith("linux"):
        import resource

        for which, most, more in ((resource.RLIMIT_CPU, seconds, 1), (resource.RLIMIT_AS, memory, 0)):
            _, hard = resource.getrlimit(which)
            least = [most + more, *([hard] if hard >= 0 else [])]
            resource.setrlimit(which, (min(most, *least), min(least)))


def main(rate: int, most_seconds: int, processor: int, memory: int) -> int:
    """What the process ends with, 0 where samples are written."""
    bound(processor, memory)
    content = sys.stdin.buffer.read()
    try:
        own, seconds = head(content)
        if seconds <= most_seconds:
            own, found = read(content)
            seconds = len(found) / own  # the head may say of a second that it takes more bytes than it does
        if seconds > most_seconds:
            sys.stdout.write(str(round(seconds)))
            return TOO_LONG
        sys.stdout.buffer.write(decoded(own, found, rate))
    except MemoryError:
        return TOO_MUCH
    except (OSError, ValueError, KeyError, TypeError, IndexError, ZeroDivisionError, struct.error):  # as scipy says it
        return UNREADABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
