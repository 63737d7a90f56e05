"""The answer worker's HTTP side: many connections, each with a time of its own, and one thread that answers."""

from __future__ import annotations

import hmac
import json
import queue
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BufferedIOBase
from socketserver import ThreadingMixIn
from typing import Any

from core.formatting.messages import message, to_json

MOST_BYTES = 1_000_000  # of a question
TOO_LONG = message("A question has at most {most:,} bytes; this one has more. Ask for less at a time.", most=MOST_BYTES)
WAIT_S = 20.0  # for an answer, where a question does not say how long it waits
READ_S, WRITE_S = 3.0, 10.0  # for a whole question and a whole reply, however it is sent or taken
_LINGER_S = 1.0
_MOST_WAIT_S = 120.0
_MOST_CONNECTIONS = 64
_MOST_HEADER_BYTES = 16_384
_LOOK_EVERY_S = 0.1
_DONT_WAIT = getattr(socket, "MSG_DONTWAIT", 0)  # absent on Windows


@dataclass(slots=True)
class _Asked:
    """A question on its way, and whether somebody still waits for it."""

    body: bytes
    connection: socket.socket
    answered: threading.Event = field(default_factory=threading.Event)
    reply: bytes = b""
    given_up: bool = False

    def has_left(self) -> bool:
        """Whether who asked has gone: a connection that is still open has nothing to read."""
        if self.given_up or not _DONT_WAIT:
            return self.given_up
        try:
            return self.connection.recv(1, socket.MSG_PEEK | _DONT_WAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True


class AnswerServer:
    """Listens on a free port of the loopback. key: what a question must bring; reply_key: what a reply brings, so that
    another process that has taken the port is not taken for this one."""

    def __init__(self) -> None:
        self.key, self.reply_key = secrets.token_hex(16), secrets.token_hex(16)
        self.asked: queue.Queue[_Asked] = queue.Queue()
        self.connections = _Connections()
        self._http = _Server(self)
        self.port = self._http.server_port

    def serve(self, answer: Callable[[bytes], bytes]) -> None:
        """Answer for good: in this thread, one question after the other, passing over those whose askers have left."""
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        threading.Thread(target=self.connections.end_late_ones, daemon=True).start()
        while True:
            asked = self.asked.get()
            if not asked.has_left():
                asked.reply = answer(asked.body)
                asked.answered.set()


class _Connections:
    """Who is connected, and until when: in all, not from one byte to the next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[socket.socket, float | None] = {}
        self._known: set[socket.socket] = set()

    def enter(self, connection: socket.socket) -> bool:
        """Let one in. Where there is no room the oldest that has shown no key goes; False where all have."""
        with self._lock:
            strangers = [c for c in self._until if c not in self._known]
            if len(self._until) >= _MOST_CONNECTIONS:
                if not strangers:
                    return False
                _end(strangers[0])
                del self._until[strangers[0]]
            self._until[connection] = time.monotonic() + READ_S
            return True

    def knows(self, connection: socket.socket) -> None:
        """It has shown the key."""
        with self._lock:
            if connection in self._until:
                self._known.add(connection)

    def give(self, connection: socket.socket, seconds: float | None) -> None:
        """From now on it has so long; None: it waits for us."""
        with self._lock:
            if connection in self._until:
                self._until[connection] = None if seconds is None else time.monotonic() + seconds

    def leave(self, connection: socket.socket) -> None:
        with self._lock:
            self._until.pop(connection, None)
            self._known.discard(connection)

    def count(self) -> int:
        """How many are open."""
        with self._lock:
            return len(self._until)

    def end_late_ones(self) -> None:
        """For good. What blocks on a connection that has ended goes on with an error or with nothing."""
        while True:
            time.sleep(_LOOK_EVERY_S)
            now = time.monotonic()
            with self._lock:
                for connection, until in self._until.items():
                    if until is not None and now > until:
                        _end(connection)


class _Server(ThreadingMixIn, HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, owner: AnswerServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self.owner.connections.enter(request):
            super().process_request(request, client_address)
        else:
            self.close_request(request)  # the asker tries again

    def close_request(self, request: Any) -> None:
        self.owner.connections.leave(request)
        super().close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # a client that has gone is none of our errors


class _Header:
    """What comes before a body, no more of it than a request of ours has."""

    def __init__(self, source: BufferedIOBase) -> None:
        self._source, self._left = source, _MOST_HEADER_BYTES

    def readline(self, size: int = -1) -> bytes:
        line = self._source.readline(self._left if size < 0 else min(size, self._left))
        self._left -= len(line)
        return line

    def close(self) -> None:
        self._source.close()


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.body, self.rfile = self.rfile, _Header(self.rfile)  # type: ignore[assignment]

    def do_POST(self) -> None:
        """Key and length are judged before anything of the body is read."""
        owner, mine = self.server.owner, self.connection
        length = self.headers.get("Content-Length", "0")
        if not hmac.compare_digest(self.headers.get("X-Key", "").encode(errors="replace"), owner.key.encode()):
            self._refuse(403, message("A question brings the worker's key; this one did not."))
            return
        owner.connections.knows(mine)
        if not length.isdecimal():
            self._refuse(400, message("A question says how long it is; this one did not."))
        elif len(length) > 12 or int(length) > MOST_BYTES:
            self._refuse(413, TOO_LONG)
        elif len(body := self.body.read(int(length))) == int(length):
            self._answer(_Asked(body, mine))

    def _answer(self, asked: _Asked) -> None:
        """Wait for the answer as long as the asker does; the time is ours, so the connection has no end meanwhile."""
        owner, wait_s = self.server.owner, _seconds(self.headers.get("X-Wait-S", ""))
        owner.connections.give(asked.connection, None)
        owner.asked.put(asked)
        if asked.answered.wait(wait_s):
            self._send(200, asked.reply)
            return
        asked.given_up = True
        self._send(503, _error(message("Many ask at this moment, and others came first. Try again in a moment.")))

    def _send(self, status: int, body: bytes) -> None:
        owner = self.server.owner
        owner.connections.give(self.connection, WRITE_S)
        with suppress(OSError):  # who asked has left meanwhile
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if status != 403:
                self.send_header("X-Key", owner.reply_key)
            self.end_headers()
            self.wfile.write(body)

    def _refuse(self, status: int, told: str) -> None:
        """Say it and close. What the client still sends is thrown away for a moment, or its system would take the
        reply away from it together with the connection."""
        self._send(status, _error(told))
        self.server.owner.connections.give(self.connection, _LINGER_S)
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while self.body.read1(65_536):
                pass

    def log_message(self, format: str, *args: object) -> None:
        return  # every question would be a line; failures are printed with their traceback


def _error(told: str) -> bytes:
    return json.dumps({"error": told, **to_json(told)}).encode()


def _seconds(said: str) -> float:
    """How long an asker waits; what is no such time is the usual one."""
    try:
        wait_s = float(said)
    except ValueError:
        return WAIT_S
    return wait_s if 0 < wait_s <= _MOST_WAIT_S else WAIT_S


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
