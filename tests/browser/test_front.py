"""The front page in a real browser, with sixty use cases more: mark, curve, cards, search, filters, menu."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.charts.look import DARK, LIGHT
from tests.browser.conftest import App, drawn, picture, serving, settled
from tests.browser.stops import SHIPPED
from tests.sixty import write_sixty

EVERY = len(SHIPPED) + 60
WIDTHS = (390, 768, 1280, 1440, 1920)
CUT = """
() => {
    const cut = [], todo = [document];
    while (todo.length) {
        for (const node of todo.pop().querySelectorAll("*")) {
            if (node.shadowRoot) todo.push(node.shadowRoot);
            const said = node.childElementCount ? "" : node.textContent.trim();
            if (said.endsWith("…") || (said && getComputedStyle(node).textOverflow === "ellipsis"
                && node.scrollWidth > node.clientWidth + 1)) cut.push(said);
        }
    }
    return cut;
}
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A fresh server beside a folder with sixty use cases more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVING_GROUND_EXTRA", str(write_sixty(tmp_path_factory.mktemp("extra"))))
        with serving(tmp_path_factory.mktemp("store")) as running:
            yield running


@pytest.fixture(scope="module")
def home(app: App, window: BrowserContext) -> Iterator[Page]:
    """The front page, loaded once for those who look at it and use what it can do by itself."""
    tab = window.new_page()
    front(app, tab)
    yield tab
    tab.close()


def front(app: App, page: Page) -> None:
    page.goto(app.url)
    expect(page.locator(".card").first).to_be_visible()
    settled(page)


def share_of(page: Page) -> float:
    return float(page.locator(".hero").get_attribute("data-share") or "nan")


def test_the_mark_stands_there_from_the_first_draw_of_a_fresh_server(app: App, page: Page) -> None:
    page.goto(app.url)
    mark = page.get_by_test_id("stHeaderLogo").or_(page.get_by_test_id("stLogo")).first
    expect(mark).to_have_attribute("src", re.compile("^data:image/svg"))
    expect(page.locator("link[rel~=icon]")).to_have_attribute("href", re.compile("^data:image/svg"))
    front(app, page)
    assert page.get_by_test_id("stMainBlockContainer").bounding_box()["width"] > 1300  # type: ignore[index]
    picture(page, "front-1440")


@pytest.mark.parametrize("path", ["retail/coupon", pytest.param("retail-cupon", marks=pytest.mark.long)])
def test_an_unknown_address_is_answered_by_a_page_of_ours(app: App, page: Page, path: str) -> None:
    page.goto(f"{app.url}/{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    expect(page.get_by_text(f"/{path}")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".card").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Coupon response")
    page.goto(f"{app.url}/{path}")
    page.get_by_role("link", name="All use cases").click()
    expect(page.locator(".hero")).to_be_visible()


