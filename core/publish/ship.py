"""Recorded runs as they ship: a finished run packed into data/recorded/, what runs have in common once beside it.
Trains nothing; writes only what has changed.

Of the network's predictions the average of its members stays, and what is shipped of it and of the weights is rounded;
money is counted again from that, so that every reader of the files counts the same.
"""

from __future__ import annotations

import io
import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Examples, Fold, Plan, Preset, State, Task, UseCase
from core.contracts.events import ColumnsAlone
from core.contracts.report import StoredReport
from core.diagnosis.alone import told_alone
from core.errors import UserError
from core.evaluation import plan_rows
from core.evaluation.metrics import metric_named
from core.formatting.numbers import rough
from core.formatting.precision import rounded, rounded_predictions
from core.keys import portable
from core.pipeline.report import summary_of_value, with_value
from core.publish.money import as_text, money_again, put
from core.registry import BROUGHT
from core.store import packed, runs
from core.store.caches import SHIPPED, of_variant
from core.store.files import read_json, write_json
from core.store.held_out import read_held_out
from core.store.pictures import NAME as PICTURES
from core.store.predictions import BASELINES, NETWORK, OWN, ROWS, Predictions, read_columns, wide, write_columns
from core.store.runs import Run

if TYPE_CHECKING:
    import pandas as pd

MOST_WEIGHT_BYTES, MOST_BYTES_OF_A_FAILURE = 2_000_000, 1_000_000  # of a preset that fails on purpose few ask What if
BITS = 15  # of the network's predictions and weights: off by a share of 1 in 65,536 at most
_BASELINE_BITS = 12  # as the pipeline rounds them
_WEIGHTS = "model.safetensors"
_PREPROCESSING = ("preprocessing.json", "preprocessing.safetensors")
_TEXTS = ("report.json", "progress.jsonl")
_IN_COMMON = (*_PREPROCESSING, ROWS, BASELINES)
_OUTCOME = (*_IN_COMMON, OWN, _WEIGHTS)
_MEASURED = {  # on the clock, so of every run another
    *("run", "train_s", "samples_per_s", "fit_s", "phases_s", "training_cpu_s", "memory", "energy", "estimate"),
}


def keep(run: Run, use_case: UseCase, preset: Preset, recorded: Path) -> Path:
    """Pack a finished run into recorded/<use case>-<preset>; weights of two megabytes or more stay behind.
    Where the one that is kept says the same, it stays as it is."""
    if run.end is None or run.final_state is not State.FINISHED:
        raise UserError(
            "Only a finished run is recorded; {run} is {final_state}.",
            run=run.id,
            final_state=run.final_state or "not finalized",
        )
    folder = recorded / f"{use_case.slug}-{preset.name}"
    before = runs.read(folder, recorded=True) if folder.is_dir() else None
    report, contents = _packed(run, use_case, before)
    files = {name: packed.checksum(content) for name, content in contents.items()}
    config = {**run.config, "visitor": "recorded", "preset": preset.name}
    config.pop(BROUGHT, None)  # folders of another machine
    if before and _says_the_same(before, config, report, files):
        return folder
    summary = run.summary
    if report["value"]:
        summary = {**summary, "value": summary_of_value(report["value"])}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "end.json").unlink(missing_ok=True)
    for name, content in contents.items():
        if name in _IN_COMMON:
            put(packed.shared_folder(recorded) / packed.shared_name(name, files[name]), content, name)
        else:
            put(folder / packed.name_of(name), content, name)
    write_json(folder / "config.json", config)
    write_json(folder / "end.json", {**run.end, "summary": summary, "files": files})
    belong = {"config.json", "end.json", *(packed.name_of(n) for n in contents if n not in _IN_COMMON)}
    for path in folder.iterdir():
        if path.name not in belong:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    _drop_unused(recorded)
    return folder


def keep_baselines(run: Run, use_case: UseCase, examples: Examples, plan: Plan, recorded: Path) -> None:
    """Name a recorded run's simple methods, with what they score on validation, and what its columns tell alone, by
    keys that hold on every machine: a store that has not fitted them yet finds them. use_case: in the run's variant,
    whose plan it is."""
    from core.evaluation.baselines import BASELINES as DECLARED

    told = run.report()["baselines"]
    rows_key, task, columns = portable.of_rows(examples, plan), use_case.task, use_case.columns
    results: dict[str, Any] = {}
    for name in use_case.baselines:
        key = portable.of_baseline(DECLARED.get(name), task, columns, rows_key)
        own = [b for b in told if b["name"] in (name, f"{name}_tuned")]
        results[key] = [{k: b[k] for k in ("name", "title", "tuned", "settings", "fit_s")} for b in own]
    entry = {
        "file": run.files[BASELINES],
        "tested": int((run.held_out().rows["part"] == "test").sum()),
        "results": results,
        "headline": task.headline,
        "validation": _validated(run, task, examples, plan),
        "alone": columns_alone(use_case, examples, plan, rows_key),
    }
    index = packed.shared_folder(recorded) / SHIPPED
    known = read_json(index) if index.exists() else {}
    place = of_variant(use_case)
    if known.get(place) is None or _unmeasured(known[place]) != _unmeasured(entry):
        write_json(index, dict(sorted({**known, place: entry}.items())))


def columns_alone(use_case: UseCase, examples: Examples, plan: Plan, rows_key: str) -> dict[str, ColumnsAlone]:
    """What each column tells alone, by its key; nothing where columns tell nothing by themselves."""
    told = told_alone(use_case, examples, plan)
    return {portable.of_alone(use_case.task, use_case.columns, rows_key): told} if told else {}


