"""Parts of a page: what changes in one draws that part again, and nothing else of the page. The link follows."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.contracts import UseCase
from core.store.runs import Run
from pages.components.client import wake
from pages.components.copy_link import follow_link
from pages.components.state import MOST_OWN_LINKS, PageState, link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pages.components.context import Context

_WAKE_EVERY_S = 60.0
_woken = [0.0]
_drawn: ContextVar[str] = ContextVar("drawn", default="")  # what this run draws: the whole, a part alone


def whole(draw: Callable[..., None], *more: Any) -> None:
    """A page below its beginning: a change in no smaller part draws it again, without the menu and what else is around
    every page."""
    _named("whole", draw.__qualname__)(_inside, draw, *more)


def part(context: Context, name: str, draw: Callable[..., None], *more: Any) -> None:
    """`draw(*more)` as a part by that name: what it is given stays as it was when the page was drawn last, but for the
    state. Whatever else on the page depends on what changes in it has to be drawn again by `st.rerun(scope="app")`."""
    _named(name, draw.__qualname__)(_alone, context, name, draw, *more)


def is_alone() -> bool:
    """Whether a part is drawn without the rest of its page: what stands elsewhere was drawn before."""
    return _drawn.get() == "part"


def own_link(use_case: UseCase, state: PageState, run: Run | None) -> str:
    """The link to the page as it stands, known from now on as one of the page's own."""
    query = link(use_case, state, run.id if run else None)
    if query not in state.own_links[-1:]:
        state.own_links, state.linked_at = [*state.own_links, query][-MOST_OWN_LINKS:], time.time()
    return query


def _alone(context: Context, name: str, draw: Callable[..., None], *more: Any) -> None:
    if _drawn.get():
        draw(*more)
        return
    _stay_awake()
    with _drawing("part"):
        draw(*more)
    use_case, state = context.use_case, context.state
    query = own_link(use_case, state, context.run)
    # Two parts may be drawn in one run (two folds, opened at once): each has its own.
    follow_link(query, key=f"{use_case.slug}:follow-link-{name}", page=use_case.slug, at=state.linked_at)


def _stay_awake() -> None:
    """Whoever stays in one part is a visitor too; the supervisor ends after a long while without any."""
    now = time.monotonic()
    if now - _woken[0] > _WAKE_EVERY_S:
        _woken[0] = now
        wake()


def _inside(draw: Callable[..., None], *more: Any) -> None:
    with _drawing("whole"):
        draw(*more)


@contextmanager
def _drawing(what: str) -> Iterator[None]:
    token = _drawn.set(what)
    try:
        yield
    finally:
        _drawn.reset(token)


@cache
def _named(name: str, drawn: str) -> Callable[..., None]:
    """A fragment of its own for each part: Streamlit knows it by its function's name and its place on the page."""

    def body(run: Callable[..., None], *more: Any) -> None:
        run(*more)

    body.__qualname__ = body.__name__ = f"part_{name}_{drawn}"
    return st.fragment(body)
