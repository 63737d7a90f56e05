"""How an industry and a use case appear on a card: icon, colour, and what the network looks at. Refuses other names."""

from __future__ import annotations

import re
from enum import StrEnum

from core.contracts.data import ArrayInput, Image, InputKind
from core.errors import UnknownNameError, UserError

_ICON = re.compile(r"[a-z0-9_]+")


class LooksAt(StrEnum):
    """What each example is, as a visitor meets it."""

    TABLE = "table"
    SERIES = "series"
    PICTURE = "picture"
    SOUND = "sound"
    TEXT = "text"


class Colour(StrEnum):
    """Names of an industry's colour; `core.charts.look` says what each is on light and dark ground."""

    BLUE = "blue"
    INDIGO = "indigo"
    VIOLET = "violet"
    PINK = "pink"
    RED = "red"
    ORANGE = "orange"
    OLIVE = "olive"
    GREEN = "green"
    CYAN = "cyan"
    STEEL = "steel"
    BROWN = "brown"
    PLUM = "plum"


_OF_INPUT = {
    InputKind.IMAGE: LooksAt.PICTURE,
    InputKind.TOKENS: LooksAt.TEXT,
    InputKind.TEXT: LooksAt.TEXT,
    InputKind.SERIES: LooksAt.SERIES,
    InputKind.WAVEFORM: LooksAt.SOUND,
    InputKind.SPECTROGRAM: LooksAt.SOUND,
}


def check_icon(name: str, icon: str) -> None:
    """An icon is the name of a Material symbol; empty is none of its own. Raises UserError."""
    if icon and not _ICON.fullmatch(icon):
        raise UserError(
            "An icon is the name of a Material symbol, as local_shipping; that of {name!r} is {icon!r}.",
            name=name,
            icon=icon,
        )


def colour_named(industry: str, colour: str) -> Colour:
    """The colour called so; without one, the industry's name chooses, the same on every machine. Raises
    UnknownNameError."""
    known = list(Colour)
    if not colour:
        return known[sum(industry.encode()) % len(known)]
    if colour not in set(known):
        raise UnknownNameError("colour", colour, [one.value for one in known])
    return Colour(colour)


def looks_at_named(declared: str, image: Image | None, text: bool, arrays: tuple[ArrayInput, ...]) -> LooksAt:
    """What is declared, else what the inputs are: the first array before the table. Raises UnknownNameError."""
    if declared:
        if declared not in set(LooksAt):
            raise UnknownNameError("input", declared, [one.value for one in LooksAt])
        return LooksAt(declared)
    if arrays:
        return _OF_INPUT[arrays[0].kind]
    if image:
        return LooksAt.PICTURE
    return LooksAt.TEXT if text else LooksAt.TABLE
