"""The small pictures of recorded runs, made from their held-out predictions and kept in one file. Trains nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.charts import small
from core.charts.allocation import by_moment
from core.charts.fan import fan_rows
from core.contracts import UseCase
from core.contracts.boxes import Found, matched
from core.contracts.events import epochs_of
from core.contracts.report import StoredReport
from core.evaluation.best import best_baseline
from core.formatting import png
from core.kinds import kind_of
from core.kinds.allocation import earned, moments
from core.kinds.clusters import segments
from core.publish.record import presets_of, stands_for_its_variant
from core.store import packed, runs
from core.store.files import write_atomically
from core.store.held_out import HeldOut, read_results
from core.store.pictures import NAME, made_from
from core.store.runs import Run
from core.use_cases import all_use_cases
from core.value.confusion import Ranking
from core.value.threshold import ThresholdValue

_STOPS = 160
_MADE_COLUMNS, _MADE_ROWS = 10, 2

Maker = Callable[[UseCase, StoredReport, HeldOut], dict[str, Any]]


def picture(use_case: UseCase, run: Run) -> dict[str, Any] | None:
    """The picture of a run as its kind has it, with the money of every threshold where that is priced; None for a kind
    without one. Raises RunError."""
    varied = use_case.with_variant(run.settings)
    if kind_of(varied.task).picture == MADE:
        return _made(run)
    make = _MAKERS.get(kind_of(varied.task).picture)
    if make is None:
        return None
    report, found = read_results(run, varied)
    money = _money(varied.value, report, found) if isinstance(varied.value, ThresholdValue) else None
    return make(varied, report, found) | ({"money": money} if money else {})


def draw_shipped(recorded: Path) -> list[str]:
    """Make the picture of every use case's recommended recorded run anew; returns the runs that have one."""
    kept = {}
    for use_case in all_use_cases():
        for preset in presets_of(use_case):
            if not stands_for_its_variant(use_case, preset):
                continue
            folder = recorded / f"{use_case.slug}-{preset.name}"
            if folder.is_dir() and (made := picture(use_case, run := runs.read(folder, recorded=True))):
                kept[run.id] = {"of": made_from(run), "picture": made}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(kept[name])}" for name in sorted(kept))
    text = f"{{\n{lines}\n}}\n"
    write_atomically(packed.shared_folder(recorded) / NAME, lambda path: path.write_text(text, encoding="utf-8"))
    return sorted(kept)


def _heaps(use_case: UseCase, report: StoredReport, found: HeldOut) -> dict[str, Any]:
    value = report["value"]
    return small.heaps(found.target[:, 0] > 0, found.ensemble[:, 0], value.get("decision") if value else None)


def _squares(use_case: UseCase, report: StoredReport, found: HeldOut) -> dict[str, Any]:
    return small.squares(found.target[:, 0], found.ensemble)


def _curves(use_case: UseCase, report: StoredReport, found: HeldOut) -> dict[str, Any]:
    return small.curves(found.target, found.ensemble[:, 0])


def _bars(use_case: UseCase, report: StoredReport, found: HeldOut) -> dict[str, Any]:
    group = pd.factorize(found.info[use_case.task.group])[0]
    return small.bars(group, found.target[:, 0], found.ensemble[:, 0])


def _band(use_case: UseCase, report: StoredReport, found: HeldOut) -> dict[str, Any]:
    """Over time where the task says what makes a series: the last forecast of the largest one."""
    names = use_case.task.fan
    if names is None:
        return small.band(found.ensemble, found.target[:, 0])
    table = found.info[[names.series, names.origin, names.when]].assign(value=found.target[:, 0])
    largest = table.groupby(names.series, sort=True)["value"].sum().idxmax()
    of_it = table[table[names.series] == largest]
    origin = of_it.groupby(names.origin, sort=True).size().iloc[::-1].idxmax()
    before = found.validation_info[[names.series, names.when]].assign(value=found.validation_target[:, 0])
    known = pd.concat([before, table[[names.series, names.when, "value"]]])
    return small.fan(fan_rows(names, found.info, found.target[:, 0], found.ensemble, known, largest, origin))


