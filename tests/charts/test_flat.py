"""Pictures as HTML: marks stand where the numbers say, words are letters, numbers can be read aloud."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from core.charts import flat, outcome, squares
from core.charts.flat import Line, Part, Scale
from core.charts.look import DARK, LIGHT, Look
from core.charts.standings import Bar, standings
from core.contracts import Column, ColumnKind
from core.use_cases import use_case

FOREIGN = '<a href="https://example.invalid/x">Sign in</a>'
COUPON = use_case("retail/coupon_response")


class Page(HTMLParser):
    """Every element with its attributes, and the words that stand there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def of(self, name: str) -> list[dict[str, str]]:
        """The attributes of all with this class, or of this element."""
        return [own for tag, own in self.found if name == tag or name in own.get("class", "").split()]


def percent(style: str, name: str) -> float:
    found = re.search(rf"(?:^|;){name}:(?:max\()?([-\d.]+)%", style)
    assert found, style
    return float(found[1])


def bars(low: float | None = None) -> list[Bar]:
    ours = Bar(
        name="Network", role="network", value=75.0, low=low, high=None if low is None else 100.0, said="$75", exact=""
    )
    return [
        ours,
        Bar(name="Today: nobody", role="today", value=-25.0, low=None, high=None, said="−$25", exact="exactly"),
    ]


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_bars_stand_on_zero_in_the_colours_of_their_roles(look: Look) -> None:
    page = Page(standings(bars(low=50.0), "Net value", look))
    ours, today = (own["style"] for own in page.of("flat-bar"))
    assert (percent(ours, "left"), percent(ours, "width")) == (20, 60)  # of −25 to 100
    assert (percent(today, "left"), percent(today, "width")) == (0, 20)
    assert f"background:{look.network}" in ours
    assert f"background:{look.today}" in today
    (whisker,) = (own["style"] for own in page.of("flat-whisker"))
    assert (percent(whisker, "left"), percent(whisker, "width")) == (60, 40)
    first, second = (own["style"] for own in page.of("flat-value"))
    assert percent(first, "left") == 100, "behind the whisker"
    assert percent(second, "left") == 20, "behind the bar, never on it"


def test_where_something_is_lost_the_line_of_zero_stands_within() -> None:
    def drawn(lost: float) -> str:
        bars = [
            Bar(name=name, role="network", value=value, low=None, high=None, said="", exact="")
            for name, value in (("gains", 30.0), ("loses", lost))
        ]
        return standings(bars, "Money", LIGHT)

    assert drawn(-10.0).count('class="flat-zero" style="left:25.0%"') == 2
    assert drawn(-10.0).count("border-left:0;") == 2
    assert 'class="flat-zero"' not in drawn(10.0), "it stands at the edge"


def test_a_picture_is_a_table_to_be_read_aloud_and_one_stop_of_the_keyboard() -> None:
    page = Page(standings(bars(), "Net value", LIGHT))
    assert [own["tabindex"] for own in page.of("figure")] == ["0"]
    assert [own["aria-label"] for own in page.of("figure")] == ["Net value"]
    assert [own["scope"] for own in page.of("th")] == ["row", "row"]
    assert "Today: nobody: exactly" in [own["title"] for own in page.of("tr")]
    assert page.words.count("exactly") == 1, "aloud, in the row"
    assert page.words.count("Today: nobody: exactly") == 1, "shown on focus, and not said twice"
    assert [own["aria-hidden"] for own in page.of("flat-exact")] == ["true"]


def test_words_of_the_data_are_letters() -> None:
    line = Line(name=FOREIGN, parts=(), said=(FOREIGN,), exact=FOREIGN)
    drawn = [
        flat.lines(FOREIGN, [line]),
        flat.over(FOREIGN, [line]),
        flat.sheet([], LIGHT, legend=[("#000000", FOREIGN)]),
    ]
    drawn.append(squares.confusion({"tp": 1, "fn": 2, "fp": 3, "tn": 4}, FOREIGN, FOREIGN, LIGHT))
    drawn.append(squares.shares(FOREIGN, [FOREIGN], [(FOREIGN, [0.5])], LIGHT))
    for text in drawn:
        page = Page(text)
        assert not page.of("a"), text
        assert any("Sign in" in words for words in page.words), "it is not there at all"


def test_the_cells_of_a_confusion_matrix_are_counts_and_shares_of_what_happened() -> None:
    page = Page(squares.confusion({"tp": 90, "fn": 10, "fp": 1000, "tn": 3000}, "yes", "no", LIGHT))
    told = [word for word in page.words if re.fullmatch(r"[\d,]+%?", word)]
    assert told == ["90", "90%", "10", "10%", "1,000", "25%", "3,000", "75%"]
    shades = [float(re.findall(r"[\d.]+(?=\))", own["style"])[0]) for own in page.of("td") if "style" in own]
    assert shades == [0.45, 0.05, 0.12, 0.38], "half as dark as their share: letters stand out"


