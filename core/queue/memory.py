"""Memory of the training worker: a limit before the system's own, the system's choice of whom to kill, and how an error
or a death says that there was too little. Refuses to guess: a death counts only when the system says it was memory."""

from __future__ import annotations

import sys
from pathlib import Path

from core.environment import MEMORY_MB, machine
from core.formatting.messages import message

_CPU_WORDS = ("can't allocate memory", "not enough memory")  # torch on the CPU has no exception of its own
_SHARE = 0.9  # of the machine's memory, for one worker
_MOUNT = Path("/sys/fs/cgroup")
LOWER = message(
    "Lower what it has to hold at once: the number of networks side by side, the width, the number of layers or the "
    "batch size."
)


def give_back() -> None:
    """After a run has been put away: what it left, here and on a GPU, goes back to the machine. Takes up to a tenth of
    a second, which only a run that already waits will notice."""
    from core.training import devices

    machine.give_back_memory()  # first: a finished training holds itself in cycles, and with them a GPU's memory
    devices.release_memory()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory, of the processor or of a GPU, ran out."""
    torch = sys.modules.get("torch")
    if isinstance(error, MemoryError) or (torch is not None and isinstance(error, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _CPU_WORDS)


def sentence(error: BaseException) -> str:
    """What the run's page says."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(error, torch.OutOfMemoryError):
        return message("The GPU ran out of memory. {lower} Or train on the CPU.", lower=LOWER)
    limit_mb = limit()
    if limit_mb is None:
        return message("The training ran out of memory. {lower}", lower=LOWER)
    return message(
        "The training ran out of memory (the worker may use {limit_mb:,.0f} MB). {lower}",
        limit_mb=limit_mb,
        lower=LOWER,
    )


def limit() -> float | None:
    """What a worker may allocate, MB: $PROVING_GROUND_MEMORY_MB, else nine tenths of the machine's or the container's
    memory; None where nobody knows."""
    given, whole = MEMORY_MB.given(), _machine_mb()
    return given if given is not None else None if whole is None else whole * _SHARE


def apply_limit() -> None:
    """Limit this process, so that too large a training fails with a sentence instead of the machine. A GPU's driver
    maps more than there is, so beside one only a given limit holds. If the system must kill, it kills this process."""
    torch = sys.modules.get("torch")
    has_gpu = torch is not None and torch.cuda.is_available()
    limit_mb = limit() if MEMORY_MB.is_set() or not has_gpu else None
    if limit_mb is not None and sys.platform.startswith("linux"):
        import resource

        most = int(limit_mb * 1e6)
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (most if hard < 0 else min(most, hard), hard))
    try:
        Path("/proc/self/oom_score_adj").write_text("500")
    except OSError:
        return  # another system, or one that does not let us volunteer


def kills() -> int:
    """How often the system has killed for want of memory: in this container where it counts, else on this machine."""
    for counter, key in ((_MOUNT / "memory.events", "oom_kill"), (Path("/proc/vmstat"), "oom_kill")):
        found = _counted(counter, key)
        if found is not None:
            return found
    return 0


def _counted(path: Path, key: str) -> int | None:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.split()[:1] == [key]), None)


def _machine_mb() -> float | None:
    """The smaller of the machine's memory and the container's limit."""
    found = []
    meminfo_kb = _counted(Path("/proc/meminfo"), "MemTotal:")
    if meminfo_kb is not None:
        found.append(meminfo_kb * 1024 / 1e6)
    for path in (_MOUNT / "memory.max", _MOUNT / "memory" / "memory.limit_in_bytes"):
        try:
            text = path.read_text().strip()
        except OSError:
            continue
        if text.isdecimal():
            found.append(int(text) / 1e6)
    return min(found, default=None)
