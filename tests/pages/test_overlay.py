"""Read-only mode on a disk that cannot be written: it starts, and what there is can be looked at and asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.contracts import Section
from core.store import overlay, run_folders, runs, store_folder
from core.use_cases import use_case
from tests.pages.drawing import nobody_answers, page_of, page_of_home, train


@pytest.fixture
def read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a finished run and one that waits, on a disk that takes nothing any more."""
    store = tmp_path / "disk" / "store"
    given = {"data_checksum": "", "code": "", "versions": {}, "visitor": "v"}
    run_folders.create(store, use_case("testing/tiny_quantile"), {}, **given)
    train("testing/tiny_quantile", store, num_epochs=1)
    _lock(store, tmp_path, monkeypatch)
    return store


def _lock(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVING_GROUND_STORE", str(store))
    monkeypatch.setenv("PROVING_GROUND_READ_ONLY", "1")
    monkeypatch.setattr(overlay.tempfile, "tempdir", str(tmp_path))
    can = overlay._can_be_written
    monkeypatch.setattr(overlay, "_can_be_written", lambda path: path != store and can(path))
    nobody_answers(monkeypatch)
    overlay.overlay_of.cache_clear()


@pytest.mark.parametrize("section", [Section.QUESTION, Section.TRAIN, Section.RESULTS, Section.MONEY])
def test_an_empty_disk_that_takes_nothing_shows_the_recorded_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: Section
) -> None:
    (tmp_path / "file").write_text("no folder")
    store = tmp_path / "file" / "store"  # nobody, not even root, can make it
    monkeypatch.setenv("PROVING_GROUND_STORE", str(store))
    monkeypatch.setenv("PROVING_GROUND_READ_ONLY", "1")
    monkeypatch.setattr(overlay.tempfile, "tempdir", str(tmp_path))
    nobody_answers(monkeypatch)
    overlay.overlay_of.cache_clear()
    app = page_of("healthcare/heart_disease", section=section.value)
    assert not app.exception
    assert not app.error
    told = ("Showcase: preset Recommended, recorded", "· showcase")
    assert any(words in c.value for c in app.caption for words in told)
    assert not page_of_home().exception


def test_what_a_disk_that_takes_nothing_holds_is_shown_and_left_as_it_is(read_only: Path) -> None:
    before = sorted(p.relative_to(read_only) for p in read_only.rglob("*"))
    (finalized,) = (run for run in runs.list_runs(store_folder(), "testing/tiny_quantile") if not run.recorded)
    assert finalized.report()["run"] == finalized.id
    app = page_of("testing/tiny_quantile", section="results", run=finalized.id)
    assert not app.exception
    assert not app.error
    assert runs.unfinalized(store_folder()) == []  # whoever could finish it writes elsewhere
    assert sorted(p.relative_to(read_only) for p in read_only.rglob("*")) == before


def test_a_file_in_the_place_of_the_overlay_is_gone_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlay.tempfile, "tempdir", str(tmp_path))
    (tmp_path / "file").write_text("no folder")
    store = tmp_path / "file" / "store"
    overlay.overlay_of.cache_clear()
    usual = overlay.overlay_of(store)
    usual.rename(tmp_path / "elsewhere")
    usual.write_text("mine")
    overlay.overlay_of.cache_clear()
    other = overlay.overlay_of(store)
    assert other.name.startswith(f"{usual.name}-")
    assert (other / "runs").is_dir()
    assert usual.read_text() == "mine"


def test_without_the_overlay_a_disk_that_takes_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path / "file" / "store"))
    app = page_of("testing/tiny_quantile")
    assert not app.exception
    assert any("Set PROVING\\_GROUND\\_STORE to another folder" in e.value for e in app.error)
