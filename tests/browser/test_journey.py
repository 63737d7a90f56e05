"""The whole journey of a visitor, in a real browser: home, retail, a setting, train, results, money, reload, link."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FINISHED, PHONE, App, drawn, link_of, linked, open_section, picture, settled


def drag_slider(page: Page, label: str, key: str, times: int, carried: str) -> str:
    """Move a slider with the keyboard until the page's link, which carries it by this name, says otherwise of it;
    returns the value that it then shows."""
    before = link_of(page).get(carried, "")
    thumb = page.get_by_role("slider", name=label)
    thumb.focus()
    for _ in range(times):
        page.keyboard.press(key)
    link, name = page.get_by_test_id("copy-link"), re.escape(carried)
    expect(link).to_have_attribute("data-link", re.compile(rf"[?&]{name}="))
    if before:
        expect(link).not_to_have_attribute("data-link", re.compile(rf"[?&]{name}={re.escape(before)}(&|$)"))
    settled(page)
    return str(page.get_by_role("slider", name=label).get_attribute("aria-valuetext"))


def set_in_state(page: Page, name: str) -> str:
    """A setting as the page's own link carries it."""
    expect(page.get_by_test_id("copy-link")).to_have_attribute("data-link", re.compile(f"set.{name}="))
    return link_of(page)[f"set.{name}"]


def newest_run(store: Path) -> Path:
    return max((store / "runs").iterdir(), key=lambda p: p.name)


def recorded_epochs(run: Path) -> dict[int, dict[str, float]]:
    lines = (run / "progress.jsonl").read_bytes().split(b"\n")[:-1]
    return {e["epoch"]: e for e in map(json.loads, lines) if e["event"] == "epoch"}


def test_a_visitor_trains_sees_the_truth_and_takes_a_link_home(app: App, page: Page, other_page: Page) -> None:
    page.goto(app.url)
    settled(page)
    expect(page.get_by_role("heading", name="Proving Ground")).to_be_visible()
    page.locator(".card[data-slug=retail-coupon_response]").click()
    page.wait_for_url("**/retail-coupon_response")
    settled(page)
    expect(page.get_by_role("button", name="Next: Data")).to_be_visible()
    ends = page.get_by_test_id("stMainBlockContainer").evaluate(
        "(main) => main.getBoundingClientRect().right - parseFloat(getComputedStyle(main).paddingRight)"
    )
    link = page.get_by_test_id("copy-link").bounding_box()
    assert link is not None
    assert abs(link["x"] + link["width"] - ends) < 2, "it ends where the page does"
    open_section(page, "Train")

    before = set_in_state(page, "learning_rate")
    drag_slider(page, "Learning rate", "ArrowLeft", 2, "set.learning_rate")
    assert float(set_in_state(page, "learning_rate")) < float(before)

    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible(timeout=30_000)
    seen: dict[int, float] = {}
    for _ in range(600):
        facts = page.get_by_test_id("monitor").evaluate("node => ({...node.dataset})")
        stop_visible = page.get_by_role("button", name="Stop").is_visible()
        if facts.get("loss") and stop_visible and facts["state"] == "running":
            seen[int(facts["epoch"])] = float(facts["loss"])
        if len(seen) >= 3:
            break
        page.wait_for_timeout(100)
    run = newest_run(app.store)
    assert len(seen) >= 3, f"only {seen} seen"
    assert not (run / "end.json").exists(), "the run had ended before three epochs were read"
    truth = recorded_epochs(run)
    for epoch, value in seen.items():
        assert value == pytest.approx(truth[epoch]["validation_loss"], rel=1e-5)
    picture(page, "train-live")

    expect(page.locator(FINISHED)).to_be_visible(timeout=180_000)
    settled(page)
    picture(page, "train-done")
    expect(page.get_by_role("button", name=re.compile("See "))).to_have_count(0)  # one way on
    page.get_by_role("button", name="Next: Results").click()
    settled(page)
    expect(page.locator(".st-key-story-sentence")).to_contain_text("simple method")
    assert json.loads((run / "config.json").read_text())["settings"]["learning_rate"] < float(before)
    picture(page, "results")

    open_section(page, "Money")
    panel = page.get_by_test_id("decision-panel")
    expect(panel).to_be_visible(timeout=20_000)
    threshold, value = panel.get_attribute("data-threshold"), panel.get_attribute("data-value")
    found = panel.get_attribute("data-tp")
    slider = panel.get_by_role("slider")
    slider.focus()
    for _ in range(6):
        page.keyboard.press("PageDown")
    moved = panel.get_attribute("data-threshold")
    assert moved != threshold
    linked(page, "decision", str(moved)[:5])
    assert panel.get_attribute("data-value") != value
    assert panel.get_attribute("data-tp") != found
    picture(page, "money")
    page.reload()
    settled(page)
    expect(panel).to_have_attribute("data-threshold", re.compile(re.escape(str(moved)[:6])), timeout=20_000)
    assert newest_run(app.store) == run, "a reload must not start anything"

    page.get_by_role("spinbutton", name=re.compile("Cost of a mailing")).fill("0.80")
    page.keyboard.press("Enter")
    linked(page, "assume.mailing_cost", "0.8")
    assert float(panel.get_attribute("data-threshold") or 0) == pytest.approx(float(moved or 0), abs=1e-4)
    page.get_by_test_id("copy-link").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    other_page.goto(copied)
    settled(other_page)
    there = other_page.get_by_test_id("decision-panel")
    expect(there).to_have_attribute("data-threshold", re.compile("."))
    assert float(there.get_attribute("data-threshold") or 0) == pytest.approx(float(moved or 0), abs=1e-4)
    assert set_in_state(other_page, "learning_rate") == set_in_state(page, "learning_rate")
    expect(other_page.get_by_role("spinbutton", name=re.compile("Cost of a mailing"))).to_have_value("0.80")
    assert other_page.get_by_test_id("copy-link").get_attribute("data-link") == copied


