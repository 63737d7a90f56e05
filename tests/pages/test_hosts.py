"""Whom the web server answers: its own names and its own pages, on every route, over raw HTTP on the loopback."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import UserError
from pages.components.hosts import HOSTS, Guard, Names
from tests.processes import end_processes_of

ROOT = Path(__file__).parents[2]
STREAM = "/_stcore/stream"
ROUTES = ("/", "/retail-churn", "/static/js/none.js", "/favicon.png", "/media/none.png", "/api/trainings", STREAM)
ROUTES += ("/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/_stcore/agent/openapi.json")
FOREIGN = ("evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example:{port}", "0.0.0.0")
FOREIGN += ("192.168.1.5:{port}", "[2001:db8::1]", "user@localhost", "localhost, evil.example", "")


@contextlib.contextmanager
def served(store: Path, command: list[str], **environment: str) -> Iterator[int]:
    """A web server on the loopback; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--server.port", str(port)],
        cwd=ROOT,
        env={**os.environ, "PROVING_GROUND_STORE": str(store), "PROVING_GROUND_CALIBRATION": "0", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if ask(port, "/_stcore/health", "localhost")[0]:
                    break
            time.sleep(0.1)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        end_processes_of(store)


@pytest.fixture(scope="module")
def port(tmp_path_factory) -> Iterator[int]:
    with served(tmp_path_factory.mktemp("store"), ["pages"], **{HOSTS: "app.example.org, *.example.net"}) as port:
        yield port


def ask(port: int, path: str, host: str | None, method: str = "GET", **headers: str) -> tuple[int, str]:
    """Status and text of one request with this Host header; None sends none. Of a WebSocket the handshake alone."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    if host is not None:
        connection.putheader("Host", host)
    if path == STREAM:
        headers |= {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        headers |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "streamlit"}
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    reply = connection.getresponse()
    text = "" if reply.status == 101 else reply.read().decode(errors="replace")
    connection.close()
    return reply.status, text


@pytest.mark.parametrize("path", ROUTES)
def test_every_route_answers_its_own_names_and_no_other(port, path):
    for own in ("localhost", "LOCALHOST:{port}", "127.0.0.1:{port}", "[::1]:{port}", "127.0.0.2", "app.example.org"):
        status, _text = ask(port, path, own.format(port=port))
        assert status == 101 if path == STREAM else status not in (403, 500), own
    for foreign in FOREIGN:
        status, text = ask(port, path, foreign.format(port=port))
        assert status in (400, 403), foreign
        assert path == STREAM or status == 400 or (HOSTS in text and "<" not in text)
    assert ask(port, path, None)[0] in (400, 403)


def test_a_page_of_another_origin_cannot_connect_even_by_a_right_host(port):
    own = f"localhost:{port}"
    for origin in (f"http://{own}", f"HTTP://LOCALHOST:{port}"):
        assert ask(port, STREAM, own, Origin=origin)[0] == 101
    assert ask(port, STREAM, "app.example.org", Origin="https://app.example.org")[0] == 101, "behind a proxy"
    for origin in ("http://evil.example", "http://localhost:3000", f"http://127.0.0.1:{port}", "null", "http://[", ""):
        assert ask(port, STREAM, own, Origin=origin)[0] == 403, origin
        assert ask(port, "/_stcore/upload_file/a/b", own, "PUT", Origin=origin)[0] == 403, origin
    assert ask(port, STREAM, "app.example.org", Origin="https://b.example.net")[0] == 403


def test_a_name_with_any_beginning_is_one_that_ends_so(port):
    assert ask(port, "/", "a.b.example.net")[0] == 200
    assert ask(port, "/", "example.net")[0] == 403
    assert ask(port, "/", "evilexample.net")[0] == 403


def test_started_by_streamlit_itself_every_route_is_guarded_too(tmp_path):
    with served(tmp_path, ["streamlit", "run", "streamlit_app.py"]) as port:
        for path in ROUTES:
            status, _text = ask(port, path, f"localhost:{port}")
            assert status == 101 if path == STREAM else status not in (403, 500), path
            assert ask(port, path, "evil.example")[0] in (400, 403), path
        assert ask(port, STREAM, f"localhost:{port}", Origin=f"http://localhost:{port}")[0] == 101
        assert ask(port, STREAM, "evil.example", Origin="http://evil.example")[0] == 403


def test_a_server_beyond_the_loopback_goes_by_addresses_and_the_machines_name_too():
    everywhere, one, local = Names(None), Names("lab.example.org"), Names("127.0.0.1")
    here = socket.gethostname().lower()
    assert all(everywhere.know(name) for name in ("localhost", "192.168.1.5", "2001:db8::1", here))
    assert one.know("lab.example.org")
    assert not any(names.know("evil.example") for names in (everywhere, one, local))
    assert not any(local.know(name) for name in ("192.168.1.5", "2001:db8::1", "0.0.0.0", "::"))
    assert Names("127.0.0.1", ["*"]).know("any.name")


@pytest.mark.parametrize("given", ["https://app.example.org", "app.example.org/path", "a b", "*.*", "a*"])
def test_a_host_that_cannot_be_meant_is_refused(given):
    with pytest.raises(UserError, match=f"{HOSTS} names hosts .* Example"):
        Names(None, [given])


def test_such_a_host_is_refused_when_the_server_starts(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "pages"],
        cwd=ROOT,
        env={**os.environ, "PROVING_GROUND_STORE": str(tmp_path), HOSTS: "https://app.example.org"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Example: app.example.org" in done.stderr


def test_what_a_stranger_calls_itself_is_shown_as_plain_short_text():
    scope = {"type": "http", "method": "GET", "headers": [(b"host", b"evil\x1b[31m" + b"x" * 500)]}
    told = Guard(None, Names("127.0.0.1")).refusal(scope)
    assert "\x1b" not in told
    assert len(told) < 350
