"""The environment variables of the product: one table of names, kinds, defaults and bounds. All are read through it."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import UserError, nearest
from core.formatting.messages import joined

PREFIX = "PROVING_GROUND_"
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """One variable. An empty value is none. help: what it does, a sentence; said: the default in words, where the value
    does not say it."""

    name: str
    help: str
    said: str = ""

    @property
    def rule(self) -> str:
        """What a value is."""
        return "a text"

    def is_set(self, environment: Mapping[str, str] | None = None) -> bool:
        """Whether it has a value."""
        return bool(self.text(environment))

    def text(self, environment: Mapping[str, str] | None = None) -> str:
        """The value as it stands there."""
        return (os.environ if environment is None else environment).get(self.name, "").strip()

    def check(self, environment: Mapping[str, str] | None = None) -> None:
        """Raise UserError for a value that cannot be meant."""

    def _refuse(self, said: str) -> UserError:
        return UserError(
            "{name} is {rule}; it says {said!r}. Mend or remove it and start again.",
            name=self.name,
            rule=self.rule,
            said=said,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Number(Variable):
    """A finite number within bounds, both allowed. default: None where `said` tells what holds without one."""

    default: float | None
    low: float
    high: float = math.inf
    unit: str = ""
    whole: bool = False

    @property
    def rule(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        unit = f" ({self.unit})" if self.unit else ""
        if math.isfinite(self.high):
            return f"{kind} between {self.low:g} and {self.high:g}{unit}"
        return f"{kind} of at least {self.low:g}{unit}"

    def given(self, environment: Mapping[str, str] | None = None) -> float | None:
        """The value; None where there is none. Raises UserError."""
        said = self.text(environment)
        if not said:
            return None
        try:
            number = float(said)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and self.low <= number <= self.high) or (self.whole and number % 1):
            raise self._refuse(said)
        return number

    def read(self) -> float:
        """The value or the default; raises UserError."""
        given = self.given()
        number = self.default if given is None else given
        assert number is not None, f"{self.name} has no default: ask what is given"
        return number

    def check(self, environment: Mapping[str, str] | None = None) -> None:
        self.given(environment)


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag(Variable):
    """Yes or no."""

    default: bool = False

    @property
    def rule(self) -> str:
        return "1 or 0"

    def read(self, environment: Mapping[str, str] | None = None) -> bool:
        """The value or the default; raises UserError."""
        said = self.text(environment).lower()
        if said not in ("", *_YES, *_NO):
            raise self._refuse(said)
        return said in _YES if said else self.default

    def check(self, environment: Mapping[str, str] | None = None) -> None:
        self.read(environment)


@dataclass(frozen=True, kw_only=True, slots=True)
class Words(Variable):
    """A list, its members set apart by `separator`."""

    separator: str = ","

    @property
    def rule(self) -> str:
        return f"a list, set apart by {self.separator!r}"

    def read(self, environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """The members, without what is empty."""
        return tuple(part.strip() for part in self.text(environment).split(self.separator) if part.strip())


STORE = Variable(name=f"{PREFIX}STORE", help="where runs are kept", said="`store/` beside the code")
EXTRA = Words(
    name=f"{PREFIX}EXTRA",
    help="folders with further use cases, data sets, models; set apart as in PATH",
    said="none",
    separator=os.pathsep,
)
BACKEND = Variable(
    name=f"{PREFIX}BACKEND",
    help="who carries runs out: a file of `core/jobs/backends/`, or of the same folder outside",
    said="local",
)
SHARED = Flag(
    name=f"{PREFIX}SHARED",
    help="1: visitors are capped and change own runs only",
    said="0; 1 where the server's address is beyond the loopback",
)
MOST_MINUTES = Number(
    name=f"{PREFIX}MOST_MINUTES",
    help="after so long the clock ends a training, with its best weights; shared: none is begun that may take longer",
    default=None,
    low=0.01,
    unit="minutes",
    said="15 on a shared server, else none",
)
MOST_OWN = Number(
    name=f"{PREFIX}MOST_OWN",
    help="shared: a visitor's runs in the queue, the one in training included",
    default=3,
    low=1,
    whole=True,
)
MOST_QUEUED = Number(
    name=f"{PREFIX}MOST_QUEUED",
    help="shared: everybody's runs in the queue; as many may be paused",
    default=30,
    low=1,
    whole=True,
)
MOST_KEPT = Number(
    name=f"{PREFIX}MOST_KEPT", help="shared: a visitor's runs in the store", default=50, low=1, whole=True
)
MOST_KEPT_MB = Number(
    name=f"{PREFIX}MOST_KEPT_MB",
    help="shared: the size of a visitor's runs, looked at before the next one",
    default=500,
    low=1,
    unit="MB",
)
HOSTS = Words(
    name=f"{PREFIX}HOSTS",
    help="names by which browsers may call the server, as app.example.org or *.example.org; set apart by commas",
    said="the loopback's and the server's own address",
)
READ_ONLY = Flag(
    name=f"{PREFIX}READ_ONLY", help="1: read-only mode: look and ask; nothing is started, stopped or deleted"
)
CHECKPOINT_S = Number(
    name=f"{PREFIX}CHECKPOINT_S",
    help="between two checkpoints of a training",
    default=5,
    low=0,
    high=3600,
    unit="seconds",
)
ROOM_MB = Number(
    name=f"{PREFIX}ROOM_MB", help="no run is begun with less room on the disk", default=50, low=0, unit="MB"
)
MEMORY_MB = Number(
    name=f"{PREFIX}MEMORY_MB",
    help="the most that the training worker may take",
    default=None,
    low=512,
    unit="MB",
    said="nine tenths of the machine",
)
IDLE_S = Number(
    name=f"{PREFIX}IDLE_S",
    help="without work or visitors; then the supervisor ends",
    default=1800,
    low=1,
    unit="seconds",
)
SILENT_S = Number(
    name=f"{PREFIX}SILENT_S",
    help="a worker without a sign of life, or that leaves Stop or Pause unanswered, is ended; its run goes on from the "
    "last checkpoint",
    default=60,
    low=1,
    high=86_400,
    unit="seconds",
)
STEP_S = Number(
    name=f"{PREFIX}STEP_S",
    help="a worker that has not come to the end of one step (building data, a batch, a baseline) is ended likewise",
    default=3600,
    low=1,
    unit="seconds",
)
CALIBRATION = Flag(
    name=f"{PREFIX}CALIBRATION",
    help="0: this machine is measured by `python -m core calibrate` alone",
    default=True,
)
VARIABLES: tuple[Variable, ...] = (
    *(STORE, EXTRA, BACKEND, SHARED, MOST_MINUTES, MOST_OWN, MOST_QUEUED, MOST_KEPT, MOST_KEPT_MB, HOSTS, READ_ONLY),
    *(CHECKPOINT_S, ROOM_MB, MEMORY_MB, IDLE_S, SILENT_S, STEP_S, CALIBRATION),
)


def check(environment: Mapping[str, str] | None = None) -> list[str]:
    """Raise UserError, with every value that cannot be meant; returns a warning for what has no effect."""
    found = os.environ if environment is None else environment
    refused = []
    for variable in VARIABLES:
        try:
            variable.check(found)
        except UserError as error:
            refused.append(str(error))
    if refused:
        raise UserError(joined(refused))
    known = [variable.name for variable in VARIABLES]
    strange = sorted(name for name in found if name.startswith(PREFIX) and name not in known)
    return [_unknown(name, known) for name in strange]


def check_at_start() -> None:
    """What every process of the product begins with: warnings on stderr; raises UserError."""
    for warning in check():
        print(warning, file=sys.stderr)


def _unknown(name: str, known: list[str]) -> str:
    near = nearest(name.removeprefix(PREFIX), [each.removeprefix(PREFIX) for each in known])
    hint = f" Did you mean {PREFIX}{near}?" if near else ""
    return f"No variable is called {name}, and it has no effect.{hint} docs/architecture.md has them all."


def table() -> str:
    """The variables as docs/architecture.md lists them."""
    rows = [f"| `{v.name}` | {_default(v)} | {_meaning(v)} |" for v in VARIABLES]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def _default(variable: Variable) -> str:
    if variable.said:
        return variable.said
    if isinstance(variable, Number) and variable.default is not None:
        return f"{variable.default:g}" if variable.default < 1e6 else f"{variable.default:.0e}".replace("+0", "")
    return "1" if isinstance(variable, Flag) and variable.default else "0"


def _meaning(variable: Variable) -> str:
    unit = f"{variable.unit}: " if isinstance(variable, Number) and variable.unit else ""
    return f"{unit}{variable.help}"
