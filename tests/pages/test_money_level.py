"""The level panel is told what the value model says of every level, and its place is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.store.held_out import HeldOut
from core.use_cases import use_case
from core.value.threshold import assumed_values
from pages.components.level_panel import level_panel
from pages.components.money_level import _counted
from tests.pages.drawing import components_of, page_of, train, unfolded

MODEL = use_case("testing/tiny_stock").value
ASSUMED = assumed_values(MODEL.assumptions)


def held() -> HeldOut:
    rng = np.random.default_rng(3)
    prediction = np.sort(rng.uniform(10, 90, (40, 5)), axis=1)
    info = pd.DataFrame({"same_weekday": rng.uniform(10, 90, 40)})
    target = rng.uniform(10, 90, (40, 1))
    return HeldOut(
        rows=np.arange(40),
        target=target,
        info=info,
        ensemble=prediction,
        members=prediction[None],
        baselines={},
        validation_target=target,
        validation_info=info,
        validation=prediction,
        validation_baselines={},
    )


def test_every_level_is_counted_as_the_value_model_counts_it() -> None:
    found = held()
    counted = _counted(MODEL, found, ASSUMED)
    assert counted["levels"] == MODEL.grid()
    for place in (0, 33, len(counted["levels"]) - 1):
        level = counted["levels"][place]
        amount = MODEL.amount(found.target, found.ensemble, found.info, level, ASSUMED)[0]
        stock, sold = MODEL.at(found.ensemble, level), found.target[:, 0]
        assert counted["amounts"][place] == pytest.approx(amount)
        assert counted["kept"][place] == (stock >= sold).mean()
        assert counted["acted"][place] == pytest.approx(stock.mean())
        assert counted["short"][place] == pytest.approx(np.maximum(0, sold - stock).mean())
        assert counted["over"][place] == pytest.approx(np.maximum(0, stock - sold).mean())
    assert counted["rows"] * counted["scale"] == pytest.approx(4 * 365)
    said = [(r["name"], r["amount"]) for r in counted["references"]]
    assert said == list(MODEL.references(found.target, found.info, ASSUMED))


def test_only_the_rows_that_the_decision_is_about_are_averaged_and_counted() -> None:
    found, about = held(), np.arange(40) % 4 == 1

    def outcome(*given):
        said = MODEL.outcome(*given)
        return replace(said, money=np.where(about, said.money, 0.0), counted=about)

    counted = _counted(replace(MODEL, outcome=outcome), found, ASSUMED)
    stock, sold = MODEL.at(found.ensemble, counted["levels"][33])[about], found.target[about, 0]
    assert counted["rows"] == 10
    assert counted["kept"][33] == (stock >= sold).mean()
    assert counted["acted"][33] == pytest.approx(stock.mean())
    assert counted["short"][33] == pytest.approx(np.maximum(0, sold - stock).mean())
    assert counted["over"][33] == pytest.approx(np.maximum(0, stock - sold).mean())


def test_a_payload_with_lists_of_different_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match="same length"):
        level_panel({"levels": [0.1], "amounts": [], "kept": [], "acted": [], "short": [], "over": []}, key="x")


def test_the_money_section_of_a_level_is_drawn_with_each_method_s_worth() -> None:
    run = train("testing/tiny_stock")
    app = page_of("testing/tiny_stock", section="money", decision="0.6")
    assert not app.exception
    assert not app.error
    assert app.session_state["state:testing-tiny_stock"].decision == 0.6
    (strip,) = [c for c in components_of(app) if "heard" in c]
    assert [row["name"] for row in strip["rows"]] == [a.name for a in MODEL.assumptions]
    methods = unfolded(app, "testing/tiny_stock", "money").dataframe[0].value["Method"].tolist()
    assert methods[:2] == ["Network", run.report()["value"]["baselines"][0]["title"]]
    assert methods[-2:] == ["As many as a week ago", "Always 60"]
