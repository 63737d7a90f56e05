"""The first visitor must not wait: the front page and the industries import nothing heavy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from streamlit.runtime.scriptrunner import get_script_run_ctx  # as the server has it
before = set(sys.modules)
import pages.home, pages.industry
from pages.components.routing import all_pages
from core.evaluation.metrics import metric_named
from core.store import runs, store_folder
from core.use_cases import all_use_cases
from pages.components.cards import _against
found = runs.list_runs(store_folder())
for use_case in all_use_cases():
    best = runs.best_among(found, use_case, metric_named(use_case.task.headline).higher_is_better)
    if best:
        _against(use_case, best.summary)
print(sorted({"torch", "numpy", "pandas", "plotly", "sklearn", "scipy", "pyarrow"} & (set(sys.modules) - before)))
print(len(found))
"""


def test_the_front_page_and_the_industries_import_nothing_heavy(tmp_path: Path) -> None:
    env = {**os.environ, "PROVING_GROUND_STORE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    loaded, count = done.stdout.splitlines()
    assert loaded == "[]"
    assert int(count) > 0, "without a run the numbers of a card are not drawn"