def groups() -> list[dict[str, object]]:
    edges = [(0.0, 0.0), (0.5, 2.0), (2.0, 9.0)]
    return [
        {"rows": 40, "units": 40, "from": low, "to": high, "share": share, "low": share - 0.05, "high": share + 0.05}
        for (low, high), share in zip(edges, (0.1, 0.2, 0.4), strict=True)
    ]


def test_the_lowest_and_highest_range_are_open_and_shares_are_percent() -> None:
    told, column = groups(), Column(name="c", label="C")
    assert [outcome.group_named(g, column, told) for g in told] == ["0", "0.5 – 2", "2 and more"]  # type: ignore[arg-type]
    assert outcome.group_named(told[1], column, told[1:]) == "up to 2"  # type: ignore[arg-type]
    share = Column(name="c", label="C", unit="share of trips")
    assert outcome.group_named(told[1], share, told[:2]) == "50% and more"  # type: ignore[arg-type]
    assert (outcome.title_of(share), outcome.title_of(Column(name="c", label="C", unit="kg"))) == ("C", "C (kg)")


def test_the_outcome_by_group_has_its_interval_and_a_dotted_line_of_all_rows() -> None:
    column, whole = Column(name="c", label="C"), {"rows": 120, "units": 120, "share": 0.25, "low": 0.2, "high": 0.3}
    told = [(column, {"name": "c", "missing": 0.0, "groups": groups()})]
    page = Page(outcome.by_group(told, whole, COUPON.task, LIGHT, lambda value: f"{value:.0%}"))  # type: ignore[arg-type]
    widths = [percent(own["style"], "width") for own in page.of("flat-bar")]
    assert [width / widths[0] for width in widths] == pytest.approx([1, 2, 4], rel=0.01)
    marks = {percent(own["style"], "left") for own in page.of("b") if own["class"] == "flat-mark"}
    assert marks == {round(100 * 0.25 / 0.45, 2)}
    assert "2 and more: 40%, 95% interval 35% to 45%, 40 rows" in [own["title"] for own in page.of("tr")]
    assert "all rows: 25%" in page.words


def test_amounts_lie_on_one_scale_in_all_pictures() -> None:
    def of(middle: float) -> dict[str, object]:
        quantiles = [middle - 2, middle - 1, middle, middle + 1, middle + 2]
        group = {"rows": 9, "units": 9, "name": "a", "quantiles": quantiles}
        return {"name": "c", "missing": 0.0, "groups": [group]}

    column = Column(name="c", label="C", kind=ColumnKind.CATEGORY)
    whole = {"rows": 18, "units": 18, "quantiles": [0.0, 2.0, 5.0, 8.0, 10.0]}
    task = use_case("supply_chain/delivery_time").task
    drawn = outcome.by_group([(column, of(2.0)), (column, of(8.0))], whole, task, LIGHT, str)  # type: ignore[list-item, arg-type]
    page = Page(drawn)
    assert [percent(own["style"], "left") for own in page.of("flat-point")] == [20, 80]
    assert [percent(own["style"], "width") for own in page.of("flat-box")] == [20, 20]


def test_two_heaps_lie_over_each_other_and_every_bin_has_its_numbers() -> None:
    edges = [float(edge) for edge in range(9)]
    profile = {
        "name": "c",
        "missing": 0.0,
        "edges": edges,
        "split": [[4] * 8, [0, 0, 0, 0, 0, 0, 3, 1]],
        "groups": groups(),
    }
    page = Page(outcome.split([(Column(name="c", label="C"), profile)], COUPON.task, LIGHT))  # type: ignore[arg-type]
    strips = [own["title"] for own in page.of("span") if "title" in own]
    assert strips == [
        f"{a} – {b}: not redeemed 25.0%, redeemed {yes}"
        for (a, b), yes in zip(pairwise((0, 2, 4, 6, 8)), ("0.0%", "0.0%", "0.0%", "100.0%"), strict=True)
    ]
    source = re.search(r"base64,([^)]+)\)", page.of("flat-heaps")[0]["style"])
    assert source
    svg = base64.b64decode(source[1]).decode()
    assert svg.count("<path") == 4
    assert LIGHT.outcome in svg
    assert LIGHT.today in svg


def test_a_scale_without_a_span_draws_still() -> None:
    assert Scale.of([]).at(0.0) == 0
    line = Line(name="a", parts=(Part(shape="point", start=3.0, end=3.0, colour="#000000"),), said=("3",), exact="3")
    assert "left:0.0%" in flat.lines("t", [line])
