"""Folders from outside on pages: what is wrong is said in sentences, and no page fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.environment import EXTRA
from core.formatting.text import escape_markdown
from tests.pages.drawing import components_of

ROOT = Path(__file__).parents[2]
TINY = (ROOT / "tests/extra/use_cases/testing/tiny_leak.py").read_text("utf-8")
SUN = TINY.replace('"testing/tiny_leak"', '"energy/sun"').replace('title="Tiny returns"', 'title="Sun [a](b)"')


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(EXTRA.name, str(tmp_path))
    (tmp_path / "use_cases" / "energy").mkdir(parents=True)
    (tmp_path / "datasets").mkdir()
    return tmp_path


def front_page() -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=60).run()
    assert not app.exception
    return app


def test_a_further_industry_is_on_the_front_page_with_its_use_case(folder: Path) -> None:
    (folder / "use_cases/energy/sun.py").write_text(SUN)
    app = front_page()
    (cards,) = [c for c in components_of(app) if "cards" in c]
    assert cards["industries"]["energy"]["title"] == "Energy"
    assert [c["title"] for c in cards["cards"] if c["industry"] == "energy"] == ["Sun [a](b)"]  # text alone
    assert list(app.warning) == []


def test_a_dataset_that_does_not_import_and_a_metric_that_nobody_knows_are_named(folder: Path) -> None:
    (folder / "datasets/coupons.py").write_text("raise RuntimeError('see https://example.invalid')")
    (folder / "use_cases/energy/sun.py").write_text(SUN.replace('"roc_auc"', '"auc"'))
    told = [w.value for w in front_page().warning]
    assert len(told) == 2
    assert escape_markdown("coupons.py did not: see https://example.invalid. Mend it.") in told[0]
    assert escape_markdown("energy/sun names what is not. No metric named 'auc'") in told[1]


def test_a_page_whose_model_nobody_knows_says_so(folder: Path) -> None:
    (folder / "use_cases/energy/sun.py").write_text(SUN.replace('model="table_network"', 'model="mine"'))
    script = (
        "from core.use_cases import use_case\n"
        "from pages.components.routing import _draw_use_case\n"
        "_draw_use_case(use_case('energy/sun'))\n"
    )
    app = AppTest.from_string(script, default_timeout=60).run()
    assert not app.exception
    (told,) = [e.value for e in app.error]
    assert told.startswith(escape_markdown("No model named 'mine'."))
