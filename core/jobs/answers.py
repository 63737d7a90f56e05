"""The answer worker: what-if and data profiles over HTTP on the loopback, one at a time. Never trains."""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from core import fingerprint, pipeline, shape
from core.answers import data_profile, records, strangers, testers, training_rows, what_if
from core.contracts import Examples, Plan, UseCase
from core.declared import CannotBeKeyed
from core.errors import UserError
from core.store.caches import examples_loader
from core.store.ensembles import load_ensemble
from core.store.files import write_json
from core.store.runs import load_run
from core.training import devices
from core.training.ensemble import Ensemble
from core.use_cases import use_case as use_case_named

_MOST_RUNS = 4
_MOST_PLANS = 2  # a plan holds its examples: as many as the loader keeps
_MOST_RECORDS = 200
_MOST_BYTES = 1_000_000
Question = Mapping[str, Any]


class Answerer:
    """Answers questions; keeps the last few loaded runs."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.load: Callable[[UseCase], Examples] = examples_loader(store, pipeline.load_examples)
        self.loaded: OrderedDict[tuple[Path, str, str], Ensemble] = OrderedDict()
        self.plans: dict[str, tuple[Examples, Plan]] = {}

    def answer(self, question: Question) -> dict[str, Any]:
        """One answer; raises UserError for a question that cannot be answered."""
        kind = question.get("ask")
        if kind == "ping":
            return {"pong": True}
        use_case = use_case_named(str(question.get("use_case"))).on(question)
        if kind == "profile":
            return data_profile(use_case, self.load(use_case))
        if kind == "shape":
            examples = self.load(use_case)
            return shape.of(use_case, examples, self._plan(use_case, examples)).to_json()
        if kind == "records":
            examples = self.load(use_case)
            return {"records": records(use_case, examples, [int(row) for row in question["rows"][:_MOST_RECORDS]])}
        if kind == "what_if":
            ensemble, examples = self._ensemble(str(question["run"]), use_case), self.load(use_case)
            row = question.get("row")
            plan = self._plan(use_case, examples)
            networks = None if row is None else testers(plan, ensemble, int(row))
            answer = what_if(use_case, examples, ensemble, question["features"], question.get("vary"), networks)
            seen = training_rows(plan, ensemble, networks)
            return answer | {"strangers": strangers(use_case, examples, seen, question["features"])}
        raise UserError(f"The answer worker knows ping, profile, records, shape and what_if; it was asked {kind!r}.")

    def _plan(self, use_case: UseCase, examples: Examples) -> Plan:
        """The use case's plan, made once while its examples and code are the same and others are not asked about."""
        try:
            key = fingerprint.of_plan(use_case)
        except CannotBeKeyed:
            return use_case.plan(examples)
        kept = self.plans.pop(key, None)
        if kept is None or kept[0] is not examples:
            kept = (examples, use_case.plan(examples))
        self.plans[key] = kept
        while len(self.plans) > _MOST_PLANS:
            del self.plans[next(iter(self.plans))]
        return kept[1]

    def _ensemble(self, run_id: str, use_case: UseCase) -> Ensemble:
        """Loaded once while the run's files and the use case's declaration are the same."""
        run = load_run(self.store, run_id)
        key = (run.folder, run.version, fingerprint.of_model(use_case))
        if key not in self.loaded:
            self.loaded[key] = load_ensemble(run, use_case)
            while len(self.loaded) > _MOST_RUNS:
                self.loaded.popitem(last=False)
        self.loaded.move_to_end(key)
        return self.loaded[key]


def serve(store: Path, supervisor: int) -> None:
    """Serve on a free loopback port until the supervisor, the parent process with this id, is gone."""
    _end_with_parent(supervisor)
    devices.set_threads()
    answerer, key = Answerer(store), secrets.token_hex(16)

    class Handler(BaseHTTPRequestHandler):
        timeout = 5  # a silent client must not hold the only thread

        def do_POST(self) -> None:
            if not hmac.compare_digest(self.headers.get("X-Key", "").encode(errors="replace"), key.encode()):
                self.send_error(403)
                return
            length = self.headers.get("Content-Length", "0")
            if not length.isdecimal():
                self.send_error(400)
                return
            body = json.dumps(_reply(answerer, self._whole(int(length)))).encode()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # who asked has left meanwhile
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def _whole(self, length: int) -> bytes:
            """The body; of one that is too large nothing is kept, but it is read, or the client would not listen."""
            if length <= _MOST_BYTES:
                return self.rfile.read(length)
            while length > 0 and (part := self.rfile.read(min(length, _MOST_BYTES))):
                length -= len(part)
            return b""

        def log_message(self, format: str, *args: object) -> None:
            return  # every question would be a line; failures are printed with their traceback

    server = HTTPServer(("127.0.0.1", 0), Handler)
    address = store / "answers.json"
    os.umask(0o077)  # from its first byte the key is for this account alone
    write_json(address, {"port": server.server_port, "key": key, "pid": os.getpid()})
    server.serve_forever()


def _reply(answerer: Answerer, body: bytes) -> dict[str, Any]:
    try:
        question = json.loads(body)
        return answerer.answer(question)
    except UserError as error:
        return {"error": str(error)}
    except Exception as error:  # one bad question must not end the worker
        traceback.print_exc()
        return {"error": f"The question could not be answered: {type(error).__name__}: {error}. Try another record."}


def _end_with_parent(parent: int) -> None:
    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