def _validated(run: Run, task: Task, examples: Examples, plan: Plan) -> dict[str, float | None]:
    """Per simple method its headline on validation rows, in the mean over folds."""
    metric, found = metric_named(task.headline), read_held_out(run)
    rows, every = plan_rows.held_out_rows(task, examples), plan_rows.validation_rows(plan)

    def of_fold(fold: Fold, predicted: np.ndarray) -> float:
        return float(
            metric.compute(rows.at(fold.validation), predicted[np.searchsorted(every, fold.validation)], task)[0]
        )

    means = {
        name: float(np.mean([of_fold(fold, predicted) for fold in plan.folds]))
        for name, predicted in found.validation_baselines.items()
    }
    return {name: rough(mean, 6) if math.isfinite(mean) else None for name, mean in means.items()}


def _packed(run: Run, use_case: UseCase, before: Run | None) -> tuple[StoredReport, dict[str, bytes]]:
    """The report and the files' contents as they ship. What a file holds and another writer would write in other bytes
    keeps those that it has."""
    found = _rounded(run.held_out())
    report = run.report()
    if report["value"]:
        varied = use_case.with_variant(run.config["settings"])
        report = with_value(report, money_again(varied, report, read_held_out(run, found), run.id))
    simple = [source for source in found.test if source != NETWORK]
    contents = {name: run.content(name) for name in _PREPROCESSING}
    contents |= {OWN: write_columns(wide(found, [NETWORK])), BASELINES: write_columns(wide(found, simple))}
    contents[ROWS] = _rows(found.rows)
    fails = any(p.name == run.config.get("preset") and not p.good for p in use_case.presets)
    most = MOST_BYTES_OF_A_FAILURE if fails else MOST_WEIGHT_BYTES
    if run.place_of(_WEIGHTS).is_file() and len(weights := run.content(_WEIGHTS)) < most:
        contents[_WEIGHTS] = _rounded_weights(weights)
    contents["report.json"] = as_text(report)
    contents["progress.jsonl"] = run.content("progress.jsonl")
    return report, {name: _as_before(name, content, before) for name, content in contents.items()}


def _rounded(found: Predictions) -> Predictions:
    def kept(values: np.ndarray, source: str) -> np.ndarray:
        bits = BITS if source == NETWORK else _BASELINE_BITS
        return rounded_predictions(values, bits).astype(np.float64)

    return Predictions(
        outputs=found.outputs,
        rows=found.rows,
        test={source: kept(members.mean(0), source)[None] for source, members in found.test.items()},
        validation={source: kept(values, source) for source, values in found.validation.items()},
    )


def _rounded_weights(content: bytes) -> bytes:
    from safetensors.numpy import load, save

    return save({name: rounded(values, BITS).reshape(values.shape) for name, values in load(content).items()})


def _rows(table: pd.DataFrame) -> bytes:
    """Held-out rows as parquet: whole numbers and moments as steps, numbers with like bytes together."""
    encodings = {"i": "DELTA_BINARY_PACKED", "M": "DELTA_BINARY_PACKED", "f": "BYTE_STREAM_SPLIT"}
    encoded = {name: encodings[kind] for name in table if (kind := table[name].dtype.kind) in encodings}
    out = io.BytesIO()
    table.to_parquet(
        out,
        index=False,
        compression="brotli",
        compression_level=11,
        use_dictionary=[name for name in table if name not in encoded],
        column_encoding=encoded,
        write_statistics=False,
    )
    return out.getvalue()


def _as_before(name: str, content: bytes, before: Run | None) -> bytes:
    """The bytes that are kept already, where they hold the same table."""
    if before is None or not name.endswith(".parquet") or (name in _IN_COMMON and (before.folder / name).exists()):
        return content
    try:
        old = before.content(name)
        same = _same_rows(old, content) if name == ROWS else _same_columns(old, content)
    except (OSError, ValueError, KeyError):
        return content
    return old if same else content


def _same_columns(old: bytes, new: bytes) -> bool:
    first, second = read_columns(old), read_columns(new)
    return list(first) == list(second) and all(np.array_equal(first[n], second[n]) for n in first)


def _same_rows(old: bytes, new: bytes) -> bool:
    import pandas as pd

    first, second = (pd.read_parquet(io.BytesIO(content)) for content in (old, new))
    return _rows(first) == _rows(second)


def _says_the_same(before: Run, config: Mapping[str, Any], report: StoredReport, files: Mapping[str, str]) -> bool:
    """Whether a recorded run differs from this one in what the clock says alone."""
    asked = ("use_case", "settings", "preset", "data_checksum", "schema")
    if before.problem or any(before.config.get(name) != config.get(name) for name in asked):
        return False
    kept = before.files
    if any(kept.get(name) != files.get(name) for name in _OUTCOME):
        return False
    places = [before.place_of(name) for name in files]
    return all(p.is_file() for p in places) and _unmeasured(before.report()) == _unmeasured(report)


def _unmeasured(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unmeasured(each) for key, each in value.items() if key not in _MEASURED}
    return [_unmeasured(each) for each in value] if isinstance(value, list) else value


def _drop_unused(recorded: Path) -> None:
    """Remove what no recorded run has in common with another any more."""
    finalized = [read_json(path).get("files", {}) for path in recorded.glob("*/end.json")]
    used = {packed.shared_name(name, files[name]) for files in finalized for name in _IN_COMMON if name in files}
    for path in packed.shared_folder(recorded).iterdir():
        if path.name not in used and path.name not in (SHIPPED, PICTURES):
            path.unlink()
