"""What a run uses while it goes on: seconds of its phases, peak memory, energy."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from core.contracts import Event, Progress
from core.contracts.events import Used
from core.contracts.report import UsageReport
from core.environment import machine
from core.estimating.energy import NOT_AVAILABLE, Energy, Meter

_fresh_bytes: list[int] = []  # what this process held when it began its first run: its idle
_OFTEN_S = 0.25  # an event tells energy and memory at most so often: short epochs must not pay for it


class Usage:
    """Made when a run begins. device: cpu, cuda or mps. What an earlier run of this process has left counts as part of
    the next one's peak, unless whoever carries runs out gives it back between them, as the training worker does."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.idle_bytes = _idle()
        self.can_tell_peaks = machine.forget_peak() and self.idle_bytes is not None
        self.peaks: dict[str, int] = {}
        self.phases_s: dict[str, float] = {}
        self.phase, self.since = "", time.perf_counter()
        self.cpu_began_s, self.training_cpu_s = 0.0, 0.0
        self.meter: Meter | None = None
        self.energy = Energy(joules=None, label=NOT_AVAILABLE)
        self.gpu_bytes: int | None = None
        self.told = 0.0
        self.beside_s: Callable[[], float] = lambda: 0.0  # of the processor, by what else the process does meanwhile

    def watching(self, progress: Progress) -> Progress:
        """The same callback; phases are timed, and an epoch now and then says what has been used until it."""

        def watched(event: Event) -> None:
            if event["event"] == "phase":
                self._next(event["phase"])
            elif event["event"] == "epoch" and self.meter and time.perf_counter() - self.told > _OFTEN_S:
                self.told = time.perf_counter()
                event = {**event, **self._now(self.meter)}
            progress(event)

        return watched

    def report(self) -> UsageReport:
        """End the last phase; what report.json holds of it."""
        self._next("")
        training, rest = self.peaks.get("training"), [v for k, v in self.peaks.items() if k != "training"]
        return {
            "phases_s": {name: round(seconds, 3) for name, seconds in self.phases_s.items()},
            "training_cpu_s": round(self.training_cpu_s, 3),
            "memory": {
                "label": "measured" if training is not None else NOT_AVAILABLE,
                "training_bytes": training,
                "rest_bytes": max(rest, default=None),
                "idle_bytes": self.idle_bytes,
                "gpu_bytes": self.gpu_bytes,
            },
            "energy": {
                "joules": None if self.energy.joules is None else round(self.energy.joules, 2),
                "label": self.energy.label,
                "of": self.energy.of,
                "date": datetime.now(UTC).date().isoformat(),
            },
        }

    def _next(self, phase: str) -> None:
        now = time.perf_counter()
        if self.phase:
            self.phases_s[self.phase] = self.phases_s.get(self.phase, 0.0) + now - self.since
            self._keep_peak()
        if self.phase == "training" and self.meter:
            self.energy = self.meter.so_far()
            self.training_cpu_s = max(0.0, time.process_time() - self.cpu_began_s - self.beside_s())
            self.gpu_bytes = _gpu_peak() if self.device == "cuda" else None
        if phase == "training":
            self.meter, self.cpu_began_s = Meter(self.device), time.process_time()
            if self.device == "cuda":
                _forget_gpu_peak()
        self.phase, self.since = phase, now

    def _keep_peak(self) -> None:
        peak = machine.peak_resident_bytes()
        if self.can_tell_peaks and peak is not None and self.idle_bytes is not None:
            self.peaks[self.phase] = max(self.peaks.get(self.phase, 0), peak - self.idle_bytes)
            machine.forget_peak()

    def _now(self, meter: Meter) -> Used:
        energy, held = meter.so_far(), machine.resident_bytes()
        told: Used = {"energy": energy.label}
        if energy.joules is not None:
            told["energy_j"] = round(energy.joules, 2)
        if held is not None and self.idle_bytes is not None:
            told["memory_bytes"] = max(0, held - self.idle_bytes)
        return told


def _idle() -> int | None:
    """Of the process before its first run, so that what the first leaves behind does not hide in the second's idle."""
    held = machine.resident_bytes()
    if held is not None and not _fresh_bytes:
        _fresh_bytes.append(held)
    return _fresh_bytes[0] if _fresh_bytes else None


def _forget_gpu_peak() -> None:
    import torch

    torch.cuda.reset_peak_memory_stats()


def _gpu_peak() -> int:
    import torch

    return int(torch.cuda.max_memory_allocated())
