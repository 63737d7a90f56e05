"""What a server does beside its pages: know whether it is shared, import ahead, collect what is left over."""

from __future__ import annotations

import gc
import importlib
import ipaddress
import itertools
import os
import threading
import time

import streamlit as st
from streamlit.config import get_option

from core import environment
from core.environment import SHARED
from core.errors import UserError
from core.formatting.text import escape_markdown
from core.jobs import backends
from core.store import store_folder
from pages.components.lighter import lighten
from pages.components.page_errors import log_page_errors

_EVERY_S = 30.0
_WHOLE_EVERY = 20
_FILES = 16_384
_FIRST_VISITOR_S = 3.0  # the front page is drawn by then


def housekeeping() -> None:
    """See to the server before a page is drawn. A plain `streamlit run` in an environment that cannot be meant says so
    on every page, and draws nothing else."""
    try:
        environment.check()
        backends.chosen()
    except UserError as error:
        st.error(escape_markdown(str(error)))
        st.stop()
    _start()


@st.cache_resource
def _start() -> threading.Thread:
    """Streamlit's own collection after every script run is off (95 ms of CPU each). Started once per server."""
    declare_shared(get_option("server.address"))
    log_page_errors()
    lighten()
    allow_many_files()
    thread = threading.Thread(target=_collect_garbage, daemon=True, name="upkeep")
    thread.start()
    return thread


def allow_many_files() -> None:
    """A connected visitor takes four open files, and one who has left three for two more minutes: the usual 1,024 would
    be used up by some 150 visitors."""
    try:
        import resource  # absent on Windows
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def declare_shared(address: str | None) -> None:
    """A server that others can reach is a shared one, unless its environment says otherwise. None: all interfaces."""
    try:
        alone = address == "localhost" or (address is not None and ipaddress.ip_address(address).is_loopback)
    except ValueError:  # a name: somebody chose it, so that others find it
        alone = False
    if not alone and not SHARED.is_set():
        os.environ[SHARED.name] = "1"


def _collect_garbage() -> None:
    time.sleep(_FIRST_VISITOR_S)
    importlib.import_module("pages.use_case")  # plotly and pandas, before somebody opens a use case
    own_picture = importlib.import_module("core.answering.own_picture")
    for turn in itertools.count():
        whole = turn % _WHOLE_EVERY == 0
        if whole:
            own_picture.delete_left(store_folder() / own_picture.FOLDER)
        collect(whole=whole)
        time.sleep(_EVERY_S)


def collect(*, whole: bool) -> None:
    """Give back what has died. What lives is set aside, and looked at again with the whole: reports and figures that
    are kept stay for long, and every collection would go through all of them."""
    if whole:
        gc.unfreeze()
    gc.collect()
    gc.freeze()
