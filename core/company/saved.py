"""A business case as it is kept under a name: its use cases, and every assumption as it stood then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.company.assumptions import Figure

SCHEMA = 1
MOST_NAME = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedCase:
    """figures: value, low and high by name. at: when it was kept."""

    name: str
    use_cases: tuple[str, ...]
    figures: Mapping[str, tuple[float, float, float]]
    at: str

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        figures = {name: list(numbers) for name, numbers in self.figures.items()}
        told = {"name": self.name, "use_cases": list(self.use_cases), "figures": figures, "at": self.at}
        return {"schema": SCHEMA, **told}

    @classmethod
    def from_json(cls, told: Any) -> SavedCase:
        """As it was kept, by this version or an earlier one. Raises ValueError for anything else."""
        if not isinstance(told, Mapping):
            raise ValueError("it is no object")
        if told.get("schema", SCHEMA) != SCHEMA:
            raise ValueError("a later version wrote it")
        name, at, cases, figures = (told.get(key) for key in ("name", "at", "use_cases", "figures"))
        if not isinstance(name, str) or not 0 < len(name) <= MOST_NAME or not isinstance(at, str):
            raise ValueError("it has no name")
        if not isinstance(cases, list) or not all(isinstance(one, str) for one in cases):
            raise ValueError("it has no use cases")
        if not isinstance(figures, Mapping) or not all(_is_three(numbers) for numbers in figures.values()):
            raise ValueError("its assumptions are no numbers")
        kept = {str(of): (float(three[0]), float(three[1]), float(three[2])) for of, three in figures.items()}
        return cls(name=name, use_cases=tuple(cases), figures=kept, at=at)

    def applied(self, figures: Mapping[str, Figure]) -> dict[str, Figure]:
        """The assumptions as they stood; those that there were not then, and those that bounds of today refuse, as they
        stand now."""
        return {name: self._one(name, figure) for name, figure in figures.items()}

    def _one(self, name: str, figure: Figure) -> Figure:
        value, low, high = self.figures.get(name, (figure.value, figure.low, figure.high))
        if not figure.least <= low <= value <= high <= figure.most:
            return figure
        return replace(figure, value=value, low=low, high=high)


def _is_three(numbers: object) -> bool:
    is_list = isinstance(numbers, list) and len(numbers) == 3
    return is_list and all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers)  # type: ignore[attr-defined]
