"""What this product's own trainings did, in the measures of the large ones: operations a second, from counted work and
measured speed. Runs whose work is not counted are left out, never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.company.compute import FLOPS_PER_PARAMETER_AND_TOKEN
from core.contracts import UseCase
from core.errors import UserError
from core.estimating.estimate import is_counted, products_per_row
from core.estimating.history import of_runs
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import runs


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnRun:
    """products: multiply-adds of an example's way forward, what a parameter is to a token. examples: that went through
    one of its networks, each time counted. recorded: it ships, and was made on another machine."""

    use_case: UseCase
    run: str
    products: int
    examples: float
    flops_per_s: float
    device: str
    recorded: bool

    @property
    def flops(self) -> float:
        """Of the whole training."""
        return FLOPS_PER_PARAMETER_AND_TOKEN * self.products * self.examples


def own_runs(store: Path, use_cases: Iterable[UseCase]) -> list[OwnRun]:
    """The newest finished run of each use case whose work is counted, else its showcase."""
    found = []
    for use_case in use_cases:
        own = next((r for r in runs.list_runs(store, use_case.name) if not r.recorded and r.summary), None)
        run = own or runs.showcase(store, use_case)
        told = _of(use_case, run) if run is not None and is_counted(use_case) else None
        if told:
            found.append(told)
    return found


def _of(use_case: UseCase, run: runs.Run) -> OwnRun | None:
    varied = use_case.with_variant(run.settings)
    try:
        shape, report = of_runs(varied, [run]).shape, run.report(varied)
        declared = settings_of(varied)
        settings = resolve(declared, {name: v for name, v in report["settings"].items() if name in declared})
    except UserError:
        return None
    if shape is None or not report["samples_per_s"] or not report["train_s"]:
        return None
    products = products_per_row(varied, settings, shape)
    if not products:  # its time is estimated otherwise
        return None
    return OwnRun(
        use_case=varied,
        run=run.id,
        products=products,
        examples=report["samples_per_s"] * report["train_s"],
        flops_per_s=FLOPS_PER_PARAMETER_AND_TOKEN * products * report["samples_per_s"],
        device=report["device"],
        recorded=run.recorded,
    )
