"""A forecast in a real browser: its results, the level that earns most, and the same question asked otherwise."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.store.runs import Run
from tests.browser.conftest import (
    FINISHED,
    TITLES,
    App,
    chart_series,
    drawn,
    link_of,
    linked,
    open_section,
    picture,
    settled,
    unlinked,
)
from tests.pages.drawing import train

PAGE = "testing-tiny_stock"


@pytest.fixture(scope="module")
def run(app: App) -> Run:
    """A finished run of the first variant."""
    return train("testing/tiny_stock", app.store, num_epochs=30)


def drawn_panel(page: Page) -> Locator:
    """The level panel, when it shows its numbers and not only its frame."""
    panel = page.get_by_test_id("level-panel")
    expect(panel).to_have_attribute("data-level", re.compile(r"^0\.\d+$"), timeout=20_000)
    return panel


def number(panel: Locator, name: str) -> float:
    return float(panel.get_attribute(f"data-{name}") or "nan")


@pytest.mark.long  # drawn without a browser in tests/pages
def test_results_show_the_fan_the_coverage_and_the_worst_records(app: App, page: Page, run: Run) -> None:
    page.goto(f"{app.url}/{PAGE}?section=results")
    settled(page)
    expect(page.get_by_role("heading", name="A forecast, and what happened")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(1)  # the fan; bars need no chart
    page.get_by_text("For experts: how often, and how wide").click()
    expect(page.get_by_text("A good interval covers what it promises", exact=False)).to_be_visible(timeout=20_000)
    settled(page)
    drawn(page)
    coverage = chart_series(page, "Coverage: do the levels mean what they say?", "network")
    assert len(coverage) in (1, 2), "five levels between 0 and 1"
    expect(page.get_by_test_id("records").locator("tbody tr").first).to_be_visible(timeout=60_000)
    page.get_by_role("radio", name="Above the band").click()
    settled(page)
    expect(page.get_by_text("Most surprising first", exact=False)).to_be_visible()
    picture(page, "quantile-results")
    page.get_by_role("combobox", name="Shop").click()
    page.keyboard.type("University")
    page.keyboard.press("Enter")
    page.wait_for_function(  # the largest shop sells most
        """() => Math.max(...[...document.querySelectorAll('.js-plotly-plot')].flatMap(
            p => (p._fullData ?? []).filter(t => t.name === 'happened').flatMap(t => Array.from(t.y)))) > 40"""
    )


def test_the_level_moves_the_money_and_is_kept(app: App, page: Page, run: Run) -> None:
    page.goto(f"{app.url}/{PAGE}?section=money")
    settled(page)
    panel = drawn_panel(page)
    report = run.report()["value"]
    assert number(panel, "level") == pytest.approx(report["decision"], abs=1e-9)
    assert number(panel, "value") == pytest.approx(report["amount"], rel=1e-6)
    unlinked(page, "decision")  # it follows the choice made on validation
    kept, slider = number(panel, "kept"), panel.get_by_role("slider")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    moved = number(panel, "level")
    linked(page, "decision", str(moved)[:4])
    assert moved == pytest.approx(report["decision"] - 0.05, abs=1e-6)
    assert number(panel, "kept") < kept
    assert float(link_of(page).get("decision") or 0) == pytest.approx(moved)
    picture(page, "level-panel")

    page.get_by_role("spinbutton", name="Cost of a piece left over").fill("4.00")
    page.keyboard.press("Enter")
    linked(page, "assume.waste", "4")
    assert number(panel, "level") == pytest.approx(moved), "what the visitor chose stays"
    page.reload()
    settled(page)
    assert number(drawn_panel(page), "level") == pytest.approx(moved)

    panel.get_by_role("button", name="Reset to the validation choice").click()
    expect(panel).not_to_have_attribute("data-level", str(moved))
    unlinked(page, "decision")
    assert number(panel, "level") < report["decision"], "dearer waste asks for a lower stock"
    lower = str(panel.get_attribute("data-level"))
    page.get_by_role("button", name="Back to the declared assumptions").click()
    expect(panel).not_to_have_attribute("data-level", lower)
    assert number(panel, "level") == pytest.approx(report["decision"], abs=1e-9)


def test_the_level_s_curve_can_be_dragged(app: App, page: Page, run: Run) -> None:
    page.goto(f"{app.url}/{PAGE}?section=money&decision=0.5")
    settled(page)
    panel = drawn_panel(page)
    assert number(panel, "level") == 0.5
    box = panel.locator(".plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 100, steps=4)
    page.mouse.up()
    linked(page, "decision", "0.95")
    assert number(panel, "level") == 0.95


@pytest.mark.long  # drawn without a browser in tests/pages
def test_what_if_shows_the_range_and_not_only_the_middle(app: App, page: Page, run: Run) -> None:
    page.goto(f"{app.url}/{PAGE}?section=understand")
    settled(page)
    expect(page.get_by_text("5% to 95% level", exact=True)).to_be_visible(timeout=30_000)
    expect(page.get_by_text("the band runs from the 5% to the 95% level", exact=False)).to_be_visible()
    picture(page, "quantile-what-if")


def test_the_same_question_is_asked_otherwise(app: App, page: Page, run: Run) -> None:
    page.goto(f"{app.url}/{PAGE}?section=data")
    settled(page)
    page.get_by_text("For experts", exact=True).click()
    expect(page.get_by_text("Forecasts made before April train.")).to_be_visible(timeout=30_000)
    settled(page)
    page.get_by_role("combobox", name="Plan").click()
    page.keyboard.type("Days shuffled")
    page.keyboard.press("Enter")
    linked(page, "set.variant", "shuffled")
    if not page.get_by_text("Days are shuffled.").is_visible():
        page.get_by_text("For experts", exact=True).click()
    expect(page.get_by_text("Days are shuffled.")).to_be_visible(timeout=30_000)
    open_section(page, "Results")
    expect(page.get_by_text("There are no results yet", exact=False)).to_be_visible()
    open_section(page, "Train")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(FINISHED)).to_be_visible(timeout=120_000)
    settled(page)
    page.get_by_role("button", name="Next: Results").click()
    settled(page)
    newest = max((app.store / "runs").iterdir(), key=lambda p: p.name)
    assert json.loads((newest / "config.json").read_text())["settings"]["variant"] == "shuffled"
    expect(page.get_by_text("Days shuffled · Run of", exact=False)).to_be_visible()
    expect(page.get_by_role("heading", name="The same question, asked differently")).to_be_visible()
    picture(page, "variants")
    page.get_by_role("button", name="Show this one").click()
    expect(page.get_by_text("Forward in time · Run of", exact=False)).to_be_visible()
    linked(page, "set.variant", "forward")
    linked(page, "run", run.id)


@pytest.mark.long
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1440, "dark")])
def test_nothing_overflows(app: App, chromium: Browser, run: Run, width: int, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    try:
        page = context.new_page()
        for place in ("", "testing", PAGE, "Results", "What if", "Money"):
            if place in TITLES.values():
                open_section(page, place)
            else:
                page.goto(f"{app.url}/{place}")
                settled(page)
            drawn(page)
            wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
            assert wide <= width, f"{place} is {wide} px wide on a screen of {width}"
            assert page.get_by_test_id("stException").count() == 0
            picture(page, f"quantile-{place or 'home'}-{width}-{scheme}")
    finally:
        context.close()
