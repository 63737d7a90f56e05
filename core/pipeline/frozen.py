"""What the part of a model that never learns makes of all rows: once, not in every epoch, and kept for the next run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.contracts import UseCase
from core.keys import code_files, declared
from core.models import MODELS
from core.protocols import BaselineCache, HasFrozenPart
from core.training.preprocessing import Preprocessing

_MODELS = Path(__file__).parents[1] / "models"
_ROWS_AT_ONCE = 256


def made_once(
    use_case: UseCase,
    arrays: Mapping[str, np.ndarray],
    fitted: Sequence[Preprocessing],
    settings: Mapping[str, Any],
    kept: BaselineCache | None,
) -> dict[str, torch.Tensor]:
    """By name, (1, N, ...) each, shared by all folds; nothing of a model that learns everywhere, and where folds put
    the arrays on scales of their own. arrays: as they are read, before that."""
    model = MODELS.get(use_case.model)
    about = model.frozen_key(settings) if isinstance(model, HasFrozenPart) else ""
    first = fitted[0]
    on_one_scale = all(np.array_equal(p.scales[n], first.scales[n]) for p in fitted for n in first.scales)
    if not about or not on_one_scale or not isinstance(model, HasFrozenPart):
        return {}
    code = code_files.digests(code_files.behind([_MODELS / f"{use_case.model}.py"]))
    scales = {name: values.tolist() for name, values in first.scales.items()}
    key = declared.key_of("frozen part", use_case.model, about, dict(arrays), scales, code)
    found = kept.get(key) if kept else None
    if found is not None:
        return {name: torch.from_numpy(values)[None] for name, values in found[1].items()}
    made = _made(model, arrays, first, settings)
    if kept:
        kept.put(key, {}, made)
    return {name: torch.from_numpy(values)[None] for name, values in made.items()}


def _made(
    model: HasFrozenPart, arrays: Mapping[str, np.ndarray], fitted: Preprocessing, settings: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    parts: list[Mapping[str, torch.Tensor]] = []
    rows = len(next(iter(arrays.values())))
    with torch.no_grad():
        for start in range(0, rows, _ROWS_AT_ONCE):
            own = fitted.scaled({name: values[start : start + _ROWS_AT_ONCE] for name, values in arrays.items()})
            parts.append(model.frozen({name: torch.from_numpy(values) for name, values in own.items()}, settings))
    return {name: torch.cat([part[name] for part in parts]).numpy() for name in parts[0]}
