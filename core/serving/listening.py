"""The service on a port: one process, its connections on one loop, its networks on as many threads as a worker has."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

from core.errors import UserError
from core.serving.app import app_of
from core.serving.service import Service
from core.training import devices

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.runs import Run


def listen(run: Run, store: Path, host: str, port: int, told: Callable[[str], None]) -> None:
    """Answer until the process is told to end. told: is given the address as soon as it answers there. Raises
    UserError where the run cannot be asked or the port is taken."""
    try:
        opened = socket.create_server((host, port), backlog=1024)
    except OSError as error:
        raise UserError(
            "Nothing can listen on {host}, port {port}: {why}. Choose another with --port.",
            host=host,
            port=port,
            why=error.strerror or error,
        ) from error
    devices.set_threads()
    with opened:
        service = Service(run, store)
        config = uvicorn.Config(app_of(service), log_config=None, lifespan="off", access_log=False)
        server = uvicorn.Server(config)
        name = f"[{host}]" if ":" in host else host
        told(f"http://{name}:{opened.getsockname()[1]}")
        with suppress(KeyboardInterrupt):  # uvicorn ends first, and passes it on
            server.run(sockets=[opened])
