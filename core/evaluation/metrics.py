"""The metrics by name: those that the kinds of tasks are judged by, also of kinds from outside. Light to import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from core.contracts import Metric
from core.errors import UnknownNameError
from core.kinds import KINDS
from core.registry import extra_folders


class _Metrics(Mapping[str, Metric]):
    """Read from the kinds whenever it is asked, because the folders from outside may be others by then. Of two metrics
    of one name the first kind's stands."""

    def __getitem__(self, name: str) -> Metric:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, Metric]:
        return _of(extra_folders())


@cache
def _of(folders: tuple[Path, ...]) -> dict[str, Metric]:
    """Nobody may change it. folders: those from outside that are looked in now."""
    found: dict[str, Metric] = {}
    for kind in KINDS.all().values():
        for metric in kind.metrics:
            found.setdefault(metric.name, metric)
    return found


METRICS: Mapping[str, Metric] = _Metrics()


def metric_named(name: str) -> Metric:
    """The metric called `name`; raises UnknownNameError."""
    if name not in METRICS:
        raise UnknownNameError("metric", name, METRICS)
    return METRICS[name]
