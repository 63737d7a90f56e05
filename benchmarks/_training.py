"""Run trainings in a process of their own and read their speed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import sys
from pathlib import Path
from typing import Any

from benchmarks._server import BenchmarkError, environment

SPEED = "samples_per_s"


class Training:
    """The command that trains one use case and the speeds it has reached."""

    def __init__(self, use_case: str, settings: list[str], cwd: Path, store: Path):
        pairs = [text for setting in settings for text in ("--set", setting)]
        self.command = [*(sys.executable, "-m", "core", "train", use_case, *pairs, "--json")]
        self.cwd = cwd
        self.store = store

    async def run(self) -> float:
        """Train once; give the samples per second the command reported."""
        process = await asyncio.create_subprocess_exec(
            *self.command,
            cwd=self.cwd,
            env=environment(self.store),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            out, err = await process.communicate()
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if process.returncode != 0:
            last = err.decode(errors="replace").strip().splitlines()[-1:]
            raise BenchmarkError(f"The training ended with an error: {''.join(last)}")
        return read_speed(out.decode(errors="replace"))

    async def repeat_until(self, stop: asyncio.Event) -> list[float]:
        """Train again and again until the stop is set; the last one ends first."""
        speeds = []
        while not stop.is_set():
            speeds.append(await self.run())
        return speeds


def read_speed(text: str) -> float:
    """The last samples_per_s in JSON text: one document or one per line."""
    try:
        documents = [json.loads(text)]
    except ValueError:
        documents = [parsed for line in text.splitlines() if (parsed := _json(line))]
    speeds = [speed for document in documents for speed in _speeds(document)]
    if not speeds:
        raise BenchmarkError(f"The training printed no {SPEED}.")
    return speeds[-1]


def _json(line: str) -> Any:
    """The value of one JSON line, None if it is not JSON."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def _speeds(value: Any) -> list[float]:
    """Every samples_per_s inside a JSON value, in order."""
    if isinstance(value, list):
        return [speed for item in value for speed in _speeds(item)]
    if not isinstance(value, dict):
        return []
    found = []
    for name, item in value.items():
        if name == SPEED and isinstance(item, (int, float)):
            found.append(float(item))
        else:
            found.extend(_speeds(item))
    return found


def speed_kept(idle: list[float], busy: list[float]) -> dict[str, Any]:
    """Training speed alone, beside the visitors, and the part that was kept."""
    alone, beside = statistics.median(idle), statistics.median(busy)
    return {
        "idle_samples_per_s": round(alone, 1),
        "busy_samples_per_s": round(beside, 1),
        "kept": round(beside / alone, 3) if alone else None,
        "idle_runs": len(idle),
        "busy_runs": len(busy),
    }
