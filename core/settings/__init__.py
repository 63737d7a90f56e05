"""One declaration of a setting makes slider, flag, check, sweep range, link parameter and record."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.errors import UnknownNameError, UserError
from core.formatting.messages import joined, message
from core.formatting.text import plain
from core.settings.earlier_names import renamed


class SettingType(StrEnum):
    INT = "int"
    FLOAT = "float"
    CHOICE = "choice"


class Scale(StrEnum):
    LINEAR = "linear"
    LOG = "log"


@dataclass(frozen=True, kw_only=True, slots=True)
class Help:
    """Help at three depths: a sentence for everybody, a picture's caption, the formula (LaTeX)."""

    sentence: str
    caption: str
    formula: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One thing that a person may change. `steps` are the stops of its slider and the values of its sweep. choices are
    what links, files and flags say; choice_labels, by choice, what a person reads where the two differ."""

    name: str
    label: str
    type: SettingType
    default: Any
    help: Help
    low: float | None = None
    high: float | None = None
    scale: Scale = Scale.LINEAR
    step: float | None = None
    choices: tuple[str, ...] = ()
    choice_labels: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    group: str = "training"

    def __post_init__(self) -> None:
        if self.type is SettingType.CHOICE:
            if not self.choices:
                raise UserError("A choice needs choices; setting {name!r} has none.", name=self.name)
            if strange := set(self.choice_labels) - set(self.choices):
                raise UnknownNameError(message("choice of {setting}", setting=self.name), min(strange), self.choices)
        elif self.low is None or self.high is None or not self.low < self.high:
            raise UserError(
                "A numeric setting needs low < high; {name!r} has {low} and {high}.",
                name=self.name,
                low=self.low,
                high=self.high,
            )
        self.check(self.default)

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value of a number; a choice has none: zeros."""
        return float(self.low or 0), float(self.high or 0)

    def parse(self, text: object) -> int | float | str:
        """Turn the text of a flag or a link into a checked value; raises UserError."""
        if self.type is SettingType.CHOICE:
            return self.check(str(text))
        try:
            number = float(str(text))
        except ValueError:
            found = plain(text) if isinstance(text, str) else text
            raise UserError(
                "{name} takes a {kind} from {low} to {high}; {found!r} is not a number. Its default is {default}.",
                name=self.name,
                kind=self._type_words(),
                low=self._number(self.low),
                high=self._number(self.high),
                found=found,
                default=self.default,
            ) from None
        return self.check(number)

    def check(self, value: Any) -> int | float | str:
        """Return the value in its type, or raise UserError with rule, fact and the nearest valid choice."""
        if self.type is SettingType.CHOICE:
            if value not in self.choices:
                raise UnknownNameError(message("choice of {setting}", setting=self.name), str(value), self.choices)
            return str(value)
        number, (low, high) = float(value), self.bounds
        if not math.isfinite(number) or number < low or number > high:
            raise UserError(
                "{name} must lie between {low} and {high}; it is {number}. The nearest allowed value is {nearest}.",
                name=self.name,
                low=self._number(self.low),
                high=self._number(self.high),
                number=self._number(number),
                nearest=self._number(self.nearest(number)),
            )
        if self.type is SettingType.INT:
            if number != round(number):
                raise UserError(
                    "{name} must be a whole number; it is {number}. Use {nearest}.",
                    name=self.name,
                    number=number,
                    nearest=self.nearest(number),
                )
            return int(number)
        return number

    def shown(self, value: object) -> str:
        """A choice as a person reads it; any other value as it is."""
        return self.choice_labels.get(str(value), str(value))

    def nearest(self, number: float) -> int | float:
        """The allowed value nearest to any number; the default for one that is not finite."""
        if not math.isfinite(number):
            return self.default
        low, high = self.bounds
        clipped = min(max(number, low), high)
        return round(clipped) if self.type is SettingType.INT else clipped

    def steps(self) -> tuple[Any, ...]:
        """Stops of the slider: choices, 1-2-5 per decade on a log scale (powers of two for counts), or step by step."""
        if self.type is SettingType.CHOICE:
            return self.choices
        low, high = self.bounds
        if self.scale is Scale.LOG:
            values = _powers_of_two(low, high) if self.type is SettingType.INT else _decades(low, high)
        else:
            step = self.step or (high - low) / 100
            values = [low + i * step for i in range(math.floor((high - low) / step + 1e-9) + 1)]
        values = [*values, low, high, float(self.default)]
        if self.type is SettingType.INT:
            return tuple(sorted({int(v) for v in values}))
        return tuple(sorted({float(f"{v:.10g}") for v in values}))

    def _type_words(self) -> str:
        return "whole number" if self.type is SettingType.INT else "number"

    def _number(self, number: float | None) -> str:
        return f"{number:.10g}" if number is not None else "-"


def _decades(low: float, high: float) -> list[float]:
    floor = low if low > 0 else high * 1e-6
    first, last = math.floor(math.log10(floor)), math.ceil(math.log10(high))
    stops = [m * 10.0**e for e in range(first, last + 1) for m in (1, 2, 5)]
    return [s for s in stops if floor <= s <= high]


def _powers_of_two(low: float, high: float) -> list[float]:
    return [float(2**e) for e in range(31) if low <= 2**e <= high]


def restrict(settings: Iterable[Setting], overrides: Mapping[str, Mapping[str, Any]]) -> dict[str, Setting]:
    """Apply a use case's own bounds and defaults to declared settings; an unknown name raises UserError."""
    declared = {s.name: s for s in settings}
    for name, changes in renamed(overrides).items():
        if name not in declared:
            raise UnknownNameError("setting", name, declared)
        declared[name] = dataclasses.replace(declared[name], **changes)
    return declared


def defaults(settings: Mapping[str, Setting]) -> dict[str, Any]:
    """Every setting at its default."""
    return {name: setting.default for name, setting in settings.items()}


def resolve(settings: Mapping[str, Setting], given: Mapping[str, Any]) -> dict[str, Any]:
    """Complete, checked values: the given ones (numbers or text) over the defaults; raises UserError."""
    values = defaults(settings)
    for name, value in renamed(given).items():
        if name not in settings:
            raise UnknownNameError("setting", name, settings)
        values[name] = settings[name].parse(value)
    return values


def repair(settings: Mapping[str, Setting], given: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Like resolve, for links: what cannot be used becomes the default and is reported in a sentence."""
    values, notices = defaults(settings), []
    for name, text in renamed(given).items():
        try:
            values[name] = resolve(settings, {name: text})[name]
        except UserError as error:
            notices.append(joined([str(error), message("The default is used.")]))
    return values, notices


def fingerprint(values: Mapping[str, Any]) -> str:
    """A short stable text of complete settings, for keys."""
    return ",".join(f"{k}={values[k]}" for k in sorted(values))
