"""What each JSON file of a store holds: one description a kind of file; of a run's report, end and progress by the
types in core/contracts. Reads nothing."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, get_args, get_type_hints

from core.contracts.data import InputKind
from core.contracts.events import EVENTS as EVENT_TYPES
from core.contracts.plain import ANYTHING, COUNT, FLAG, NUMBER, TEXT, Plain, between, one_of
from core.contracts.report import End, StoredReport, Summary
from core.contracts.run import RunConfig
from core.evaluation.metrics import METRICS
from core.store import shapes
from core.store.shapes import MapOf, Maybe

_of = partial(shapes.shape_of, members={"metric": METRICS})

CONFIG, SUMMARY, END, REPORT = _of(RunConfig), _of(Summary), _of(End), _of(StoredReport)
EVENTS: dict[str, Any] = {get_args(get_type_hints(kind)["event"])[0]: _of(kind) for kind in EVENT_TYPES}


def _whole(low: int, high: int) -> Plain:
    return Plain(f"a whole number from {low} to {high}", lambda v: COUNT.holds(v) and low <= v <= high)


_MEL = {  # bounded: a spectrogram takes memory and time by them
    "rate": _whole(1_000, 400_000),
    "window": _whole(2, 2**16),
    "hop": _whole(2, 2**16),
    "bands": _whole(1, 1_024),
    "moments": _whole(1, 4_096),
    "floor": between(1, 1_000),
    "quiet": between(0, 1_000),
    "shape": FLAG,
}
_PIECES = {  # bounded likewise
    "words": _whole(1, 4_096),
    "most": _whole(1, 1_024),
    "codes": _whole(2, 2**24),
    "shortest": _whole(1, 64),
    "longest": _whole(1, 64),
}
_FOLD = {
    "method": one_of("standard", "log", "quantile"),
    "numeric": [TEXT],
    "missing": [TEXT],
    "categories": MapOf(Maybe([TEXT])),
    "target_center": NUMBER,
    "target_scale": NUMBER,
    "target_each?": [[NUMBER]],
    "relative_to?": TEXT,
    "image?": Maybe({"side": COUNT, "channels": COUNT}),
    "vocabulary?": Maybe([TEXT]),
    "arrays?": [
        {
            "name": TEXT,
            "kind": one_of(*InputKind),
            "shape": [COUNT],
            "num_codes": COUNT,
            "mel?": _MEL,
            "pieces?": _PIECES,
            "samples?": _whole(0, 2**24),
        }
    ],
}
PREPROCESSING = {"folds": [_FOLD], "fold_of": [COUNT]}

_KEY = Plain("a key", lambda v: isinstance(v, str) and bool(re.fullmatch(r"[\w-]{16,100}", v, re.ASCII)))
ANSWERS = {"port": between(1, 65535), "key": _KEY, "reply_key": _KEY, "pid?": COUNT}

_LEARNED = {
    "log_ratio": between(-10, 10),
    "spread": between(0, 10),
    "runs": COUNT,
}  # no run counts for more than e to the 10
CALIBRATION = {
    "schema": COUNT,
    "own": FLAG,
    "auto": TEXT,
    "machine": MapOf(ANYTHING),
    "devices": MapOf(
        {
            "described": TEXT,
            "date": TEXT,
            "costs": MapOf(between(0, 1e6)),
            "spread": between(0, 10),
            "watts": Maybe(between(0, 1e6)),
            "energy?": TEXT,
            "time": MapOf(_LEARNED),
            "memory": MapOf(_LEARNED),
            "waits": _LEARNED,
        }
    ),
}
