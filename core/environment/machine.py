"""Facts about this machine that need no torch."""

from __future__ import annotations

import ctypes
import gc
import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

# Signs of a driver: Linux, its older form, Linux on Windows, Windows.
_NVIDIA = ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg", "C:/Windows/System32/nvcuda.dll")


def available_cores() -> int:
    """Cores that this process may use, by affinity and by the container's quota."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else (os.cpu_count() or 1)
    quota = Path("/sys/fs/cgroup/cpu.max")
    if quota.is_file():
        limit, period = quota.read_text().split()[:2]
        if limit != "max":
            cores = min(cores, max(1, int(limit) // int(period)))
    return cores


def worker_threads() -> int:
    """Threads of a worker: one core is left to the pages."""
    return max(1, available_cores() - 1)


def accelerators() -> tuple[str, ...]:
    """What torch may find here beside the processor: cuda where a driver of NVIDIA runs and torch is built for it, mps
    on Apple's own processors."""
    found = []
    if any(Path(sign).exists() for sign in _NVIDIA) and "+cpu" not in _torch_version():
        found.append("cuda")
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        found.append("mps")
    return tuple(found)


def _torch_version() -> str:
    try:
        return version("torch")
    except PackageNotFoundError:
        return "+cpu"


def processor() -> str:
    """The processor's name as the system gives it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()


def is_virtual() -> bool:
    """Whether this is known to be a virtual machine: its cores are then some of a processor's, nobody says how many."""
    try:
        return " hypervisor" in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def resident_bytes() -> int | None:
    """Memory that this process holds now; None where the system does not say."""
    return _status_bytes("VmRSS")


def peak_resident_bytes() -> int | None:
    """The most that this process has held since `forget_peak`; None where the system does not say."""
    return _status_bytes("VmHWM")


def forget_peak() -> bool:
    """Start the peak anew; False where the system does not allow it, so that a peak would tell nothing."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return True


def give_back_memory() -> None:
    """What a finished piece of work has left goes back to the system, or it would count as the next one's idle."""
    gc.collect()
    if sys.platform == "linux":
        trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's own
        if trim is not None:
            trim(0)


def _status_bytes(name: str) -> int | None:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    found = next((line.split()[1] for line in lines if line.startswith(f"{name}:")), None)
    return None if found is None else int(found) * 1024
