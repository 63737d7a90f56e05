"""Measuring this machine while nothing waits, and learning from every run. Never delays a run, and never fails one."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.contracts import Report, UseCase
from core.environment import CALIBRATION
from core.environment.machine import worker_threads
from core.errors import UserError
from core.estimating import calibration_file as kept
from core.estimating import history
from core.estimating.epochs import epochs_worth
from core.estimating.estimate import (
    Calibration,
    DeviceCosts,
    Estimate,
    epoch_seconds,
    estimate,
    is_costed,
    is_counted,
    key_of,
    training_bytes,
)
from core.estimating.shape import Shape
from core.queue import memory
from core.queue.queue import queue_of
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import runs
from core.store.runs import Run
from core.use_cases import use_case as use_case_named

if TYPE_CHECKING:
    from pebble import ProcessPool

log = logging.getLogger("proving_ground.calibration")

_IDLE_S = 3.0
_AGAIN_S = 60.0


def before(store: Path, run: Run) -> Estimate | None:
    """The estimate of a run that is about to start, from what its store knows; None where that is not enough."""
    try:
        use_case = use_case_named(run.use_case)
        settings = resolve(settings_of(use_case), run.settings)
    except UserError as error:
        log.warning("no estimate for run %s: %r", run.id, error)
        return None
    return expected(store, use_case.with_variant(settings), settings)


def expected(store: Path, use_case: UseCase, settings: Any, *, new_baselines: bool = True) -> Estimate | None:
    """As `estimate_for`; what cannot be read of earlier runs costs the estimate and no more."""
    try:
        return estimate_for(store, use_case, settings, new_baselines=new_baselines)
    except (UserError, OSError, ValueError, ArithmeticError) as error:
        log.warning("no estimate for %s: %r", use_case.name, error)
        return None


def estimate_for(store: Path, use_case: UseCase, settings: Any, *, new_baselines: bool = True) -> Estimate | None:
    """The estimate of complete settings of a use case, in its variant. Reads the store. new_baselines: with the simple
    methods, where the store does not have them yet."""
    found = runs.of_variant(runs.list_runs(store, use_case.name), use_case)
    told = history.of_runs(use_case, (r for r in found if r.final_state and r.final_state.has_report))
    if told.shape is None:
        return None
    are_kept = told.baselines_are_kept or not new_baselines
    return estimate(use_case, settings, told.shape, kept.load(store), told.known, baselines_are_kept=are_kept)


def learn(store: Path, run: Run, report: Report) -> None:
    """Teach the calibration what a run took. One that was stopped tells of its epochs still, but not how many there
    would have been."""
    try:
        _learn(store, use_case_named(run.use_case).with_variant(report["settings"]), report)
    except (UserError, OSError, ValueError) as error:
        log.warning("run %s taught the calibration nothing: %r", run.id, error)


def _learn(store: Path, use_case: UseCase, report: Report) -> None:
    shape, settings = Shape.from_json(report["shape"]), report["settings"]
    device = str(report["device"]).partition(" ")[0]
    on = kept.load(store).devices.get(device)
    alone = report["shared_by"] == 1  # what a batch of configs takes is no one setting's
    if on is None or not alone or not is_counted(use_case) or report["epochs_run"] < 1 or report["train_s"] <= 0:
        return
    if not is_costed(use_case, settings, shape, on):
        return
    by_counts_s, fixed = epoch_seconds(use_case, settings, shape, on)
    ended = [min(report["epochs_run"], best + int(settings["patience"])) for best in report["best_epoch"]]
    busy_s, clock_s = float(report["training_cpu_s"]), float(report["phases_s"]["training"])
    one_thread = device == "cpu" and worker_threads() == 1  # its own time and other work's can then be told apart
    share = min(1.0, busy_s / clock_s) if one_thread and busy_s > 0 and clock_s > 0 else 1.0
    peak, joules = report["memory"]["training_bytes"], report["energy"]["joules"]
    kept.learn(
        store,
        device,
        key_of(use_case),
        time=_log_ratio(report["train_s"] * share, by_counts_s * epochs_worth(ended, fixed)),
        contention=-math.log(share) if one_thread else None,
        memory=None if not peak or device != "cpu" else _log_ratio(peak, training_bytes(use_case, settings, shape)),
        watts=None if joules is None else joules / report["train_s"],
    )


def _log_ratio(actual: float, expected: float) -> float | None:
    return math.log(actual / expected) if actual > 0 and expected > 0 else None


def measure(store: Path, give_up: Callable[[], bool] = lambda: False) -> Calibration | None:
    """Measure every device of this machine, some seconds each, and keep the result; None where it gave up. Imports
    torch."""
    import torch

    from core.estimating.energy import Meter
    from core.estimating.measure import fit, trial_runs
    from core.training import devices

    devices.make_repeatable()
    devices.set_threads()
    found: dict[str, DeviceCosts] = {}
    for name in devices.here():
        device, meter, began = torch.device(name), Meter(name), time.perf_counter()
        try:
            measured = trial_runs(device, give_up=give_up)
        except RuntimeError as error:  # a GPU that is there and does not work must not hide the processor
            log.warning("the device %s could not be calibrated: %s", name, error)
            continue
        if measured is None:
            return None
        energy = meter.so_far()
        costs, spread = fit(measured)
        found[name] = DeviceCosts(
            described=devices.describe(device),
            date=kept.now(),
            costs=costs,
            spread=spread,
            watts=None if energy.joules is None else energy.joules / (time.perf_counter() - began),
            energy=energy.label,
        )
    kept.save(store, found, devices.choose("auto").type)
    return kept.load(store)


class IdleCalibration:
    """The supervisor's part: has the worker measure once, when nothing is asked for and there is no calibration."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.future: Future[bool] | None = None
        self.next_look = time.monotonic() + _IDLE_S
        self.wanted = CALIBRATION.read()

    def busy(self) -> None:
        """A run was taken: measuring waits until the machine has been idle again."""
        self.next_look = time.monotonic() + _IDLE_S

    def turn(self, pool: ProcessPool) -> None:
        """Called while no run is taken; cheap."""
        if not self.wanted or time.monotonic() < self.next_look or (self.future and not self.future.done()):
            return
        self.next_look = time.monotonic() + _AGAIN_S
        if kept.is_current(self.store):
            self.wanted = False
            return
        self.future = pool.schedule(measure_while_idle, args=[self.store])


def measure_while_idle(store: Path) -> bool:
    """In the worker: measure unless a run waits, and give up at the next batch when one comes. Whether it was done."""
    queue = queue_of(store)
    seen = [queue.path.stat().st_mtime_ns]

    def a_run_waits() -> bool:
        changed = queue.path.stat().st_mtime_ns
        if changed == seen[0]:
            return False
        seen[0] = changed
        return bool(queue.jobs())

    try:
        return not queue.jobs() and measure(store, a_run_waits) is not None
    except OSError as error:
        log.warning("the machine was not calibrated: %r", error)
        return False
    finally:
        memory.give_back()  # or it would count as the idle of the worker's first run
