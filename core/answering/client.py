"""The asking side of the answer worker: one question and its reply within a time. Starts nothing, tries once."""

from __future__ import annotations

import hmac
import http.client
import json
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.answering.server import MOST_BYTES
from core.errors import UserError
from core.formatting.as_json import as_json
from core.formatting.messages import from_json
from core.store.files import read_json
from core.store.formats import ANSWERS

_MOST_REPLY_BYTES = 100_000_000
NOT_THERE = (OSError, ValueError, KeyError, TypeError, http.client.HTTPException)  # it starts, ends, or is another


def ask_once(store: Path, question: Mapping[str, Any], *, timeout_s: float) -> dict[str, Any]:
    """The answer worker's reply; raises UserError where it refuses, and one of NOT_THERE where it does not reply within
    the time, whole, or where another process replies at its address."""
    address, body = read_json(store / "answers.json", ANSWERS), as_json(question).encode()
    if len(body) > MOST_BYTES:
        raise UserError(
            "A question has at most {most_bytes:,} bytes; this one has {body:,}. Ask for less at a time.",
            most_bytes=MOST_BYTES,
            body=len(body),
        )
    connection = http.client.HTTPConnection("127.0.0.1", int(address["port"]), timeout=timeout_s)
    connection.connect()
    late = threading.Timer(timeout_s, _end, [connection.sock])  # a time for all of it: a socket's is for each byte
    late.daemon = True
    late.start()
    try:
        wait_s = max(timeout_s / 2, timeout_s - 1)  # its sentence, if it has no answer, must still arrive
        headers = {"X-Key": address["key"], "X-Wait-S": f"{wait_s:.3f}", "Content-Type": "application/json"}
        connection.request("POST", "/", body=body, headers=headers)
        reply = connection.getresponse()
        if not hmac.compare_digest(reply.getheader("X-Key", "").encode(), str(address["reply_key"]).encode()):
            raise ValueError("another process replies at the address of the answer worker")
        answer = json.loads(reply.read(_MOST_REPLY_BYTES))
    finally:
        late.cancel()
        connection.close()
    if "error" in answer:
        raise UserError(from_json(str(answer["error"]), answer.get("message")))
    return dict(answer)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
