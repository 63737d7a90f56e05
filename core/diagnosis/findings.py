"""What the run doctor finds: faults, sentences and changes, and how shares are said in them."""

from __future__ import annotations

from dataclasses import dataclass

from core.formatting.messages import message
from core.formatting.numbers import rough, significant

FAULTS = (
    "divergence",
    "exploding_gradients",
    "dead_units",
    "vanishing_gradients",
    "slow_learning",
    "too_good",
    "over_fitting",
    "plateau",
    "out_of_time",
    "mode_collapse",
)

_BILLIONTH = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Of one setting: to a value, or by a factor of what the visitor has."""

    setting: str
    value: float | str | None = None
    factor: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """fault: one of FAULTS. saw, why: sentences. changes: what one click does; advice says what no click can do.
    heading: the title, where the fault's usual one would say too much."""

    fault: str
    saw: str
    why: str
    changes: tuple[Change, ...] = ()
    advice: str = ""
    heading: str = ""

    @property
    def title(self) -> str:
        return self.heading or _usual_titles()[self.fault]


def _usual_titles() -> dict[str, str]:
    return {
        "divergence": message("The training diverges"),
        "exploding_gradients": message("The gradients explode"),
        "dead_units": message("Units are dead"),
        "vanishing_gradients": message("The gradients vanish"),
        "slow_learning": message("The steps are too small"),
        "too_good": message("Too good to be true"),
        "over_fitting": message("It learns by heart"),
        "plateau": message("It has stopped getting better"),
        "out_of_time": message("The time ran out"),
        "mode_collapse": message("It makes the same few pictures over and over (mode collapse)"),
    }


def one_in(share: float) -> str:
    """0.00002 -> 'one 50,000th'."""
    if share <= 0:
        return message("nothing")
    if share < _BILLIONTH:
        return message("less than a billionth")
    return message("one {count}th", count=significant(rough(1 / share)))


def write(value: float, more: int) -> str:
    """Three digits that count, and some more."""
    return significant(value, 3 + more)