def test_the_sentence_moves_with_the_curve_and_no_script_runs(home: Page) -> None:
    page = home
    expect(page.locator(".claim")).to_contain_text("Mail 44% of households: $139K a year instead of $60.1K.")
    asked: list[str] = []
    page.on("websocket", lambda socket: asked.append(socket.url))
    box = page.locator(".hero .plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 150, steps=8)
    page.mouse.up()
    assert share_of(page) == pytest.approx(0.9, abs=0.04)
    expect(page.locator(".claim")).to_contain_text(re.compile(r"Mail (8|9)\d% of households"))
    expect(page.locator(".rival")).to_contain_text("The best simple method gets $137K. Try to beat it.")
    page.keyboard.press("Home")
    assert share_of(page) == 0
    expect(page.locator(".claim")).to_contain_text("Mail 0% of households: $0 a year")
    assert asked == []


def test_whoever_wants_stillness_sees_the_point_where_it_ends(app: App, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    front(app, page)
    assert share_of(page) == pytest.approx(0.44, abs=0.01)
    assert page.locator(".halo").evaluate("node => getComputedStyle(node).animationName") == "none"


def test_the_tab_is_called_after_its_page_and_the_product(app: App, page: Page) -> None:
    page.goto(app.url)
    settled(page)
    expect(page).to_have_title("Proving Ground")
    page.goto(f"{app.url}/healthcare-heart_disease")
    expect(page).to_have_title("Heart disease · Proving Ground")


def test_a_browser_that_changes_its_theme_has_all_colours_of_it_without_loading_again(app: App, page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"{app.url}/retail-coupon_response?section=train")
    settled(page)
    caption, train = (
        page.get_by_test_id("stCaptionContainer").last,
        page.get_by_role("button", name="Train", exact=True),
    )
    for look in (LIGHT, DARK, LIGHT):
        page.emulate_media(color_scheme=look.name)
        expect(caption).to_have_css("color", rgb(look.muted))
        expect(train).to_have_css("color", rgb(look.background))
    page.emulate_media(color_scheme="light")  # as every window begins


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


def test_a_step_that_is_left_fades_at_once_however_busy_the_server_is(app: App, page: Page) -> None:
    page.goto(f"{app.url}/retail-coupon_response?section=results")
    settled(page)
    assert app.process
    shade = "node => getComputedStyle(node).opacity"
    left = page.locator(".st-key-step-results")
    assert left.evaluate(shade) == "1"
    os.killpg(app.process.pid, signal.SIGSTOP)
    try:
        page.get_by_role("radio", name="4 Results", exact=True).click()
        assert page.evaluate("document.documentElement.dataset.left") is None, "nothing is left"
        page.get_by_role("radio", name="6 Money", exact=True).click()
        expect(left).to_have_css("opacity", "0.3")
    finally:
        os.killpg(app.process.pid, signal.SIGCONT)
    expect(page.locator(".st-key-step-money")).to_have_css("opacity", "1", timeout=20_000)
    settled(page)
    expect(left).to_have_count(0)
    assert page.evaluate("document.documentElement.dataset.left") is None


def test_a_card_is_a_link_that_keeps_the_page_and_opens_beside_it_too(app: App, page: Page) -> None:
    front(app, page)
    page.evaluate("window.kept = true")
    card = page.locator(".card[data-slug=retail-churn]")
    with page.context.expect_page() as beside:
        card.click(modifiers=["Control"])
    other = beside.value
    expect(other.get_by_role("heading", name="Churn").first).to_be_visible()
    other.close()
    card.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/retail-churn")
    expect(page.get_by_role("heading", name="Churn").first).to_be_visible()
    assert page.evaluate("window.kept") is True, "the page was loaded anew"
    page.go_back()
    expect(page.locator(".card").first).to_be_visible()
    page.locator(".go").click()
    page.wait_for_url("**/retail-coupon_response")
    assert page.evaluate("window.kept") is True


def test_bars_of_a_card_are_measured_by_one_length(home: Page) -> None:
    card = home.locator(".card[data-slug=retail-coupon_response]")
    boxes = [track.bounding_box() for track in card.locator(".track").all()]
    assert len(boxes) == 3
    assert len({(round(box["x"]), round(box["width"])) for box in boxes if box}) == 1


def test_search_and_filters_answer_in_the_browser(home: Page) -> None:
    page = home
    shown = page.locator(".card:visible")
    expect(shown).to_have_count(EVERY)
    search = page.get_by_role("searchbox")
    search.fill("coupon mail")
    expect(shown).to_have_count(1)
    expect(page.locator(".count")).to_have_text("1 use case")
    search.fill("no such thing")
    expect(shown).to_have_count(0)
    page.get_by_role("button", name="Show all").click()
    expect(shown).to_have_count(EVERY)
    page.get_by_role("button", name="Energy").click()
    expect(shown).to_have_count(5)
    page.get_by_role("button", name="Sound").click()
    expect(shown).to_have_count(1)
    page.get_by_role("button", name="All data").click()
    expect(shown).to_have_count(5)
    page.get_by_role("button", name="Sound").click()
    shown.click()
    page.wait_for_url("**/energy-sound_question_3")
    page.go_back()
    expect(page.locator(".card").first).to_be_attached()
    expect(shown).to_have_count(1)  # as it was left
    page.get_by_role("button", name="Energy").click()
    page.get_by_role("button", name="Sound").click()


def test_nothing_is_cut_and_the_menu_fits_with_sixteen_industries(app: App, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    for place in ("", "energy"):
        page.goto(f"{app.url}/{place}")
        expect(page.locator(".card").first).to_be_visible()
        settled(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            drawn(page)
            page.wait_for_function(
                "width => document.querySelector('[data-testid=stMain]').scrollWidth <= width", arg=width
            )
            head = page.get_by_test_id("stHeader").evaluate("node => [node.scrollWidth, node.clientWidth]")
            assert head[0] <= head[1], f"at {width}"
            assert page.evaluate(CUT) == [], f"at {width}"
            picture(page, f"front-sixty-{place or 'home'}-{width}")
            if width >= 768 and place == "":
                page.get_by_test_id("stTopNavSection").get_by_text("Industries").click()
                expect(page.get_by_test_id("stTopNavPopover").get_by_text("Telecommunications")).to_be_visible()
                assert "more" not in page.get_by_test_id("stHeader").inner_text()
                page.keyboard.press("Escape")
