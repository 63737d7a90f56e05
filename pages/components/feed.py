"""The feed of the trainings: a route that tells browsers how a run stands, in one small JSON for all who follow it.

It starts no script run. It tells what every page may show: no visitor's name, no path. The guard of hosts stands before
it as before every route."""

from __future__ import annotations

import json
import os
import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit import config

from core.environment import READ_ONLY, STORE
from core.formatting import catalogues
from core.formatting.messages import current
from core.formatting.numbers import rough
from core.jobs import Jobs
from core.jobs.rules import visitor_of
from core.store import runs, store_folder
from pages.components.live_queue import LiveQueue
from pages.components.live_run import LiveRun

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

PATH = "/api/trainings"
_EVERY_S, _MOST_PER_S = 0.4, 50.0  # together all who follow ask some fifty times a second
_BUSY_S, _IDLE_S = 1.5, 4.0  # of a page that follows no run: while somebody trains, and while nobody does
_FORGET_S, _MOST_FOLLOWERS = 15.0, 5000
_MOST_RUNS = 200
_NAME = re.compile(r"[a-z0-9]{1,20}")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """run: an id, or empty for the queue alone. after: how many of its epochs the browser has. who: a name that the
    browser has made up, so that it is counted once. visitor: as runs and queue know the browser, by its cookie."""

    run: str
    after: int
    language: str
    who: str
    visitor: str = ""


class UnknownRun(Exception):
    """There is no run of that name."""


class Followers:
    """Who asks, and so how often each may."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, float] = OrderedDict()

    def pace_s(self, who: str, least_s: float) -> float:
        """Seconds until this one may ask again, `least_s` where there are few."""
        now = time.monotonic()
        self._seen[who] = now
        self._seen.move_to_end(who)
        while now - next(iter(self._seen.values())) > _FORGET_S or len(self._seen) > _MOST_FOLLOWERS:
            self._seen.popitem(last=False)
        return max(least_s, len(self._seen) / _MOST_PER_S)


_followers = Followers()
_live: OrderedDict[tuple[Path, str], LiveRun] = OrderedDict()


def url() -> str:
    """Where browsers ask."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}{PATH}" if base else PATH


def routes() -> list[BaseRoute]:
    """What the web server serves beside the pages."""
    from starlette.routing import Route  # late: only a server needs it

    return [Route(url(), _answer)]


async def _answer(request: Request) -> Response:
    from anyio.to_thread import run_sync
    from starlette.responses import Response

    asked = replace(asked_of(request.query_params), visitor=_visitor(request.cookies))
    try:
        told = ready(asked)
        if told is None:
            told = await run_sync(made, asked)
    except UnknownRun:
        return Response("{}", status_code=404, media_type="application/json")
    return Response(told, media_type="application/json", headers={"cache-control": "no-store"})


def asked_of(query: Mapping[str, str]) -> Asked:
    """What a request asks for; what cannot be meant is left out."""
    after, who = query.get("after", ""), query.get("who", "")
    return Asked(
        run=query.get("run", "")[:_LONGEST],
        after=int(after) if after.isdecimal() and len(after) < 10 else 0,
        language=catalogues.matching(query.get("lang", "")[:20]) or catalogues.ENGLISH,
        who=who if _NAME.fullmatch(who) else "",
    )


def ready(asked: Asked) -> str | None:
    """The reply where it is made already; None where a disk has to be read. Raises UnknownRun."""
    store = _store(STORE.text(), READ_ONLY.text())
    queue = _queue(store)
    file = queue.stamp()
    live = _live_run(store, asked.run) if asked.run else None
    if not queue.is_fresh(asked.language, file) or (live and not live.is_fresh(asked.language, file)):
        return None
    return _reply(asked, live, queue)


def made(asked: Asked) -> str:
    """The reply, with everything looked at again where something has changed. Raises UnknownRun."""
    store = _store(STORE.text(), READ_ONLY.text())
    queue = _queue(store)
    file = queue.stamp()
    live = _live_run(store, asked.run) if asked.run else None
    if not queue.is_fresh(asked.language, file):
        queue.look(_jobs(), asked.language, file, partial(_live_run, store))
    if live and not live.is_fresh(asked.language, file):
        live.look(_jobs(), asked.language, file)
    return _reply(asked, live, queue)


def standing(run: str) -> str:
    """How a run stands as the page that is about to be drawn shows it, and as browsers are told; empty for a run that
    is not there any more."""
    store = _store(STORE.text(), READ_ONLY.text())
    try:
        live = _live_run(store, run)
    except UnknownRun:
        return ""
    live.look(_jobs(), current(), _queue(store).stamp())
    return live.standing


def _reply(asked: Asked, live: LiveRun | None, queue: LiveQueue) -> str:
    pace = _followers.pace_s(asked.who, _EVERY_S if live else _BUSY_S if queue.is_busy else _IDLE_S)
    run = live.told(asked.language, asked.after) if live else "null"
    return f'{{"pace":{json.dumps(rough(pace, 3))},{queue.told(asked.language, asked.visitor)},"run":{run}}}'


def _visitor(cookies: Mapping[str, str]) -> str:
    from pages.components.visitor_cookie import NAME, valid  # late: it brings a component, and they need a runtime

    secret = valid(cookies.get(NAME))
    return visitor_of(secret) if secret else ""


def _live_run(store: Path, run: str) -> LiveRun:
    """The run of this name, of the store or a recorded one; never a path to elsewhere."""
    if found := _live.get((store, run)):
        _live.move_to_end((store, run))
        return found
    for root, recorded in runs.roots(store):
        place = root / run
        is_name = run not in ("", ".", "..") and place.parent == root
        if is_name and os.path.isdir(place):  # False for what no file can be called
            found = _live[store, run] = LiveRun(place, recorded=recorded)
            while len(_live) > _MOST_RUNS:
                _live.popitem(last=False)
            return found
    raise UnknownRun(run)


@lru_cache(maxsize=8)
def _queue(store: Path) -> LiveQueue:
    return LiveQueue(store)


@lru_cache(maxsize=8)
def _store(store: str, read_only: str) -> Path:
    return store_folder()


def _jobs() -> Jobs:
    from pages.components.client import jobs

    return jobs()
