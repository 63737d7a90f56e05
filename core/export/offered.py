"""What is offered of a run, each by the name of its option on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from core.export.facts import Facts
from core.export.network_files import code, onnx
from core.export.page import dossier
from core.export.room import data_room
from core.export.slides import deck_of
from core.export.subject import Subject
from core.export.taken import Taken


def _room(subject: Subject, place: Path) -> Taken:
    return Taken(kind="zip", files={place: data_room(subject)})


def _page(subject: Subject, place: Path) -> Taken:
    return Taken(kind="html", files={place: dossier(Facts(subject)).encode()})


def _slides(subject: Subject, place: Path) -> Taken:
    return Taken(kind="pptx", files={place: deck_of(Facts(subject))})


OFFERED: Mapping[str, Callable[[Subject, Path], Taken]] = {
    "html": _page,
    "pptx": _slides,
    "zip": _room,
    "onnx": onnx,
    "code": code,
}
