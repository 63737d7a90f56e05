"""A run as a service under many clients: how long an answer takes, and whether any is lost or wrong.

.venv/bin/python benchmarks/service.py retail-coupon_response-recommended --clients 50 --duration 60
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._server import ROOT, process_use
from core.formatting.as_json import as_json

_LATE_S = 60.0
_NEAR = 1e-6  # rows that are read together are added up in another order


class Client:
    """One connection that asks again as soon as it has been answered. Every tenth body is broken on purpose."""

    def __init__(self, port: int, body: bytes, expected: float) -> None:
        self.port, self.body, self.expected = port, body, expected
        self.took_ms: list[float] = []
        self.seen: Counter[str] = Counter()

    async def ask_until(self, end: float) -> None:
        """Ask over one connection until the time comes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        asked = 0
        while time.perf_counter() < end:
            asked += 1
            broken = asked % 10 == 0
            body = self.body[: len(self.body) // 2] if broken else self.body
            began = time.perf_counter()
            writer.write(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            status, answer = await asyncio.wait_for(_read(reader), _LATE_S)
            self.took_ms.append((time.perf_counter() - began) * 1000)
            right = (
                status == 422 and b'"error"' in answer
                if broken
                else status == 200 and abs(_value(answer) - self.expected) < _NEAR
            )
            self.seen["broken body, a sentence" if broken and right else "right" if right else f"wrong {status}"] += 1
        writer.close()


def _value(answer: bytes) -> float:
    return float(json.loads(answer)["predictions"][0]["prediction"]["value"])


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0])
    return int(head.split(" ", 2)[1]), await reader.readexactly(length)


async def _ask(port: int, method: str, path: str, body: bytes = b"") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    _status, answer = await _read(reader)
    writer.close()
    return answer


async def measure(port: int, pid: int, clients: int, duration: float) -> dict[str, object]:
    """All clients at once."""
    example = json.loads(await _ask(port, "GET", "/schema"))["example"]
    body = json.dumps(example).encode()
    expected = _value(await _ask(port, "POST", "/predict", body))
    each = [Client(port, body, expected) for _ in range(clients)]
    before = process_use(pid)
    began = time.perf_counter()
    await asyncio.gather(*(client.ask_until(began + duration) for client in each))
    took = time.perf_counter() - began
    after = process_use(pid)
    times = sorted(ms for client in each for ms in client.took_ms)
    counted = sum((client.seen for client in each), Counter())
    drift = json.loads(await _ask(port, "GET", "/drift"))
    return {
        "clients": clients,
        "answers": len(times),
        "per_s": round(len(times) / took, 1),
        "median_ms": round(times[len(times) // 2], 1),
        "p95_ms": round(times[int(0.95 * len(times))], 1),
        "max_ms": round(times[-1], 1),
        "seen": dict(counted),
        "rows_counted": drift["rows"],
        "cores": round(((after.cpu_s or 0) - (before.cpu_s or 0)) / took, 2),
        "memory_mb": round(after.rss_mb or 0, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--duration", type=float, default=60.0)
    options = parser.parse_args()
    command = [sys.executable, "-m", "core", "serve", options.run, "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        told = json.loads("".join(iter(server.stdout.readline, "}\n")) + "}")
        port = int(told["address"].rpartition(":")[2])
        try:
            print(as_json(asyncio.run(measure(port, server.pid, options.clients, options.duration)), indent=1))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
