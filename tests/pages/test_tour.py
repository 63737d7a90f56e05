"""The first five minutes: offered once, one line a step, ended for good by whoever skips."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.store import tours
from pages.components import tour
from tests.pages.drawing import page_of, page_of_home


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tour, "store_folder", lambda: tmp_path)
    monkeypatch.setattr(tour, "secret", lambda: "a" * 32)
    monkeypatch.setattr(tour, "keep_visitor", lambda: None)


def lines(app) -> list[str]:
    assert not app.exception
    return [one.value for one in app.markdown if "of 4" in one.value or "New here?" in one.value]


def test_who_skips_is_not_asked_again(tmp_path: Path) -> None:
    app = page_of_home()
    assert len(lines(app)) == 1
    app.button(key="tour-skip").click().run()
    assert lines(app) == []
    assert lines(page_of_home()) == [], "in another session of the same browser neither"
    assert tours.ended(tmp_path, "a" * 32)
    assert not tours.ended(tmp_path, "b" * 32)


def test_a_line_leads_through_the_steps() -> None:
    app = page_of("retail/coupon_response")
    assert lines(app) == [], "nobody asked for it"
    app.session_state["tour-on"] = True
    app.run()
    for number, further in enumerate(("Let it learn", "Ask them"), 1):
        assert lines(app)[0].startswith(f"{number} of 4")
        app.button(key=f"tour-{further}").click()
        if number < 2:
            app.run()
    money = page_of("retail/coupon_response", section="money")
    money.session_state["tour-on"] = True
    money.run()
    assert lines(money)[0].startswith("4 of 4")
    money.button(key="tour-Done").click().run()
    assert lines(money) == []
    assert lines(page_of_home()) == []
