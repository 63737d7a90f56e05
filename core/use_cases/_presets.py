"""Presets that every use case has: two good ones, and some that fail on purpose, each by a fault of the run doctor."""

from __future__ import annotations

from typing import Any

from core.contracts import Preset

_NEVER_STOPPED: dict[str, Any] = {"schedule": "constant", "patience": 1000, "keep": "last", "members": 1}


def recommended(reason: str) -> Preset:
    """The defaults as declared. reason: how they were chosen, in a sentence."""
    return Preset(name="recommended", title="Recommended", reason=reason)


def quick(reason: str, **values: Any) -> Preset:
    """Less of everything, for an audience that waits. reason: what that costs, in a sentence."""
    return Preset(name="quick", title="Quick", reason=reason, values=values)


def with_defaults(**values: Any) -> dict[str, dict[str, Any]]:
    """A use case's own defaults of declared settings, as in settings=with_defaults(num_epochs=30)."""
    return {name: {"default": value} for name, value in values.items()}


def memorise(reason: str, **values: Any) -> Preset:
    """A wide network with no brake, which is never stopped."""
    free = {"width": 256, "dropout": 0.0, "weight_decay": 0.0}
    return _bad("memorise", "Memorise", reason, "over_fitting", free | values)


def overshoot(reason: str, **values: Any) -> Preset:
    """Steps that are far too long."""
    return _bad("overshoot", "Overshoot", reason, "divergence", {"learning_rate": 1.0} | values)


def crawl(**values: Any) -> Preset:
    """Steps that are far too short."""
    reason = (
        "A learning rate some hundred times too low: every epoch is a little better than the one before, and at the "
        "end nearly everything is still to be learned."
    )
    return _bad("crawl", "Crawl", reason, "slow_learning", {"learning_rate": 1e-5, "num_epochs": 10} | values)


def fade(**values: Any) -> Preset:
    """A deep network whose first layers are told next to nothing."""
    reason = (
        "Six layers of S-curves and plain gradient descent on batches: each layer passes on a fraction of the "
        "gradient, so that nothing of it arrives at the first ones."
    )
    deep = {
        "depth": 6,
        "activation": "sigmoid",
        "linear_skip": "off",
        "dropout": 0.0,
        "optimiser": "sgd",
        "learning_rate": 0.05,
        "num_epochs": 10,
    }
    return _bad("fade", "Fade", reason, "vanishing_gradients", deep | values)


def _bad(name: str, title: str, reason: str, fault: str, values: dict[str, Any]) -> Preset:
    return Preset(name=name, title=title, reason=reason, values=_NEVER_STOPPED | values, good=False, fault=fault)
