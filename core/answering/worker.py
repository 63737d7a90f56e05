"""The answer worker: what-if and data profiles, one at a time; `answer_server` brings the questions. Never trains."""

from __future__ import annotations

import base64
import json
import logging
import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from core import pipeline
from core.answering.answers import (
    SeenValues,
    folds_of,
    held_out_members,
    records,
    row_of,
    seen_values,
    strangers,
    training_rows,
    what_if,
)
from core.answering.doubt import doubt
from core.answering.made_pictures import crowd, plane
from core.answering.own_picture import FOLDER as OWN_PICTURES
from core.answering.own_picture import on_their_ground, pixels_of, read_own
from core.answering.own_sound import samples_of
from core.answering.picture_answers import Asked, Likenesses, picture_answer, redrawn_rows, robustness
from core.answering.profile import data_profile
from core.answering.senses import Sense, own_input
from core.answering.server import AnswerServer
from core.answering.text_answers import Familiarities, text_answer
from core.checks import examples_check
from core.contracts import Examples, Plan, UseCase
from core.contracts.answers import DataProfile, Doubt, OwnPicture, Robustness, WhatIf
from core.contracts.going_live import NewRows
from core.errors import UserError
from core.estimating import shape
from core.formatting.as_json import as_json
from core.formatting.messages import message, to_json
from core.keys import fingerprint
from core.keys.declared import CannotBeKeyed
from core.logs import Event, of
from core.logs.handler import start
from core.queue import pulse
from core.queue.handover import Brought
from core.queue.pulse import Pulse
from core.registry import bringing, extra_folders, folders_in, outside
from core.serving import new_rows
from core.serving.measuring import measured
from core.serving.service import Service
from core.store import profiles
from core.store.caches import examples_loader
from core.store.ensembles import load_ensemble
from core.store.files import make_way, read_json, write_json
from core.store.runs import load_run
from core.training import devices
from core.training.ensemble import Ensemble
from core.use_cases import use_case as use_case_named

log = logging.getLogger("proving_ground.answering")

_LOOK_S = 0.5
_MOST_RUNS = 4
_MOST_PLANS = 2  # a plan holds its examples: as many as the loader keeps
_MOST_RECORDS = 200
_MOST_CURVES = 100
Question = Mapping[str, Any]


