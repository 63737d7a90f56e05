"""A visitor's own picture in What if: what the networks say of it, and whether they have ever seen anything like it."""

from __future__ import annotations

import hashlib
from contextlib import suppress

import streamlit as st

from core.answering.own_picture import FOLDER, MOST_BYTES
from core.contracts.answers import OwnPicture
from core.errors import UserError
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named
from core.kinds import kind_of
from core.store import store_folder
from pages.components import what_if_words as words
from pages.components.client import ask
from pages.components.context import Context
from pages.components.decision import current_decision
from pages.components.drawing import tiles
from pages.components.held_out import HeldOut
from pages.components.picture_box import draw_seen


def draw_own(context: Context, found: HeldOut) -> None:
    """A place for a file, and the answer; a file that is no picture is answered with a sentence."""
    st.header(_("A picture of your own"))
    file = st.file_uploader(
        _("PNG or JPEG. It is read on this server, answered and deleted."),
        type=["png", "jpg", "jpeg"],
        key=context.own_key("own-picture"),
        max_upload_size=MOST_BYTES // 1_000_000,
    )
    if file is None:
        return
    try:
        said = _asked(context, file.getvalue())
    except (UserError, OSError) as error:
        st.warning(escape_markdown(str(error)))
        return
    task, kind = context.use_case.task, kind_of(context.use_case.task)
    if said["share"] == 0:
        st.warning(
            _(
                "**I don't know.** This picture is further from all that the networks learned from than any of the "
                "pictures that they were validated on. What they say of it means nothing."
            )
        )
    else:
        st.markdown(escape_markdown(words.verdict(context.use_case, said["mean"], current_decision(context, found))))
    places, shown = tiles(2), kind.shown(task, said["mean"])
    places[0].metric(named(kind.written.label(task, shown)), named(kind.written.value(task, said["mean"][shown])))
    places[1].metric(
        _("Validation pictures that are less familiar"),
        numbers.percent(said["share"]),
        help=_("How like a picture is to the nearest that the networks learned from, by the correlation of pixels."),
    )
    draw_seen(
        context,
        said["sight"],
        ((said["picture"], _("As the networks read it")), (said["nearest"], _("The nearest that they learned from"))),
    )


def _asked(context: Context, content: bytes) -> OwnPicture:
    """The answer worker reads the file where this lays it down; it is deleted, whatever becomes of it."""
    name = hashlib.sha256(content).hexdigest()
    folder = store_folder() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    try:
        run = context.run.id if context.run else ""
        found: OwnPicture = ask(
            {"ask": "own_picture", **context.asked, "run": run, "file": name}, version=context.version
        )
        return found
    finally:
        with suppress(OSError):
            path.unlink()
