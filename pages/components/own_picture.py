"""A visitor's own picture in What if: what the networks say of it, and whether they have ever seen anything like it."""

from __future__ import annotations

import secrets
from contextlib import suppress

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.answering.own_picture import FOLDER, MOST_BYTES
from core.contracts.answers import OwnPicture
from core.errors import UserError
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named
from core.kinds import kind_of
from core.store import store_folder
from pages.components import what_if_words as words
from pages.components.client import ask_alone
from pages.components.context import Context
from pages.components.decision import current_decision
from pages.components.drawing import tiles
from pages.components.held_out import HeldOut
from pages.components.picture_box import draw_seen

_ANSWER, _TURN = "own-answer", "own-turn"  # in the session


def draw_own(context: Context, found: HeldOut) -> None:
    """A place for a file, and the answer, which stays for this visit; a file that is no picture is answered with a
    sentence."""
    st.header(_("A picture of your own"))
    file = st.file_uploader(
        _("PNG or JPEG. The file is read on this server and deleted; your visit alone keeps the answer."),
        type=["png", "jpg", "jpeg"],
        key=context.own_key(f"own-picture-{_turn(context)}"),
        max_upload_size=MOST_BYTES // 1_000_000,
        on_change=_forget,
        args=(context,),
    )
    said = None
    try:
        said = _said(context, file)
    except (UserError, OSError) as error:
        st.warning(escape_markdown(str(error)))
    if file is not None or said is not None:
        st.button(_("Remove this picture"), key=context.own_key("own-remove"), on_click=_remove, args=(context,))
    if said is None:
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


def _said(context: Context, file: UploadedFile | None) -> OwnPicture | None:
    """The answer of the shown run, asked once for a file; without one, what it was when the visitor left."""
    key, about = context.own_key(_ANSWER), (context.run.id if context.run else "", context.version)
    whose, asked, kept = st.session_state.get(key, ("", None, None))
    if asked == about and (file is None or whose == file.file_id):
        found: OwnPicture = kept
        return found
    if file is None:
        return None
    said = _asked(context, file.getvalue())
    st.session_state[key] = (file.file_id, about, said)
    return said


def _forget(context: Context) -> None:
    st.session_state.pop(context.own_key(_ANSWER), None)


def _remove(context: Context) -> None:
    """Whoever comes back finds an empty place for files in the browser, and Streamlit may still have the file on the
    server: the place begins anew."""
    st.session_state[context.own_key(_TURN)] = _turn(context) + 1
    _forget(context)


def _turn(context: Context) -> int:
    return int(st.session_state.get(context.own_key(_TURN), 0))


def _asked(context: Context, content: bytes) -> OwnPicture:
    """The answer worker reads the file where this lays it down; it is deleted, whatever becomes of it. Asked past what
    is kept for all visitors: a picture is its visitor's own, and so is a file's name, for two may bring the same."""
    name = secrets.token_hex(32)
    folder = store_folder() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    try:
        run = context.run.id if context.run else ""
        question = {"ask": "own_picture", **context.asked, "run": run, "file": name}
        found: OwnPicture = ask_alone(question)
        return found
    finally:
        with suppress(OSError):
            path.unlink()