class Answerer:
    """Answers questions; keeps the last few loaded runs."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.load: Callable[[UseCase], Examples] = examples_loader(store, pipeline.load_examples)
        self.loaded: OrderedDict[tuple[Path, str, str], Ensemble] = OrderedDict()
        self.plans: dict[str, tuple[Examples, Plan]] = {}
        self.likenesses, self.familiarities = Likenesses(), Familiarities()
        self.curves: OrderedDict[tuple[object, ...], Any] = OrderedDict()
        self.service: tuple[object, Service] | None = None
        self.seen: tuple[Plan | None, dict[tuple[int, ...], dict[str, SeenValues]]] = (None, {})

    def answer(self, question: Question) -> Mapping[str, object]:
        """One answer; raises UserError for a question that cannot be answered."""
        kind = question.get("ask")
        if kind == "ping":
            return {"pong": True}
        if kind == "problems":
            return {"problems": list(outside.problems())}
        use_case = use_case_named(str(question.get("use_case"))).with_variant(question)
        if kind == "profile":
            return self._profile(use_case)
        if kind == "shape":
            examples = self.load(use_case)
            return shape.of(use_case, examples, self._plan(use_case, examples)).to_json()
        if kind == "records":
            examples = self.load(use_case)
            return {"records": records(use_case, examples, [int(row) for row in question["rows"][:_MOST_RECORDS]])}
        if kind == "what_if":
            ensemble, examples = self._ensemble(str(question["run"]), use_case), self.load(use_case)
            row = question.get("row")
            whose = None if row is None else row_of(examples, int(row))
            plan = self._plan(use_case, examples)
            networks = None if whose is None else held_out_members(plan, ensemble, whose)
            answer = what_if(use_case, examples, ensemble, question["features"], question.get("vary"), networks, whose)
            seen = self._seen(use_case, examples, plan, folds_of(ensemble, networks))
            told: WhatIf = {**answer, "strangers": strangers(seen, question["features"])}
            return told
        if kind == "own_picture":
            return self._own_picture(use_case, str(question["file"]))
        if kind == "picture":
            asked, row = self._asked(use_case, str(question["run"])), question.get("row")
            of = None if row is None else row_of(asked.examples, int(row))
            return picture_answer(asked, self.likenesses, question, of)
        if kind == "text":
            asked, row = self._asked(use_case, str(question["run"])), question.get("row")
            of = None if row is None else row_of(asked.examples, int(row))
            of_whom = asked.use_case, asked.examples, asked.plan, asked.ensemble
            return text_answer(*of_whom, self.familiarities, question, of)
        if kind == "redrawn":
            asked = self._asked(use_case, str(question["run"]))
            return {"redrawn": redrawn_rows(asked, [int(row) for row in question["rows"][:_MOST_RECORDS]])}
        if kind == "plane":
            return plane(self._asked(use_case, str(question["run"])), question)
        if kind == "crowd":
            return crowd(self._asked(use_case, str(question["run"])), str(question["of"]), question.get("settings"))
        if kind == "robustness":
            return self._robustness(use_case, str(question["run"]), str(question["damage"]))
        if kind == "doubt":
            return self._doubt(use_case, str(question["run"]))
        if kind == "serving":
            return measured(self._service(use_case, str(question["run"])), self.load(use_case))
        if kind == "new_rows":
            return self._new_rows(use_case, question)
        raise UserError(
            "The answer worker knows ping, problems, profile, records, own_picture, picture, text, redrawn, plane, "
            "crowd, robustness, doubt, serving, new_rows, shape and what_if; it was asked {kind!r}.",
            kind=kind,
        )

    def _own_picture(self, use_case: UseCase, file: str) -> OwnPicture:
        """A visitor's file, read."""
        content, array = read_own(self.store / OWN_PICTURES, file), own_input(use_case)
        learned = self.load(use_case).arrays[array.name]
        Sense(array).check(learned)
        if array.mel:
            found, swapped = samples_of(content, array), False
        else:
            found, swapped = on_their_ground(pixels_of(content, array.shape), learned)
        return {"pixels": base64.b64encode(found.tobytes()).decode(), "swapped": swapped}

    def _asked(self, use_case: UseCase, run: str) -> Asked:
        ensemble, examples = self._ensemble(run, use_case), self.load(use_case)
        return Asked(use_case=use_case, examples=examples, plan=self._plan(use_case, examples), ensemble=ensemble)

    def _robustness(self, use_case: UseCase, run: str, damage: str) -> Robustness:
        """Measured once while the run is the same: whoever asked first may have left before it was."""
        asked = self._asked(use_case, run)
        found: Robustness = self._measured(damage, lambda: robustness(asked, damage))
        return found

    def _doubt(self, use_case: UseCase, run: str) -> Doubt:
        asked = self._asked(use_case, run)
        found: Doubt = self._measured("", lambda: doubt(use_case, asked.examples, asked.plan, asked.ensemble))
        return found

    def _measured(self, what: str, measure: Callable[[], Any]) -> Any:
        """Of the run that was asked about last."""
        key = (next(reversed(self.loaded)), what)
        if key not in self.curves:
            self.curves[key] = measure()
            while len(self.curves) > _MOST_CURVES:
                self.curves.popitem(last=False)
        return self.curves[key]

    def _service(self, use_case: UseCase, run: str) -> Service:
        """The run as `python -m core serve` loads it, the last one that was asked about."""
        self._ensemble(run, use_case)
        key = next(reversed(self.loaded))
        if self.service is None or self.service[0] != key:
            self.service = (key, Service(load_run(self.store, run), self.store, self.load))
        return self.service[1]

    def _new_rows(self, use_case: UseCase, question: Question) -> NewRows:
        """Of a visitor's file, or of a sample of held-out rows."""
        service = self._service(use_case, str(question["run"]))
        if "file" in question:
            return new_rows.read(service, read_own(self.store / OWN_PICTURES, str(question["file"])))
        content = new_rows.sample(service, self.load(use_case), damaged=bool(question.get("damaged")))
        return {**new_rows.read(service, content), "file": content.decode()}

    def _profile(self, use_case: UseCase) -> DataProfile:
        """Made once while the declaration, the data as declared and the code are the same."""
        found = profiles.kept(self.store, use_case)
        if found is None:
            found = data_profile(use_case, self.load(use_case))
            profiles.keep(self.store, use_case, found)
        return found

    def _seen(self, use_case: UseCase, examples: Examples, plan: Plan, folds: tuple[int, ...]) -> dict[str, SeenValues]:
        """What the training rows of these folds hold, looked up once while one plan is asked about."""
        if self.seen[0] is not plan:
            self.seen = (plan, {})
        if folds not in self.seen[1]:
            self.seen[1][folds] = seen_values(use_case, examples, training_rows(plan, folds))
        return self.seen[1][folds]

    def _plan(self, use_case: UseCase, examples: Examples) -> Plan:
        """The use case's plan, made once while its examples and code are the same and others are not asked about."""
        try:
            key = fingerprint.of_plan(use_case)
        except CannotBeKeyed:
            return examples_check.plan_made(use_case, examples)
        kept = self.plans.pop(key, None)
        if kept is None or kept[0] is not examples:
            kept = (examples, examples_check.plan_made(use_case, examples))
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
    start("answer worker", lambda: store)
    devices.set_threads()
    answerer, server = Answerer(store), AnswerServer()
    address = {"port": server.port, "key": server.key, "reply_key": server.reply_key, "pid": os.getpid()}
    os.umask(0o077)  # from its first byte the key is for this account alone
    _say_where(store / "answers.json", address)
    with Pulse(pulse.path_of_answerer(store)):
        server.serve(partial(_reply, answerer, Brought()))


def _reply(answerer: Answerer, brought: Brought, body: bytes) -> bytes:
    try:
        question = json.loads(body)
        with bringing(folders_in(question)):
            if brought.is_older(extra_folders()):
                os._exit(0)  # another is started, and asked again
            return as_json(answerer.answer(question)).encode()
    except UserError as error:
        told = str(error)
    except Exception:  # one bad question must not end the worker
        log.exception("a question could not be answered", extra=of(Event.QUESTION_FAILED))
        told = message(
            "The question could not be answered; why is in the log (python -m core log). Try another record."
        )
    return as_json({"error": told, **to_json(told)}).encode()


def _say_where(path: Path, address: Mapping[str, Any]) -> None:
    """Write where to ask, and again when the file comes to say something else. Raises OSError the first time."""

    def keep_true() -> None:
        while True:
            time.sleep(_LOOK_S)
            with suppress(OSError):
                if not _says(path, address):
                    make_way(path)
                    write_json(path, address, make_folder=False)

    make_way(path)
    write_json(path, address)
    threading.Thread(target=keep_true, daemon=True).start()


def _says(path: Path, address: Mapping[str, Any]) -> bool:
    try:
        return bool(read_json(path) == address)
    except (OSError, ValueError):
        return False


def _end_with_parent(parent: int) -> None:
    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_S)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
