"""One run, loaded to be asked: what it reads, what it says of rows, and whether its networks ever saw the like."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

import core
from core import pipeline
from core.answering.answers import plain, seen_values, strangers, training_rows
from core.answering.own_picture import on_their_ground, sample
from core.checks import examples_check
from core.contracts import ArrayInput, ColumnKind, InputKind, UseCase
from core.contracts.boxes import Found, counts
from core.contracts.task import Detection
from core.kinds import kind_of
from core.serving.body import MOST_FILES, MOST_ROWS, Asked, together
from core.serving.drift import Drift
from core.store.caches import examples_loader
from core.store.ensembles import load_ensemble
from core.store.held_out import read_results
from core.use_cases import use_case as use_case_named
from core.value.confidence import ConfidenceValue
from core.value.threshold import ThresholdValue

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from core.contracts import Examples
    from core.store.runs import Run


class Service:
    """Loads a run with the data that it learned from; answers then without reading anything. One thread at a time is
    let in."""

    def __init__(self, run: Run, store: Path, load: Callable[[UseCase], Examples] | None = None) -> None:
        """load: gives a use case's examples. Raises UserError where the run cannot be asked."""
        self.run = run
        self.use_case: UseCase = use_case_named(run.use_case).with_variant(run.settings)
        self.report, self.held_out = read_results(run, self.use_case)
        self.ensemble = load_ensemble(run, self.use_case)
        examples = (load or examples_loader(store, pipeline.load_examples))(self.use_case)
        plan = examples_check.plan_made(self.use_case, examples)
        learned = training_rows(plan, sorted(set(self.ensemble.fold_of)))
        self.seen = seen_values(self.use_case, examples, learned)
        training, usual = examples.features.iloc[learned], self.followed(self.held_out.ensemble)
        self.new_drift = partial(Drift, self.use_case, training, usual)
        self.drift = self.new_drift()
        first = examples.features.iloc[int(self.held_out.rows[0])]
        pictures = [a.name for a in self.use_case.arrays if a.kind is InputKind.IMAGE]
        self.known = {name: sample(examples.arrays[name]) for name in pictures}
        self.example = {str(name): plain(value) for name, value in first.items()}
        self.lock = threading.Lock()

    def shown(self, outputs: list[float]) -> int:
        """Which of the outputs a page shows."""
        return kind_of(self.use_case.task).shown(self.use_case.task, outputs)

    def version(self) -> dict[str, Any]:
        """Which run answers, of what code, data and weights."""
        config = self.run.config
        return {
            "product": core.__version__,
            "run": self.run.id,
            "use_case": self.use_case.name,
            "variant": self.use_case.variant,
            "trained": config.get("created"),
            "networks": len(self.ensemble.fold_of),
            "weights_sha256": hashlib.sha256(self.run.content("model.safetensors")).hexdigest(),
            "metric": self.report["headline"]["metric"],
            "score": self.report["headline"]["ensemble"]["mean"],
        }

    def schema(self) -> dict[str, Any]:
        """What a row is: features with what was seen of them, arrays, and what is answered."""
        columns = [
            {
                "name": column.name,
                "label": column.label,
                "kind": column.kind.value,
                "unit": column.unit,
                **self._range(column.name, column.kind),
            }
            for column in self.use_case.columns
        ]
        arrays = [
            {"name": a.name, "kind": a.kind.value, "shape": list(a.shape), "file": _file_of(a)}
            for a in self.use_case.arrays
        ]
        return {
            "features": columns,
            "arrays": arrays,
            "outputs": list(self.use_case.task.outputs),
            "unit": self.use_case.task.unit,
            "most_rows": MOST_FILES if arrays else MOST_ROWS,
            "example": {"rows": [self.example]} if columns and not arrays else None,
        }

    def _range(self, name: str, kind: ColumnKind) -> dict[str, Any]:
        seen = self.seen.get(name)
        if isinstance(seen, frozenset):
            return {"categories": sorted(seen)}
        if kind is ColumnKind.BINARY or seen is None:
            return {}
        return {"low": seen[0], "high": seen[1]}

    def read(self, content: bytes) -> Asked:
        """A request's body, with pictures on the ground that networks know. Raises UserError."""
        asked = Asked.of(content, self.use_case)
        for name, known in self.known.items():
            asked.arrays[name][:] = [on_their_ground(one, known)[0] for one in asked.arrays[name]]
        return asked

    def answer(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """What the networks say of the rows of several requests: they read many in nearly the time of one."""
        table, arrays = together(asked)
        with self.lock:
            each = self.ensemble.predict(table, None, arrays)  # (K, N, O)
            self.drift.add(table, self.followed(each.mean(0)))
        rows = (row for one in asked for row in one.rows)
        told = iter([self._told(row, each[:, i]) for i, row in enumerate(rows)])
        return [{"run": self.run.id, "predictions": list(islice(told, len(one.rows)))} for one in asked]

    def said_of(self, asked: Asked) -> tuple[pd.DataFrame, np.ndarray]:
        """Rows as a table, and what the networks say of them, (N, O); counted nowhere."""
        table, arrays = together([asked])
        return table, self.ensemble.predict(table, None, arrays).mean(0)

    def followed(self, predicted: np.ndarray) -> np.ndarray:
        """The number of each prediction (N, O) whose drift is followed, (N,): what a page shows, or how many boxes."""
        detection = self.use_case.task.detection
        if detection:
            return counts(predicted, len(detection.classes), detection.counted).sum(-1).astype(float)
        return np.array([outputs[self.shown(outputs)] for outputs in predicted.tolist()])

    def _told(self, row: Mapping[str, Any], each: np.ndarray) -> dict[str, Any]:
        """Of one row, by the networks' predictions (K, O)."""
        mean, task = each.mean(0), self.use_case.task
        if task.detection:
            return _boxes(Found.of(mean), task.detection)
        place = self.shown(mean.tolist())
        return {
            "outputs": dict(zip(task.outputs, mean.tolist(), strict=True)),
            "prediction": {
                "name": task.outputs[place],
                "value": float(mean[place]),
                "low": float(each[:, place].min()),
                "high": float(each[:, place].max()),
            },
            "decision": self._decision(float(mean[place])),
            "never_seen": strangers(self.seen, row),
        }

    def _decision(self, value: float) -> dict[str, Any] | None:
        """What is done at the level that was chosen on validation; None where nothing is decided by one number."""
        model, worth = self.use_case.value, self.report["value"]
        level = worth["decision"] if worth else None
        if level is None:
            return None
        if isinstance(model, ThresholdValue):
            return {"acts": value >= level, "act": model.words.act, "from": level}
        if isinstance(model, ConfidenceValue):
            sure = value >= level and level < 1
            words = model.words.machine_does if sure else model.words.person_does
            return {"acts": sure, "act": words, "from": level}
        return None


def _file_of(array: ArrayInput) -> str | None:
    """What an array is sent as, in base64; None: as it is, numbers or a text."""
    if array.mel:
        return "WAV"
    return "PNG or JPEG" if array.kind is InputKind.IMAGE else None


def _boxes(found: Found, detection: Detection) -> dict[str, Any]:
    """What is in one picture: boxes that are sure enough to count, their ends as shares of the picture."""
    counted = [
        {
            "class": detection.classes[kind],
            "score": score,
            **dict(zip(("left", "top", "right", "bottom"), ends, strict=True)),
        }
        for kind, score, ends in zip(found.kind.tolist(), found.score.tolist(), found.ends.tolist(), strict=True)
        if score > 0 and score >= detection.counted
    ]
    of_each = Counter(str(box["class"]) for box in counted)
    return {"boxes": counted, "counts": {name: of_each[name] for name in detection.classes}}
