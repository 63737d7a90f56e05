"""The small pictures of cards: what ships is what the recorded runs' predictions say, and each kind has one."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.charts import small
from core.charts.fan import FanRows
from core.kinds import KINDS
from core.publish import pictures
from core.publish.record import presets_of, stands_for_its_variant
from core.store import packed
from core.store.pictures import made_from, picture_of, shipped
from core.store.runs import RECORDED, read
from core.use_cases import all_use_cases, use_case
from tests.pages.drawing import train

ROOT = Path(__file__).parents[1]
SHIPPED = {
    f"{u.slug}-{p.name}": u
    for u in all_use_cases()
    if u.industry != "testing"
    for p in presets_of(u)
    if stands_for_its_variant(u, p)
}
HALF_A_CENT = 0.005


def test_every_recommended_run_has_a_picture_of_its_own_predictions() -> None:
    kept = shipped(packed.shared_folder(RECORDED))
    assert set(kept) == set(SHIPPED)
    for name in SHIPPED:
        run = read(RECORDED / name, recorded=True)
        assert kept[name]["of"] == made_from(run)
        assert picture_of(run) == kept[name]["picture"]


@pytest.mark.parametrize(
    "name",
    ["retail-coupon_response-recommended", "supply_chain-delivery_time-recommended", "supply_chain-demand-stores"],
)
def test_what_ships_is_what_is_drawn_from_the_predictions(name: str) -> None:
    drawn = pictures.picture(SHIPPED[name], read(RECORDED / name, recorded=True))
    assert json.loads(json.dumps(drawn)) == shipped(packed.shared_folder(RECORDED))[name]["picture"]


def test_money_of_a_picture_is_the_report_s() -> None:
    walked = 0
    for name, kept in shipped(packed.shared_folder(RECORDED)).items():
        if not (money := kept["picture"].get("money")):
            continue
        value = read(RECORDED / name, recorded=True).report()["value"]
        assert value is not None
        told = {"network": value["amount"], **{b["name"]: b["amount"] for b in value["baselines"]}}
        assert max(told[b["name"]] for b in value["baselines"]) == told[money["simple"]["name"]]
        for one in money.values():
            assert one["amount"][one["chosen"]] == pytest.approx(told[one["name"]], abs=HALF_A_CENT)
            assert one["share"] == sorted(one["share"])
            assert one["share"][0] == 0
            assert one["share"][-1] == 1
        walked += 1
    assert walked > 5


def test_every_kind_names_a_picture_that_there_is() -> None:
    ours = {name: kind.picture for name, kind in KINDS.all().items()}
    assert set(ours.values()) - {""} == {*pictures._MAKERS, pictures.MADE}  # without one, a card shows its icon


def test_a_picture_of_other_predictions_is_not_shown() -> None:
    run = read(RECORDED / "retail-churn-recommended", recorded=True)
    assert picture_of(run)
    other = replace(run, end={**run.end, "files": {**run.end["files"], "predictions.parquet": "0" * 64}})
    assert picture_of(other) is None
    assert picture_of(replace(run, recorded=False)) is None


def test_a_picture_is_read_without_numpy() -> None:
    program = (
        "import sys\nfrom core.store.pictures import picture_of\nfrom core.store.runs import RECORDED, read\n"
        "assert picture_of(read(RECORDED / 'retail-churn-recommended', recorded=True))\n"
        "print(sorted({'numpy', 'pandas', 'plotly'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_heaps_part_where_the_network_tells_them_apart() -> None:
    rng = np.random.default_rng(0)
    positive = rng.random(4000) < 0.3
    apart = small.heaps(positive, np.where(positive, 0.8, 0.1) + rng.normal(0, 0.02, 4000), cut=0.4)
    peaks = [int(np.argmax(apart[name])) for name in ("no", "yes")]
    assert peaks[1] - peaks[0] > 20
    assert peaks[0] / 36 < apart["cut"] < peaks[1] / 36
    same = small.heaps(positive, rng.random(4000), cut=None)
    assert abs(int(np.argmax(same["yes"])) - int(np.argmax(same["no"]))) < 12
    assert same["cut"] is None


def test_heaps_of_one_and_the_same_chance_are_drawn() -> None:
    drawn = small.heaps(np.array([True, False]), np.array([0.5, 0.5]), cut=0.5)
    assert max(drawn["yes"]) == 1


def test_the_lowest_third_of_risk_stays_free_longest() -> None:
    rng = np.random.default_rng(1)
    risk = rng.normal(size=600)
    time = rng.exponential(np.exp(-risk))
    low, middle, high = small.curves(np.c_[time, np.ones(600)], risk)["lines"]
    assert low[8] > middle[8] > high[8]
    assert low[0] == 1.0


def test_squares_lie_on_the_diagonal_where_classes_are_told_apart() -> None:
    chances = np.full((30, 3), 0.1)
    actual = np.arange(30) % 3
    chances[np.arange(30), actual] = 0.8
    assert small.squares(actual.astype(float), chances)["rows"] == np.eye(3).tolist()


def test_bars_are_as_high_as_the_best_order_where_the_order_is_right() -> None:
    group, relevance = np.repeat(np.arange(5), 4), np.tile([3.0, 2.0, 1.0, 0.0], 5)
    drawn = small.bars(group, relevance, relevance * 10)
    assert drawn["ours"] == drawn["best"] == [1.0, 0.667, 0.333, 0.0]


def test_money_grows_in_the_picture_as_it_does() -> None:
    drawn = small.growth(np.full(40, 0.01), np.zeros(40))
    assert drawn["ours"] == sorted(drawn["ours"])
    assert (drawn["ours"][0], drawn["ours"][-1], set(drawn["simple"])) == (0.0, 1.0, {0.0})
    assert small.growth(np.full(3, -0.5), None)["simple"] == []


def test_dots_of_a_segment_lie_together() -> None:
    segment = np.arange(400) % 2
    place = np.c_[segment * 10.0, np.zeros(400)] + np.random.default_rng(3).normal(0, 0.5, (400, 2))
    drawn = small.dots(place, segment)
    assert len(drawn["x"]) == len(drawn["y"]) == len(drawn["of"]) == 120
    assert max(x for x, of in zip(drawn["x"], drawn["of"], strict=True) if of == 0) < 0.3
    assert min(x for x, of in zip(drawn["x"], drawn["of"], strict=True) if of == 1) > 0.7


@pytest.mark.parametrize(("name", "shape"), [("testing/tiny_allocation", "growth"), ("testing/tiny_clusters", "dots")])
def test_the_younger_kinds_are_drawn_from_their_runs(name: str, shape: str) -> None:
    drawn = pictures.picture(use_case(name), train(name))
    assert drawn is not None
    assert json.loads(json.dumps(drawn)) == drawn
    assert drawn["shape"] == shape
    series = {key: values for key, values in drawn.items() if key in ("ours", "simple", "x", "y")}
    assert len(series) == 2
    assert all(len(set(values)) > 5 and 0 <= min(values) <= max(values) <= 1 for values in series.values())


def test_a_band_and_a_fan_lie_inside_the_picture() -> None:
    rng = np.random.default_rng(2)
    middle = np.sort(rng.normal(30, 5, 500))
    quantiles = np.stack([middle - 4, middle, middle + 6], axis=1)
    drawn = small.band(quantiles, middle + rng.normal(0, 3, 500))
    assert drawn["middle"] == sorted(drawn["middle"])
    assert all(low <= high for low, high in zip(drawn["low"], drawn["high"], strict=True))
    days = np.arange(14)
    rows = FanRows(
        origin=0, when=days, quantiles=quantiles[:14], happened=middle[:14], known_when=days, known=middle[:14]
    )
    over = small.fan(rows)
    assert len(over["known"]) == 14
    assert len(over["low"]) == 14
    assert all(0 <= value <= 1 for name in ("low", "middle", "high", "known") for value in over[name])


def test_a_use_case_of_another_kind_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_MAKERS", {})
    declared = use_case("retail/churn")
    assert pictures.picture(declared, read(RECORDED / "retail-churn-recommended", recorded=True)) is None
