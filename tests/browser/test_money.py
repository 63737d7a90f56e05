"""One decision, one sum, in a real browser: the strip, the panel, the matrix, a moved threshold and its link."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from core.store.runs import RECORDED, read
from tests.browser.conftest import PHONE, App, linked, open_section, picture, settled

RUNS = {
    "supply_chain-shipment_delay": "supply_chain-shipment_delay-fade",  # all chances within some ten-thousandths
    "healthcare-heart_disease": "healthcare-heart_disease-recommended",
}
CELLS = ("tp", "fn", "fp", "tn")


def panel_of(page: Page) -> Locator:
    panel = page.get_by_test_id("decision-panel")
    expect(panel).to_have_attribute("data-value", re.compile(r"\d"), timeout=20_000)
    return panel


def number(panel: Locator, name: str) -> float:
    return float(panel.get_attribute(f"data-{name}") or "nan")


def cells_of(panel: Locator) -> list[int]:
    return [int(number(panel, cell)) for cell in CELLS]


def matrix(page: Page) -> list[int]:
    """The counts in the confusion matrix of Results, as it is drawn."""
    open_section(page, "Results")
    counts = page.locator(".flat-squares td b")
    expect(counts).to_have_count(4)
    return [int(text.replace(",", "")) for text in counts.all_inner_texts()]


def written(text: str) -> str:
    """Money without its thin spaces."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("name", "run"),
    [
        # the flights take their time to be read for the answers
        pytest.param(name, run, id=run, marks=pytest.mark.long if "shipment" in run else ())
        for name, run in RUNS.items()
    ],
)
def test_the_strip_s_sum_is_the_panel_s_and_the_matrix_its_cells(
    app: App, page: Page, other_page: Page, name: str, run: str
) -> None:
    value = read(RECORDED / run).report()["value"]
    page.goto(f"{app.url}/{name}?section=money&run={run}")
    settled(page)
    panel = panel_of(page)
    assert number(panel, "value") == pytest.approx(value["amount"], abs=0.005)
    assert number(panel, "threshold") == pytest.approx(value["decision"], abs=1e-12)
    strip = page.locator(".st-key-slim-said")
    shown = panel.locator("[data-slot=amount]")
    assert f",{written(shown.inner_text())}per" in written(strip.inner_text())
    picture(page, f"money-{run}")
    cells = cells_of(panel)
    assert matrix(page) == cells
    open_section(page, "Money")

    slider, before = panel.get_by_role("slider"), str(panel.get_attribute("data-threshold"))
    slider.focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    expect(panel).not_to_have_attribute("data-threshold", before)
    linked(page, "decision", str(panel.get_attribute("data-threshold")))
    moved, worth, cells = panel.get_attribute("data-threshold"), number(panel, "value"), cells_of(panel)
    assert worth != pytest.approx(value["amount"], abs=0.005)
    assert matrix(page) == cells
    open_section(page, "Money")
    linked(page, "section", "money")
    other_page.set_viewport_size(PHONE)
    other_page.emulate_media(color_scheme="dark")
    other_page.goto(page.get_by_test_id("copy-link").get_attribute("data-link") or "")
    settled(other_page)
    there = panel_of(other_page)
    assert there.get_attribute("data-threshold") == moved
    assert number(there, "value") == worth
    assert cells_of(there) == cells
    picture(other_page, f"money-{run}-phone")
    there.get_by_role("slider").focus()
    other_page.keyboard.press("Home")
    for _ in range(30):
        other_page.keyboard.press("PageDown")
    linked(other_page, "decision", "1.000001")
    assert number(there, "threshold") == 1.000001, "nobody is acted on, whatever the chances are"
    assert cells_of(there)[0] == cells_of(there)[2] == 0
    assert matrix(other_page) == [0, cells[0] + cells[1], 0, cells[2] + cells[3]]
