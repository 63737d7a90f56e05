"""The answer worker's connections: a slow, silent, large or departed client costs the others nothing. On the loopback,
with answers that a test makes."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.answering import server
from core.answering.client import NOT_THERE, ask_once
from core.answering.server import MOST_BYTES, AnswerServer
from core.errors import UserError
from core.jobs.local import LocalJobs

pytestmark = pytest.mark.alone
AT_ONCE_S = 2.5  # on a busy machine


class Worker:
    """A server whose answers take as long as the question says."""

    def __init__(self, store: Path) -> None:
        self.store, self.server, self.answered = store, AnswerServer(), []
        address = {"port": self.server.port, "key": self.server.key, "reply_key": self.server.reply_key}
        (store / "answers.json").write_text(json.dumps(address))
        threading.Thread(target=self.server.serve, args=[self._answer], daemon=True).start()

    def _answer(self, body: bytes) -> bytes:
        question = json.loads(body)
        self.answered.append(question["name"])
        time.sleep(question.get("takes_s", 0))
        return json.dumps({"name": question["name"], "x": "x" * question.get("size", 0)}).encode()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.server.port), timeout=15)

    def send(self, question: dict[str, object], **headers: str) -> socket.socket:
        """A question whose reply nobody reads yet."""
        client, body = self.connect(), json.dumps(question).encode()
        told = {"X-Key": self.server.key, "Content-Length": str(len(body)), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        client.sendall(f"POST / HTTP/1.0\r\n{head}\r\n".encode() + body)
        return client

    def ask(self, name: str = "quick", timeout_s: float = 5, **question: object) -> tuple[dict[str, object], float]:
        began = time.monotonic()
        answer = ask_once(self.store, {"name": name, **question}, timeout_s=timeout_s)
        return answer, time.monotonic() - began


@pytest.fixture
def worker(tmp_path, monkeypatch) -> Worker:
    monkeypatch.setattr(server, "READ_S", 1.5)
    monkeypatch.setattr(server, "WRITE_S", 3.0)
    return Worker(tmp_path)


def closed_after(client: socket.socket, most_s: float) -> float:
    """Seconds until the other side has closed the connection, whatever it still sent."""
    began = time.monotonic()
    client.settimeout(most_s)
    with contextlib.suppress(ConnectionResetError):
        while client.recv(65_536):
            pass
    return time.monotonic() - began


def test_a_client_that_sends_a_byte_now_and_then_holds_up_nobody_and_is_closed_after_its_time(worker):
    with worker.connect() as slow:
        ended, began = threading.Event(), time.monotonic()

        def drip() -> None:
            with contextlib.suppress(OSError):
                for byte in b"POST / HTTP/1.0\r\nX-Long: " + b"x" * 200:
                    slow.sendall(bytes([byte]))
                    if ended.wait(0.1):
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            answer, took_s = worker.ask()
            assert answer["name"] == "quick"
            assert took_s < AT_ONCE_S
            closed_after(slow, 10)
            assert time.monotonic() - began < 8, "its time is for all of it, not for each byte"
        finally:
            ended.set()
            thread.join()


def test_a_reader_that_takes_no_reply_holds_up_nobody_and_is_closed_after_its_time(worker):
    with worker.send({"name": "huge", "size": 30_000_000}) as slow:
        while not worker.answered:
            time.sleep(0.01)
        assert worker.ask()[0]["name"] == "quick"
        assert worker.server.connections.count() >= 1, "the reply to the slow one is still under way"
        deadline = time.monotonic() + 10
        while worker.server.connections.count() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert worker.server.connections.count() == 0
        got = 0
        with contextlib.suppress(ConnectionResetError):
            while part := slow.recv(1 << 20):
                got += len(part)
        assert got < 30_000_000, "it was cut off"


def test_more_silent_connections_than_there_is_room_for_keep_no_asker_out(worker):
    silent = [worker.connect() for _ in range(server._MOST_CONNECTIONS + 40)]
    try:
        assert worker.ask()[1] < AT_ONCE_S
    finally:
        for client in silent:
            client.close()


def test_threads_of_clients_that_have_gone_end(worker):
    worker.ask()  # all of the server's own have begun
    before = threading.active_count()
    for _ in range(30):
        worker.connect().close()
    deadline = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert threading.active_count() <= before


def test_without_the_key_no_byte_of_a_body_is_waited_for(worker):
    with worker.connect() as client:
        client.sendall(b"POST / HTTP/1.0\r\nX-Key: wrong\r\nContent-Length: 900000\r\n\r\n")
        began = time.monotonic()
        reply = client.recv(65_536)
        assert time.monotonic() - began < 0.9 * server.READ_S
    assert b" 403 " in reply.split(b"\r\n")[0]
    assert worker.server.key.encode() not in reply
    assert worker.server.reply_key.encode() not in reply


@pytest.mark.parametrize("length", [str(MOST_BYTES + 1), "9" * 5000])
def test_a_question_that_says_it_is_too_long_is_refused_unread_and_closed(worker, length):
    with worker.connect() as client:
        head = f"POST / HTTP/1.0\r\nX-Key: {worker.server.key}\r\nContent-Length: {length}\r\n\r\n"
        client.sendall(head.encode())
        began, reply = time.monotonic(), client.makefile("rb").read()
        assert time.monotonic() - began < 3
    assert b" 413 " in reply.split(b"\r\n")[0]
    assert b"at most 1,000,000 bytes" in reply
    assert worker.answered == []


def test_a_sender_of_a_large_body_still_reads_why_it_was_refused(worker):
    connection = http.client.HTTPConnection("127.0.0.1", worker.server.port, timeout=10)
    connection.request("POST", "/", body=b"x" * 3_000_000, headers={"X-Key": worker.server.key})
    assert connection.getresponse().status == 413
    connection.close()


def test_endless_headers_are_cut_off(worker):
    with worker.connect() as client:
        began = time.monotonic()
        with contextlib.suppress(OSError):
            for number in range(200):
                client.sendall(f"X-{number}: {'x' * 60_000}\r\n".encode())
        closed_after(client, 5)
        assert time.monotonic() - began < 3
    assert worker.ask()[1] < AT_ONCE_S


def test_who_waits_behind_a_long_question_gets_a_sentence_in_time_and_who_has_left_is_passed_over(worker):
    long, left = worker.send({"name": "long", "takes_s": 2.0}), worker.send({"name": "left"})
    while worker.answered != ["long"]:
        time.sleep(0.01)
    left.close()
    with pytest.raises(UserError, match="Many ask at this moment"):
        worker.ask("impatient", timeout_s=1)
    assert worker.ask("patient", timeout_s=15)[0]["name"] == "patient"
    assert worker.answered == ["long", "patient"], "nobody waits for the others any more"
    assert b"long" in long.recv(65_536)
    long.close()


def test_a_question_that_is_too_long_is_not_even_sent(worker):
    with pytest.raises(UserError, match="at most 1,000,000 bytes"):
        worker.ask(features="x" * MOST_BYTES)
    assert worker.answered == []


@contextlib.contextmanager
def another_process(store: Path, reply: bytes, every_s: float = 0.0) -> Iterator[None]:
    """Another listens at the address that the answer worker has left, and sends this, whole or byte by byte."""
    address = json.loads((store / "answers.json").read_text())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        (store / "answers.json").write_text(json.dumps({**address, "port": listening.getsockname()[1]}))
        ended = threading.Event()

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    with client, contextlib.suppress(OSError):
                        client.recv(65_536)
                        for part in (bytes([b]) for b in reply) if every_s else [reply]:
                            client.sendall(part)
                            if ended.wait(every_s):
                                break

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_another_process_at_the_port_is_not_believed(worker):
    body = b'{"mean": [1.0]}'
    reply = b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\nX-Key: %b\r\n\r\n" % (len(body), worker.server.key.encode())
    with another_process(worker.store, reply + body), pytest.raises(ValueError, match="another process"):
        worker.ask()


def test_a_reply_that_trickles_ends_with_the_time_of_the_asker(worker, monkeypatch):
    reply = b"HTTP/1.0 200 OK\r\nX-Key: " + worker.server.reply_key.encode() + b"\r\nX-More: " + b"x" * 500
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    with another_process(worker.store, reply, every_s=0.05):
        began = time.monotonic()
        with pytest.raises(NOT_THERE):
            worker.ask(timeout_s=0.5)
        with pytest.raises(UserError, match=r"no answer within 1 s\. Try again"):
            LocalJobs(worker.store).ask({"name": "x"}, timeout_s=1)
        assert time.monotonic() - began < 5
