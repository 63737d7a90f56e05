"""What each JSON file of a store holds: one description a kind of file. Reads nothing."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from core.contracts import State
from core.evaluation.metrics import METRICS
from core.store.shapes import (
    ANYTHING,
    COUNT,
    FLAG,
    NUMBER,
    SCALAR,
    SCORE,
    SECONDS,
    TEXT,
    MapOf,
    Maybe,
    Plain,
    between,
    one_of,
)


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_layer(name: str) -> bool:
    return not name.startswith("hidden.") or name.partition(".")[2].isdecimal()


_MOMENT = Plain("a date with its time", _is_moment)
_METRIC = Plain("the name of a metric", lambda v: isinstance(v, str) and v in METRICS)
_VERDICT = one_of("win", "tie", "loss", "undefined")
_CHECKSUM = Plain("a checksum", lambda v: isinstance(v, str) and bool(re.fullmatch(r"[0-9a-f]{64}", v)))
_SETTINGS = MapOf(SCALAR)

CONFIG = {
    "run": TEXT,
    "use_case": TEXT,
    "settings": _SETTINGS,
    "created": _MOMENT,
    "preset?": Maybe(TEXT),
    "visitor?": TEXT,
    "limit_s?": Maybe(NUMBER),
    "code?": TEXT,
    "data_checksum?": TEXT,
    "versions?": MapOf(Maybe(SCALAR)),
}

_RANGE = {"mean": SCORE, "low": SCORE, "high": SCORE, "undefined?": TEXT}
_PAIRED = {**_RANGE, "verdict": _VERDICT}
_HEADLINE = {"metric": _METRIC, **_RANGE, "members": COUNT, "ensemble": _RANGE}
_AMOUNT = {"amount": SCORE, "low": SCORE, "high": SCORE}
_VALUE = {
    **_AMOUNT,
    "currency": TEXT,
    "per": TEXT,
    "references": [{"name": TEXT, "amount": SCORE}],
    "gain_over_best_reference": SCORE,
}

SUMMARY = {
    "headline": _HEADLINE,
    "validation_score": SCORE,
    "best_baseline": Maybe({"name": TEXT, "title": TEXT, "value": SCORE, "ensemble_minus_this": _PAIRED}),
    "value": Maybe(_VALUE),
    "train_s": SECONDS,
    "device": TEXT,
    "run_s?": SECONDS,
}
END = {
    "state": one_of(*(state.value for state in State if state.is_final)),
    "reason": TEXT,
    "ended?": _MOMENT,
    "files?": MapOf(_CHECKSUM),
}

_OF_METRIC = {"mean": _RANGE, "ensemble": _RANGE, "each": [SCORE]}
_AGAINST = {**_RANGE, "mean_minus_this": _PAIRED, "ensemble_minus_this": _PAIRED}
_OF_BASELINE = {
    "name": TEXT,
    "title": TEXT,
    "tuned": FLAG,
    "fit_s": SECONDS,
    "value": SCORE,
    "metrics": MapOf(_AGAINST),
}
_ESTIMATED = {"low?": NUMBER, "likely?": NUMBER, "high?": NUMBER, "at_most?": NUMBER, "actual?": Maybe(NUMBER)}
_ESTIMATE = {
    "time_s?": _ESTIMATED,
    "epochs?": _ESTIMATED,
    "memory_bytes?": _ESTIMATED,
    "energy_j?": Maybe(_ESTIMATED),
    "energy?": TEXT,
}
REPORT = {
    "run": TEXT,
    "headline": _HEADLINE,
    "metrics": MapOf(_OF_METRIC),
    "baselines": [_OF_BASELINE],
    "value": Maybe(
        {**_VALUE, "baselines": [{"name": TEXT, "title": TEXT, **_AMOUNT}], "assumptions": MapOf(NUMBER)},
    ),
    "rows": {"all": COUNT, "folds": COUNT, "train": COUNT, "validation": COUNT, "test": COUNT},
    "plan": TEXT,
    "unit": TEXT,
    "importance": [{"column": TEXT, "drop": SCORE}],
    "settings": _SETTINGS,
    "epochs_run": COUNT,
    "train_s": SECONDS,
    "samples_per_s": NUMBER,
    "device": TEXT,
    "best_epoch?": [COUNT],
    "stopped?": FLAG,
    "time_limit_s?": Maybe(NUMBER),
    "not_fitted?": [{"name": TEXT, "title": TEXT, "reason": TEXT}],
    "validation_score?": SCORE,
    "phases_s?": MapOf(SECONDS),
    "memory?": {"training_bytes?": Maybe(COUNT), "rest_bytes?": Maybe(COUNT)},
    "energy?": {"joules?": Maybe(NUMBER), "label?": TEXT},
    "estimate?": _ESTIMATE,
}

_EPOCH = between(1, 1e9, "a number")
_PACE = {"epoch": COUNT, "num_epochs": _EPOCH, "elapsed_s": SECONDS, "samples_per_s": NUMBER}
_LAYER = {"parameters": between(1, 1e15), "gradient_norm": SCORE, "update_ratio": SCORE}
_ALONE = {"alone?": [{"column": TEXT, "score": SCORE}], "num_columns?": COUNT}
EVENTS: dict[str, Any] = {
    "phase": {
        "phase": one_of("data", "training", "baselines", "evaluation"),
        "device?": TEXT,
        "headline?": TEXT,
        "higher_is_better?": FLAG,
        "perfect?": SCORE,
        "constant_loss?": SCORE,
        "constant_score?": SCORE,
        **_ALONE,
    },
    "network": {"layers": MapOf({"title": TEXT, "has_units": FLAG}, _is_layer)},
    "columns": _ALONE,
    "baseline": {"name": TEXT, "title": TEXT},
    "notice": {"text": TEXT},
    "batch": {**_PACE, "share": between(0, 1e9)},
    "epoch": {
        **_PACE,
        "left_s_at_most": SECONDS,
        "networks_running": COUNT,
        **dict.fromkeys(("train_loss", "validation_loss", "train_score", "validation_score"), SCORE),
        **dict.fromkeys(("validation_score_low", "validation_score_high"), SCORE),
        "learning_rate?": SCORE,
        "layers?": MapOf(_LAYER, _is_layer),
        "hidden_units?": MapOf(COUNT, _is_layer),
        "dead_units?": MapOf(SCORE, _is_layer),
        "memory_bytes?": NUMBER,
    },
}

_FOLD = {
    "method": one_of("standard", "log", "quantile"),
    "numeric": [TEXT],
    "missing": [TEXT],
    "categories": MapOf(Maybe([TEXT])),
    "target_center": NUMBER,
    "target_scale": NUMBER,
    "relative_to?": TEXT,
    "image?": Maybe({"side": COUNT, "channels": COUNT}),
    "vocabulary?": Maybe([TEXT]),
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
