"""Answers about one picture as it is or damaged, and how well networks do on test pictures that are damaged so."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.answering.answers import folds_of, held_out_members, row_of
from core.answering.own_picture import Likeness
from core.answering.picture_damage import damage_named, strengths_of
from core.answering.picture_sight import sight
from core.answering.redrawing import redrawn
from core.answering.senses import Sense, damages_of, own_input, sensed
from core.contracts import ArrayInput, Examples, Plan, UseCase
from core.contracts.answers import PictureAnswer, Redrawn, Robustness
from core.errors import UserError
from core.evaluation.intervals import TestSet, draw, interval
from core.evaluation.metrics import metric_named
from core.evaluation.plan_rows import held_out_rows, test_groups
from core.evaluation.resampled import Bootstrap
from core.formatting.text import plain
from core.kinds import kind_of
from core.protocols import Redraws

if TYPE_CHECKING:
    from core.training.ensemble import Ensemble

_LEAST_ROWS, _MOST_ROWS = 12, 400
_MOST_NUMBERS = 12_000_000  # of what is damaged and what networks read, for one curve: some seconds of one thread
_SEED = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Whom a question about pictures is put to."""

    use_case: UseCase
    examples: Examples
    plan: Plan
    ensemble: Ensemble

    @property
    def array(self) -> ArrayInput:
        """What the networks look at. Raises UserError where they read no picture."""
        found = sensed(self.use_case)
        if found is None:
            raise UserError("Only a network for images tells where it looked. Ask about another use case.")
        return found

    @property
    def sense(self) -> Sense:
        """How that is damaged, shown and compared."""
        return Sense(self.array)


class Likenesses:
    """How like pictures are to what networks of a fold have learned from, kept for the fold that was asked for last."""

    def __init__(self) -> None:
        self._kept: tuple[Plan, int, str, Likeness] | None = None

    def of(self, asked: Asked, networks: Sequence[int] | None) -> Likeness:
        """Of the first fold that these networks, or all, belong to."""
        fold, name = folds_of(asked.ensemble, networks)[0], asked.array.name
        kept = self._kept
        if kept is None or kept[0] is not asked.plan or kept[1:3] != (fold, name):
            found = Likeness.of(asked.sense.compared(asked.examples.arrays[name]), asked.plan.folds[fold])
            self._kept = kept = (asked.plan, fold, name, found)
        return kept[3]


def own_from(told: object, array: ArrayInput) -> np.ndarray:
    """The bytes of a picture, or the samples of a sound, as `OwnPicture` tells them. Raises UserError."""
    try:
        found = np.frombuffer(base64.b64decode(str(told), validate=True), dtype=np.int16 if array.mel else np.uint8)
    except (ValueError, binascii.Error):
        found = np.zeros(0, np.uint8)
    if found.size != math.prod(array.shape):
        raise UserError("This is not the file that was read. Choose it again.")
    return found.reshape(array.shape)


def picture_answer(asked: Asked, likenesses: Likenesses, question: Mapping[str, Any], row: int | None) -> PictureAnswer:
    """What networks say of a row's picture, or of a visitor's own, damaged as the question says. A row is shown to the
    networks that are tested on it; how familiar it is goes by what their first fold learned from."""
    strengths, name = strengths_of(question.get("damage") or {}, damages_of(asked.array)), asked.array.name
    sense = asked.sense
    if strengths or row is None:
        sense.check(asked.examples.arrays[name])
    networks = None if row is None else held_out_members(asked.plan, asked.ensemble, row)
    if row is None:
        whole, of = own_from(question.get("pixels"), own_input(asked.use_case)), 0
    else:
        whole, of = asked.examples.arrays[name][row], row
    changed = sense.damaged(whole[None], strengths) if strengths else whole[None]
    features, arrays = asked.examples.features.iloc[[of]], asked.examples.arrays_of(np.array([of])) | {name: changed}
    each = asked.ensemble.predict(features, networks, arrays)[:, 0]
    mean: list[float] = each.mean(0).tolist()
    shown = kind_of(asked.use_case.task).shown(asked.use_case.task, mean)
    nearest, alike, share = likenesses.of(asked, networks).nearest(sense.compared(changed)[0])
    each_one = {"picture": whole, "changed": changed[0], "nearest": asked.examples.arrays[name][nearest]}
    shown_as: PictureAnswer = {
        "picture": sense.shown(whole),
        "changed": sense.shown(changed[0]),
        "nearest": sense.shown(each_one["nearest"]),
        "mean": mean,
        "networks": each[:, shown].tolist(),
        "alike": alike,
        "share": share,
    }
    if isinstance(asked.ensemble.model, Redraws):
        (shown_as["redrawn"],) = redrawn(asked.ensemble, sense, features, arrays, networks)
    elif asked.use_case.task.detection is None:  # what finds boxes shows by itself where it looked
        of_output = _output(asked, question)
        shown_as["sight"] = sight(asked.use_case, asked.ensemble, features, arrays, networks, of_output)
    if asked.array.mel:
        shown_as["sounds"] = {name: sense.played(one) for name, one in each_one.items()}
    return shown_as


