"""A door before several web servers: a browser stays with the server that took its first request, by a cookie."""

from __future__ import annotations

import asyncio
import re
import threading

COOKIE = "door"


class Door:
    """Listens on a port of the loopback in a thread of its own. seen: how many connections each server got."""

    def __init__(self, port: int, servers: list[int]) -> None:
        self.port, self.servers, self.seen = port, servers, [0] * len(servers)
        self._loop = asyncio.new_event_loop()
        self._next, self._is_open = 0, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._is_open.wait(10)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """End it, with every connection."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = asyncio.start_server(self._take, "127.0.0.1", self.port)
        self._listening = self._loop.run_until_complete(listening)
        self._is_open.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _end(self) -> None:
        self._listening.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones = [writer]
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            found = re.search(rb"(?i)^cookie:.*\bdoor=(\d)", head, re.MULTILINE)
            place = int(found[1]) if found else self._next
            if not found:
                self._next = (self._next + 1) % len(self.servers)
            self.seen[place] += 1
            inner, outer = await asyncio.open_connection("127.0.0.1", self.servers[place])
            open_ones.append(outer)
            outer.write(head)
            if not found:
                answer = await inner.readuntil(b"\r\n")
                writer.write(answer + f"Set-Cookie: {COOKIE}={place}; Path=/; HttpOnly; SameSite=Lax\r\n".encode())
            await asyncio.gather(_pass_on(reader, outer), _pass_on(inner, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass  # one side has left
        finally:
            for one in open_ones:
                one.transport.abort()


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        sink.write(data)
        await sink.drain()
    sink.close()
