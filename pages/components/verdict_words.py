"""What a paired comparison's verdict is called."""

from __future__ import annotations

from core.formatting.text import _


def verdict(name: str) -> str:
    """A paired comparison's verdict in words."""
    return {
        "win": _("the network is better"),
        "tie": _("no difference shown"),
        "loss": _("this one is better"),
        "undefined": _("cannot be compared: the metric is undefined"),
    }[name]
