"""How long a waiting run is expected to wait: what the runs before it have left. Promises nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from statistics import median

from core.contracts import State
from core.contracts.events import epochs_of
from core.queue.rows import Job
from core.store import runs
from core.store.runs import Run

_REMEMBERED = 5
_LOOK_AGAIN_S = 30.0


def expected_s(store: Path, before: Sequence[Job]) -> float | None:
    """Seconds until the jobs before have ended; None as soon as nothing is known of one of them."""
    total_s = 0.0
    for job in before:
        run = runs.read(store / "runs" / job.run)
        if run.problem:
            continue  # a deleted one ends at once
        left_s = _left_s(store, run)
        if left_s is None:
            return None
        total_s += left_s
    return total_s


def _left_s(store: Path, run: Run) -> float | None:
    """What a run has left: by its own progress where it has any, else as long as others of its use case took."""
    whole_s = _usual_s(store, run.use_case, int(time.monotonic() / _LOOK_AGAIN_S))
    epochs = epochs_of(run.progress())
    if not epochs:
        return whole_s
    last = epochs[-1]
    left_s, elapsed_s = float(last["left_s_at_most"]), float(last["elapsed_s"])
    if whole_s is None or elapsed_s >= whole_s:  # it takes longer than others did, perhaps to its last epoch
        return left_s
    return min(left_s, whole_s - elapsed_s)


@lru_cache(maxsize=64)
def _usual_s(store: Path, use_case: str, look: int) -> float | None:
    """The median of the last finished runs of a use case, from start to end; looked up again every half minute."""
    finished = (r for r in runs.list_runs(store, use_case) if r.final_state is State.FINISHED)
    took = [_took_s(run) for run, _ in zip(finished, range(_REMEMBERED), strict=False)]
    return median(took) if took else None


def _took_s(run: Run) -> float:
    return float(run.summary.get("run_s") or run.summary["train_s"])