def redrawn_rows(asked: Asked, rows: Sequence[int]) -> list[Redrawn]:
    """Some rows' pictures as the networks that are tested on them draw them again, in the order that was asked for.
    Raises UserError."""
    found: dict[int, Redrawn] = {}
    by_networks: dict[tuple[int, ...], list[int]] = {}
    for row in rows:
        networks = held_out_members(asked.plan, asked.ensemble, row_of(asked.examples, row))
        by_networks.setdefault(tuple(networks or ()), []).append(row)
    for tested_by, own in by_networks.items():
        at = np.array(own)
        features, arrays = asked.examples.features.iloc[at], asked.examples.arrays_of(at)
        drawn = redrawn(asked.ensemble, asked.sense, features, arrays, list(tested_by) or None)
        found |= dict(zip(own, drawn, strict=True))
    return [found[row] for row in rows]


def _output(asked: Asked, question: Mapping[str, Any]) -> int | None:
    """The output that the question asks about, None for the shown one. Raises UserError."""
    output, count = question.get("output"), len(asked.use_case.task.outputs)
    if output is None or (isinstance(output, int) and 0 <= output < count):
        return output
    shown = plain(str(output))
    raise UserError("Outputs are numbered 0 to {last}; there is no {output}.", last=count - 1, output=shown)


@dataclass(frozen=True, slots=True)
class _Tested:
    """The rows of a sample that the same networks are tested on: their places in it, those networks, and what the
    networks have learned from."""

    places: np.ndarray
    networks: list[int]
    learned: np.ndarray


def robustness(asked: Asked, name: str) -> Robustness:
    """The headline metric of the ensemble on some test pictures, the same for every damage, at each step of one, with
    95% intervals by bootstrap over their units. Each row is answered by the networks that are tested on it, and tests
    are averaged as the plan says. Raises UserError."""
    array, sense, task = asked.array, asked.sense, asked.use_case.task
    damage = damage_named(name, damages_of(array))
    sense.check(asked.examples.arrays[array.name])
    rows, groups = _sample(asked)
    whole = asked.examples.arrays_of(rows)
    predictions = [
        _of_tested(asked, rows, groups, whole | {array.name: sense.damaged(whole[array.name], {name: strength})})
        for strength in damage.steps
    ]
    metric = metric_named(task.headline)
    unit = pd.factorize(pd.Series(np.asarray(asked.examples.unit)[rows]))[0]
    pooled = (np.arange(len(rows)),)
    parts = pooled if asked.plan.aggregation == "pooled" else tuple(group.places for group in groups)
    test = TestSet(rows=held_out_rows(task, asked.examples).at(rows), unit=unit, parts=parts)
    bootstrap = Bootstrap(task=task, test=test, draws=draw(test, 1, seed=_SEED))
    constant = kind_of(task).constant
    floor = []
    if constant is not None:
        floor = [np.empty_like(predictions[0])]
        for group in groups:
            floor[0][group.places] = constant(task, group.learned)
    ends = [interval(each) for each in bootstrap.of_each([metric], predictions)[0]]
    return {
        "rows": len(rows),
        "steps": list(damage.steps),
        "scores": [_defined(float(test.score(metric, task, p)[0])) for p in predictions],
        "constant": next((_defined(float(test.score(metric, task, p)[0])) for p in floor), None),
        "low": [_defined(low) for low, _ in ends],
        "high": [_defined(high) for _, high in ends],
    }


def _sample(asked: Asked) -> tuple[np.ndarray, list[_Tested]]:
    """Some of all rows that are tested, as many whichever damage is asked about, and whom each of them is put to."""
    folds = [of[0] for of in test_groups(asked.plan).values()]
    networks = [held_out_members(asked.plan, asked.ensemble, int(fold.test[0])) or [] for fold in folds]
    tested = np.concatenate([fold.test for fold in folds])
    steps = max(len(damage.steps) for damage in damages_of(asked.array))
    read = math.prod(asked.array.shaped.shape) * max(map(len, networks))
    heard = 0 if asked.array.shaped.shape == asked.array.shape else math.prod(asked.array.shape)  # turned into pictures
    most = _MOST_NUMBERS // ((read + heard) * steps)
    count = min(_MOST_ROWS, max(_LEAST_ROWS, most))
    rows = np.sort(np.random.default_rng(_SEED).permutation(tested)[:count])
    groups = []
    for fold, own in zip(folds, networks, strict=True):
        places = np.flatnonzero(np.isin(rows, fold.test))
        if len(places):
            learned = asked.plan.folds[folds_of(asked.ensemble, own)[0]].train
            groups.append(_Tested(places, own, asked.examples.target.iloc[learned].to_numpy(dtype=np.float64)))
    return rows, groups


def _of_tested(asked: Asked, rows: np.ndarray, groups: list[_Tested], arrays: dict[str, np.ndarray]) -> np.ndarray:
    """The ensemble's prediction (N, O) of each row, by the networks that are tested on it."""
    found = []
    for group in groups:
        features = asked.examples.features.iloc[rows[group.places]]
        own = {name: values[group.places] for name, values in arrays.items()}
        found.append(asked.ensemble.predict(features, group.networks, own).mean(0))
    in_order: np.ndarray = np.concatenate(found)[np.argsort(np.concatenate([group.places for group in groups]))]
    return in_order


def _defined(value: float) -> float | None:
    return value if math.isfinite(value) else None
