"""A whole storyline by keyboard and clicker, its notes in a second window, and a live training."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from core.contracts.storyline import BeatKind, kinds_of
from core.store import runs
from core.use_cases import use_case
from pages.components import beats
from tests.browser.checks import BROKEN, cut_off, violations
from tests.browser.conftest import App, drawn, picture, settled

COUPON = use_case("retail/coupon_response")
KINDS = kinds_of(COUPON)


def on_beat(page: Page, kind: BeatKind) -> None:
    expect(page.locator(".st-key-stage-kicker")).to_contain_text(f"· {beats.names()[kind]}", timeout=60_000)
    at = page.get_by_test_id("stage").locator("[aria-current=step]")
    expect(at).to_have_attribute("title", beats.names()[kind], timeout=60_000)
    settled(page)


@pytest.mark.long
@pytest.mark.parametrize(("width", "height", "scheme"), [(1280, 720, "light"), (1920, 1080, "dark")])
def test_every_beat_fits_the_screen_and_axe_finds_nothing(
    app: App, page: Page, width: int, height: int, scheme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{app.url}/present?use_case=retail/coupon_response")
    wrong = []
    for place, kind in enumerate(KINDS):
        on_beat(page, kind)
        drawn(page)
        assert page.locator(BROKEN).count() == 0
        wrong += [f"{kind}: {one}" for one in (*violations(page), *cut_off(page, 12))]
        picture(page, f"stage-{kind}-{scheme}")
        page.keyboard.press("PageDown" if place % 2 else "ArrowRight")
    assert not wrong, "\n".join(wrong)


def test_a_storyline_is_presented_by_keys_with_notes_beside_it_and_trains_live(app: App, page: Page) -> None:
    page.goto(f"{app.url}/retail-coupon_response")
    settled(page)
    page.get_by_role("link", name="Present").click()
    on_beat(page, KINDS[0])
    page.keyboard.press("End")
    on_beat(page, KINDS[-1])
    page.keyboard.press("Home")
    on_beat(page, KINDS[0])
    for _ in range(2):  # faster than the server answers
        page.keyboard.press("PageDown")
    on_beat(page, BeatKind.TRAINING)
    expect(page.get_by_text(re.compile("Recorded on .* 2026 on cpu"))).to_be_visible()

    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Notes").click()
    notes = opened.value
    expect(notes.get_by_role("heading", name="Training")).to_be_visible(timeout=60_000)
    page.keyboard.press("PageUp")
    on_beat(page, BeatKind.DATA)
    expect(notes.get_by_role("heading", name="Data")).to_be_visible(timeout=60_000)
    notes.close()
    page.keyboard.press("PageDown")
    on_beat(page, BeatKind.TRAINING)

    page.get_by_role("button", name="Train live").click()
    expect(page.get_by_text("Live, on this machine")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Learned in")).to_be_visible(timeout=60_000)
    newest = max(runs.list_runs(app.store), key=lambda run: str(run.config.get("created")))
    assert newest.settings["learning_rate"] == 0.003
    assert newest.settings["width"] == 64, "the few settings as they stand on stage"
