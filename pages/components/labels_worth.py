"""What labels bring and what they are worth: the measured learning curve of a use case that has one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.charts import learning_curve as charts
from core.contracts.learning_curve import CurvePoint, LearningCurve
from core.evaluation.metrics import metric_named
from core.formatting import numbers, scores
from core.formatting.text import _, escape_markdown, named
from core.store import learning_curves
from core.value.scoreboard_words import small
from core.value.threshold import assumed_values
from pages.components.context import Context
from pages.components.records import run_chart


def draw_scores(context: Context) -> None:
    """The headline by number of labels; nothing where the use case was not measured so."""
    curve = _curve(context)
    if curve is None:
        return
    metric, task = metric_named(curve["headline"]), context.use_case.task
    told = _compared(curve, partial(scores.score, metric))
    if told:
        st.markdown(told)
    label = _(numbers.labelled(metric.label, scores.unit_of(metric, task)))
    figure = partial(charts.by_labels, curve, label, partial(scores.score, metric), context.look)
    run_chart(context, "labels-scores", figure)
    labels = context.use_case.labels
    st.caption(
        _(
            "One training each, on the same {rows} test rows; bars are 95% intervals over them. Simple methods learn "
            "from the same labels and no more."
        ).format(rows=numbers.count(curve["rows"]))
        + (f" {escape_markdown(_(labels.note))}" if labels and labels.note else "")
    )


def _curve(context: Context) -> LearningCurve | None:
    """As it ships: the network's lines, and of the simple methods the one that ends highest."""
    found = learning_curves.load(context.use_case)
    if found is None or context.use_case.labels is None:
        return None
    simple = [line for line in found["lines"] if line["role"] == "simple"]
    best = max(simple, key=lambda line: line["points"][-1]["mean"] or 0.0, default=None)
    lines = [line for line in found["lines"] if line["role"] != "simple" or line is best]
    titles = context.use_case.labels.compared
    return {**found, "lines": [{**line, "title": titles.get(line["name"], line["title"])} for line in lines]}


def _compared(curve: LearningCurve, write: Callable[[float], str]) -> str:
    """Where two networks are furthest apart, and where they end; empty where there is no second one."""
    own, others = curve["lines"][0], [line for line in curve["lines"] if line["role"] == "other"]
    if not others:
        return ""
    theirs = {p["labels"]: p["mean"] for p in others[0]["points"]}
    both = [
        (p["labels"], p["mean"], there)
        for p in own["points"]
        if p["mean"] is not None and (there := theirs.get(p["labels"])) is not None
    ]
    few, many = max(both, key=lambda each: each[1] - each[2]), both[-1]
    return _(
        "With **{few}** labels: {ours} **{first}**, {others} {second}. With **{many}**: **{third}** and {fourth}."
    ).format(
        few=numbers.count(few[0]),
        many=numbers.count(many[0]),
        ours=named(small(_(own["title"]))),
        others=named(small(_(others[0]["title"]))),
        first=named(write(few[1])),
        second=named(write(few[2])),
        third=named(write(many[1])),
        fourth=named(write(many[2])),
    )


def draw_money(context: Context) -> None:
    """Money by number of labels, what they cost taken off; nothing where it was not measured."""
    curve, model = _curve(context), context.use_case.value
    if curve is None or model is None:
        return
    best = max((p for p in curve["lines"][0]["points"] if p["amount"] is not None), key=_amount, default=None)
    if best is None:
        return
    st.markdown(
        _("Most pays: **{count}** labels, **{amount}** a {per}.").format(
            count=numbers.count(best["labels"]),
            amount=escape_markdown(numbers.money(_amount(best), model.currency)),
            per=named(_(model.per)),
        )
    )
    write = partial(_money, model.currency)
    label = _("{currency} a {per}").format(currency=model.currency, per=_(model.per))
    run_chart(context, "labels-money", partial(charts.money_by_labels, curve, label, write, context.look))
    assumed = assumed_values(model.assumptions)
    st.caption(
        _("Labels for training and validation at {cost} each are paid, by the declared assumptions.").format(
            cost=escape_markdown(numbers.money(assumed["label_cost"], model.currency))
        )
        if "label_cost" in assumed
        else _("By the declared assumptions.")
    )


def _amount(point: CurvePoint) -> float:
    return float(point["amount"] or 0.0)


def _money(currency: str, amount: float) -> str:
    return numbers.money(amount, currency)
