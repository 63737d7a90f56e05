"""The company in a browser: a point and sliders that are dragged, a refusal beside its field, and an assumption that is
changed in the ledger and moves the business case, also after a restart of the server."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from core.company.compute import Job
from core.company.declared import BUSINESS, COMPUTE, LEDGER, declared
from core.company.gpus import gpu_named
from core.company.planning import planned
from tests.browser.conftest import App, settled


def told(page: Page, panel: str, name: str) -> float:
    """A number that a panel stands at."""
    return float(page.get_by_test_id(panel).get_attribute(f"data-{name}") or "nan")


def test_the_planner_follows_a_hand_and_says_what_python_says(app: App, page: Page) -> None:
    page.goto(f"{app.url}/{COMPUTE}")
    settled(page)
    expect(page.get_by_text("$150K – $561K")).to_be_visible(timeout=60_000)
    page.get_by_role("slider", name="GPUs at a time").focus()
    field = page.get_by_role("textbox", name="Parameters")
    for typed, stays in (("70B", "70B"), ("seven", "70B"), ("-1", "70B"), ("1e308", "70B")):
        field.fill(typed)
        field.press("Enter")
        expect(field).to_have_value(stays)
        expect(page.get_by_text("A number from 1,000 to")).to_have_count(0 if typed == stays else 1)
    box = page.get_by_test_id("company-plane").locator("svg.plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.3, steps=5)
    moved = told(page, "company-plane", "flops")
    page.mouse.up()
    settled(page)
    panel = page.get_by_test_id("company-plane")
    now = {name: panel.get_by_role("textbox", name=name).evaluate("f => { f.focus(); return Number(f.value); }")
           for name in ("Parameters", "Tokens to learn from", "GPUs at a time")}  # fmt: skip
    job = Job(parameters=now["Parameters"], tokens=now["Tokens to learn from"], gpus=now["GPUs at a time"],
              utilisation=0.4, gpu=gpu_named("A100"))  # fmt: skip
    ours = planned(declared(), job)
    assert moved == pytest.approx(ours.flops, rel=1e-6)
    assert told(page, "company-plane", "low") == pytest.approx(ours.cost.low.amount, rel=1e-6)
    assert told(page, "company-plane", "days") == pytest.approx(ours.days, rel=1e-6)


def npv_shown(page: Page, app: App) -> float:
    page.goto(f"{app.url}/{BUSINESS}")
    settled(page)
    expect(page.get_by_text("Net present value, 5 years")).to_be_visible(timeout=60_000)
    return told(page, "company-fan", "npv")


def test_a_changed_assumption_moves_the_business_case_also_after_a_restart(own_app: App, page: Page) -> None:
    before = npv_shown(page, own_app)
    page.goto(f"{own_app.url}/{LEDGER}")
    settled(page)
    value = page.get_by_role("textbox", name="Value (USD)")
    value.fill("a lot")
    value.press("Enter")
    expect(page.get_by_text("A number from $0 to $1,000,000,000.")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    value.fill("60000")
    value.press("Enter")
    expect(page.get_by_text("A number from $0")).to_have_count(0, timeout=60_000)
    page.get_by_role("textbox", name="Your name").fill("Ada")
    page.get_by_role("textbox", name="Your name").press("Enter")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_test_id("ledger").get_by_text("by Ada")).to_be_visible(timeout=60_000)
    after = npv_shown(page, own_app)
    assert after == pytest.approx(before + 120_000), "two use cases, each 60,000 less, today"
    own_app.kill()
    own_app.start()
    assert npv_shown(page, own_app) == after
