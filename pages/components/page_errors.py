"""What a page met and nobody foresaw: a sentence for the visitor, and the error itself in the store's log."""

from __future__ import annotations

import logging

from streamlit.elements import exception

from core.logs import Event, of
from core.logs.handler import start
from core.store import store_folder

_OF_STREAMLIT = "streamlit.error_util"  # where scripts, fragments and callbacks report what they did not catch
_log = logging.getLogger("proving_ground.pages")


class PageErrors(logging.Handler):
    """Passes an error that no page has caught on to the log."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            told = f"{type(error).__name__}: {error}"
            _log.error("%s", told, exc_info=error, extra=of(Event.PAGE_FAILED))


def log_page_errors() -> None:
    """From now on this server logs into its store, and says what to do where it failed."""
    start("web server", store_folder)
    logger = logging.getLogger(_OF_STREAMLIT)
    for old in [h for h in logger.handlers if isinstance(h, PageErrors)]:
        logger.removeHandler(old)
    logger.addHandler(PageErrors())
    text = (  # English for all: it is kept once a server, and no visitor's language may become everybody's
        "This part of the page could not be drawn, by an error that no check foresaw. What happened is in the log of "
        "the server (python -m core log). Reload the page; if it comes again, tell the owner of the server."
    )
    exception._GENERIC_UNCAUGHT_EXCEPTION_TEXT = text  # type: ignore[misc]  # what client.showErrorDetails = "none" shows
