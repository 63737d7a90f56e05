"""A visitor's own picture or voice: a place for a file, and what the answer worker read of it, which stays for this
visit."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.answering.own_picture import FOLDER, MOST_BYTES
from core.contracts.answers import OwnPicture
from core.errors import UserError
from core.formatting.text import _, escape_markdown, named
from pages.components.break_it import repair
from pages.components.client import ask_alone
from pages.components.context import Context
from pages.components.laid_down import laid_down
from pages.components.picture_box import plays_sounds

_PIXELS, _LAST, _TURN = "own-pixels", "own-last", "own-turn"  # in the session
_VOICE, _FILE = "voice", "file"


def choose_own(context: Context) -> str | None:
    """A place for a file; the pixels of what was chosen, as the answer worker tells them. A file that is no picture is
    answered with a sentence."""
    file = st.file_uploader(
        _("PNG or JPEG. The file is read on this server and deleted; your visit alone keeps the picture."),
        type=["png", "jpg", "jpeg"],
        key=context.own_key(f"own-picture-{_turn(context)}"),
        max_upload_size=MOST_BYTES // 1_000_000,
        on_change=_forget,
        args=(context,),
    )
    return _chosen(context, file)


def choose_own_sound(context: Context) -> str | None:
    """A microphone and a place for a file; the samples of what was said last, likewise."""
    recorded = st.audio_input(
        _("Say one word: {words}.").format(words=named(", ".join(_(name) for name in context.use_case.task.outputs))),
        key=context.own_key(f"own-voice-{_turn(context)}"),
        on_change=_forget,
        args=(context, _VOICE),
    )
    file = st.file_uploader(
        _("Or a WAV file. It is read on this server and deleted; your visit alone keeps the sound."),
        type=["wav"],
        key=context.own_key(f"own-sound-{_turn(context)}"),
        max_upload_size=MOST_BYTES // 1_000_000,
        on_change=_forget,
        args=(context, _FILE),
    )
    first, other = (file, recorded) if st.session_state.get(context.own_key(_LAST)) == _FILE else (recorded, file)
    return _chosen(context, other if first is None else first)


def _chosen(context: Context, file: UploadedFile | None) -> str | None:
    """What the answer worker reads of a file, once for each; a sentence where it cannot."""
    key = context.own_key(_PIXELS)
    kept: tuple[str, str | None, bool] = st.session_state.get(key, ("", None, False))
    whose, pixels, swapped = kept
    if file is not None and whose != file.file_id:
        try:
            read = _read(context, file.getvalue())
            pixels, swapped = read["pixels"], read["swapped"]
            st.session_state[key] = (file.file_id, pixels, swapped)
        except (UserError, OSError) as error:
            st.warning(escape_markdown(str(error)))
            pixels = None
    if file is not None or pixels is not None:
        words = _("Remove this recording") if plays_sounds(context.use_case) else _("Remove this picture")
        st.button(words, key=context.own_key("own-remove"), on_click=_remove, args=(context,))
    if pixels is not None and swapped:
        st.caption(
            _("Light and dark are swapped: the networks learned from pictures on black, and this one is on white.")
        )
    return pixels


def _forget(context: Context, last: str = _FILE) -> None:
    """Another file begins undamaged. last: what was changed, of a microphone and a place for a file."""
    repair(context)
    st.session_state[context.own_key(_LAST)] = last
    st.session_state.pop(context.own_key(_PIXELS), None)


def _remove(context: Context) -> None:
    """Whoever comes back finds an empty place for files in the browser, and Streamlit may still have the file on the
    server: the place begins anew."""
    st.session_state[context.own_key(_TURN)] = _turn(context) + 1
    _forget(context)


def _turn(context: Context) -> int:
    return int(st.session_state.get(context.own_key(_TURN), 0))


def _read(context: Context, content: bytes) -> OwnPicture:
    """The answer worker reads the file where this lays it down; it is deleted, whatever becomes of it. Asked past what
    is kept for all visitors: a picture is its visitor's own, and so is a file's name, for two may bring the same."""
    with laid_down(FOLDER, content) as name:
        found: OwnPicture = ask_alone({"ask": "own_picture", **context.asked, "file": name})
        return found
