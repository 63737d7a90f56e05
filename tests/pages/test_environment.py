"""A server in an environment that cannot be meant says so instead of drawing pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.formatting.text import escape_markdown

APP = Path(__file__).parents[2] / "pages" / "router.py"


def test_a_page_says_what_to_mend_and_draws_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVING_GROUND_ROOM_MB", "nan")
    app = AppTest.from_file(str(APP), default_timeout=30).run()
    assert not app.exception
    assert [each.value for each in app.error] == [
        escape_markdown(
            "PROVING_GROUND_ROOM_MB is a number of at least 0 (MB); it says 'nan'. Mend or remove it and start again."
        )
    ]
    assert len(app.main) == 1
