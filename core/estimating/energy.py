"""Energy while something runs, and honestly what kind of figure it is. Reads counters; keeps none, sends nothing."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.environment.machine import is_virtual, processor

MEASURED = "measured"
RATED = "estimated from the processor's power rating"
NOT_AVAILABLE = "not available"
POWERCAP = Path("/sys/class/powercap")
_RATINGS = Path(__file__).parents[2] / "data" / "processor_power.csv"
_MICRO = 1e-6
_NVML = "libnvidia-ml.so.1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Energy:
    """Joules, None where they are not available, and one of the three labels. of: what the figure holds, in words."""

    joules: float | None
    label: str
    of: str = ""


class Meter:
    """Energy since it was made, of the processor, and of the GPU when training is there. A counter belongs to the whole
    processor: what else runs on it is in the figure. A rating is spread over the cores by this process's own time."""

    def __init__(self, device: str = "cpu") -> None:
        self.device = device
        self.began_cpu_s = time.process_time()
        self.counters = [*_packages(), *(_gpus() if device == "cuda" else [])]
        self.complete = bool(_packages()) and (device != "cuda" or bool(_gpus())) and device != "mps"
        self.last = [read() for read, _ in self.counters]
        self.joules = 0.0

    def so_far(self) -> Energy:
        """What has been used until now; to be asked at least every few minutes, because counters wrap."""
        if self.complete:
            return self._measured()
        watts = None if self.counters or is_virtual() else rating_w(processor())
        if watts is None:
            return Energy(joules=None, label=NOT_AVAILABLE)
        used_s = time.process_time() - self.began_cpu_s
        return Energy(joules=watts * used_s / (os.cpu_count() or 1), label=RATED, of="the processor's share")

    def _measured(self) -> Energy:
        for place, (read, wraps_at) in enumerate(self.counters):
            now = read()
            if now is None or self.last[place] is None:
                self.complete, self.counters = False, []
                return Energy(joules=None, label=NOT_AVAILABLE)
            step = now - float(self.last[place] or 0.0)
            self.joules += step if step >= 0 else step + wraps_at
            self.last[place] = now
        of = "processor and GPU" if self.device == "cuda" else "processor"
        return Energy(joules=self.joules, label=MEASURED, of=of)


@cache
def rating_w(name: str) -> float | None:
    """The power rating of a processor by its name; None for one that the table does not have, whole name by whole name:
    a likely one would be a guess."""
    try:
        lines = _RATINGS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    wanted = _plain(name)
    for line in lines:
        known, _, watts = line.rpartition(",")
        if not line.startswith("#") and _plain(known) == wanted:
            return float(watts)
    return None


def _plain(name: str) -> str:
    """A processor's name as tables write it: no marks, no clock, no count of cores."""
    words = name.replace("(R)", "").replace("(TM)", "").replace("(tm)", "").partition("@")[0].split()
    if words[1:2] == ["Gen"]:  # 13th Gen Intel Core i7-13700
        words = words[2:]
    dropped = {"CPU", "Processor", "processor"}
    kept = [w for w in words if w not in dropped and not w.endswith(("-Core", "-core"))]
    text = " ".join(kept)
    return text.partition(" with ")[0].casefold()


Counter = tuple[Callable[[], float | None], float]


def _packages() -> list[Counter]:
    """One counter in joules for each processor package that this account may read, and where it wraps."""
    found: list[Counter] = []
    for folder in sorted(POWERCAP.glob("intel-rapl:*")):
        if folder.name.count(":") != 1:  # parts of a package are in its own count already
            continue
        reader = _file_counter(folder / "energy_uj")
        most = _number_in(folder / "max_energy_range_uj")
        if reader() is not None and most is not None:
            found.append((reader, most * _MICRO))
    return found


def _file_counter(path: Path) -> Callable[[], float | None]:
    def read() -> float | None:
        found = _number_in(path)
        return None if found is None else found * _MICRO

    return read


def _number_in(path: Path) -> float | None:
    try:
        return float(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None  # not there, or for root alone


@cache
def _gpus() -> list[Counter]:
    """The first NVIDIA GPU's counter, by the driver's own library; none where there is no driver or an older GPU."""
    try:
        nvml = ctypes.CDLL(_NVML)
    except OSError:
        return []
    handle = ctypes.c_void_p()
    if nvml.nvmlInit_v2() != 0 or nvml.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(handle)) != 0:
        return []

    def read() -> float | None:
        millijoules = ctypes.c_ulonglong()
        if nvml.nvmlDeviceGetTotalEnergyConsumption(handle, ctypes.byref(millijoules)) != 0:
            return None
        return millijoules.value / 1000

    return [(read, float("inf"))] if read() is not None else []
