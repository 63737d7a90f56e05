"""How long a service of a run takes for its answers on this machine, and what it holds in memory."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from core.answering.answers import plain
from core.contracts import ArrayInput
from core.contracts.going_live import Measured
from core.environment import machine
from core.formatting import png
from core.serving.body import MOST_FILES, MOST_ROWS

if TYPE_CHECKING:
    from core.contracts import Examples
    from core.serving.service import Service

_ALONE, _FEW = 100, 5  # requests of one row; with a picture or a sound, whose decoding takes longer
_MOST_S = 3.0


def measured(service: Service, examples: Examples) -> Measured:
    """Body in, answer out, as a request has it; without the way through the network."""
    rows = [_row(service, examples, int(row)) for row in service.held_out.rows[:MOST_ROWS]]
    has_files = bool(service.use_case.arrays)
    alone, began = [], time.perf_counter()
    _answer(service, rows[:1])  # what the first one of all waits for is no wait of every one
    for row in (rows * _ALONE)[: _FEW if has_files else _ALONE]:
        alone.append(_answer(service, [row]))
        if time.perf_counter() - began > _MOST_S:
            break
    together = rows[: MOST_FILES if has_files else MOST_ROWS]
    return {
        "requests": len(alone),
        "middle_ms": 1000 * float(np.median(alone)),
        "slow_ms": 1000 * float(np.quantile(alone, 0.95)),
        "thousand_s": _answer(service, together) / len(together) * 1000,
        "weights_bytes": sum(p.numel() * p.element_size() for p in service.ensemble.params.values()),
        "process_bytes": machine.resident_bytes(),
        "processor": machine.processor(),
    }


def _answer(service: Service, rows: list[dict[str, Any]]) -> float:
    """Seconds for one request."""
    body = json.dumps({"rows": rows}).encode()
    began = time.perf_counter()
    json.dumps(service.answer([service.read(body)]))
    return time.perf_counter() - began


def _row(service: Service, examples: Examples, row: int) -> dict[str, Any]:
    """One row as a client sends it."""
    found = {str(name): plain(value) for name, value in examples.features.iloc[row].items()}
    return found | {a.name: _sent(a, examples.arrays[a.name][row]) for a in service.use_case.arrays}


def _sent(array: ArrayInput, value: np.ndarray) -> Any:
    if array.mel:
        from core.sound.drawn import played

        return played(value, array.mel).partition(",")[2]
    if value.dtype == np.uint8:
        return png.address(png.as_bytes(value)).partition(",")[2]
    return np.nan_to_num(value).tolist()
