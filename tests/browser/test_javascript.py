"""The pages' JavaScript by itself: its functions, and its panels on bare elements, without Streamlit and a server."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from core.formatting import durations, numbers
from pages.components import copy_link, level_panel, threshold_panel
from pages.components.scripts import PANEL, javascript

SITE = "http://pages.example"
SAFE_SITE = "https://pages.example"  # the clipboard and secure cookies are for these only
PURE = ("Speech", "fill", "nearest", "firstAtLeast", "extremes", "niceTicks", "clamped", "withMargins", "stepOfKey",
        "thinned", "looksNow", "followWidth")  # fmt: skip


def loaded(page: Page, site: str, *files: str, expose: tuple[str, ...] = ()) -> Page:
    """The page on an empty site with a module of these files; what it exports is `window.mount`."""
    page.goto(site)
    module = javascript(*files).replace("export default ", "window.mount = ")
    shown = f"Object.assign(window, {{{', '.join(expose)}}}); window.isLoaded = true;"
    page.add_script_tag(type="module", content=f"{module}\n{shown}")
    page.wait_for_function("window.isLoaded")  # a module begins after its tag is in the page
    return page


@pytest.fixture(scope="module")
def blank(chromium: Browser) -> Iterator[Page]:
    """One page for all tests here; every address of the two sites is an empty document."""
    context = chromium.new_context(viewport={"width": 900, "height": 900})
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
    yield page
    context.close()


@pytest.fixture(scope="module")
def functions(chromium: Browser) -> Iterator[Page]:
    """The functions of the panels on a page of their own."""
    context = chromium.new_context()
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
    yield loaded(page, SITE, *PANEL, expose=PURE)
    context.close()


# -- numbers: as core/formatting/numbers.py writes them


def many_values() -> list[float]:
    """Of every size and sign, on the borders of rounding and around them."""
    edges = [0.0, -0.0, 0.3, 0.5, 0.6, 1.5, 2.5, 950, 999.4, 999.5, 999.6, 1125, 1375, 9995, 9996, 12_345, 99_950,
             999_499, 999_500, 999_999, 1_005_000, 2_225_000, 9_996_000, 2.5e9, 3.2e12, 9.996e12]  # fmt: skip
    rng = random.Random(5)
    sizes = [round(10 ** (i / 40), i % 4) for i in range(520)] + [
        rng.uniform(0, 10**k) for k in range(13) for _ in "ab"
    ]
    return [sign * value for value in edges + sizes for sign in (1, -1)]


def many_shares() -> list[float]:
    """Counts of counts, thousandths, and what is next to none and all."""
    parts = [k / n for n in (3, 7, 8, 16, 40, 200, 303, 1000) for k in range(n + 1)]
    ends = [11 / 7043, 0.0001, 0.0004, 0.0005, 0.00049, 0.004, 0.005, 0.0049999, 0.995, 0.9949, 0.999, 0.99999, 0.9995]
    return [0.0, -0.0, 1.0, *parts, *ends, 1.25, 12.5]


def said(page: Page, currency: str, what: str, values: list[float], *more: object, locale: str = "en") -> list[str]:
    """What the browser says of each; JSON has no negative zero, so it is made there."""
    sent = ["-0" if value == 0 and math.copysign(1, value) < 0 else value for value in values]
    script = """([locale, currency, what, values, more]) => {
        const speech = new Speech(locale, currency);
        return values.map((value) => speech[what](value === "-0" ? -0 : value, ...more));
    }"""
    return list(page.evaluate(script, [locale, currency, what, sent, list(more)]))


def differing(values: list[float], browser: list[str], pages: list[str]) -> list[tuple[float, str, str]]:
    return [triple for triple in zip(values, browser, pages, strict=True) if triple[1] != triple[2]]


@pytest.mark.parametrize("currency", ["USD", "EUR", "GBP", "CHF", "points"])
def test_money_is_written_as_on_the_page(functions: Page, currency: str) -> None:
    values = many_values()
    there = said(functions, currency, "money", values)
    assert differing(values, there, [numbers.money(value, currency) for value in values]) == []
    there = said(functions, currency, "signed", values)
    assert differing(values, there, [numbers.money(value, currency, sign=True) for value in values]) == []


@pytest.mark.parametrize("digits", [0, 1, 2, 3, 4])
def test_a_share_is_written_as_on_the_page(functions: Page, digits: int) -> None:
    shares = many_shares()
    there = said(functions, "USD", "percent", shares, digits)
    assert differing(shares, there, [numbers.percent(share, digits) for share in shares]) == []


def test_counts_and_amounts_are_written_as_on_the_page(functions: Page) -> None:
    counts = [0, 1, 12, 999, 1000, 7043, 336_776, 1_234_567.0]
    assert said(functions, "USD", "count", counts) == [numbers.count(value) for value in counts]
    amounts = [value for value in many_values() if value == 0 or 1e-3 < abs(value) < 1e9]
    there = said(functions, "USD", "amount", amounts)
    assert differing(amounts, there, [numbers.significant(value) for value in amounts]) == []


def test_times_are_written_as_on_the_page(functions: Page) -> None:
    whole = [0, 0.01, 0.0731, 1, 4.386, 9.94, 9.96, 30, 59.4, 59.6, 60, 89.6, 90, 3599, 3599.6, 3600, 5400, 90_000]
    values = [sign * value for value in whole for sign in (1, -1)]
    there = said(functions, "USD", "duration", values, level_panel.WORDS)
    assert differing(values, there, [durations.in_unit(value, "seconds") for value in values]) == []


def test_payoffs_and_ticks(functions: Page) -> None:
    assert said(functions, "EUR", "each", [-0.0, 0, -4, 2.5, 0.8, 1234.56, 99_999, 100_000, -250_000]) == [
        *("€0", "€0", "−€4", "€2.50", "€0.80", "€1,234.56", "€99,999", "€100K", "−€250K"),
    ]
    assert said(functions, "EUR", "tick", [-0.0, 0, 250, -2500, 1_250_000]) == ["€0", "€0", "€250", "−€2.5K", "€1.25M"]
    assert said(functions, "hours", "tick", [1500]) == ["1.5K\u00a0hours"]


def test_a_locale_that_is_none_is_english(functions: Page) -> None:
    for locale in ("", "no such locale", "12"):
        assert said(functions, "USD", "money", [1234.0], locale=locale) == ["$1.23K"]


def test_names_in_braces_are_filled_and_unknown_ones_stay(functions: Page) -> None:
    fill = "([text, values]) => fill(text, values)"
    assert functions.evaluate(fill, ["{a} of {b}, {c}", {"a": 1, "b": "{a}"}]) == "1 of {a}, {c}"
    assert functions.evaluate(fill, [None, {}]) == "null"


# -- geometry


def test_the_nearest_stop_is_found_among_all(functions: Page) -> None:
    rng = random.Random(3)
    for stops in ([0], [0, 0, 0], sorted(rng.uniform(0, 100) for _ in range(57)), list(range(40))):
        targets = [*stops, -5, 200, *(rng.uniform(-2, 102) for _ in range(60)), 0.5, 7.5]
        found = functions.evaluate("([s, t]) => t.map((x) => nearest(s, x))", [stops, targets])
        best = [min(abs(stop - target) for stop in stops) for target in targets]
        assert [abs(stops[at] - target) for at, target in zip(found, targets, strict=True)] == pytest.approx(best)
    assert functions.evaluate("nearest([0, 1, 2], 0.5)") == 0, "half way: the lower"
    assert functions.evaluate("firstAtLeast([1, 2, 2, 3], 2)") == 1
    assert functions.evaluate("firstAtLeast([1, 2], 5)") == 2


def test_ticks_are_round_ascending_and_inside(functions: Page) -> None:
    for low, high in ((0, 1), (-3, 8), (-0.02, 0.017), (1234, 98_765), (-5e6, -1e6), (-1, 1)):
        ticks = functions.evaluate("([l, h]) => niceTicks(l, h, 4)", [low, high])
        assert 2 <= len(ticks) <= 6, (low, high, ticks)
        assert all(low <= tick <= high + 1e-8 * (high - low) for tick in ticks)
        steps = {round((b - a) / (high - low), 9) for a, b in itertools.pairwise(ticks)}
        assert len(steps) == 1
        step = ticks[1] - ticks[0]
        assert round(step / 10 ** math.floor(math.log10(step) + 1e-9), 6) in (1, 2, 2.5, 5)
    assert 0 in functions.evaluate("niceTicks(-3, 8, 4)"), "zero is exactly zero"


def test_margins_extremes_and_clamping(functions: Page) -> None:
    assert functions.evaluate("withMargins(0, 100)") == [-2, 108]
    assert functions.evaluate("withMargins(-100, 100)") == [-112, 116]
    low, high = functions.evaluate("withMargins(5, 5)")
    assert low < 5 < high, "one value has an axis too"
    assert functions.evaluate("extremes([3, -1, 2])") == [-1, 3]
    assert functions.evaluate("[-1, 0.4, 7].map((x) => clamped(x, 0, 1))") == [0, 0.4, 1]


@pytest.mark.parametrize(
    ("event", "step"),
    [
        ({"key": "ArrowRight"}, 1),
        ({"key": "ArrowLeft"}, -1),
        ({"key": "ArrowUp"}, 1),
        ({"key": "ArrowDown"}, -1),
        ({"key": "PageUp"}, 25),
        ({"key": "PageDown"}, -25),
        ({"key": "ArrowRight", "shiftKey": True}, 10),
        ({"key": "PageDown", "shiftKey": True}, -250),
        ({"key": "ArrowRight", "ctrlKey": True}, None),
        ({"key": "ArrowRight", "altKey": True}, None),
        ({"key": "ArrowRight", "metaKey": True}, None),
        ({"key": "a"}, None),
        ({"key": "Tab"}, None),
        ({"key": "toString"}, None),
    ],
)
def test_a_key_s_steps(functions: Page, event: dict[str, Any], step: int | None) -> None:
    assert functions.evaluate("(event) => stepOfKey(event, 25, false)", event) == step
    sideways = step is not None and event["key"] in ("ArrowRight", "ArrowLeft")
    assert functions.evaluate("(event) => stepOfKey(event, 25, true)", event) == (-step if sideways and step else step)


def test_a_thinned_curve_keeps_every_column_s_extremes(functions: Page) -> None:
    rng = random.Random(9)
    points = [[k / 20, rng.gauss(0, 20)] for k in range(4_000)]
    kept = functions.evaluate("(points) => thinned(points)", points)
    assert len(kept) <= 4 * 202
    assert kept[0] == points[0]
    assert kept[-1] == points[-1]
    assert [x for x, _y in kept] == sorted(x for x, _y in kept)

    def ends(curve: list[list[float]]) -> dict[int, tuple[float, float]]:
        columns: dict[int, list[float]] = {}
        for x, y in curve:
            columns.setdefault(math.floor(x + 0.5), []).append(y)
        return {at: (min(ys), max(ys)) for at, ys in columns.items()}

    assert ends(kept) == ends(points)
    few = [[0, 1], [5, 2], [9, 0]]
    assert functions.evaluate("(points) => thinned(points)", few) == few


def test_a_look_is_one_or_the_theme_s(functions: Page) -> None:
    pick = """([background, look]) => {
        document.body.style.setProperty("--st-background-color", background);
        return looksNow(document.body, look);
    }"""
    both = {"light": {"text": "#111"}, "dark": {"text": "#eee"}}
    assert functions.evaluate(pick, ["#0e151d", both]) == both["dark"]
    assert functions.evaluate(pick, ["rgb(247, 248, 250)", both]) == both["light"]
    assert functions.evaluate(pick, ["", both]) == both["light"]
    assert functions.evaluate(pick, ["#000", {"text": "#123"}]) == {"text": "#123"}
    assert functions.evaluate(pick, ["#000", None]) == {}


def test_a_drawing_that_changes_its_own_height_follows_its_width_without_an_error(functions: Page) -> None:
    seen = functions.evaluate(
        """async () => {
            const errors = [], drawn = [];
            addEventListener("error", (event) => errors.push(event.message));
            const node = document.createElement("div");
            document.body.append(node);
            const frames = async (n) => { while (n--) await new Promise(requestAnimationFrame); };
            node.style.cssText = "width: 300px; height: 10px";
            const redraw = () => { drawn.push(node.clientWidth); node.style.height = `${20 + 10 * drawn.length}px`; };
            const watch = followWidth(node, redraw);
            await frames(4);
            node.style.height = "90px"; await frames(4); // a height alone is no reason
            node.style.width = "200px"; await frames(4);
            watch.disconnect();
            node.style.width = "100px"; await frames(4);
            node.remove();
            return { errors, drawn };
        }"""
    )
    assert seen == {"errors": [], "drawn": [200]}


# -- panels on bare elements

THRESHOLD: dict[str, Any] = {
    "thresholds": [1.000001, 0.9, 0.8, 0.55, 0.3, 0.05, 0.01],
    "found": [0, 3, 5, 8, 9, 10, 10],
    "acted": [0, 4, 10, 20, 40, 80, 100],
    "amounts": [0.0, 900.0, 1500.0, 2500.0, 2000.0, -400.0, -1200.0],
    "stands": {"chosen": 3, "threshold": 3},
    "chosen": 0.55,
    "threshold": 0.55,
    "highest": 0.95,
    "digits": 1,
    "payoffs": {"tp": 4.0, "fp": -1.0, "fn": 0.0, "tn": 0.0},
    "scale": 10.0,
    "currency": "USD",
    "references": [{"name": "Everybody", "amount": -1200.0}, {"name": "The rule", "amount": 1800.0}],
    "words": {**threshold_panel.WORDS, "unit": "customers"},
}
LEVEL: dict[str, Any] = {
    "levels": [0.1, 0.25, 0.5, 0.75, 0.9],
    "amounts": [100.0, 300.0, 450.0, 400.0, 200.0],
    "kept": [0.1, 0.26, 0.51, 0.74, 0.9],
    "acted": [1.0, 2.0, 3.0, 4.0, 6.5],
    "short": [3.0, 2.0, 1.0, 0.5, 0.125],
    "over": [0.1, 0.5, 1.0, 2.0, 4.0],
    "level": 0.5,
    "chosen": 0.5,
    "rows": 1234,
    "scale": 2.0,
    "currency": "EUR",
    "references": [{"name": "Last week", "amount": 380.0}, {"name": "Mean", "amount": 120.0}],
    "words": {**level_panel.WORDS, "amount_unit": "pieces"},
}


class Panel:
    """A panel on a bare element, with what it reported to Python."""

    def __init__(self, page: Page, html: str, *files: str) -> None:
        self.page = loaded(page, SITE, *PANEL, *files)
        page.evaluate(
            """(html) => {
                document.body.innerHTML = `<div id="host" style="width: 700px">${html}</div>`;
                window.reports = [];
                window.show = (data) => window.mount({
                    parentElement: document.getElementById("host"), data,
                    setStateValue: (name, value) => window.reports.push([name, value]),
                });
            }""",
            html,
        )

    def show(self, data: dict[str, Any]) -> Panel:
        self.page.evaluate("(data) => { window.leave = show(data); }", data)
        return self

    def press(self, *keys: str) -> None:
        self.page.locator(".cutter").focus()
        for key in keys:
            self.page.keyboard.press(key)

    def reports(self, count: int) -> list[list[Any]]:
        """What was reported, once there are so many."""
        self.page.wait_for_function("(count) => window.reports.length >= count", arg=count, timeout=10_000)
        return list(self.page.evaluate("window.reports"))

    def slot(self, name: str) -> str:
        return self.page.locator(f"[data-slot={name}]").inner_text()

    def fact(self, name: str) -> float:
        return float(self.page.locator(".panel").get_attribute(f"data-{name}") or "nan")


@pytest.fixture
def threshold(blank: Page) -> Panel:
    return Panel(blank, threshold_panel.HTML, "threshold_panel")


@pytest.fixture
def level(blank: Page) -> Panel:
    return Panel(blank, level_panel.HTML, "level_panel")


def test_a_gain_is_told_over_the_policy_and_over_the_best_simple_method(threshold: Panel) -> None:
    simple = {"name": "Logistic regression", "amount": 2_000, "simple": True}
    threshold.show({**THRESHOLD, "references": [*THRESHOLD["references"], simple]})
    assert threshold.slot("delta").split("\n") == ["+$700 against The rule", "+$500 against Logistic regression"]
    assert threshold.slot("keys").count("$") == 2
    assert threshold.page.locator(".plot .simple-line").count() == 1
    dearest = [{**simple, "amount": 1_000_000}]
    threshold.show({**THRESHOLD, "references": dearest})
    assert threshold.slot("delta") == "\u2212$998K against Logistic regression", "no policy: the simple method alone"


def test_the_threshold_panel_says_what_python_counted_at_every_stop(threshold: Panel) -> None:
    threshold.show(THRESHOLD)
    assert threshold.slot("amount") == "$2.50K"
    assert threshold.slot("delta") == "+$700 against The rule"
    assert threshold.slot("cut") == "55.0%"
    assert threshold.slot("basis") == "100 held-out customers, scaled to 1,000 a year"
    threshold.press(*["ArrowLeft"] * 9)
    for at, cut in enumerate(THRESHOLD["thresholds"]):
        found, acted = THRESHOLD["found"][at], THRESHOLD["acted"][at]
        cells = [threshold.fact(name) for name in ("tp", "fp", "fn", "tn")]
        assert cells == [found, acted - found, 10 - found, 90 - (acted - found)]
        assert threshold.fact("value") == THRESHOLD["amounts"][at]
        assert threshold.fact("threshold") == cut
        assert threshold.slot("cut") == ("> 95.0%" if at == 0 else numbers.threshold(cut, 1))
        assert threshold.slot("amount") == numbers.money(THRESHOLD["amounts"][at], "USD")
        recall = threshold.page.locator("[data-rate=recall] .figure").inner_text()
        assert recall == numbers.percent(found / 10, 1)
        precision = threshold.page.locator("[data-rate=precision] .figure").inner_text()
        assert precision == (numbers.percent(found / acted, 1) if acted else numbers.MISSING)
        threshold.press("ArrowRight")
    assert threshold.fact("threshold") == 0.01, "the last stop is the end"


def test_garments_leave_the_belt_at_their_stop_and_shares_are_those_of_life(threshold: Panel) -> None:
    dot = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    belt = [{"picture": dot, "wrong": dot, "alt": "<b>", "positive": at < 4, "from": at} for at in (3, 4)]
    threshold.show({**THRESHOLD, "belt": belt, "weights": {"positive": 0.1, "negative": 1.1}})
    garments = threshold.page.locator(".garment")
    assert [garments.nth(i).get_attribute("class") for i in (0, 1)] == ["garment out", "garment"]
    assert [garments.nth(i).get_attribute("data-positive") for i in (0, 1)] == ["true", "false"]
    assert garments.nth(0).locator("img").first.get_attribute("alt") == "<b>"
    precision = threshold.page.locator("[data-rate=precision] .figure")
    assert precision.inner_text() == numbers.percent(0.8 / (0.8 + 12 * 1.1), 1)
    share = threshold.page.locator("[data-rate=share] .figure")
    assert share.inner_text() == numbers.percent((0.8 + 13.2) / (1 + 99), 1)
    threshold.press("ArrowRight")
    assert garments.nth(1).get_attribute("class") == "garment out"
    threshold.show(THRESHOLD)
    assert threshold.page.locator("[data-slot=belt]").is_hidden()
    assert precision.inner_text() == numbers.percent(9 / 40, 1)


def test_python_hears_once_when_the_keys_rest(threshold: Panel) -> None:
    threshold.show(THRESHOLD)
    threshold.press("ArrowRight", "ArrowRight", "ArrowLeft")
    assert threshold.reports(1) == [["threshold", 0.3]]
    threshold.press("Control+ArrowRight")
    threshold.press("ArrowLeft")
    assert threshold.reports(2)[1:] == [["threshold", 0.55]], "a shortcut of the browser is not the slider's"


def test_an_echo_of_what_was_reported_moves_nothing_and_another_start_does(threshold: Panel) -> None:
    threshold.show(THRESHOLD)
    threshold.press("ArrowRight")
    threshold.reports(1)
    threshold.press("ArrowRight")
    threshold.show({**THRESHOLD, "threshold": 0.3, "stands": {"chosen": 3, "threshold": 4}})  # of the first press
    assert threshold.fact("threshold") == 0.05
    assert threshold.reports(2)[1] == ["threshold", 0.05]
    threshold.show({**THRESHOLD, "threshold": 0.9, "stands": {"chosen": 3, "threshold": 1}})
    assert threshold.fact("threshold") == 0.9
    assert threshold.reports(3)[2] == ["threshold", 0.9]


def test_reset_goes_to_the_choice_and_is_closed_there(threshold: Panel) -> None:
    threshold.show(THRESHOLD)
    reset = threshold.page.locator(".reset")
    assert reset.is_disabled()
    threshold.press("PageUp")
    assert threshold.fact("threshold") == 0.01
    reset.click()
    assert threshold.fact("threshold") == 0.55
    assert reset.is_disabled()
    assert threshold.page.evaluate("document.activeElement.className") == "cutter"


def test_the_curve_is_dragged_to_the_nearest_stop_and_not_beyond_its_ends(threshold: Panel) -> None:
    threshold.show(THRESHOLD)
    page = threshold.page
    box = page.locator(".plot").bounding_box()
    assert box
    left, width = (
        float(page.locator(".stage").evaluate(f"(node) => parseFloat(node.style.getPropertyValue('--{name}'))"))
        for name in ("left", "width")
    )

    def at(share: float) -> tuple[float, float]:
        return box["x"] + left + share * width, box["y"] + 80

    page.mouse.move(*at(0.1))
    page.mouse.down()
    assert threshold.fact("threshold") == 0.8
    for share, stop in ((0.12, 0.8), (0.31, 0.3), (0.61, 0.05), (1.2, 0.01), (-0.3, 1.000001), (0.19, 0.55)):
        page.mouse.move(*at(share))
        assert threshold.fact("threshold") == stop, share
    assert threshold.page.evaluate("window.reports") == [], "the hand is still on it"
    page.mouse.move(*at(0.4))
    page.mouse.up()
    assert threshold.reports(1) == [["threshold", 0.3]]


def test_words_and_names_are_texts_and_never_markup(threshold: Panel) -> None:
    bad = "<img src=x onerror=alert(1)> {delta} {name}"
    words = {**THRESHOLD["words"], "unit": bad, "tp": bad, "threshold": bad}
    threshold.show({**THRESHOLD, "words": words, "references": [{"name": bad, "amount": 1.0}]})
    assert threshold.page.locator("img").count() == 0
    assert "<img src=x" in threshold.slot("basis")
    threshold.show({**THRESHOLD, "references": []})
    assert threshold.slot("delta").strip() == "", "no simple policy, no difference"


def test_a_panel_is_mounted_once_and_the_last_to_leave_ends_it(threshold: Panel) -> None:
    threshold.show(THRESHOLD)
    page = threshold.page
    page.evaluate("(data) => { window.first = window.leave; window.leave = show(data); }", THRESHOLD)
    page.evaluate("window.first()")
    threshold.press("ArrowRight")
    assert threshold.fact("threshold") == 0.3, "an earlier call's leaving ends nothing"
    page.evaluate("window.leave()")
    threshold.press("ArrowRight", "PageDown")
    assert threshold.fact("threshold") == 0.3
    assert page.evaluate("document.getElementById('host').curvePanel === undefined")


def test_a_panel_in_a_closed_tab_is_drawn_when_it_opens(threshold: Panel) -> None:
    page = threshold.page
    page.evaluate("document.getElementById('host').style.display = 'none'")
    threshold.show(THRESHOLD)
    assert page.locator(".curve").count() == 0
    page.evaluate("document.getElementById('host').style.display = ''")
    page.wait_for_selector(".curve", state="attached")
    assert threshold.slot("amount") == "$2.50K"


def test_the_panels_compare_with_what_is_done_today_and_not_with_the_best_policy(threshold: Panel) -> None:
    known = [{"name": "Everybody", "amount": -1200.0, "today": True}, {"name": "The rule", "amount": 1800.0}]
    threshold.show({**THRESHOLD, "references": known})
    assert threshold.slot("delta") == "+$3.70K against Everybody"


def test_a_policy_s_name_stands_above_the_plot_where_no_pin_comes_across_it(level: Panel) -> None:
    level.show(LEVEL)
    keys = level.page.locator("[data-slot=keys] li").all_inner_texts()
    assert keys == [f"{one['name']} {numbers.money(one['amount'], 'EUR')}" for one in LEVEL["references"]]
    dashes = level.page.locator(".plot .policy-line").evaluate_all(
        "(nodes) => nodes.map((node) => node.getAttribute('class'))"
    )
    samples = level.page.locator(".keys line").evaluate_all(
        "(nodes) => nodes.map((node) => node.getAttribute('class'))"
    )
    assert samples == dashes
    assert len(set(dashes)) == len(dashes)
    assert level.page.locator(".plot text").all_text_contents()[-1] == level_panel.WORDS["chosen"], (
        "no other name in the plot"
    )


def test_the_level_panel_says_what_python_counted_at_every_level(level: Panel) -> None:
    level.show(LEVEL)
    assert level.slot("delta") == "+€70 against Last week"
    said = level.slot("policies")
    level.show({**LEVEL, "references": [*LEVEL["references"], {"name": "Trees", "amount": 1.0, "simple": True}]})
    assert level.slot("policies") == said, "a simple method is no way without a model"
    assert "Trees" in level.slot("keys")
    assert level.slot("basis") == "1,234 held-out rows, scaled to 2,468 a year"
    level.press(*["ArrowLeft"] * 7)
    for at, stop in enumerate(LEVEL["levels"]):
        assert level.fact("level") == stop
        assert level.fact("value") == LEVEL["amounts"][at]
        assert level.slot("cut") == numbers.percent(stop)
        for name in ("acted", "short", "over"):
            shown = level.page.locator(f"[data-cell={name}] .count").inner_text()
            assert shown == numbers.significant(LEVEL[name][at])
        assert level.page.locator("[data-cell=kept] .count").inner_text() == numbers.percent(LEVEL["kept"][at], 1)
        ahead = level.page.locator("[data-slot=policies] .note").all_inner_texts()
        amounts = [LEVEL["amounts"][at] - policy for policy in (380.0, 120.0)]
        assert ahead == [f"{numbers.money(amount, 'EUR', sign=True)} with this level" for amount in amounts]
        level.press("ArrowRight")
    level.page.wait_for_function("window.reports.at(-1)?.[1] === 0.9", timeout=10_000)  # however busy the machine
    assert level.reports(1)[-1] == ["level", 0.9]


def test_amounts_of_time_are_said_as_a_clock_says_them(level: Panel) -> None:
    level.show({**LEVEL, "unit_s": 60.0, "words": {**LEVEL["words"], "amount_unit": ""}})
    told = {name: level.page.locator(f"[data-cell={name}]").inner_text() for name in ("acted", "short", "over")}
    assert "3 min\n" in told["acted"]
    assert "1 min\n" in told["short"]
    level.press("ArrowRight")
    assert "30 s" in level.page.locator("[data-cell=short] .count").inner_text()
    assert "pieces" not in "".join(told.values())


def test_a_level_that_is_no_stop_is_the_nearest(level: Panel) -> None:
    for start, stop in ((0.6, 0.5), (0.0, 0.1), (7.0, 0.9), (0.7, 0.75)):
        level.page.evaluate("document.getElementById('host').curvePanel?.destroy()")
        level.page.evaluate("delete document.getElementById('host').curvePanel")
        level.show({**LEVEL, "level": start})
        shown = LEVEL["amounts"][LEVEL["levels"].index(stop)]
        assert level.fact("value") == shown, start


# -- link and cookie


@pytest.mark.parametrize("site", [SITE, SAFE_SITE])
def test_the_link_is_this_page_s_address_with_the_state(blank: Page, site: str) -> None:
    loaded(blank, f"{site}/retail-coupon?old=1", "look", "copy_link")
    blank.context.grant_permissions(["clipboard-read", "clipboard-write"])
    blank.evaluate("(html) => { document.body.innerHTML = `<div id='host'>${html}</div>`; }", copy_link.HTML)
    data = {"query": "set.width=8&x=%26", "page": "retail-coupon", "labels": copy_link.LABELS, "look": {}}
    show = "(data) => { mount({ parentElement: document.getElementById('host'), data }); }"
    blank.evaluate(show, data)
    link = f"{site}/retail-coupon?set.width=8&x=%26"
    button = blank.get_by_test_id("copy-link")
    assert button.get_attribute("data-link") == link
    assert blank.url == link, "a reload finds the page as it was"
    assert button.inner_text() == "Copy link"
    blank.evaluate(show, {**data, "page": "another", "query": ""})
    assert blank.url == link, "the address of another page stays"
    assert button.get_attribute("data-link") == f"{site}/retail-coupon"
    button.click()
    blank.wait_for_selector("[data-state=copied], [data-state=failed]")
    state = button.get_attribute("data-state")
    if site == SAFE_SITE:
        assert state == "copied"
        assert blank.evaluate("navigator.clipboard.readText()") == f"{site}/retail-coupon"
    hidden = blank.locator("input.link").get_attribute("hidden") is not None
    assert hidden == (state == "copied"), "where it cannot be copied it is there to be taken by hand"
    blank.wait_for_selector("[data-state=copy]", timeout=10_000)


def test_a_section_that_opens_is_an_entry_of_the_history_and_a_setting_is_none(blank: Page) -> None:
    loaded(blank, f"{SITE}/retail-coupon", "look", "copy_link")
    blank.evaluate("(html) => { document.body.innerHTML = `<div id='host'>${html}</div>`; }", copy_link.HTML)
    show = """([section, width, returned = false]) => {
        const query = `section=${section}&set.width=${width}`;
        const data = { query, page: "retail-coupon", labels: {}, look: {}, returned };
        mount({ parentElement: document.getElementById('host'), data });
        return history.length;
    }"""
    before = blank.evaluate(show, ["question", 8])
    assert blank.evaluate(show, ["question", 16]) == before
    assert blank.evaluate(show, ["data", 16]) == before + 1
    assert blank.evaluate(show, ["data", 32]) == before + 1
    blank.evaluate("history.back()")
    blank.wait_for_url("**/*section=question&set.width=16")
    assert blank.evaluate(show, ["data", 32]) == before + 1, "a page that is still of the section before enters none"
    assert blank.evaluate(show, ["money", 32, True]) == before + 1, "nor one that an earlier Back had asked for"
    assert blank.url.endswith("?section=question&set.width=16")
    assert blank.evaluate(show, ["question", 32, True]) == before + 1, "where Back has led, nothing is entered anew"
    assert blank.url.endswith("?section=question&set.width=32")
    blank.evaluate("history.forward()")
    blank.wait_for_url("**/*section=data&set.width=32")


def test_the_link_follows_a_part_that_was_drawn_alone(blank: Page) -> None:
    loaded(blank, f"{SITE}/retail-coupon", "look", "copy_link")
    blank.evaluate("(html) => { document.body.innerHTML = `<div id='host'>${html}</div>`; }", copy_link.HTML)
    told = """([query, at, page = "retail-coupon"]) => {
        const data = { query, page, at, labels: {}, look: {} };
        mount({ parentElement: document.getElementById('host'), data });
    }"""
    blank.evaluate(told, ["section=train&set.width=8", 1])
    blank.evaluate("() => { window.button = window.mount; }")
    blank.add_script_tag(type="module", content=javascript("follow_link").replace("export default ", "window.mount = "))
    blank.wait_for_function("window.mount !== window.button")
    blank.evaluate("mount({ data: { query: 'section=train&set.width=16', page: 'retail-coupon', at: 2 } })")
    assert blank.url.endswith("set.width=16")
    assert blank.get_by_test_id("copy-link").get_attribute("data-link") == blank.url
    blank.evaluate("mount({ data: { query: 'section=train&set.width=32', page: 'another', at: 3 } })")
    blank.evaluate("() => { window.mount = window.button; }")
    blank.evaluate(told, ["section=train&set.width=8", 1])
    assert blank.url.endswith("set.width=16"), "what the page was told before is told again, for a new theme"
    blank.evaluate(told, ["section=train&set.width=8", 4])
    assert blank.url.endswith("set.width=8")


@pytest.mark.parametrize("site", [SITE, SAFE_SITE])
def test_the_cookie_is_kept_once_and_only_in_its_shape(blank: Page, site: str) -> None:
    first, other = "0123456789abcdef" * 2, "f" * 32
    loaded(blank, site, "visitor_cookie")
    show = "(secret) => { window.told = []; mount({ data: { secret }, setStateValue: (...all) => told.push(all) }); }"

    def cookie() -> dict[str, Any]:
        return {c["name"]: c for c in blank.context.cookies(site)}.get("proving_ground_visitor", {})

    blank.context.clear_cookies()
    blank.evaluate(show, first)
    assert cookie()["value"] == first
    assert cookie()["sameSite"] == "Lax"
    assert cookie()["secure"] == (site == SAFE_SITE)
    assert blank.evaluate("told") == []
    blank.evaluate(show, other)
    assert cookie()["value"] == first, "a cookie that another tab has set first stays"
    assert blank.evaluate("told") == [["kept", first]]
    for broken in ("x", first.upper(), first + "0", ""):
        blank.evaluate("(broken) => { document.cookie = `proving_ground_visitor=${broken}; path=/`; }", broken)
        blank.evaluate(show, other)
        assert cookie()["value"] == other, broken
    blank.context.clear_cookies()
