"""The routes of the service. A fault of whoever asks is a sentence and 422, one of ours a sentence and 500."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import UserError
from core.formatting.as_json import as_json
from core.formatting.numbers import count
from core.serving.body import MOST_BYTES, Asked
from core.serving.service import Service

log = logging.getLogger("proving_ground.serving")
_MOST_TOGETHER = 64  # requests
_HEARD_OUT = 8  # times as long as a request may be
_ASKED = "GET /health, /version, /schema and /drift, and POST /predict"


def _json(value: Any, status: int = 200) -> Response:
    return Response(as_json(value), status, media_type="application/json")


def _error(told: object, status: int) -> Response:
    return _json({"error": str(told)}, status)


class Together:
    """Requests that wait while the networks are busy are asked about at once."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.waiting: list[tuple[Asked, asyncio.Future[dict[str, Any]]]] = []
        self.work: asyncio.Task[None] | None = None

    async def answer(self, asked: Asked) -> dict[str, Any]:
        """The answer to one request."""
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.waiting.append((asked, answer))
        if self.work is None:
            self.work = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self.waiting:
            batch = self.waiting[:_MOST_TOGETHER]
            del self.waiting[: len(batch)]
            try:
                told = await run_in_threadpool(self.service.answer, [asked for asked, _answer in batch])
            except Exception as error:  # each who waits is told
                for _asked, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for (_asked, answer), one in zip(batch, told, strict=True):
                    if not answer.done():  # whoever has left meanwhile is not told
                        answer.set_result(one)
        self.work = None


def app_of(service: Service) -> Starlette:
    """The application of one loaded run."""
    began = time.monotonic()

    async def health(_request: Request) -> Response:
        return _json({"status": "ok", "run": service.run.id, "up_s": round(time.monotonic() - began, 1)})

    together = Together(service)

    async def predict(request: Request) -> Response:
        asked = await run_in_threadpool(service.read, await _content(request))
        return _json(await together.answer(asked))

    async def told(name: str) -> Response:
        return _json(await run_in_threadpool(_ANSWERS[name], service))

    def get(name: str) -> Callable[[Request], Awaitable[Response]]:
        async def answer(_request: Request) -> Response:
            return await told(name)

        return answer

    routes = [
        Route("/health", health),
        Route("/predict", predict, methods=["POST"]),
        *(Route(f"/{name}", get(name)) for name in _ANSWERS),
    ]
    return Starlette(
        routes=routes,
        exception_handlers={UserError: _refused, HTTPException: _elsewhere, Exception: _failed},
    )


def _drift(service: Service) -> dict[str, Any]:
    with service.lock:
        return service.drift.told()


_ANSWERS: dict[str, Callable[[Service], dict[str, Any]]] = {
    "version": Service.version,
    "schema": Service.schema,
    "drift": _drift,
}


async def _content(request: Request) -> bytes:
    """The body. One that is too large is heard out, and forgotten: a client that is still speaking does not hear the
    answer. Raises HTTPException."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size <= MOST_BYTES:
            parts.append(part)
        elif size > _HEARD_OUT * MOST_BYTES:
            break
        else:
            parts.clear()
    if size > MOST_BYTES:
        raise HTTPException(413, f"A request has at most {count(MOST_BYTES)} bytes. Ask about fewer rows at a time.")
    return b"".join(parts)


async def _refused(_request: Request, error: Exception) -> Response:
    return _error(error, 422)


async def _elsewhere(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    told = {404: f"There is nothing at this address. Ask {_ASKED}.", 405: f"It is not asked so. Ask {_ASKED}."}
    return _error(told.get(status, error.detail if isinstance(error, HTTPException) else error), status)


async def _failed(request: Request, error: Exception) -> Response:
    log.error("a request could not be answered", exc_info=error)
    return _error("The request could not be answered; why is in the log (python -m core log).", 500)
