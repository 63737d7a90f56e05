"""The monitor's JavaScript by itself: when it asks, what it draws, when it tells Python. Its feed is made up."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from core.charts.look import DARK, LIGHT
from core.contracts import Task
from core.use_cases import use_case
from pages.components import training_sign, training_words
from pages.components.scripts import MONITOR, SIGN
from pages.components.training_words import panel_words
from tests.browser.test_javascript import SITE, loaded

PURE = ("waitUntilNext", "replayRate", "scoreRange", "crossing", "bestEpoch", "apartFrom", "lastOnAxis", "strengthOf",
        "dotsOf", "evenly", "blended", "oneHeap", "softened", "freest")  # fmt: skip
_PARTS = Path(training_words.__file__).parent
HTML = f"<style>{(_PARTS / 'live.css').read_text('utf-8')}</style>{(_PARTS / 'live_monitor.html').read_text('utf-8')}"
TASK: Task = use_case("retail/coupon_response").task


def epoch(number: int, score: float | None, loss: float = 0.3) -> list[Any]:
    return [number, loss, loss, score, score, score, score, 0.1 * number, 0.01, [0.5, 0.1], [None, 0.25],
            [[0.1] * 10, [0.1] * 10], str(score)]  # fmt: skip


_TITLES = (("skip", "linear path", None), ("hidden.0", "hidden <b>layer</b>", 64), ("output", "output", None))
LAYERS = [{"name": name, "title": title, "units": units, "parameters": 9} for name, title, units in _TITLES]


def run(epochs: list[list[Any]], **other: Any) -> dict[str, Any]:
    told = {
        "id": "r", "state": "running", "standing": "running///", "text": "Epoch 2 of at most 40", "share": 0.1,
        "notice": "", "trouble": "", "most": 40, "elapsed": 10.0, "left": 5.0, "learned": "10 s", "metric": "ROC AUC",
        "higher": True, "constant": 0.5, "best": None, "ended": "", "verdict": "", "compared": "", "layers": LAYERS,
        "judged": "", "scores": [],
        "facts": [["Device", "<i>cpu</i>"]], "from": 0, "count": len(epochs), "epochs": epochs,
    }  # fmt: skip
    return {"pace": 0.2, "queue": [], "own": [], "more": 0, "now": None, "trouble": "", "run": told | other}


LOW, HIGH, TRAIN = 5, 6, 3  # where they lie in an epoch
LINES = [{"title": "Logistic regression", "value": 0.8, "said": "0.800", "best": True},
         {"title": "Trees", "value": 0.78, "said": "0.780", "best": False}]  # fmt: skip


def data(**other: Any) -> dict[str, Any]:
    words = panel_words(TASK)
    return {
        "run": "r", "url": "/api/trainings", "language": "en", "drawn": "running///", "live": True, "lines": LINES,
        "look": {"light": LIGHT.colours(), "dark": DARK.colours()}, "words": words, **other,
    }  # fmt: skip


class Feed:
    """Answers in the place of the server: the next of `replies`, the last of them for ever."""

    def __init__(self) -> None:
        self.replies: list[Any] = []
        self.asked: list[str] = []

    def __call__(self, route: Route) -> None:
        if "/api/trainings" not in route.request.url:
            route.fulfill(body="<!doctype html><body>", content_type="text/html")
            return
        self.asked.append(route.request.url)
        reply = self.replies[min(len(self.asked), len(self.replies)) - 1]
        if isinstance(reply, int):
            route.fulfill(status=reply, body="{}")
        else:
            route.fulfill(body=json.dumps(reply), content_type="application/json")


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def page(chromium: Browser, feed: Feed) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 900, "height": 900})
    tab = context.new_page()
    tab.route("**/*", feed)
    yield tab
    assert tab.evaluate("window.errors ?? []") == []
    context.close()


def mounted(page: Page, given: dict[str, Any]) -> None:
    """The component on an element with a shadow root, as Streamlit puts it there."""
    page.emulate_media(color_scheme="light")
    loaded(page, SITE, *MONITOR, expose=("trainingHub",))
    page.evaluate(
        """([html, data]) => {
            window.errors = []; window.told = [];
            window.addEventListener("error", (event) => window.errors.push(event.message));
            const host = document.body.appendChild(document.createElement("div"));
            const root = host.attachShadow({mode: "open"});
            root.innerHTML = html;
            window.root = root;
            window.give = (more) => window.mount({parentElement: root, data: {...data, ...more},
                setTriggerValue: (name, value) => window.told.push([name, value])});
            window.give({});
        }""",
        [HTML, given],
    )


def facts(page: Page) -> dict[str, str]:
    return dict(page.evaluate("({...root.querySelector('.live').dataset})"))


def text(page: Page, slot: str) -> str:
    return str(page.evaluate(f"(n => n.hidden ? '' : n.textContent)(root.querySelector('[data-slot={slot}]'))"))


def until(page: Page, expression: str) -> None:
    page.wait_for_function(expression, timeout=20_000)


@pytest.fixture(scope="module")
def pure(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    tab = context.new_page()
    tab.route("**/*", lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
    yield loaded(tab, SITE, *MONITOR, expose=PURE)
    context.close()


def test_who_waits_asks_as_the_server_says_and_less_often_hidden_or_unanswered(pure: Page) -> None:
    def wait(**given: Any) -> float:
        usual = {"pace": 0.4, "hidden": False, "failures": 0, "soon": False, "random": 0.5}
        return float(pure.evaluate("given => waitUntilNext(given)", {**usual, **given}))

    assert wait() == pytest.approx(0.4)
    assert wait(random=0) == pytest.approx(0.32)
    assert wait(random=1) == pytest.approx(0.48)
    assert wait(hidden=True) >= 4
    assert wait(soon=True) < 0.2
    assert wait(soon=True, pace=5) == pytest.approx(5), "many followers ask seldom also in the beginning"
    assert [wait(failures=n) for n in (1, 2, 3)] == [1, 2, 4]
    assert wait(failures=50) == 10


def test_a_quick_training_is_shown_over_some_seconds_and_a_long_one_as_it_comes(pure: Page) -> None:
    def rate(**given: Any) -> float | None:
        usual = {"predicted": 0.7, "expected": 40, "reduced": False, "seen": False}
        return pure.evaluate("given => replayRate(given)", {**usual, **given})  # type: ignore[no-any-return]

    assert rate() == 8
    assert rate(predicted=3.5) is None
    assert rate(reduced=True) is None
    assert rate(seen=True) is None
    assert rate(expected=1) is None
    assert rate(expected=3) == 1


def test_a_line_is_crossed_at_the_first_epoch_that_is_better(pure: Page) -> None:
    epochs = [epoch(1, 0.7), epoch(2, None), epoch(3, 0.8), epoch(4, 0.81), epoch(5, 0.7)]
    assert pure.evaluate("e => crossing(e, 0.8, true)", epochs) == 4
    assert pure.evaluate("e => crossing(e, 0.75, false)", epochs) == 1
    assert pure.evaluate("e => crossing(e, 0.9, true)", epochs) is None
    assert pure.evaluate("e => crossing(e, undefined, true)", epochs) is None
    losses = [epoch(n, 0.5, loss) for n, loss in ((1, 0.5), (2, 0.2), (3, 0.4))]
    assert pure.evaluate("e => bestEpoch(e)", losses) == 1
    assert pure.evaluate("e => bestEpoch(e)", []) == -1


def test_the_axis_is_about_the_race(pure: Page) -> None:
    def ends(epochs: list[list[Any]], lines: list[float], best: float | None, constant: float | None) -> list[float]:
        given = {"epochs": epochs, "lines": lines, "best": best, "constant": constant}
        return list(pure.evaluate("given => scoreRange(given)", given))

    scores = [epoch(n, score) for n, score in ((1, 0.5), (2, 0.72), (3, 0.79))]
    low, high = ends(scores, [0.8, 0.78], 0.8, 0.5)
    assert 0.68 < low < 0.7, "what lies far away is cut"
    assert 0.8 < high < 0.83
    assert ends(scores, [0.8, 0.66], 0.8, 0.5)[0] < 0.66, "but no line that is in the race"
    assert ends(scores, [0.8, 0.51], 0.8, 0.5)[0] > 0.68, "what answers alike to everybody is not"
    scores[1][LOW], scores[2][HIGH], scores[2][TRAIN], scores[0][LOW] = 0.65, 0.84, 0.9, 0.2
    low, high = ends(scores, [0.8, 0.78], 0.8, 0.5)
    assert 0.6 < low < 0.65, "the band of what is shown is held, that of what is cut is not"
    assert high > 0.9
    assert ends([], [], None, None) == [0, 1]
    assert pure.evaluate("lastOnAxis(3, 40, false)") == 40
    assert 30 < pure.evaluate("lastOnAxis(30, 100000, false)") < 60
    heights = pure.evaluate("apartFrom([10, 11, 12, 90], 14, 0, 100)")
    assert all(b - a >= 14 for a, b in itertools.pairwise(heights))
    assert heights[-1] <= 100


def test_pictures_keep_their_sums_and_their_ends(pure: Page) -> None:
    assert sum(pure.evaluate("oneHeap(Array(28).fill(0))")) == pytest.approx(1)
    assert sum(pure.evaluate("softened([0, 0, 1, 0, 0, 0])")) == pytest.approx(1)
    assert pure.evaluate("blended([[0, 1]], [[1, 0]], 0.25)") == [[0.25, 0.75]]
    assert pure.evaluate("[strengthOf(1, 1), strengthOf(0, 1), strengthOf(1e-9, 1), strengthOf(null, 1)]") == [
        1,
        0,
        0,
        0,
    ]
    assert pure.evaluate("[1, 32, 1e9].map((units) => dotsOf({ name: 'hidden.0', units }))")[-1] == 9
    assert pure.evaluate("[1, 4, 10, undefined].map((n) => dotsOf({ name: 'output' }, n))") == [1, 4, 9, 1]
    assert pure.evaluate("evenly([...Array(1000).keys()], 5)") == [0, 250, 500, 749, 999]


def test_the_lines_to_cross_are_there_before_the_first_epoch(page: Page, feed: Feed) -> None:
    feed.replies = [run([], state="waiting", standing="waiting///", elapsed=0, left=None, text="Waiting: 1 before")]
    mounted(page, data(drawn="waiting///"))
    until(page, "root.querySelectorAll('line.simple').length === 2")
    assert "Logistic regression 0.800" in page.evaluate("root.querySelector('.race').textContent")
    assert text(page, "text") == "Waiting: 1 before"
    assert page.evaluate("told") == []


def test_epochs_come_one_after_the_other_and_what_others_wrote_is_text(page: Page, feed: Feed) -> None:
    first = run([epoch(1, 0.7), epoch(2, 0.79)])
    second = run([epoch(3, 0.81)], **{"from": 2, "count": 3})
    feed.replies = [first, second, run([], **{"from": 3, "count": 3})]
    mounted(page, data())
    until(page, "root.querySelector('.live').dataset.epoch === '3'")
    assert facts(page)["score"] == "0.81"
    assert "after=2" in feed.asked[1]
    assert text(page, "crossed") == "Past Logistic regression since epoch 3."
    page.evaluate("root.querySelector('details').open = true")
    until(page, "root.querySelector('[data-slot=facts]').textContent.includes('<i>cpu</i>')")
    assert page.evaluate("root.querySelectorAll('i, b:not([data-text])').length") == 0
    assert page.evaluate("told") == []


def look(shade: str, **more: Any) -> dict[str, Any]:
    """Two patterns of one shade but for a corner, and what they find."""
    patterns = {"high": 2, "wide": 2, "of": [f"{shade}00f", "0000"]}
    return {"patterns": patterns, "found": {"high": 1, "wide": 3, "of": ["0f0", "zzz"]}, **more}


def test_what_the_first_layer_looks_for_is_drawn_beside_the_picture_that_was_told_once(page: Page, feed: Feed) -> None:
    film = {"high": 1, "wide": 2, "of": ["08"]}
    told = [[*epoch(1, 0.6), look("0", picture=film)], [*epoch(2, 0.7), look("f")], [*epoch(3, 0.7), None]]
    feed.replies = [run(told, state="finished", standing="finished//over/")]
    mounted(page, data(live=False, drawn="finished//over/"))
    until(page, "root.querySelectorAll('.look canvas').length === 5")
    shades = page.evaluate(
        """[...root.querySelectorAll(".look canvas")].map((canvas) => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return [...data].filter((_, i) => i % 4 === 0);
        })"""
    )
    assert shades == [[0, 136], [255, 0, 0, 255], [0, 255, 0], [0, 0, 0, 0], [0, 0, 0]]


def test_a_machine_that_draws_more_slowly_than_it_is_told_draws_all_the_same(page: Page, feed: Feed) -> None:
    """A frame comes after 1.5 s here, and what there is to draw several times a second."""
    feed.replies = [run([], state="waiting", standing="waiting///", elapsed=0, left=None, text="Waiting: 1 before")]
    page.add_init_script(
        "window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 1500);"
        "window.cancelAnimationFrame = clearTimeout;"
    )
    mounted(page, data(drawn="waiting///"))
    until(page, "root.querySelector('[data-slot=text]').textContent === 'Waiting: 1 before'")


def test_python_hears_once_that_a_run_stands_otherwise(page: Page, feed: Feed) -> None:
    feed.replies = [run([epoch(1, 0.7)]), run([], standing="running/stop//", **{"from": 1, "count": 1})]
    mounted(page, data())
    until(page, "told.length > 0")
    page.wait_for_timeout(1000)
    assert page.evaluate("told") == [["changed", "running/stop//"]]
    page.evaluate("give({drawn: 'running/stop//'})")
    page.wait_for_timeout(500)
    assert len(page.evaluate("told")) == 1


def finished(count: int) -> dict[str, Any]:
    done = {"state": "finished", "standing": "finished//over/", "elapsed": 0.7, "left": 0, "learned": "0.7 s"}
    words = {
        "text": "Finished",
        "share": 1,
        "judged": "win",
        "scores": [["Network", "0.835"], ["<b>T", "0.8"]],
        "verdict": "The network wins.",
        "ended": "Stopped early",
    }
    return run([epoch(n, 0.7 + n / 100) for n in range(1, count + 1)], **done, **words)


def test_a_quick_training_is_replayed_its_time_is_said_and_skip_ends_it(page: Page, feed: Feed) -> None:
    feed.replies = [finished(20)]
    mounted(page, data())
    until(page, "root.querySelector('.live').dataset.replaying === 'true'")
    assert "learned in 0.7 s, shown slower" in text(page, "text")
    assert text(page, "verdict") == "", "nobody is told the end before the race"
    assert page.evaluate("told") == []
    page.evaluate("root.querySelector('.skip').click()")
    until(page, "told.length === 1")
    until(page, "root.querySelector('.live').dataset.epoch === '20'")
    assert text(page, "verdict") == "The network wins."
    assert page.evaluate("root.querySelector('.scores').innerText.split('\\n')") == ["Network", "0.835", "<b>T", "0.8"]
    assert page.evaluate("root.querySelector('.status').hidden"), "the verdict says that it has finished"
    size = "(name => parseFloat(getComputedStyle(root.querySelector(name)).fontSize))"
    assert page.evaluate(f"{size}('.verdict') > 1.8 * {size}('.note')")
    assert text(page, "skip") == ""
    asked = len(feed.asked)
    page.wait_for_timeout(800)
    assert len(feed.asked) == asked, "of what has ended nobody asks again"


def test_who_wants_no_motion_sees_the_end_at_once(page: Page, feed: Feed) -> None:
    feed.replies = [finished(20)]
    page.emulate_media(reduced_motion="reduce")
    mounted(page, data())
    until(page, "told.length === 1")
    until(page, "root.querySelector('.live').dataset.epoch === '20'")
    assert facts(page)["replaying"] == "false"


def test_a_run_that_had_ended_is_just_shown(page: Page, feed: Feed) -> None:
    feed.replies = [finished(20)]
    mounted(page, data(live=False, drawn="finished//over/"))
    until(page, "root.querySelector('.live').dataset.epoch === '20'")
    assert text(page, "ended") == "Stopped early"
    assert page.evaluate("root.querySelectorAll('.bestmark').length") == 1
    assert page.evaluate("told") == []


_TITLES_OF_CLOSE = ("Logistic regression, tuned", "Gradient boosting, tuned", "Logistic regression", "Best feature")
CLOSE = [
    {"title": title, "value": value, "said": f"{value:.3f}", "best": value == 0.8321}
    for title, value in zip(_TITLES_OF_CLOSE, (0.8321, 0.8319, 0.8318, 0.795), strict=True)
]
OVERLAPS = """(picture) => {
    const box = (node) => node.getBoundingClientRect();
    const texts = [...picture.querySelectorAll('text')].filter((node) => node.textContent);
    const frame = box(picture);
    const cut = texts.filter((node) => box(node).left < frame.left - 1 || box(node).right > frame.right + 1);
    const pairs = texts.flatMap((one, i) => texts.slice(i + 1).map((other) => [one, other]));
    return [...cut.map((node) => [node.textContent]), ...pairs.filter(([one, other]) => {
        const [a, b] = [box(one), box(other)];
        return a.left < b.right - 1 && a.right > b.left + 1 && a.top < b.bottom - 3 && a.bottom > b.top + 3;
    }).map((pair) => pair.map((node) => node.textContent))];
}"""


@pytest.mark.parametrize("width", [300, 390, 560, 900, 1300])
def test_no_name_covers_another_and_every_line_has_one(page: Page, feed: Feed, width: int) -> None:
    reply = finished(20)
    reply["run"]["epochs"] = [epoch(n, 0.83 + 0.0001 * n) for n in range(1, 21)]
    reply["run"]["layers"] = [
        *({"name": f"hidden.{i}", "title": f"hidden layer {i + 1}", "units": 64, "parameters": 9} for i in range(2)),
        LAYERS[2],
    ]
    feed.replies = [reply]
    page.set_viewport_size({"width": width, "height": 900})
    mounted(page, data(live=False, drawn="finished//over/", lines=CLOSE))
    until(page, "root.querySelector('.live').dataset.epoch === '20'")
    for picture in ("race", "network"):
        assert page.evaluate(f"({OVERLAPS})(root.querySelector('[data-slot={picture}]'))") == [], picture
    told = page.evaluate("root.querySelector('.stage').textContent")
    for line in CLOSE:
        assert line["title"] in told
        assert str(line["said"]) in told
    keys = page.evaluate("[...root.querySelectorAll('.keys li')].map((node) => node.textContent)")
    assert (keys == []) is (width >= 900), "a key where there is no room beside the plot"


def test_a_method_that_is_far_away_has_a_name_and_no_line(page: Page, feed: Feed) -> None:
    feed.replies = [run([epoch(1, 0.79)])]
    mounted(page, data(lines=[*LINES, {"title": "Nobody", "value": 0.5, "said": "0.500", "best": False}]))
    until(page, "root.querySelector('.live').dataset.epoch === '1'")
    assert page.evaluate("root.querySelectorAll('line.simple').length") == 2
    assert "Nobody 0.500" in page.evaluate("root.querySelector('.race').textContent")


def test_the_mark_is_where_the_loss_was_lowest_and_says_so(page: Page, feed: Feed) -> None:
    reply = finished(20)
    reply["run"]["epochs"][4][2] = 0.1  # the loss; the score rises to the end
    feed.replies = [reply]
    mounted(page, data(live=False, drawn="finished//over/"))
    until(page, "root.querySelector('.live').dataset.epoch === '20'")
    assert "lowest loss: epoch 5" in page.evaluate("root.querySelector('.race').textContent")
    reply["run"]["best"] = [5, 9]  # as the report tells of several networks
    mounted(page, data(live=False, drawn="finished//over/"))
    until(page, "root.querySelector('.live').dataset.epoch === '20'")
    assert "lowest loss: epochs 5 to 9" in page.evaluate("root.querySelector('.race').textContent")
    assert page.evaluate("root.querySelectorAll('.bestmark').length") == 2


def test_a_server_that_is_away_is_said_and_asked_again(page: Page, feed: Feed) -> None:
    feed.replies = [run([epoch(1, 0.7)]), 500, 500, 500, run([epoch(2, 0.75)], **{"from": 1, "count": 2})]
    mounted(page, data())
    until(page, "!root.querySelector('[data-slot=away]').hidden")
    until(page, "root.querySelector('.live').dataset.epoch === '2'")
    assert text(page, "away") == ""


def test_a_file_that_was_begun_anew_is_drawn_anew(page: Page, feed: Feed) -> None:
    feed.replies = [run([epoch(1, 0.7), epoch(2, 0.7), epoch(3, 0.7)]), run([epoch(1, 0.6)])]
    mounted(page, data())
    until(page, "root.querySelector('.live').dataset.score === '0.6'")
    assert facts(page)["received"] == "1"


SIGN_DATA = {
    "url": "/api/trainings", "language": "en", "look": {"light": LIGHT.colours(), "dark": DARK.colours()},
    "words": {"training": "Training {share}", "waiting": "Waiting: {count} before", "locale": "en",
              "others": "{text}, somebody else\u2019s"},
}  # fmt: skip


def signed(page: Page) -> None:
    """The sign in the corner, on a page with a title."""
    loaded(page, SITE, *SIGN, expose=("trainingHub",))
    page.evaluate(
        """([html, data]) => {
            document.title = "Coupons"; window.told = [];
            const root = document.body.appendChild(document.createElement("div")).attachShadow({mode: "open"});
            root.innerHTML = html; window.root = root;
            const setTriggerValue = (name, value) => window.told.push([name, value]);
            window.mount({parentElement: root, data, setTriggerValue});
        }""",
        [training_sign._HTML, SIGN_DATA],
    )


def queue(*jobs: tuple[str, str], own: list[int], share: float = 0.456) -> dict[str, Any]:
    told = [{"run": f"r{i}", "title": t, "page": f"page-{i}", "state": state} for i, (t, state) in enumerate(jobs)]
    now = {"run": "r0", "share": share, "curve": [0.6, None, 0.7]} if jobs else None
    return {"pace": 0.2, "queue": told, "own": own, "more": 0, "now": now, "trouble": "", "run": None}


def test_the_sign_and_the_title_follow_the_visitors_own_training_and_go_with_it(page: Page, feed: Feed) -> None:
    feed.replies = [queue(("<b>Coupons</b>", "running"), own=[0])] * 3 + [queue(own=[])]
    signed(page)
    until(page, "document.title === 'Training 46% · Coupons'")
    assert page.evaluate("root.querySelector('.title').textContent") == "<b>Coupons</b>"
    assert page.evaluate("root.querySelectorAll('path.line').length") == 1
    page.evaluate("root.querySelector('.sign').click()")
    assert page.evaluate("told") == [["open", "page-0"]]
    until(page, "root.querySelector('.sign').hidden")
    assert page.evaluate("document.title") == "Coupons"


def test_of_others_the_sign_says_so_and_the_title_nothing_and_who_waits_sees_the_place(page: Page, feed: Feed) -> None:
    feed.replies = [queue(("A", "running"), own=[]), queue(("A", "running"), ("B", "waiting"), own=[1])]
    signed(page)
    until(page, "root.querySelector('.text').textContent.endsWith('46%, somebody else\\u2019s')")
    assert page.evaluate("document.title") == "Coupons"
    until(page, "document.title === 'Waiting: 1 before · Coupons'")
    assert page.evaluate("root.querySelector('.sign').dataset.page") == "page-1"
