"""The first visitor must not wait: the front page and the industries import nothing heavy, and bear sixty use cases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.use_cases import all_use_cases
from tests.sixty import INDUSTRIES, write_sixty

ROOT = Path(__file__).parents[2]
COMPANY = 3  # pages of the founder's half
SHIPPED = [use_case for use_case in all_use_cases() if use_case.industry != "testing"]
PROGRAM = """
import json, sys
from streamlit.runtime.scriptrunner import get_script_run_ctx  # as the server has it
before = set(sys.modules)
import pages.home, pages.industry
from pages.components import cards, hero
from pages.components.brand import mark
from pages.components.routing import all_pages
from core.store import runs, store_folder
from core.use_cases import all_industries, all_use_cases
every, industries, found = all_use_cases(), all_industries(), runs.list_runs(store_folder())
drawn = cards.payload(every, industries, found)
shown = hero.payload(hero.hero_of(every, found))
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
cards.payload(all_use_cases(), all_industries(), runs.list_runs(store_folder()))
again = [*opened]
heavy = {"torch", "numpy", "pandas", "plotly", "sklearn", "scipy", "pyarrow", "PIL"}
print(json.dumps({
    "heavy": sorted(heavy & (set(sys.modules) - before)),
    "cards": len(drawn["cards"]),
    "numbers": sum("lines" in card for card in drawn["cards"]),
    "pictures": sum(card["picture"] is not None for card in drawn["cards"]),
    "bytes": len(json.dumps(drawn)) + len(json.dumps(shown)),
    "mark": mark()[:26], "opened": again,
    "menu": [len(pages) for pages in all_pages().values()],
    "listed": sum(page.visibility == "visible" for pages in all_pages().values() for page in pages),
}))
"""


def drawn(store: Path, extra: Path | None = None) -> dict[str, Any]:
    """The front page's parts, made in a fresh process as its first visitor does."""
    env = {**os.environ, "PROVING_GROUND_STORE": str(store), "PROVING_GROUND_EXTRA": str(extra) if extra else ""}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_front_page_and_the_industries_import_nothing_heavy(tmp_path: Path) -> None:
    told = drawn(tmp_path)
    assert told["heavy"] == []
    assert told["cards"] == told["numbers"] == told["pictures"] == len(SHIPPED)
    assert told["mark"] == "data:image/svg+xml;base64,"
    industries = {use_case.industry for use_case in SHIPPED}
    # home and, in no menu, how to read, which split is honest, the stage, who is lost; the company; industries with,
    # in no menu, their use cases; the Lab: the playground, printed and true, the gallery of bad runs
    assert told["menu"] == [5, COMPANY, len(industries) + len(SHIPPED), 3]


def test_sixty_use_cases_more_are_drawn_light_and_read_once(tmp_path: Path) -> None:
    told = drawn(tmp_path / "store", write_sixty(tmp_path / "extra"))
    assert told["heavy"] == []
    assert told["cards"] == len(SHIPPED) + 60
    assert told["numbers"] == len(SHIPPED)
    assert told["bytes"] < 100_000, "what the first page sends"
    assert told["opened"] == [], "files that the draw after the first reads again"
    listed = 4 + COMPANY + len({use_case.industry for use_case in SHIPPED} | set(INDUSTRIES))
    assert told["listed"] == listed, "the menu names industries, and their use cases on the front page"
