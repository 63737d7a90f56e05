"""One decision, one sum: every recorded run's report, strip, panel, matrix and lists count the same, to the cent."""

from __future__ import annotations

import json
import shutil
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.contracts import Kind, UseCase
from core.errors import UserError
from core.formatting import numbers
from core.publish.money import count_again, tell_again
from core.store import packed
from core.store.held_out import HeldOut, read_held_out
from core.store.runs import RECORDED, Run, read
from core.use_cases import use_case
from core.value.confusion import Cells, Ranking, cells_at, rows_in
from core.value.threshold import ACT_ON_NOBODY
from pages.components.decision import digits_of
from pages.components.money_level import _counted as counted_levels
from pages.components.money_threshold import counted
from pages.components.results_binary import chance
from tests.pages.drawing import train

HALF_A_CENT = 0.005


@lru_cache(maxsize=2)
def opened(name: str) -> tuple[Run, UseCase, HeldOut]:
    run = read(RECORDED / name, recorded=True)
    return run, use_case(run.use_case).with_variant(run.config["settings"]), read_held_out(run)


def priced(kind: Kind) -> list[str]:
    names = sorted(folder.name for folder in RECORDED.iterdir())
    of = {name: use_case(read(RECORDED / name).use_case) for name in names}
    return [n for n in names if of[n].task.kind is kind and read(RECORDED / n).report()["value"]]


BINARY, QUANTILE = [*priced(Kind.BINARY), *priced(Kind.ONE_CLASS)], priced(Kind.QUANTILE)
OTHERS = [*priced(Kind.MULTICLASS), *priced(Kind.DETECTION)]
EVERY = [*BINARY, *QUANTILE, *OTHERS]


def test_every_use_case_with_money_is_walked() -> None:
    assert len(EVERY) == sum(read(f).report()["value"] is not None for f in RECORDED.iterdir()) > 40


def panel_of(name: str, current: float | None = None) -> dict[str, Any]:
    """What the threshold panel is told, as the page puts it together."""
    run, declared, found = opened(name)
    model, assumed = declared.value, run.report()["value"]["assumptions"]
    chosen = model.choose(found.validation_target, found.validation, found.validation_info, assumed)
    ranking = Ranking.of(found.target, found.ensemble)
    return counted(model, found, ranking, assumed, chosen, chosen if current is None else current)


def cells_in(panel: dict[str, Any], at: int) -> Cells:
    """The cells as the browser shows them: by subtraction from the lists."""
    found, acted = panel["found"][at], panel["acted"][at]
    missed = panel["found"][-1] - found
    return Cells(tp=found, fp=acted - found, fn=missed, tn=panel["acted"][-1] - acted - missed)


@pytest.mark.parametrize("name", EVERY)
def test_the_report_is_what_its_kept_predictions_say(name: str) -> None:
    """Of the network and of every other method; the strip, the cards and the lists of runs read the summary."""
    run, declared, found = opened(name)
    model, value = declared.value, run.report()["value"]
    shown = run.summary["value"]
    assert {key: value[key] for key in shown} == shown
    for entry in (value, *value["baselines"]):
        ours = entry is value
        validation = found.validation if ours else found.validation_baselines[entry["name"]]
        test = found.ensemble if ours else found.baselines[entry["name"]]
        if ours or declared.task.kind in (
            Kind.BINARY,
            Kind.MULTICLASS,
        ):  # of the other methods' levels it would take half a minute
            decision = model.choose(found.validation_target, validation, found.validation_info, value["assumptions"])
            assert decision == pytest.approx(entry["decision"], abs=1e-12)
        (amount,) = model.amount(found.target, test, found.info, entry["decision"], value["assumptions"])
        assert amount == pytest.approx(entry["amount"], abs=HALF_A_CENT)
    references = {r["name"]: r["amount"] for r in value["references"]}
    assert dict(model.references(found.target, found.info, value["assumptions"])) == pytest.approx(
        references, abs=HALF_A_CENT
    )
    assert value["gain_over_best_reference"] == pytest.approx(value["amount"] - max(references.values()), abs=1e-9)


@pytest.mark.parametrize("name", BINARY)
def test_panel_matrix_and_records_are_the_report_s(name: str) -> None:
    run, declared, found = opened(name)
    value, panel = run.report()["value"], panel_of(name)
    assert panel["chosen"] == pytest.approx(value["decision"], abs=1e-12)
    at = panel["stands"]["chosen"]
    assert panel["amounts"][at] == pytest.approx(value["amount"], abs=HALF_A_CENT)
    shown = cells_in(panel, at)
    assert sum(getattr(shown, c) * panel["payoffs"][c] for c in ("tp", "fp", "fn", "tn")) * panel[
        "scale"
    ] == pytest.approx(value["amount"], abs=HALF_A_CENT)
    matrix = cells_at(found.target, found.ensemble, panel["chosen"])
    assert shown.counts() == matrix.counts()
    lists = rows_in(found.target, found.ensemble, panel["chosen"])
    assert {cell: len(np.flatnonzero(rows)) for cell, rows in lists.items()} == matrix.counts()
    ends = {r["name"]: r["amount"] for r in value["references"]}
    assert panel["amounts"][-1] == pytest.approx(ends[declared.value.words.everybody], abs=HALF_A_CENT)
    assert panel["amounts"][0] == pytest.approx(ends[declared.value.words.nobody], abs=HALF_A_CENT)


