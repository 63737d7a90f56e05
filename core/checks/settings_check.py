"""Combinations of settings that make no sense, refused with the reason before training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from core.errors import UserError
from core.training.losses import Loss


def combination(loss: Loss, settings: Mapping[str, Any], device: torch.device) -> None:
    """Raise UserError with rule, fact and next step for settings that contradict one another, the loss or device."""
    if settings["class_weight"] == "balanced" and not loss.has_classes:
        raise UserError(
            "Class weights need classes; the loss here, {loss}, has none. Set class_weight to none.", loss=loss.name
        )
    if settings["schedule"] == "one_cycle" and settings["num_epochs"] < 2:
        raise UserError("The one-cycle schedule rises and falls, which takes 2 epochs; it was given 1. Add some.")
    if settings["precision"] == "bfloat16" and device.type == "mps":
        raise UserError("bfloat16 needs a CPU or an NVIDIA GPU; this run is on mps. Set precision to float32.")
    if settings.get("normalisation", "none") != "none" and settings.get("depth") == 0:
        raise UserError("Normalisation works on hidden layers; depth is 0, so there are none. Add a layer or drop it.")
    if settings["optimiser"] in ("momentum", "nesterov") and settings["momentum"] == 0:
        name = settings["optimiser"]
        raise UserError(
            "The optimiser {name} needs a momentum; it is 0, which is sgd. Raise it, or choose sgd.", name=name
        )
