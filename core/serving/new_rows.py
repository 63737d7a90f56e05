"""A CSV of new rows beside what networks learned from: what has moved, what they score there, when to retrain."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, cast

import numpy as np

from core.answering.mess import messes_of
from core.contracts import ColumnKind, HeldOutRows
from core.contracts.going_live import LARGE, MOST_BYTES, PREDICTION, Moved, NewRows
from core.errors import UserError
from core.evaluation.metrics import metric_named
from core.formatting.numbers import count
from core.formatting.text import plain
from core.serving.body import Asked, features_of

if TYPE_CHECKING:
    from core.contracts import Examples
    from core.serving.service import Service

MOST_ROWS = 20_000
_SAMPLE_ROWS = 500
_YES_NO = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
_SEED = 0


def read(service: Service, content: bytes) -> NewRows:
    """Of a CSV file. Raises UserError, in a sentence, where it cannot be read."""
    use_case, told = service.use_case, _table(content)
    known = {c.name: c for c in use_case.columns}
    targets = [name for name in use_case.task.target_columns if name in told[0]]
    lacks = [name for name in known if name not in told[0]]
    if len(lacks) == len(known):
        raise UserError(
            "No column of the file is a feature. Its first line names the columns; the features are {names}.",
            names=plain(", ".join(known), 300),
        )
    rows = [
        {name: _value(known[name].kind, name, row[name], line) for name in known if name in row}
        for line, row in enumerate(told, 2)
    ]
    asked = Asked(rows, features_of(rows, use_case), {})
    table, each = service.said_of(asked)
    drift = service.new_drift()
    drift.add(table, service.followed(each))
    moved = drift.told()
    score = _score(service, told, targets, each) if len(targets) == len(use_case.task.target_columns) else None
    headline = service.report["headline"]
    metric = metric_named(headline["metric"])
    worst = headline["ensemble"]["low" if metric.higher_is_better else "high"]
    found: NewRows = {
        "rows": len(rows),
        "least_rows": moved["least_rows"],
        "features": moved["features"],
        "prediction": cast("Moved", {"name": PREDICTION, **moved[PREDICTION]}),
        "lacks": lacks,
        "ignored": [plain(name) for name in told[0] if name not in known and name not in targets],
        "metric": metric.name,
        "score": score,
        "held_out": headline["ensemble"]["mean"],
        "worst": worst,
        "reasons": [],
        "file": "",
    }
    return {**found, "reasons": _reasons(found, higher_is_better=metric.higher_is_better)}


def _reasons(found: NewRows, *, higher_is_better: bool) -> list[str]:
    """Why to retrain: the score fell below what chance allows, or a feature or the predictions moved far."""
    reasons = []
    score, worst = found["score"], found["worst"]
    if score is not None and worst is not None and (score < worst if higher_is_better else score > worst):
        reasons.append("score")
    if any((one["stability_index"] or 0) >= LARGE for one in found["features"]):
        reasons.append("feature")
    if (found["prediction"]["stability_index"] or 0) >= LARGE:
        reasons.append("prediction")
    return reasons


def sample(service: Service, examples: Examples, *, damaged: bool) -> bytes:
    """A CSV of some held-out rows with their outcome; damaged: messed up in every way that there is."""
    rows = np.random.default_rng(_SEED).permutation(np.asarray(service.held_out.rows))[:_SAMPLE_ROWS]
    features = examples.features.iloc[rows]
    if damaged:
        for mess in messes_of(service.use_case):
            features, _arrays = mess.apply(features, {})
    table = features.assign(**{str(name): values.iloc[rows] for name, values in examples.target.items()})
    return table.to_csv(index=False).encode()


def _table(content: bytes) -> list[dict[str, str]]:
    if len(content) > MOST_BYTES:
        raise UserError("The file has more than {most} MB. Take fewer rows.", most=MOST_BYTES // 1_000_000)
    try:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        separator = max(",;\t", key=first.count)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        head = [name.strip() for name in next(lines, [])]
        rows = [line for line in lines if line]
    except UnicodeDecodeError as error:
        raise UserError("The file is no text in UTF-8. Save it again as CSV (UTF-8).") from error
    except csv.Error as error:
        raise UserError("The file is no CSV ({why}). Save it again as CSV.", why=plain(str(error))) from error
    if not rows or len(head) != len(set(head)):
        raise UserError("A CSV has one line with the names of its columns, each once, and a line for each row.")
    if len(rows) > MOST_ROWS:
        raise UserError(
            "The file has {rows} rows; at most {most} are read. Take fewer.",
            rows=count(len(rows)),
            most=count(MOST_ROWS),
        )
    for number, line in enumerate(rows, 2):
        if len(line) != len(head):
            raise UserError(
                "Line {line} has {found} fields where the first one names {columns}.",
                line=number,
                found=len(line),
                columns=len(head),
            )
    return [dict(zip(head, (field.strip() for field in line), strict=True)) for line in rows]


def _value(kind: ColumnKind, name: str, text: str, line: int) -> str | float | None:
    if not text or text.lower() in ("nan", "na", "null"):
        return None
    if kind is ColumnKind.CATEGORY:
        return text
    number = _number(text)
    if number is None or (kind is ColumnKind.BINARY and number not in (0, 1)):
        what = "0 or 1" if kind is ColumnKind.BINARY else "a number"
        raise UserError(
            "Line {line}: {column!r} is {what}; “{value}” is not.", line=line, column=name, what=what, value=plain(text)
        )
    return number


def _number(text: str) -> float | None:
    try:
        found = _YES_NO[text.lower()] if text.lower() in _YES_NO else float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _score(service: Service, told: list[dict[str, str]], targets: list[str], each: np.ndarray) -> float | None:
    """The headline on the new rows; None where their outcomes say nothing of it, or it needs what no CSV holds."""
    task = service.use_case.task
    if task.error_per or task.group:
        return None
    known = [[_number(row[name]) for name in targets] for row in told]
    if any(value is None for row in known for value in row):
        return None
    rows = HeldOutRows(target=np.array(known, dtype=np.float64))
    value = float(metric_named(task.headline).compute(rows, each, task)[0])
    return value if math.isfinite(value) else None
