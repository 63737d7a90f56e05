"""What the pages ask beforehand: once for all visitors, and nobody hears of it where it fails."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from core.errors import UserError
from core.jobs.local import LocalJobs
from pages.components.kept import forget_all
from tests.pages.drawing import page_of


def test_who_looks_at_the_data_has_the_examples_read_before_results_asks_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Mapping[str, Any]] = []
    has_asked = threading.Event()

    def ask(self: LocalJobs, question: Mapping[str, Any], *, timeout_s: float = 20.0) -> dict[str, Any]:
        asked.append(question)
        has_asked.set()
        raise UserError("Nobody answers here.")

    forget_all()
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    monkeypatch.setattr(LocalJobs, "ask", ask)
    for _visitor in range(2):
        app = page_of("healthcare/heart_disease", section="data")
        assert not app.exception
        assert not app.error
    assert has_asked.wait(20)
    for thread in [one for one in threading.enumerate() if one.name == "prepare"]:
        thread.join(20)
    assert asked == [{"ask": "records", "use_case": "healthcare/heart_disease", "variant": "new_hospital", "rows": []}]