def test_the_threshold_follows_the_assumptions_until_it_is_moved(app: App, page: Page) -> None:
    page.goto(f"{app.url}/retail-coupon_response?section=money")
    settled(page)
    panel = page.get_by_test_id("decision-panel")
    expect(panel).to_be_visible(timeout=20_000)
    declared = panel.get_attribute("data-threshold")
    cost = page.get_by_role("spinbutton", name=re.compile("Cost of a mailing"))
    seen, before = [], str(declared)
    for value in ("1.00", "2.00"):
        cost.fill(value)
        page.keyboard.press("Enter")
        expect(panel).not_to_have_attribute("data-threshold", before)
        settled(page)
        before = str(panel.get_attribute("data-threshold"))
        seen.append(float(panel.get_attribute("data-threshold") or 0))
    assert drag_slider(page, "Cost of a mailing", "ArrowRight", 2, "assume.mailing_cost") == "$2.40"
    expect(cost).to_have_value("2.40")
    expect(panel).not_to_have_attribute("data-threshold", before)
    seen.append(float(panel.get_attribute("data-threshold") or 0))
    assert float(declared or 0) < seen[0] < seen[1] < seen[2]
    page.get_by_role("button", name="Back to the declared assumptions").click()
    expect(panel).to_have_attribute("data-threshold", str(declared))


def test_what_if_answers_and_the_curve_follows(app: App, page: Page) -> None:
    page.goto(f"{app.url}/retail-coupon_response?section=understand")
    settled(page)
    chance = page.get_by_test_id("stMetricValue").filter(has_text="%").first
    expect(chance).to_be_visible(timeout=30_000)
    before = chance.inner_text()
    drag_slider(page, "Campaign coupons redeemed so far", "End", 1, "change.coupons_redeemed")
    after = page.get_by_test_id("stMetricValue").filter(has_text="%").first
    expect(after).not_to_have_text(before, timeout=30_000)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    picture(page, "what-if")
    page.set_viewport_size(PHONE)
    drawn(page)
    page.wait_for_function(  # on a phone the answer stays in sight of the sliders that move it
        """() => {
            const main = document.querySelector("[data-testid=stMain]");
            main.scrollTo(0, main.scrollHeight / 2);
            const top = document.querySelector(".st-key-what-if-said").getBoundingClientRect().top;
            return main.scrollTop > 100 && top > 50 && top < 90;
        }"""
    )


def test_back_shows_the_page_that_the_address_names(app: App, page: Page) -> None:
    page.goto(f"{app.url}/retail-coupon_response?section=data&set.width=128")
    settled(page)
    linked(page, "set.width", "128")
    page.get_by_role("link", name="Home").first.click()
    expect(page.get_by_role("heading", name="Proving Ground")).to_be_visible()
    settled(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Coupon response")).to_be_visible()
    settled(page)
    assert "retail-coupon_response" in page.url
    linked(page, "set.width", "128")


def test_back_goes_to_the_section_before_and_keeps_what_was_chosen(app: App, page: Page) -> None:
    page.goto(f"{app.url}/retail-coupon_response")
    settled(page)
    for name in ("Train", "Results"):
        open_section(page, name)
        expect(page).to_have_url(re.compile(f"section={name.lower()}"))
    for name, section in (("3 Train", "train"), ("1 Question", "question")):
        page.go_back()
        expect(page.get_by_role("radio", name=name)).to_be_checked()
        settled(page)
        expect(page).to_have_url(re.compile(f"section={section}"))
    page.go_forward()
    expect(page.get_by_role("radio", name="3 Train")).to_be_checked()
    settled(page)
    page.reload()
    settled(page)
    page.go_back()
    expect(page.get_by_role("radio", name="1 Question")).to_be_checked()
    settled(page)
    page.get_by_role("button", name="Next: Data").click()
    expect(page.get_by_role("radio", name="2 Data")).to_be_checked()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0


def test_a_malformed_link_gets_a_notice_and_the_default(app: App, page: Page) -> None:
    page.goto(f"{app.url}/retail-coupon_response?set.width=banana&set.widht=3&section=nowhere&threshold=7&zzz=1")
    settled(page)
    notices = page.get_by_test_id("stAlert").all_inner_texts()
    assert any("width takes a whole number" in n for n in notices), notices
    assert any("Did you mean 'width'" in n for n in notices), notices
    assert any("nowhere" in n for n in notices), notices
    assert any("threshold" in n for n in notices), notices
    assert any("zzz" in n for n in notices), notices
    linked(page, "set.width", "64")


def test_a_link_to_an_unknown_use_case_names_the_nearest(app: App, page: Page) -> None:
    page.goto(f"{app.url}/retail-cupon_response")
    settled(page)
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    expect(page.locator(".card[data-slug=retail-coupon_response]")).to_be_visible()
