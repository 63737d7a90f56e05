"""What an assumption is worth: how the money moves when it alone moves by a tenth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.contracts import Assumption


@dataclass(frozen=True, kw_only=True, slots=True)
class Swing:
    """Money per period gained (below 0: lost) when an assumption falls or rises; None where its bound forbids it."""

    name: str
    less: float | None
    more: float | None

    @property
    def size(self) -> float:
        return max(abs(self.less or 0.0), abs(self.more or 0.0))


def swing(
    assumption: Assumption, assumed: Mapping[str, float], earned: Callable[[Mapping[str, float]], float]
) -> Swing:
    """A tenth of the value as it is assumed now, of the whole range where that is 0, within the bounds. earned: the
    money under assumptions."""
    now, before = assumed[assumption.name], earned(assumed)
    tenth = abs(now) / 10 or (assumption.high - assumption.low) / 10

    def moved(to: float) -> float | None:
        inside = min(assumption.high, max(assumption.low, to))
        return None if inside == now else earned({**assumed, assumption.name: inside}) - before

    return Swing(name=assumption.name, less=moved(now - tenth), more=moved(now + tenth))
