"""Money: assumptions, the decision, and what a value model promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from core.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumption:
    """A number that no data gave, or that the data gave and a person may change. `source` says which."""

    name: str
    label: str
    value: float
    low: float
    high: float
    step: float
    unit: str
    source: str
    guess: bool = True
    help: str = ""

    def __post_init__(self) -> None:
        for name in ("value", "low", "high", "step"):  # a field takes numbers of one type
            object.__setattr__(self, name, float(getattr(self, name)))
        if not (self.low <= self.value <= self.high and self.step > 0):
            raise UserError(
                "An assumption lies between its bounds and has a step above 0; {name!r} is {value} of "
                "{low} to {high} in steps of {step}.",
                name=self.name,
                value=f"{self.value:.10g}",
                low=f"{self.low:.10g}",
                high=f"{self.high:.10g}",
                step=f"{self.step:.10g}",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """The one thing that a person decides with the prediction."""

    name: str
    label: str
    low: float
    high: float
    unit: str = ""


@runtime_checkable
class ChecksInfo(Protocol):
    """A value model that reads columns of info, and says before the training that one is missing or no number."""

    def check(self, info: pd.DataFrame) -> None: ...


@runtime_checkable
class DrawsReferences(Protocol):
    """A value model that can tell its references' money (R,) under weights of the rows (R, N)."""

    def drawn_references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float], weight: np.ndarray
    ) -> tuple[tuple[str, np.ndarray], ...]: ...


@runtime_checkable
class NamesToday(Protocol):
    """A value model that says what is really done today, without the network: the name of one of its references, or of
    a baseline of the use case; empty where nobody can say. Never a policy that nobody would run."""

    @property
    def today(self) -> str: ...


@runtime_checkable
class RetitlesReferences(Protocol):
    """A value model that says what some of its references are called on pages, by their names."""

    @property
    def retitled(self) -> Mapping[str, str]: ...


@runtime_checkable
class EarnsByRow(Protocol):
    """A value model whose money is a sum over rows, so that many predictions are priced at once."""

    def earned(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        decision: float,
        assumed: Mapping[str, float],
    ) -> np.ndarray:
        """Money per year of each row (B, N), of predictions (B, N, O): `amount` is its sum over rows."""


class ValueModel(Protocol):
    """From held-out predictions to money per year. Arrays: target (N, T), prediction (N, O), weight (R, N)."""

    @property
    def assumptions(self) -> tuple[Assumption, ...]: ...

    @property
    def decision(self) -> Decision: ...

    @property
    def currency(self) -> str: ...

    @property
    def per(self) -> str: ...

    def choose(
        self, target: np.ndarray, prediction: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> float: ...

    def amount(
        self,
        target: np.ndarray,
        prediction: np.ndarray,
        info: pd.DataFrame,
        decision: float,
        assumed: Mapping[str, float],
        weight: np.ndarray | None = None,
    ) -> np.ndarray: ...

    def references(
        self, target: np.ndarray, info: pd.DataFrame, assumed: Mapping[str, float]
    ) -> tuple[tuple[str, float], ...]: ...
