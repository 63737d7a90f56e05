"""What a page has to wait for is drawn last, into the place that it has: the rest of the page stands meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_waiting: ContextVar[list[tuple[DeltaGenerator, Callable[[], None]]] | None] = ContextVar("waiting", default=None)


def later(draw: Callable[[], None]) -> None:
    """Draw here, once the rest of the page is drawn; at once where nobody waits for a rest."""
    waiting = _waiting.get()
    if waiting is None:
        draw()
    else:
        waiting.append((st.container(), draw))


@contextmanager
def rest_first() -> Iterator[None]:
    """What is drawn `later` inside is drawn at the end."""
    outer = _waiting.set([])
    try:
        yield
        for place, draw in _waiting.get() or ():
            with place:
                draw()
    finally:
        _waiting.reset(outer)