def _growth(use_case: UseCase, report: StoredReport, found: HeldOut) -> dict[str, Any]:
    when, best = moments(use_case.task, found.info), best_baseline(report)
    methods = [found.ensemble, *([found.baselines[best["name"]]] if best else [])]
    earned_by = [by_moment(when, earned(use_case.task, found.target, found.info, weight))[1] for weight in methods]
    return small.growth(earned_by[0], earned_by[1] if best else None)


def _dots(use_case: UseCase, report: StoredReport, found: HeldOut) -> dict[str, Any]:
    segment, place, _ = segments(use_case.task, found.target, found.ensemble)
    return small.dots(place, segment)


def _boxes(use_case: UseCase, report: StoredReport, found: HeldOut) -> dict[str, Any]:
    """The test picture in which most is right."""
    value = report["value"]
    least = float((value.get("decision") if value else None) or 0.0)
    of, right = Found.of(found.ensemble), matched(found.ensemble, found.target) >= 0
    counts = (of.score >= max(least, 1e-9)) & (of.score > 0)
    shown = int(np.argmax((counts & right).sum(1) - 2 * (counts & ~right).sum(1)))
    some = counts[shown]
    return small.boxes(of.ends[shown][some], of.kind[shown][some], right[shown][some])


def _made(run: Run) -> dict[str, Any] | None:
    """What the network made of the first noises, at its end."""
    told = [e["generated"]["pictures"] for e in epochs_of(run.progress()) if "generated" in e]
    if not told:
        return None
    of, high, wide = told[-1]["of"][: _MADE_COLUMNS * _MADE_ROWS], told[-1]["high"], told[-1]["wide"]
    greys = np.array([[17 * int(digit, 16) for digit in one] for one in of], dtype=np.uint8)
    whole = np.zeros((_MADE_COLUMNS * _MADE_ROWS, high, wide), dtype=np.uint8)
    whole[: len(of)] = greys.reshape(len(of), high, wide)
    sheet = whole.reshape(_MADE_ROWS, _MADE_COLUMNS, high, wide).swapaxes(1, 2)
    return small.made(png.address(sheet.reshape(_MADE_ROWS * high, _MADE_COLUMNS * wide, 1)))


def _money(model: ThresholdValue, report: StoredReport, found: HeldOut) -> dict[str, Any] | None:
    """Money over the share that is acted on, as the report counts it: of the network and of the simple method that
    earns most."""
    value = report["value"]
    if value is None:
        return None
    assumed = value["assumptions"]
    known = [b for b in value["baselines"] if b["amount"] is not None]
    best = max(known, key=lambda b: b["amount"] or 0.0, default=None)
    methods = {"network": (found.ensemble, value)}
    if best:
        methods["simple"] = (found.baselines[best["name"]], best)  # type: ignore[assignment]
    drawn: dict[str, Any] = {}
    for role, (prediction, of) in methods.items():
        ranking = Ranking.of(found.target, prediction)
        at = ranking.place_of(float(of["decision"] or 0.0))
        places = np.unique([*ranking.spread(_STOPS), at])
        amounts = model.amounts(ranking, places, found.info, assumed)
        drawn[role] = {
            "name": of.get("name", role),
            "share": [round(float(s), 4) for s in ranking.acted[places] / ranking.acted[-1]],
            "amount": [round(float(a), 2) for a in amounts],
            "chosen": int(np.searchsorted(places, at)),
        }
    return drawn


MADE = "made"  # by the run itself, from no predictions
_MAKERS: dict[str, Maker] = {
    "heaps": _heaps,
    "squares": _squares,
    "curves": _curves,
    "bars": _bars,
    "band": _band,
    "growth": _growth,
    "dots": _dots,
    "boxes": _boxes,
}
