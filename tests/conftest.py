"""Shared by all tests: the tiny use cases are found, and no test touches the project's own store."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from tests.processes import end_processes_of

STORE = Path(tempfile.mkdtemp(prefix="proving-ground-tests-"))
os.environ["PROVING_GROUND_EXTRA"] = str(Path(__file__).parent / "extra")
os.environ["PROVING_GROUND_STORE"] = str(STORE)
os.environ["PROVING_GROUND_IDLE_S"] = "120"
os.environ["PROVING_GROUND_CALIBRATION"] = "off"  # seconds of a core while other tests measure
os.environ["OMP_NUM_THREADS"] = "1"  # scikit-learn's threads spin-wait against everything else on a small machine


def pytest_sessionfinish() -> None:
    """Leave no supervisor behind."""
    end_processes_of(STORE)
    shutil.rmtree(STORE, ignore_errors=True)
