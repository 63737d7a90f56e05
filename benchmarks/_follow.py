"""The feed of the trainings as a browser asks it: one connection, at the pace that the server says."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any
from urllib.parse import urlencode, urlsplit


class Feed:
    """What one page follows; `run` is empty where it shows none that goes on."""

    def __init__(self, address: str, url: str, run: str, language: str, who: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        self.url, self.run, self.language, self.who = url, run, language, who
        self.count, self.pace_s, self.tag = 0, 1.0, ""

    @classmethod
    def of(cls, followed: dict[str, dict[str, Any]], address: str, who: str = "benchmark") -> Feed | None:
        """The monitor's, else the sign's; None where a page has neither."""
        live = next((d for d in followed.values() if d.get("run") and d.get("live")), None)
        one = live or next(iter(followed.values()), None)
        return None if one is None else cls(address, one["url"], one.get("run", ""), one["language"], who)

    async def poll(self) -> int:
        """Ask once; returns the status."""
        return await asyncio.to_thread(self._poll)

    def _poll(self) -> int:
        query = urlencode({"run": self.run, "after": self.count, "lang": self.language, "who": self.who})
        self.connection.request("GET", f"{self.url}?{query}")
        with self.connection.getresponse() as reply:
            text = reply.read()
        if reply.status == 200:
            told = json.loads(text)
            self.pace_s = told["pace"]
            self.count = told["run"]["count"] if told["run"] else 0
        return reply.status

    def close(self) -> None:
        """Leave."""
        self.connection.close()
