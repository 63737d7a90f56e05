"""Who is acted on: one rule and one count, at every threshold, between any two chances, and on equal ones."""

import json
from urllib.parse import parse_qs, urlencode

import numpy as np
import pytest

from core.value import confusion
from core.value.confusion import ACT_ON_NOBODY, Ranking, acted_on, cells_at, rows_in


def rows(seed, *, levels=None, near=False):
    rng = np.random.default_rng(seed)
    chance = rng.random(300)
    if levels:
        chance = np.round(chance * levels) / levels
    if near:  # as a network that has learned nothing: all chances within a ten-thousandth
        chance = 0.2228 + chance * 1e-4
    target = (rng.random(300) < 0.3).astype(float)
    return target[:, None], chance[:, None]


CASES = [rows(0), rows(1, levels=6), rows(2, near=True), rows(3, levels=1), (np.ones((2, 1)), np.full((2, 1), 0.5))]
each_case = pytest.mark.parametrize(("target", "chance"), CASES, ids=["spread", "tied", "near", "0 or 1", "equal"])


def test_the_cells_add_up_and_a_chance_that_equals_the_threshold_is_acted_on():
    target = np.array([[1.0], [0], [1], [0], [0]])
    chance = np.array([[0.9], [0.8], [0.5], [0.3], [0.1]])
    assert cells_at(target, chance, 0.5).counts() == {"tp": 2, "fp": 1, "fn": 0, "tn": 2}
    assert cells_at(target, chance, float(np.nextafter(0.5, 1))).counts() == {"tp": 1, "fp": 1, "fn": 1, "tn": 2}
    assert cells_at(target, chance, ACT_ON_NOBODY).counts() == {"tp": 0, "fp": 0, "fn": 2, "tn": 3}


@each_case
def test_every_place_of_a_ranking_is_counted_as_its_threshold_is(target, chance):
    ranking = Ranking.of(target, chance)
    for place in range(len(ranking.acted)):
        threshold = ranking.threshold_at(place)
        assert ranking.cells(place).counts() == cells_at(target, chance, threshold).counts()
        assert ranking.place_of(threshold) == place
    assert ranking.threshold_at(0) == ACT_ON_NOBODY
    assert ranking.acted[-1] == len(target)
    assert ranking.found[-1] == (target > 0).sum()


@each_case
def test_any_threshold_stands_where_it_acts(target, chance):
    ranking = Ranking.of(target, chance)
    edges = [np.nextafter(chance, 2), chance, np.nextafter(chance, -1)]
    for threshold in [0.0, 0.5, 1.0, ACT_ON_NOBODY, *np.concatenate(edges)[:, 0]]:
        place = ranking.place_of(float(threshold))
        assert ranking.acted[place] == acted_on(chance, float(threshold)).sum()
        assert ranking.cells(place).counts() == cells_at(target, chance, float(threshold)).counts()


@each_case
def test_a_threshold_survives_a_link_and_json_to_the_last_bit(target, chance):
    ranking = Ranking.of(target, chance)
    for place in range(len(ranking.acted)):
        threshold = ranking.threshold_at(place)
        linked = float(parse_qs(urlencode({"decision": threshold}))["decision"][0])
        assert linked == json.loads(json.dumps(threshold)) == threshold
        assert ranking.place_of(linked) == place


def test_neighbours_to_the_last_bit_stand_apart():
    chance = np.array([[np.nextafter(0.5, 1)], [0.5]])
    ranking = Ranking.of(np.array([[1.0], [0.0]]), chance)
    assert [ranking.place_of(ranking.threshold_at(place)) for place in range(3)] == [0, 1, 2]
    assert acted_on(chance, ranking.threshold_at(1)).tolist() == [True, False]


@each_case
def test_every_row_lies_in_one_cell(target, chance):
    inside = rows_in(target, chance, 0.4)
    assert (np.stack(list(inside.values())).sum(0) == 1).all()


def test_stops_are_spread_over_the_share_that_is_acted_on():
    ranking = Ranking.of(*rows(5))
    few, all_of_them = ranking.spread(20), ranking.spread(10_000)
    assert (few[0], few[-1], len(few)) == (0, len(ranking.chance), 21)
    assert np.diff(ranking.acted[few]).tolist() == [15] * 20
    assert all_of_them.tolist() == list(range(len(ranking.acted)))


def test_rows_that_nobody_can_write_into_are_counted_once():
    """Choosing a threshold for each assumption of a strip, a tenth up and down, is a dozen looks at the same rows."""
    target, chance = rows(7)
    assert Ranking.of(target, chance) is not Ranking.of(target, chance), "they may be others by then"
    before = Ranking.of(target, chance)
    target.setflags(write=False)
    chance.setflags(write=False)
    kept = Ranking.of(target, chance)
    assert kept is Ranking.of(target, chance)
    assert np.array_equal(kept.acted, before.acted)
    others = rows(8)
    for array in others:
        array.setflags(write=False)
    assert Ranking.of(*others) is not kept
    for seed in range(9, 40):
        more = rows(seed)
        for array in more:
            array.setflags(write=False)
        Ranking.of(*more)
    assert len(confusion._known) <= 16
