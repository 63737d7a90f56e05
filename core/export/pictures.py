"""The charts of a run for files: money, score, what a kind shows, the training, what the network leans on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from core.charts import calibration, classes, coverage, data, detection, results
from core.charts.drawn import Drawn
from core.charts.look import LIGHT, Chart, Look, faded, in_lines
from core.export.facts import Facts
from core.formatting import numbers, scores
from core.kinds import kind_of
from core.kinds.detection import by_score
from core.store.predictions import NETWORK
from core.value import scoreboard_words as words
from core.value.scoreboard import Standing


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """origin: where its numbers come from, as a fact's."""

    name: str
    title: str
    drawn: Drawn
    origin: str
    caption: str = ""


def pictures(facts: Facts, look: Look = LIGHT) -> Iterator[Picture]:
    """Those that the run has numbers for, the most telling first."""
    if facts.board.currency:
        title = f"Net value per {facts.board.per}"
        yield Picture(name="money", title=title, drawn=_money(facts, look), origin="report:value")
    metric, task = facts.board.metric, facts.use_case.task
    label = numbers.labelled(metric.label, scores.unit_of(metric, task))
    write = partial(scores.score, metric)
    drawn = results.comparison(facts.report, metric.name, label, look, write, scores.is_share(metric))
    yield Picture(name="score", title=metric.label, drawn=drawn, origin="report:metrics", caption=_help(facts))
    yield from _OF_KIND.get(kind_of(task).results, _nothing)(facts, look)
    if (trained := _training(facts, look)) is not None:
        yield Picture(name="training", title="How it learned", drawn=trained, origin="run:progress")
    if facts.report["importance"]:
        labels = {c.name: c.label for c in facts.use_case.columns}
        drawn = data.importance(facts.report["importance"], labels, metric.label, look, scores.is_share(metric))
        caption = "How much the score falls when a column is shuffled: the network leans on it, which is no cause."
        yield Picture(
            name="importance", title="What it leans on", drawn=drawn, origin="report:importance", caption=caption
        )


def _help(facts: Facts) -> str:
    metric = facts.board.metric
    return metric.help + ("" if metric.higher_is_better else " Lower is better.")


def _money(facts: Facts, look: Look) -> Drawn:
    """A bar for the network, what is done today, policies and simple methods, with its interval."""
    board = facts.board
    shown = [standing for standing in board.every if standing.amount and standing.amount["amount"] is not None]
    chart = Chart(look, height=70 + 40 * len(shown), bargap=0.35)
    for standing in reversed(shown):
        amount = standing.amount
        assert amount is not None
        mean, low, high = amount["amount"], amount["low"], amount["high"]
        assert mean is not None
        said = f"{words.money_words(board, standing)} ({words.money_interval(board, standing)})"
        chart.add(
            "bar",
            orientation="h",
            x=[mean],
            y=[in_lines(standing.title, 24)],
            marker={"color": _colour(standing, board.best_simple_money, look)},
            error_x=None
            if low is None or high is None
            else {
                "type": "data",
                "symmetric": False,
                "array": [high - mean],
                "arrayminus": [mean - low],
                "color": look.text,
                "thickness": 1.5,
                "width": 4,
            },
            showlegend=False,
            hovertemplate=f"{said}<extra></extra>",
        )
    chart.x(tickprefix=numbers.symbol(board.currency), tickformat="~s", zeroline=True, zerolinecolor=look.muted)
    chart.y(showgrid=False, strong=True)
    return chart.figure()


def _colour(standing: Standing, best: Standing | None, look: Look) -> str:
    """In its own colour; of simple methods the best is strong."""
    if standing.role == "simple" and standing != best:
        return faded(look.simple, 0.55)
    return {"network": look.network, "simple": look.simple}.get(standing.role, look.today)


def _training(facts: Facts, look: Look) -> Drawn | None:
    """The loss of training and validation, epoch by epoch; None where no progress was kept."""
    epochs = [event for event in facts.run.progress() if event["event"] == "epoch"]
    if not epochs:
        return None
    chart = Chart(look, height=300)
    at = [event["epoch"] for event in epochs]
    for losses, name, colour in (
        ([event["train_loss"] for event in epochs], "loss on training rows", look.muted),
        ([event["validation_loss"] for event in epochs], "loss on validation rows", look.network),
    ):
        chart.add("scatter", x=at, y=losses, mode="lines", name=name, line={"color": colour})
    chart.x(title="epoch")
    return chart.figure()


def _nothing(facts: Facts, look: Look) -> Iterator[Picture]:
    return iter(())


def _test(facts: Facts) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Of the test rows the target (N, T), the network's prediction (N, O), and that of the best simple method with it,
    by title."""
    found = facts.subject.held_out
    rows = found.rows_of("test")
    names = [f"target.{name}" for name in facts.use_case.task.target_columns]
    best = facts.board.best_simple
    chosen = {"Network": found.test[NETWORK].mean(0)}
    if best and best.name in found.test:
        chosen[best.title] = found.test[best.name].mean(0)
    return rows[names].to_numpy(float), chosen["Network"], chosen


def _chances(facts: Facts, look: Look) -> Iterator[Picture]:
    target, _prediction, methods = _test(facts)
    said = {name: values[:, 0] for name, values in methods.items()}
    yield Picture(
        name="found",
        title="Found against false alarms",
        drawn=results.roc(target[:, 0], said, look),
        origin="run:predictions",
        caption="Each point is a threshold: how many of those it happens to are found, and how many others.",
    )
    yield Picture(
        name="calibration",
        title="Do chances mean what they say?",
        drawn=calibration.calibration(target[:, 0], said, look),
        origin="run:predictions",
    )


def _classes(facts: Facts, look: Look) -> Iterator[Picture]:
    target, prediction, _methods = _test(facts)
    counted = classes.counts(target, prediction)
    yield Picture(
        name="confusion",
        title="What was taken for what",
        drawn=classes.confusion(counted, facts.use_case.task.outputs, look),
        origin="run:predictions",
    )


def _quantiles(facts: Facts, look: Look) -> Iterator[Picture]:
    target, prediction, methods = _test(facts)
    task = facts.use_case.task
    yield Picture(
        name="forecasts",
        title="Forecasts and what happened",
        drawn=results.forecasts(target, prediction, task.unit, look),
        origin="run:predictions",
    )
    yield Picture(
        name="coverage",
        title="Do forecasts mean what they say?",
        drawn=coverage.coverage(target[:, 0], methods, task.levels, look),
        origin="run:predictions",
    )


def _boxes(facts: Facts, look: Look) -> Iterator[Picture]:
    target, prediction, _methods = _test(facts)
    asked = facts.use_case.task.detection
    assert asked is not None
    points = dict(
        zip(asked.classes, (c.curve() for c in by_score(target, prediction, facts.use_case.task)), strict=True)
    )
    yield Picture(
        name="curves", title="Found, and right", drawn=detection.curves(points, look), origin="run:predictions"
    )


_OF_KIND: Mapping[str, Callable[[Facts, Look], Iterator[Picture]]] = {
    "binary": _chances,
    "multiclass": _classes,
    "quantile": _quantiles,
    "detection": _boxes,
}
