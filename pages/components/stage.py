"""The bar of a presentation in the browser: progress, clock, the way on by keys and clicker, the window with notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core.contracts import UseCase
from core.contracts.storyline import PAGE, Beat, BeatKind
from core.formatting.text import _, plain
from pages.components.look import BOTH_LOOKS
from pages.components.scripts import javascript

_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "proving_ground_stage",
    html='<nav class="stage" data-testid="stage"></nav>',
    css=(_HERE / "stage.css").read_text(encoding="utf-8"),
    js=javascript("look", "svg", "stage"),
)


def address(use_case: UseCase, **more: str) -> str:
    """Where a use case is on stage, from a page beside it."""
    return f"{PAGE}?{urlencode({'use_case': use_case.name, **more})}"


def draw_stage(
    beats: Sequence[Beat],
    names: Mapping[BeatKind, str],
    at: int,
    *,
    key: str,
    page: str,
    minutes: float,
    ends_at: str,
    notes_at: str,
    edit_at: str,
    on_go: Callable[[str], None],
    on_late: Callable[[], None],
    deadline_s: float | None = None,
    run: str = "",
    follows: bool = False,
) -> None:
    """Draw it. names: of the beats, by kind. ends_at, notes_at, edit_at: addresses beside this page. deadline_s: how
    long the training may still take; then `on_late` is called, once. follows: this is the window with the notes."""

    def told(name: str) -> Any:
        heard = st.session_state.get(key)
        return heard.get(name) if isinstance(heard, Mapping) else None

    def go() -> None:
        kind = told("go")
        if isinstance(kind, str) and kind in [beat.kind.value for beat in beats]:
            on_go(kind)

    def late() -> None:
        if told("late") == run:
            on_late()

    data = {
        "beats": [plain(names[beat.kind]) for beat in beats],
        "kinds": [beat.kind.value for beat in beats],
        "at": at,
        "page": page,
        "minutes": minutes,
        "end": ends_at,
        "notes": notes_at,
        "edit": edit_at,
        "deadline_s": deadline_s,
        "run": run,
        "follows": follows,
        "look": BOTH_LOOKS,
        "words": {
            "back": _("Back"),
            "next": _("Next"),
            "notes": _("Notes"),
            "edit": _("Edit"),
            "whole": _("Full screen"),
            "end": _("End"),
        },
    }
    _mount(key=key, data=data, on_go_change=go, on_late_change=late)