@pytest.mark.parametrize("name", BINARY)
def test_every_stop_of_the_slider_is_reopened_by_a_link_with_the_same_money_and_matrix(name: str) -> None:
    run, declared, found = opened(name)
    value, panel = run.report()["value"], panel_of(name)
    thresholds = panel["thresholds"]
    assert thresholds[0] == ACT_ON_NOBODY
    assert all(a > b for a, b in pairwise(thresholds))
    for place in [0, 1, len(thresholds) // 3, len(thresholds) // 2, len(thresholds) - 1]:
        linked = float(str(thresholds[place]))
        reopened = panel_of(name, current=linked)
        at = reopened["stands"]["threshold"]
        assert reopened["threshold"] == linked == thresholds[place]
        assert reopened["amounts"][at] == panel["amounts"][place]
        assert cells_in(reopened, at).counts() == cells_in(panel, place).counts()
        assert cells_at(found.target, found.ensemble, linked).counts() == cells_in(panel, place).counts()
        (amount,) = declared.value.amount(found.target, found.ensemble, found.info, linked, value["assumptions"])
        assert amount == pytest.approx(panel["amounts"][place], abs=HALF_A_CENT)


@pytest.mark.parametrize("name", QUANTILE)
def test_the_panel_of_a_level_is_the_report_s(name: str) -> None:
    run, declared, found = opened(name)
    value = run.report()["value"]
    panel = counted_levels(declared.value, found, dict(value["assumptions"]))
    at = panel["levels"].index(value["decision"])
    assert panel["amounts"][at] == pytest.approx(value["amount"], abs=HALF_A_CENT)
    assert [r["amount"] for r in panel["references"]] == pytest.approx(
        [r["amount"] for r in value["references"]], abs=HALF_A_CENT
    )


def test_money_is_counted_again_from_the_files_and_nothing_else_changes(tmp_path: Path) -> None:
    source = RECORDED / "supply_chain-shipment_delay-fade"
    copy = Path(shutil.copytree(source, tmp_path / "run"))
    before = read(copy)
    report = before.report()
    wrong = {**report["value"], "amount": 1.0, "decision": 0.9}
    content = json.dumps({**report, "value": wrong}, indent=1).encode()
    before.place_of("report.json").write_bytes(packed.pack(content, "report.json"))
    end = {**before.end, "files": {**before.end["files"], "report.json": packed.checksum(content)}}
    (copy / "end.json").write_text(json.dumps(end))
    assert read(copy).report()["value"] == wrong
    assert count_again(read(copy), use_case(before.use_case))["amount"] == pytest.approx(753.69, abs=HALF_A_CENT)
    after = read(copy)
    assert after.report() == report
    assert {**after.end, "files": {**after.end["files"], "report.json": ""}} == {
        **before.end,
        "files": {**before.end["files"], "report.json": ""},
    }
    assert after.end["files"]["report.json"] == packed.checksum(after.content("report.json"))
    (copy / "end.json").unlink()
    with pytest.raises(UserError, match="is not finalized"):
        tell_again(read(copy))


def test_a_run_without_money_is_told_so() -> None:
    run = read(RECORDED / "supply_chain-demand-m3_monthly")
    with pytest.raises(UserError, match="has none"):
        count_again(run, use_case(run.use_case))


@pytest.mark.parametrize("name", BINARY)
def test_a_record_s_chance_is_written_on_its_side_of_the_threshold(name: str) -> None:
    _run, _declared, found = opened(name)
    panel, digits = panel_of(name), digits_of(found)
    score, chosen = found.ensemble[:, 0], panel["chosen"]
    if chosen <= 1:
        nearest = score[np.argsort(np.abs(score - chosen))[:30]]
        nearest = nearest[np.abs(nearest - chosen) > 1e-6]
        for one in nearest:
            shown = chance(float(one), chosen, digits)
            limit = numbers.percent(chosen, len(shown.partition(".")[2]) - 1)
            assert (float(shown[:-1]) > float(limit[:-1])) == (one >= chosen)


def test_a_fresh_run_s_report_is_what_its_files_say_to_the_last_bit() -> None:
    run = train("testing/tiny_stock")
    before = run.report()["value"]
    assert count_again(run, use_case(run.use_case)) == before
    assert read(run.folder).report()["value"] == before
