"""Of the run doctor: a column that gives the outcome away, and a score that is too good."""

from __future__ import annotations

import math

from core.diagnosis.events import TrainingHistory, number
from core.diagnosis.findings import Finding, write
from core.formatting.messages import joined, listed, message
from core.formatting.numbers import apart, exact, percent, significant

_GOOD_SKILL = 0.97  # of the way from the best constant to perfection
_TELLS_ALL, _COIN = 0.9, 0.5  # of pairs of rows that one column puts in the right order; .84 in real questions
_FAR_BETTER = 3.0  # times fewer pairs in the wrong order than the best of the other columns
_MANY_COLUMNS = 6  # one in so many may be suspected together: easy questions have many good columns


def too_good(history: TrainingHistory) -> Finding | None:
    """A column that tells nearly all by itself while the others are ordinary; or a score that is nearly perfect."""
    return _leak(history) or _perfect(history)


def _leak(history: TrainingHistory) -> Finding | None:
    alone = [(a["column"], number(a["score"])) for a in history.columns.get("alone", ())]
    columns = history.columns.get("num_columns") or len(alone)
    most = max(1, columns // _MANY_COLUMNS)
    comparable = len(alone) if len(alone) == columns else len(alone) - 1  # else the best of the rest is not known
    for group in range(min(most, comparable), 0, -1):
        suspects, others = alone[:group], alone[group:]
        least, rest = suspects[-1][1], max((score for _name, score in others), default=_COIN)
        if least >= _TELLS_ALL and 1 - least <= (1 - rest) / _FAR_BETTER:
            return _suspicion([name for name, _score in suspects], least, rest if others else None)
    return None


def _suspicion(columns: list[str], least: float, rest: float | None) -> Finding:
    """least: the score of the weakest of these columns; rest: of the best other one, None where there is no other."""
    *first, last = [message("“{column}”", column=name) for name in columns]
    names = message("{first} and {last}", first=listed(first), last=last) if first else last
    several = len(columns) > 1
    tells = (
        message("By themselves, {columns} each put {share} or more of pairs of validation rows in the right order;")
        if several
        else message("By itself, {columns} puts {share} of pairs of validation rows in the right order;")
    )
    beside = (
        message("no other column does more than {rest}, and half would be chance.")
        if rest is not None
        else message("there is no other column, and half would be chance.")
    )
    return Finding(
        fault="too_good",
        saw=joined([tells.format(columns=names, share=percent(least, 1)), beside.format(rest=percent(rest, 1))]),
        why=message(
            "This is a suspicion. A column that nearly gives the answer away was most often written down after the "
            "outcome, or made from it."
        )
        if rest is None
        else message(
            "This is a suspicion. A column that nearly gives the answer away, among ordinary ones, was most often "
            "written down after the outcome, or made from it."
        ),
        advice=(
            message(
                "No setting helps: find out when {columns} become known. If that is after the moment of the "
                "prediction, leave them out; if it is before, the question may be that easy."
            )
            if several
            else message(
                "No setting helps: find out when {columns} becomes known. If that is after the moment of the "
                "prediction, leave it out; if it is before, the question may be that easy."
            )
        ).format(columns=names),
    )


def _perfect(history: TrainingHistory) -> Finding | None:
    constant, perfect = number(history.facts.get("constant_score")), number(history.facts.get("perfect"))
    scores = [s for s in history.series("validation_score") if math.isfinite(s)]
    if any("generated" in epoch for epoch in history.epochs):  # crowds are compared: no row has an answer to leak
        return None
    if not scores or not math.isfinite(perfect - constant) or perfect == constant:
        return None
    best = max(scores) if history.facts.get("higher_is_better") else min(scores)
    skill = (best - constant) / (perfect - constant)
    if not skill >= _GOOD_SKILL:
        return None
    reached, _perfect = apart(best, perfect, write)
    why, advice = _of_columns() if history.columns.get("num_columns") != 0 else _of_what_is_read()
    return Finding(
        fault="too_good",
        saw=message(
            "On validation rows the headline metric reached {best}, where {perfect} is perfect and one constant answer "
            "for every row scores {constant}.",
            best=reached,
            perfect=exact(perfect),
            constant=significant(constant),
        ),
        why=why,
        advice=advice,
    )


def _of_columns() -> tuple[str, str]:
    """Why a score is nearly perfect where a table is read, and what to do."""
    return (
        message(
            "Real questions are not answered like that. Most often a column knows the outcome, because it was written "
            "down after it, or the same cases are in training and validation."
        ),
        message("No setting helps: look for the column that was not known at the moment of the prediction."),
    )


def _of_what_is_read() -> tuple[str, str]:
    """The same where there is no table: pictures, sounds, texts."""
    return (
        message(
            "Real questions are seldom answered like that. Most often the same case, or nearly the same, is in "
            "training and validation; or something beside the matter gives the outcome away, as a mark or a device "
            "that was used for one outcome alone."
        ),
        message(
            "No setting helps: trust the test, where other cases are, and see in What if where the networks looked and "
            "how near the nearest is that they learned from."
        ),
    )
