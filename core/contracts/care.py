"""What to look out for before a use case meets real people: bias, privacy, and the rules that hold for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import UnknownNameError


class AiAct(StrEnum):
    """The classes of the EU AI Act (Regulation (EU) 2024/1689)."""

    MINIMAL = "minimal risk"
    LIMITED = "limited risk"
    HIGH = "high risk"


@dataclass(frozen=True, slots=True)
class GroupBy:
    """People of a kind, to be compared: an info column, what it is called, and where numbers are parted."""

    column: str
    label: str
    edges: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Care:
    """In a few words each. privacy: whose data it is, and what the GDPR asks of it; bias: whom it may treat worse, and
    what is known of that here; ai_act: a class in `AiAct`, because: the reason; rules: what else applies; groups: whom
    to compare in Results."""

    privacy: str
    bias: str
    ai_act: str
    because: str
    rules: tuple[str, ...] = ()
    groups: tuple[GroupBy, ...] = ()

    def __post_init__(self) -> None:
        if self.ai_act not in set(AiAct):
            raise UnknownNameError("class of the AI Act", self.ai_act, [one.value for one in AiAct])
