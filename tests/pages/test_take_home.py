"""Files to take home are made in another process, kept, and offered; what goes wrong there is said."""

from __future__ import annotations

import sys
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import UserError
from core.jobs import take_home
from core.jobs.take_home import KINDS, Maker
from core.store import runs, store_folder
from core.store.runs import load_run

_RUN = "retail-coupon_response-recommended"
_DRAWN = f"""
import streamlit as st
from core.charts.look import LIGHT
from core.store.runs import load_run
from core.store import store_folder
from core.use_cases import use_case
from pages.components import take_home
from pages.components.context import Context
from pages.components.state import page_state
declared = use_case("retail/coupon_response")
run = load_run(store_folder(), {_RUN!r})
take_home.draw(Context(use_case=declared, state=page_state(declared), look=LIGHT, run=run))
"""
_WRITES = """
import sys, zipfile
for path in sys.argv[1:]:
    if path.endswith("zip"):
        with zipfile.ZipFile(path, "w") as room:
            room.writestr("network.onnx", b"onnx" * 1000)
    else:
        open(path, "wb").write(b"made" * 1000)
"""


@pytest.fixture
def made_by(monkeypatch, tmp_path):
    """Lets a program of the test make the files, into a store of its own."""
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path / "store"))

    def use(program):
        def command(run, folder):
            return [sys.executable, "-c", program, *(str(folder / name) for name in KINDS.values())]

        monkeypatch.setattr(take_home, "_command", command)
        return Maker(), store_folder(), load_run(store_folder(), _RUN)

    return use


def until_done(maker, store, run):
    while not maker.wait(store, run, 5):
        pass


def test_the_files_are_made_once_and_kept(made_by):
    maker, store, run = made_by(_WRITES)
    assert maker.files(store, run) == {}
    assert maker.begin(store, run)
    until_done(maker, store, run)
    files = maker.files(store, run)
    assert set(files) == set(KINDS)
    assert Maker().files(store, run) == files, "another server finds them too"
    assert list((store / "cache" / "taken_home").glob("*.part")) == []


def test_of_another_run_nothing_is_begun_meanwhile_and_what_a_visitor_left_is_found(made_by):
    maker, store, run = made_by("import time; time.sleep(600)")
    assert maker.begin(store, run)
    assert maker.begin(store, run), "the same one"
    assert not maker.begin(store, load_run(store, "healthcare-heart_disease-quick"))
    assert not maker.wait(store, run, 0.01)
    maker._running[1].kill()
    with pytest.raises(UserError):
        until_done(maker, store, run)
    maker, store, run = made_by(_WRITES)
    assert maker.begin(store, run)
    maker._running[1].wait(60)
    assert set(maker.files(store, run)) == set(KINDS)


def test_what_the_command_says_is_what_the_visitor_reads(made_by):
    maker, store, run = made_by("import sys; print('The weights were not kept.', file=sys.stderr); sys.exit(2)")
    maker.begin(store, run)
    with pytest.raises(UserError, match="The weights were not kept."):
        until_done(maker, store, run)
    assert maker.files(store, run) == {}


def test_the_page_makes_them_on_a_press_and_offers_each(made_by):
    made_by(_WRITES)
    app = AppTest.from_string(_DRAWN, default_timeout=60).run()
    assert not app.exception
    (button,) = app.button
    button.click().run()
    assert not app.exception
    labels = [found.proto.label for found in app.get("download_button")]
    assert labels == ["Page (HTML), 4 KB", "Slides (PowerPoint), 4 KB", "Data room (ZIP), 4 KB", "Network (ONNX), 4 KB"]


@pytest.mark.long
def test_the_command_itself_makes_them(monkeypatch, tmp_path):
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path / "store"))
    maker, store, run = Maker(), store_folder(), load_run(store_folder(), "healthcare-heart_disease-quick")
    assert runs.RECORDED in run.folder.parents
    maker.begin(store, run)
    until_done(maker, store, run)
    with zipfile.ZipFile(maker.files(store, run)["zip"]) as room:
        assert "network.onnx" in room.namelist()
