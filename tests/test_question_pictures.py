"""The pictures of questions show what the data says: each declared figure is compared with held-out rows."""

from __future__ import annotations

import re

import numpy as np
import pytest

from core.charts.look import DARK, LIGHT
from core.charts.pictures import image, lit_places, svg
from core.contracts import UseCase
from core.contracts.picture import Kinds, Share, Shelf, Spread, Wait
from core.store import runs, store_folder
from core.store.held_out import HeldOut, read_results
from core.use_cases import all_use_cases

SHIPPED = [u for u in all_use_cases() if u.industry != "testing"]


def held_out(use_case: UseCase) -> HeldOut:
    asked = use_case.with_variant({})
    shipped = runs.showcase(store_folder(), asked)
    assert shipped is not None
    return read_results(shipped, asked)[1]


@pytest.mark.parametrize("use_case", SHIPPED, ids=lambda u: u.name)
def test_a_declared_picture_is_what_the_held_out_rows_say(use_case: UseCase) -> None:
    picture, rows = use_case.question.picture, held_out(use_case)
    assert picture is not None, "a shipped question has a picture"
    if isinstance(picture, Share):
        assert picture.lit / picture.out_of == pytest.approx(float(rows.target[:, 0].mean()), abs=0.02)
    elif isinstance(picture, Kinds):
        assert picture.names == use_case.task.outputs
        assert np.ptp(np.bincount(rows.target[:, 0].astype(int))) <= 1, "as many of each"
    elif isinstance(picture, Wait):
        low, high = np.quantile(rows.target[:, 0], [0.05, 0.95])
        assert (picture.low, picture.high) == (round(low), round(high))
    elif isinstance(picture, Shelf):
        found = rows.info.assign(sold=rows.target[:, 0])
        found = found[(found["series"] == picture.series) & (found["day"] >= picture.first_day)]
        days = found.drop_duplicates("day").sort_values("day").head(len(picture.sold))
        assert days["sold"].round().tolist() == list(picture.sold)
        assert days["week_ago"].round().tolist() == list(picture.ordered)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_a_share_lights_as_many_as_it_says_in_the_colour_of_the_outcome(look) -> None:
    for lit, out_of in ((0, 4), (1, 8), (3, 10), (5, 9), (7, 7)):
        places = lit_places(lit, out_of)
        assert len(places) == lit
        assert all(0 <= place < out_of for place in places)
        drawn = svg(Share(lit=lit, out_of=out_of, symbol="house", tells="x"), look)
        assert len(re.findall(rf'<g [^>]*fill="{look.outcome}"', drawn)) == lit
        assert drawn.count("<g ") == out_of


def test_a_box_is_named_after_each_kind_and_none_leaves_the_picture() -> None:
    drawn = svg(Kinds(names=("shoe", "<bag>", "hat", "coat", "belt", "scarf"), tells="x"), LIGHT)
    assert drawn.count("<rect ") == 6
    assert re.findall(r">([^<>]+)</text>", drawn) == ["shoe", "&lt;bag&gt;", "hat", "coat", "belt", "scarf"]
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', drawn)
    assert size
    for x, y, wide, high in re.findall(r'<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', drawn):
        assert int(x) + int(wide) < int(size[1])
        assert int(y) + int(high) < int(size[2])


def test_a_clock_s_arc_reaches_from_the_shortest_to_the_longest_wait() -> None:
    drawn = svg(Wait(low=15, high=30, tells="x"), LIGHT)
    assert "L374.0 92.0 A74.0 74.0 0 0 1 300.0 166.0" in drawn, "from three o'clock to six"
    assert "15 min" in drawn
    assert "30 min" in drawn


def test_a_shelf_has_a_box_for_what_was_sold_wasted_and_lacking() -> None:
    shelf = Shelf(series="x", first_day="2020-01-01", ordered=(300, 100), sold=(200, 200), box=100, tells="x")
    drawn = svg(shelf, LIGHT)
    boxes = re.findall(r'height="10" rx="2.5" ([^/]*)/>', drawn)
    assert sum(LIGHT.muted in box for box in boxes) == 3
    assert sum(LIGHT.bad in box for box in boxes) == 1
    assert sum("dasharray" in box for box in boxes) == 1


def test_words_in_a_picture_cannot_leave_it_and_the_middle_outcome_is_marked() -> None:
    picture = Spread(outcomes=(-1.0, 0.5, 2.0), tells='"><script>')
    assert "<script>" not in image(picture, LIGHT)
    drawn = svg(picture, LIGHT)
    assert drawn.count(f'fill="{LIGHT.outcome}"') == 1
