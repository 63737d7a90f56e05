"""Held-out rows as metrics see them: what happened, and what belongs together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldOutRows:
    """target (N, T). weight (R, N): how often each row counts in each of R draws; None: every row once. group (N,):
    rows that are ranked among one another have the same value; time (N,): when a row was. None where the examples have
    none. table: what examples tell of rows beside features; `places` says which of its rows these are, None: all."""

    target: np.ndarray
    weight: np.ndarray | None = None
    group: np.ndarray | None = None
    time: np.ndarray | None = None
    table: pd.DataFrame | None = None
    places: np.ndarray | None = None

    @property
    def info(self) -> pd.DataFrame | None:
        """A row each, cut out of the table when it is asked for: most metrics never do, and training asks often."""
        return self.table if self.table is None or self.places is None else self.table.iloc[self.places]

    def column(self, name: str) -> np.ndarray:
        """One column of `info`, (N,), without cutting the others."""
        if self.table is None:
            raise KeyError(name)
        values: np.ndarray = self.table[name].to_numpy()
        return values if self.places is None else values[self.places]

    def __len__(self) -> int:
        return len(self.target)

    def at(self, places: np.ndarray) -> HeldOutRows:
        """Some of the rows, (n,)."""
        return HeldOutRows(
            target=self.target[places],
            weight=None if self.weight is None else self.weight[:, places],
            group=None if self.group is None else self.group[places],
            time=None if self.time is None else self.time[places],
            table=self.table,
            places=places if self.places is None else self.places[places],
        )

    def weighted(self, weight_RN: np.ndarray | None) -> HeldOutRows:
        """The same rows in other draws."""
        return replace(self, weight=weight_RN)
