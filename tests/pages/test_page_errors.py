"""An error that no page foresaw: a sentence in its place, and the error in the store's log."""

from __future__ import annotations

import logging

import pytest
from streamlit.testing.v1 import AppTest

from core.logs.handler import LOGGERS, StoreHandler
from core.logs.reading import LogReader

START = "from pages.components.page_errors import log_page_errors\nlog_page_errors()\nimport streamlit as st\n"
FAILS = "raise RuntimeError('secret [a](b)')\n"
IN_A_FRAGMENT = f"""
def fails():
    if st.button('Go'):
        {FAILS}
st.fragment(fails)()
"""


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path))
    yield tmp_path
    for name in LOGGERS:
        for handler in [h for h in logging.getLogger(name).handlers if isinstance(h, StoreHandler)]:
            logging.getLogger(name).removeHandler(handler)


def failures(store):
    reader = LogReader(store)
    found = list(reader.new())
    reader.close()
    assert {(e.level, e.event, e.process) for e in found} <= {("error", "page failed", "web server")}
    return found


def test_a_page_that_fails_says_a_sentence_and_logs_once(store):
    app = AppTest.from_string(START + FAILS, default_timeout=60).run()
    (shown,) = app.exception
    assert shown.message.startswith("This part of the page could not be drawn")
    assert "secret" not in shown.message
    assert not list(shown.stack_trace)
    (entry,) = failures(store)
    assert entry.text == "RuntimeError: secret [a](b)"
    assert "RuntimeError: secret" in entry.trace
    assert "script" in entry.trace


def test_a_fragment_and_a_callback_that_fail_do_too(store):
    app = AppTest.from_string(START + IN_A_FRAGMENT, default_timeout=60).run()
    assert not app.exception
    app.button[0].click().run()
    assert app.exception[0].message.startswith("This part of the page could not be drawn")
    assert len(failures(store)) == 1
    callback = "def fails():\n    1 / 0\nst.button('Go', on_click=fails)\n"
    AppTest.from_string(START + callback, default_timeout=60).run().button[0].click().run()
    assert [e.text for e in failures(store)] == ["RuntimeError: secret [a](b)", "ZeroDivisionError: division by zero"]


def test_a_page_that_stops_or_runs_again_is_no_failure(store):
    AppTest.from_string(START + "st.stop()\n", default_timeout=60).run()
    assert failures(store) == []
