"""The index of runs in memory: it sees what comes, goes and changes, and reads nothing twice that stays."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from core.store import index
from core.store.index import Index


class Reads:
    """Counts what is read: a folder's two files as text."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, folder: Path) -> tuple[str, str, str]:
        self.names.append(folder.name)
        texts = [(folder / name).read_text() if (folder / name).exists() else "" for name in index._FILES]
        return folder.name, texts[0], texts[1]


@pytest.fixture
def root(tmp_path):
    for name in ("b", "a", "c"):
        put(tmp_path / name, end="finalized")
    return tmp_path


@pytest.fixture
def reads():
    return Reads()


@pytest.fixture
def kept(root, reads):
    return Index(root, reads, lambda read: bool(read[2]))


def put(folder: Path, config: str = "config", end: str | None = None) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(config)
    if end is not None:
        (folder / "end.json").write_text(end)


def age(root: Path) -> None:
    """As if the folder had last changed an hour ago."""
    an_hour_ago = time.time() - 3600
    os.utime(root, (an_hour_ago, an_hour_ago))


def names(kept: Index) -> list[str]:
    return [read[0] for read in kept.all()]


def test_the_newest_come_first_and_each_is_read_once(root, kept, reads):
    assert names(kept) == ["c", "b", "a"]
    for _ in range(5):
        assert names(kept) == ["c", "b", "a"]
    assert sorted(reads.names) == ["a", "b", "c"]


def test_settled_folders_are_not_even_looked_at_for_a_second(root, kept, monkeypatch):
    age(root)
    kept.all()
    looked: list[str] = []
    monkeypatch.setattr(index, "_stamp", lambda path: looked.append(path))
    assert names(kept) == ["c", "b", "a"]
    assert looked == []


def test_what_comes_and_goes_is_seen_at_once(root, kept):
    age(root)
    kept.all()
    put(root / "d", end="finalized")
    assert names(kept) == ["d", "c", "b", "a"]
    shutil.rmtree(root / "b")
    assert names(kept) == ["d", "c", "a"]


def test_many_folders_made_within_one_tick_of_the_clock_are_all_seen(root, kept):
    for number in range(200):
        put(root / f"e{number:03}")
        assert len(names(kept)) == 4 + number


def test_an_open_folder_is_seen_at_once_when_it_is_finalized(root, kept):
    put(root / "d")
    age(root)
    assert kept.all()[0] == ("d", "config", "")
    (root / "d" / "end.json").write_text("finalized")
    assert kept.all()[0] == ("d", "config", "finalized")


def test_a_settled_folder_that_was_changed_by_hand_is_seen_within_a_second(root, kept, monkeypatch):
    age(root)
    kept.all()
    (root / "c" / "end.json").write_text("damaged")
    monkeypatch.setattr(index, "_CHECK_EVERY_S", 0.0)
    assert kept.all()[0] == ("c", "config", "damaged")


def test_a_clock_that_ran_backward_hides_nothing(root, kept):
    an_hour_ahead = time.time() + 3600
    os.utime(root, (an_hour_ahead, an_hour_ahead))
    kept.all()
    put(root / "d")
    os.utime(root, (an_hour_ahead, an_hour_ahead))
    assert names(kept) == ["d", "c", "b", "a"]


def test_a_root_that_is_not_there_is_empty_and_may_come_back(root, kept):
    kept.all()
    shutil.rmtree(root)
    assert kept.all() == []
    root.mkdir()
    put(root / "z")
    assert names(kept) == ["z"]


def test_a_caller_may_change_its_list(root, kept):
    kept.all().clear()
    assert names(kept) == ["c", "b", "a"]


def test_threads_that_ask_while_folders_come_see_whole_lists(root, kept):
    wrong: list[list[str]] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            found = names(kept)
            if found != sorted(set(found), reverse=True) or len(found) < 3:
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(100):
        put(root / f"f{number:03}", end="finalized")
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(names(kept)) == 103
