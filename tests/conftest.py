"""Shared by all tests: the tiny use cases are found, and no test touches the project's own store."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ["PROVING_GROUND_EXTRA"] = str(Path(__file__).parent / "extra")
os.environ["PROVING_GROUND_STORE"] = tempfile.mkdtemp(prefix="proving-ground-tests-")
