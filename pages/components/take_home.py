"""Take it home: a run's page, slides, data room and network as files, made in a process of their own when asked for."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.errors import UserError
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named
from core.jobs.take_home import Maker
from core.store import store_folder
from core.store.runs import Run
from pages.components.context import Context

_LOOK_S = 0.5
_ONNX = "network.onnx"
_TYPES = {
    "html": "text/html",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
    "onnx": "application/octet-stream",
}
_maker = Maker()


def draw(context: Context) -> None:
    """The files where they are made, else a button that makes them."""
    run = context.run
    if run is None:
        return
    try:
        files = _maker.files(store_folder(), run) or _made(context, run)
    except UserError as error:
        st.error(escape_markdown(str(error)))
        return
    if files:
        _offer(context, run, files)


def _made(context: Context, run: Run) -> dict[str, Path]:
    """What the visitor waits for, once the button is pressed; the process goes on when he leaves."""
    st.caption(_("A page and slides for an audience, a data room for those who check, the network for engineers."))
    pressed = st.button(_("Make the files"), icon=":material/inventory_2:", key=context.key("take-home"))
    if not pressed:
        return {}
    if not _maker.begin(store_folder(), run):
        st.info(_("Files of another run are being made. Try again in a minute."))
        return {}
    with st.spinner(_("Making the files, some 20 seconds: the network is compared with the run."), show_time=True):
        while not _maker.wait(store_folder(), run, _LOOK_S):
            st.empty()  # here Streamlit ends a script whose visitor has left
    return _maker.files(store_folder(), run)


def _offer(context: Context, run: Run, files: dict[str, Path]) -> None:
    """A button for each file."""
    with st.container(horizontal=True, gap="small"):
        _button(context, run, "html", _("Page (HTML)"), files["html"].stat().st_size, files["html"].read_bytes)
        _button(context, run, "pptx", _("Slides (PowerPoint)"), files["pptx"].stat().st_size, files["pptx"].read_bytes)
        _button(context, run, "zip", _("Data room (ZIP)"), files["zip"].stat().st_size, files["zip"].read_bytes)
        with zipfile.ZipFile(files["zip"]) as room:
            size = next((entry.file_size for entry in room.infolist() if entry.filename == _ONNX), 0)
        if size:
            _button(context, run, "onnx", _("Network (ONNX)"), size, lambda: _from_room(files["zip"]))
    st.caption(_("In English. The network's plain PyTorch code, its weights and every card are in the data room."))


def _from_room(path: Path) -> bytes:
    with zipfile.ZipFile(path) as room:
        return room.read(_ONNX)


def _button(context: Context, run: Run, kind: str, title: str, size: int, read: Callable[[], bytes]) -> None:
    st.download_button(
        named(_("{title}, {size}").format(title=title, size=numbers.size(size))),
        data=read,
        file_name=f"{run.id}.{kind}",
        mime=_TYPES[kind],
        icon=":material/download:",
        on_click="ignore",
        key=context.key(f"take-home-{kind}"),
    )
