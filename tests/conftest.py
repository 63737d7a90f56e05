"""Shared by all tests: the tiny use cases are found, no test touches the project's own store, long files come first."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.processes import end_processes_of

_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ  # one of several processes of one session
STORE = Path(tempfile.mkdtemp(prefix="proving-ground-tests-"))
os.environ["PROVING_GROUND_EXTRA"] = str(Path(__file__).parent / "extra")
os.environ["PROVING_GROUND_STORE"] = str(STORE)
os.environ["PROVING_GROUND_IDLE_S"] = "120"
os.environ["PROVING_GROUND_CALIBRATION"] = "off"  # seconds of a core while other tests measure
os.environ["OMP_NUM_THREADS"] = "1"  # scikit-learn's threads spin-wait against everything else on a small machine

if not _IS_WORKER:
    os.environ["TESTS_KEPT"] = tempfile.mkdtemp(prefix="proving-ground-tests-kept-")
KEPT = Path(os.environ["TESTS_KEPT"])  # baselines that a test of this session has fitted, for all its processes


@pytest.hookimpl(trylast=True)  # after pytest has put tests that share a fixture beside one another
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait for browsers and for the supervisor's processes first, in turn, so that the last ones to end are
    short. Within a file, and among the others, the order stays."""
    waiting, last = ("browser", "jobs"), len(items)
    files = {folder: list(dict.fromkeys(i.path for i in items if i.path.parent.name == folder)) for folder in waiting}
    turn = {path: number for paths in files.values() for number, path in enumerate(paths)}
    items.sort(key=lambda item: turn.get(item.path, last))


def pytest_sessionfinish() -> None:
    """Leave no supervisor behind."""
    end_processes_of(STORE)
    shutil.rmtree(STORE, ignore_errors=True)
    if not _IS_WORKER:
        shutil.rmtree(KEPT, ignore_errors=True)
