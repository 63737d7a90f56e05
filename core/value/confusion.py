"""Who is acted on at a threshold, and how often rightly: the one rule and count behind money, panel and records."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_MOST_KNOWN = 16
_lock = Lock()
_known: dict[tuple[int, int], tuple[np.ndarray, np.ndarray, Ranking]] = {}
ACT_ON_NOBODY = 1.000001  # above every probability


@dataclass(frozen=True, kw_only=True, slots=True)
class Cells:
    """How many rows lie in each cell of the confusion matrix: whole numbers, or arrays (P,) of them."""

    tp: Any
    fp: Any
    fn: Any
    tn: Any

    def counts(self) -> dict[str, int]:
        """The four numbers by name."""
        return {name: int(getattr(self, name)) for name in ("tp", "fp", "fn", "tn")}


def acted_on(prediction: np.ndarray, threshold: float) -> np.ndarray:
    """Which rows (N,) are acted on: those whose chance reaches the threshold. prediction (N, O), its first output."""
    acted: np.ndarray = prediction[:, 0] >= threshold
    return acted


def rows_in(target: np.ndarray, prediction: np.ndarray, threshold: float) -> dict[str, np.ndarray]:
    """Which rows (N,) lie in each cell. target (N, T): above 0 is positive."""
    acted, positive = acted_on(prediction, threshold), target[:, 0] > 0
    return {"tp": acted & positive, "fp": acted & ~positive, "fn": ~acted & positive, "tn": ~acted & ~positive}


def cells_at(target: np.ndarray, prediction: np.ndarray, threshold: float) -> Cells:
    """How many rows lie in each cell."""
    return Cells(**{name: int(rows.sum()) for name, rows in rows_in(target, prediction, threshold).items()})


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """All that a threshold can do to some rows. At place 0 nobody is acted on, at place g the rows of the g highest
    different chances. chance (G,), the highest first; found and acted (G + 1,): positive rows, and rows, up to a place.
    group (N,): which of the chances each row has; positive (N,): whether it is.
    """

    chance: np.ndarray
    found: np.ndarray
    acted: np.ndarray
    group: np.ndarray
    positive: np.ndarray

    @classmethod
    def of(cls, target: np.ndarray, prediction: np.ndarray) -> Ranking:
        """Count target (N, T) by prediction (N, O). Chances are the same when they are the same to the last bit. Of
        arrays that nobody can write into, which a run's held-out ones are, it is counted once."""
        if target.flags.writeable or prediction.flags.writeable:
            return cls._counted(target, prediction)
        key = id(target), id(prediction)
        with _lock:
            known = _known.get(key)  # it holds the arrays: no others can have their numbers meanwhile
        if known is None:
            known = target, prediction, cls._counted(target, prediction)
            with _lock:
                _known[key] = known
                while len(_known) > _MOST_KNOWN:
                    del _known[next(iter(_known))]
        return known[2]

    @classmethod
    def _counted(cls, target: np.ndarray, prediction: np.ndarray) -> Ranking:
        import numpy as np

        below, group = np.unique(-prediction[:, 0], return_inverse=True)
        rows = np.bincount(group, minlength=len(below))
        positive = target[:, 0] > 0
        found = np.bincount(group[positive], minlength=len(below))
        return cls(
            chance=-below,
            found=np.r_[0, np.cumsum(found)],
            acted=np.r_[0, np.cumsum(rows)],
            group=group,
            positive=positive,
        )

    def place_of(self, threshold: float) -> int:
        """The place where a threshold stands: how many different chances reach it, as `acted_on` has it."""
        import numpy as np

        return int(np.searchsorted(-self.chance, -threshold, side="right"))

    def threshold_at(self, place: int) -> float:
        """A threshold that stands there: halfway to the next chance, so that the last bit of a chance does not matter.
        Of neighbours to the last bit, which have no middle, it is the higher."""
        import numpy as np

        return float(self.thresholds_at(np.array([place]))[0])

    def thresholds_at(self, places: np.ndarray) -> np.ndarray:
        """The same of several places (P,)."""
        import numpy as np

        here = self.chance[np.maximum(places - 1, 0)]
        following = np.append(self.chance, 0.0)[places]
        middle = (here + following) / 2
        return np.where(places == 0, ACT_ON_NOBODY, np.where(middle > following, middle, here))

    def cells(self, place: int | np.ndarray) -> Cells:
        """The cells at a place, or at several (P,)."""
        found, acted = self.found[place], self.acted[place]
        missed = self.found[-1] - found
        return Cells(tp=found, fp=acted - found, fn=missed, tn=self.acted[-1] - acted - missed)

    def summed(self, each: np.ndarray) -> np.ndarray:
        """The sum of what each row has (N,), over the rows up to each place (G + 1,)."""
        import numpy as np

        return np.r_[0.0, np.cumsum(np.bincount(self.group, each, len(self.chance)))]

    def spread(self, most: int) -> np.ndarray:
        """At most so many places and one, from nobody to everybody, evenly over the share that is acted on."""
        import numpy as np

        wanted = np.linspace(0, self.acted[-1], most + 1)
        after = np.searchsorted(self.acted, wanted)
        before = np.maximum(after - 1, 0)
        nearer = np.where(wanted - self.acted[before] <= self.acted[after] - wanted, before, after)
        return np.unique(np.r_[0, nearer, len(self.chance)])
