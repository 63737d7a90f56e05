"""The feed of the trainings as a browser asks it: one connection, at the pace that the server says."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode, urlsplit


class Feed:
    """What one page follows; `run` is empty where it shows none that goes on."""

    def __init__(self, address: str, url: str, run: str, language: str, who: str) -> None:
        place = urlsplit(address)
        self.host, self.port = place.hostname or "", place.port or 80
        self.url, self.run, self.language, self.who = url, run, language, who
        self.count, self.pace_s = 0, 1.0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @classmethod
    def of(cls, followed: dict[str, dict[str, Any]], address: str, who: str = "benchmark") -> Feed | None:
        """The monitor's, else the sign's; None where a page has neither."""
        live = next((d for d in followed.values() if d.get("run") and d.get("live")), None)
        one = live or next(iter(followed.values()), None)
        return None if one is None else cls(address, one["url"], one.get("run", ""), one["language"], who)

    async def poll(self) -> int:
        """Ask once; returns the status. Raises OSError where the server is away.

        A connection that lay idle may have been closed by the server meanwhile: asked anew on a fresh one, as browsers
        do (RFC 9112, 9.3.1).
        """
        if self._streams is not None:
            try:
                return await self._ask(*self._streams)
            except OSError:
                self.close()
        self._streams = await asyncio.open_connection(self.host, self.port)
        try:
            return await self._ask(*self._streams)
        except OSError:
            self.close()
            raise

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        query = urlencode({"run": self.run, "after": self.count, "lang": self.language, "who": self.who})
        writer.write(f"GET {self.url}?{query} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n\r\n".encode())
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = int(head.partition("content-length:")[2].partition("\r\n")[0])
            text = await reader.readexactly(length)
        except (asyncio.IncompleteReadError, ValueError) as error:
            raise OSError(f"the feed broke off: {error}") from error
        status = int(head.split(" ", 2)[1])
        if status == 200:
            told = json.loads(text)
            self.pace_s = told["pace"]
            self.count = told["run"]["count"] if told["run"] else 0
        return status

    def close(self) -> None:
        """Leave."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
