"""The pool of the one training worker, and what is scheduled in it. Importing this leaves torch to the worker."""

from __future__ import annotations

import gc
import logging
import multiprocessing
from pathlib import Path

from pebble import ProcessPool

from core.jobs.exits import WorkerExit
from core.logs.handler import start
from core.queue import memory

log = logging.getLogger("proving_ground.supervisor")


def warm_pool(store: Path) -> ProcessPool:
    """A pool whose forkserver and one warm worker start now. store: where they log."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload(["core.jobs.worker"])
    pool = ProcessPool(max_workers=1, context=context, initializer=_settle_in, initargs=[store])
    pool.schedule(_nothing)
    return pool


def _settle_in(store: Path) -> None:
    """What every worker begins with: its log. What is imported stays for good: looking for what may go, which every
    run ends with, need not look at it."""
    import core.jobs.worker  # noqa: F401

    start("training worker", lambda: store)
    gc.collect()
    gc.freeze()


def _nothing() -> None:
    """Starts a worker and leaves it warm."""


def give_back_memory() -> None:
    """In the worker, after a run."""
    try:
        memory.give_back()
    except Exception:  # nobody asks how it went
        log.warning("a run's memory could not be given back", exc_info=True)


def carry_out(store: Path, run_id: str) -> WorkerExit:
    """In the worker: one run."""
    from core.jobs import worker

    return worker.carry_out(store, run_id)
