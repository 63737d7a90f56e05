"""What a prediction about one record comes to, in a sentence, and what is said of values that no network has seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from core.contracts import Column, Task, UseCase
from core.contracts.answers import Stranger
from core.formatting import numbers
from core.formatting.messages import capital
from core.formatting.text import SENTENCE, _, plain
from core.kinds import kind_of
from core.value.confidence import ConfidenceValue
from core.value.level import LevelValue
from core.value.threshold import ThresholdValue


def arrow(change: float) -> Literal["up", "down", "off"]:
    """Which way a change points. Streamlit looks for a hyphen in the text, where ours has a minus sign."""
    return "up" if change > 0 else "down" if change < 0 else "off"


def verdict(use_case: UseCase, prediction: list[float], decision: float | None) -> str:
    """'31.2% chance of “redeemed”: mail (from 14.0% on).' prediction (O,); decision: where it stands, None where there
    is none."""
    task, model, what = use_case.task, use_case.value, _record(use_case)
    written, shown = kind_of(task).written, kind_of(task).shown(task, prediction)
    value = written.value(task, prediction[shown])
    if decision is not None and isinstance(model, ThresholdValue) and not written.is_chance:
        acts = prediction[shown] >= decision
        words = _("{label} {value}: {act} (from {threshold} on).")
        if not acts:
            words = _("{label} {value}: do not {act} (below {threshold}).")
        score, threshold = numbers.apart(prediction[shown], decision, lambda x, more: numbers.percent(x, 1 + more))
        label = _(written.label(task, shown))
        return words.format(label=label, value=score, threshold=threshold, act=_(model.words.act))
    if decision is not None and isinstance(model, ThresholdValue):
        acts = prediction[shown] >= decision
        if decision > 1:  # acting on nobody
            words = _("{chance} chance of “{positive}”: do not {act}, it pays at no chance.")
            return words.format(chance=value, positive=_positive(task), act=_(model.words.act))
        words = _("{chance} chance of “{positive}”: {act} (from {threshold} on).")
        if not acts:
            words = _("{chance} chance of “{positive}”: do not {act} (below {threshold}).")
        chance, threshold = numbers.apart(prediction[shown], decision, lambda x, more: numbers.percent(x, 1 + more))
        return words.format(
            chance=chance,
            positive=_positive(task),
            threshold=threshold,
            act=_(model.words.act),
        )
    if decision is not None and isinstance(model, LevelValue):
        words = _("{what}: about {value}; with {enough}, “{kept}” in {level} of such cases.")
        if model.words.risk:
            words = _("{what}: about {value}, and below {enough} in {level} of such cases.")
        return words.format(
            what=what,
            value=value,
            enough=written.value(task, _at(model, prediction, decision)),
            kept=plain(_(model.words.kept), SENTENCE),
            level=numbers.level(decision),
        )
    if decision is not None and isinstance(model, ConfidenceValue):
        sure = prediction[shown] >= decision and decision < 1
        words = _("{output}, {chance} sure: {act} (from {level} on).")
        if not sure:
            words = _("{output}, {chance} sure: {act} (below {level}).")
        chance, level = numbers.apart(prediction[shown], decision, lambda x, more: numbers.percent(x, 1 + more))
        act = _(model.words.machine_does if sure else model.words.person_does)
        output = plain(_(capital(task.outputs[shown])), SENTENCE)
        return words.format(output=output, chance=chance, level=level, act=act)
    return _("{what}: {label} {value}").format(what=what, label=_small(_(written.label(task, shown))), value=value)


def _record(use_case: UseCase) -> str:
    return _("This {what}").format(what=plain(_(use_case.record_label), SENTENCE))


def _positive(task: Task) -> str:
    return plain(_(task.positive), SENTENCE)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _at(model: LevelValue, prediction: Sequence[float], level: float) -> float:
    """The forecast at a level, as Money acts on it."""
    import numpy as np

    return float(model.at(np.asarray(prediction, dtype=float), model.nearest(level)))


def strangers(found: Sequence[Stranger], columns: Mapping[str, Column], most: int) -> list[str]:
    """A sentence for each of the asked values that the networks have never seen the like of, at most so many."""
    words = []
    for one in found:
        column = columns[one["column"]]
        if "low" in one:
            rule = _("{label} {value} lies outside what the model learned from ({range}): its answer is a guess.")
            within = numbers.amount_between(one["low"], one["high"], column.unit)
            words.append(
                rule.format(label=_(column.label), value=numbers.amount(one["value"], column.unit), range=within)
            )
        else:
            rule = _("“{value}” of {label} is in no row that the model learned from: it answers as for an unknown one.")
            words.append(rule.format(label=_(column.label), value=one["value"]))
    more = len(words) - most
    return [*words[:most], *([numbers.counted(more, "And {count} more.", "And {count} more.")] if more > 0 else [])]
