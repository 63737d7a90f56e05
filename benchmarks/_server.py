"""Start, watch and end a Streamlit server for the measurements."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

STORE_VARIABLE = "PROVING_GROUND_STORE"
HEAVY_PACKAGES = ("torch", "sklearn", "scipy")
START_LIMIT_S = 120.0
END_LIMIT_S = 5.0
ROOT = Path(__file__).resolve().parent.parent


class BenchmarkError(Exception):
    """A measurement could not be made; the message is one sentence."""


@dataclass(frozen=True)
class Use:
    """What a process used up to one moment; None where it cannot be read."""

    cpu_s: float | None
    rss_mb: float | None


@dataclass(frozen=True)
class Server:
    """One running Streamlit server and the places that belong to it."""

    process: subprocess.Popen[bytes]
    port: int
    store: Path
    log: Path
    started_at: float
    ready_at: float

    @property
    def address(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self.port}"

    def use(self) -> Use:
        """CPU seconds so far and memory now of the server process."""
        return process_use(self.process.pid)

    def check_alive(self) -> None:
        """Refuse a measurement whose server has ended in the middle of it."""
        code = self.process.poll()
        if code is not None:
            tail = self.log_tail() or "nothing written"
            raise BenchmarkError(f"The server ended by itself with code {code} while it was measured: {tail}")

    def log_tail(self, lines: int = 3) -> str:
        """The last lines the server wrote, joined into one."""
        text = self.log.read_text(errors="replace").strip().splitlines()
        return " / ".join(text[-lines:])


def process_use(pid: int) -> Use:
    """CPU seconds (user and system) and resident memory of one process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return Use(None, None)
    fields = stat.rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    rss = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return Use(round(ticks / os.sysconf("SC_CLK_TCK"), 2), round(rss, 1))


def compiled_packages(pid: int) -> list[str] | None:
    """Packages whose compiled parts the process has loaded; None if unreadable."""
    try:
        text = Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return None
    names = set()
    for line in text.splitlines():
        _, found, tail = line.partition("/site-packages/")
        if found and ".so" in tail:
            names.add(tail.split("/")[0].split(".")[0])
    return sorted(names)


def heavy_packages(pid: int) -> list[str] | None:
    """The packages among torch, sklearn and scipy that the process has loaded."""
    loaded = compiled_packages(pid)
    if loaded is None:
        return None
    return [name for name in HEAVY_PACKAGES if name in loaded]


def free_port() -> int:
    """A port on this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(store: Path) -> dict[str, str]:
    """The environment of the server and of a training beside it."""
    return {**os.environ, STORE_VARIABLE: str(store), "PYTHONUNBUFFERED": "1"}


def server_command(app: Path, port: int, options: Mapping[str, str]) -> list[str]:
    """The command that starts Streamlit; options are config names and values."""
    config = {
        "server.headless": "true",
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "browser.gatherUsageStats": "false",
        **options,
    }
    flags = [f"--{name}={value}" for name, value in config.items()]
    return [sys.executable, "-m", "streamlit", "run", str(app), *flags]


def parse_options(pairs: Sequence[str]) -> dict[str, str]:
    """Turn NAME=VALUE texts into a mapping."""
    options = {}
    for pair in pairs:
        name, found, value = pair.partition("=")
        if not found or not name:
            raise BenchmarkError(f"The option {pair!r} must look like name=value.")
        options[name] = value
    return options


@contextmanager
def running_server(
    app: Path,
    options: Mapping[str, str],
    cwd: Path = ROOT,
    store_from: Path | None = None,
) -> Iterator[Server]:
    """Run a server with a store of its own; end it and its helpers afterwards."""
    if not app.is_file():
        raise BenchmarkError(f"There is no app file at {app}.")
    home = Path(tempfile.mkdtemp(prefix="benchmark-"))
    store = home / "store"
    if store_from is None:
        store.mkdir()
    else:
        shutil.copytree(store_from, store)
    process: subprocess.Popen[bytes] | None = None
    try:
        port = free_port()
        with (home / "server.log").open("wb") as log:
            started_at = time.time()
            process = subprocess.Popen(
                server_command(app.resolve(), port, options),
                cwd=cwd,
                env=environment(store),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        ready_at = _wait_until_ready(process, port, home / "server.log")
        yield Server(process, port, store, home / "server.log", started_at, ready_at)
    finally:
        if process is not None:
            end_group(process)
        end_store_processes(store)
        shutil.rmtree(home, ignore_errors=True)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> float:
    """Ask the server for its health until it answers; return that moment."""
    limit = time.time() + START_LIMIT_S
    while time.time() < limit:
        if process.poll() is not None:
            tail = " / ".join(log.read_text(errors="replace").splitlines()[-3:])
            raise BenchmarkError(f"The server ended while it started: {tail}")
        try:
            health = f"http://127.0.0.1:{port}/_stcore/health"
            with urllib.request.urlopen(health, timeout=5) as answer:
                if answer.status == 200:
                    return time.time()
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.01)
    raise BenchmarkError(f"The server was not ready after {START_LIMIT_S:.0f} s.")


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group: politely first, then by force."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        try:
            process.wait(END_LIMIT_S)
        except subprocess.TimeoutExpired:
            continue


def end_store_processes(store: Path) -> None:
    """End what the app started in sessions of its own, such as a supervisor."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        limit = time.time() + END_LIMIT_S
        left = store_processes(store)
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        while left and time.time() < limit:
            time.sleep(0.05)
            left = store_processes(store)


def store_processes(store: Path) -> list[int]:
    """Processes that run with this store in their environment.

    The store is a fresh temporary folder, so they can only be ours. The pid in
    supervisor.json is added where the environment cannot be read.
    """
    mark = f"{STORE_VARIABLE}={store}".encode()
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                found.add(int(entry.name))
        except OSError:
            continue
    if not Path("/proc").is_dir():
        found.update(_supervisor_pids(store))
    found.discard(os.getpid())
    return sorted(found)


def _supervisor_pids(store: Path) -> list[int]:
    """The pid the supervisor wrote into the store, if it still runs."""
    try:
        pid = int(json.loads((store / "supervisor.json").read_text())["pid"])
        os.kill(pid, 0)
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [pid]
