"""Pictures as networks draw them again from what they know, and where they come back wrongly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from core.answering.senses import Sense
from core.contracts.answers import Redrawn
from core.errors import UserError
from core.formatting import png
from core.protocols import Redraws

if TYPE_CHECKING:
    import pandas as pd

    from core.training.ensemble import Ensemble

_GLARING = 12.0  # times the usual error: half of the deepest colour
_FINEST = 3  # digits


def redrawn(
    ensemble: Ensemble,
    sense: Sense,
    features: pd.DataFrame,
    arrays: Mapping[str, np.ndarray],
    networks: Sequence[int] | None = None,
) -> list[Redrawn]:
    """Some examples as all networks, or the numbered ones, draw them, in mean. Raises UserError for networks that draw
    nothing."""
    model, name = ensemble.model, sense.array.name
    if not isinstance(model, Redraws):
        raise UserError("These networks draw nothing again. Ask about another use case.")
    read = ensemble.inputs(features, networks, arrays)
    place = [read.folds.index(ensemble.fold_of[k]) for k in read.networks]
    with torch.inference_mode():
        inputs = {key: tensor[place] for key, tensor in read.tensors.items()}
        drawn, error = model.redraw(ensemble.params_of(read.networks), inputs, ensemble.settings)
    whole = [_as_given(ensemble, name, fold, one) for fold, one in zip(place, drawn.numpy(), strict=True)]
    pictures, off = np.mean(whole, axis=0), error.numpy().mean((0, -1))
    given, highest = arrays[name], 255 if arrays[name].dtype == np.uint8 else float(arrays[name].max())
    found = []
    for one, again, wrong in zip(given, pictures, off, strict=True):
        shades = (again / (highest or 1.0)).clip(0, 1) * 255
        told: Redrawn = {
            "picture": sense.shown(one),
            "redrawn": png.address(shades.round().astype(np.uint8)),
            "greys": sense.under_maps(one).round(_FINEST).tolist(),
            "error": _told(wrong),
        }
        found.append(told)
    return found


def _as_given(ensemble: Ensemble, name: str, fold: int, drawn_NHWC: np.ndarray) -> np.ndarray:
    """In the units of the pictures."""
    centre, scale = ensemble.preprocessing[fold].scales[name].astype(np.float64)
    found: np.ndarray = drawn_NHWC * scale + centre
    return found


def _told(error_HW: np.ndarray) -> list[list[float]]:
    """Errors over the usual one as depths of colour from 0 to 1, the same for all pictures: the usual one has none."""
    more = np.maximum(error_HW - 1.0, 0.0)
    depths: list[list[float]] = (more / (more + _GLARING)).round(_FINEST).tolist()
    return depths
