"""Section 4: the headline against every baseline, curves, the confusion matrix, and the records behind an error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from core.charts import results as charts
from core.contracts import Kind
from core.errors import RunError, UserError
from core.evaluation.best import best_baseline
from core.evaluation.metrics import metric
from core.store import runs, store_folder
from core.store.runs import Run
from core.text import _
from core.value.threshold import assumed_values
from pages.components.context import Context
from pages.components.frame import ask, chart, duration, literal, once
from pages.components.held_out import HeldOut, held_out
from pages.components.section_money import chosen_threshold

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_MOST_RECORDS = 30


def draw(context: Context) -> None:
    """Draw the section."""
    if context.run is None:
        st.info(_("There are no results yet. Open Train and press the button."))
        return
    try:
        report, found = context.run.report(), held_out(context.run)
    except RunError as error:
        st.error(literal(str(error)))
        return
    _choose_run(context)
    _comparison(context, report)
    kind = context.use_case.task.kind
    if kind is Kind.BINARY:
        _binary(context, report, found)
    elif kind is Kind.QUANTILE:
        unit = context.use_case.task.unit
        _chart(context, "forecasts", partial(charts.forecasts, found.target, found.ensemble, unit, context.look))
    elif kind is Kind.SURVIVAL:
        risk = found.ensemble[:, 0]
        _chart(context, "risk-groups", partial(charts.risk_groups, found.target, risk, context.look))
    _how(context, report)


def _chart(context: Context, name: str, make: Callable[[], Figure], *more: object) -> None:
    run = context.run.id if context.run else ""
    chart(once(make, name, run, context.look.name, *more), key=context.key(name))


def _choose_run(context: Context) -> None:
    """Which run the page shows, when there are several."""
    finished = [
        r
        for r in runs.list_runs(store_folder(), context.use_case.name)
        if r.sealed_state is not None and r.sealed_state.has_report
    ]
    if context.run is None or len(finished) < 2:
        return
    labels = {r.id: _run_label(context, r) for r in [*finished[:50], context.run]}

    def chosen() -> None:
        context.state.run = st.session_state[context.key("run")]
        context.state.threshold = None

    key = context.key("run")
    st.session_state[key] = context.run.id if context.run.id in labels else next(iter(labels))
    st.selectbox(
        _("Run ({count} have been measured on this test set)").format(count=len(finished)),
        list(labels),
        format_func=lambda run: labels[run],
        key=key,
        on_change=chosen,
    )


def _run_label(context: Context, run: Run) -> str:
    titles = {p.name: p.title for p in context.use_case.presets}
    made = datetime.fromisoformat(str(run.config["created"]))
    head = run.summary["headline"]
    parts = [
        _("recorded") if run.recorded else f"{made:%d %b %Y, %H:%M:%S} UTC",
        titles.get(str(run.config.get("preset")), _("own settings")),
        _("seed {seed}").format(seed=run.config["settings"].get("seed")),
        f"{metric(head['metric']).label} {head['ensemble']['mean']:.4f}",
    ]
    return " · ".join(parts)


def _comparison(context: Context, report: dict[str, Any]) -> None:
    task = context.use_case.task
    st.subheader(_("Against the strongest simple methods"))
    shown = st.segmented_control(
        _("Metric"),
        list(task.metrics),
        format_func=lambda name: metric(name).label,
        required=True,
        key=context.start("metric", task.headline),
        label_visibility="collapsed",
    )
    judge = metric(shown or task.headline)
    st.caption(judge.help + ("" if judge.higher_is_better else _(" Lower is better.")))
    figure = partial(charts.comparison, report, judge.name, judge.label, context.look)
    _chart(context, "comparison", figure, judge.name)
    rows = []
    for baseline in report["baselines"]:
        entry = baseline["metrics"][judge.name]
        paired = entry["ensemble_minus_this"]
        rows.append(
            {
                _("Simple method"): baseline["title"],
                judge.label: round(entry["mean"], 4),
                _(
                    "Network's ensemble minus this"
                ): f"{paired['mean']:+.4f} ({paired['low']:+.4f} to {paired['high']:+.4f})",
                _("Verdict"): {
                    "win": _("network is better"),
                    "tie": _("no difference shown"),
                    "loss": _("this one is better"),
                }[paired["verdict"]],
            }
        )
    st.dataframe(rows, hide_index=True)
    st.caption(
        _(
            "Intervals are 95%, by bootstrap over {unit}s and members; differences are paired on the same draws. "
            "“Better” is said only where the interval of the difference leaves out 0."
        ).format(unit=report["unit"])
    )


def _binary(context: Context, report: dict[str, Any], found: HeldOut) -> None:
    task = context.use_case.task
    best = best_baseline(report)
    target, score = found.target[:, 0], found.ensemble[:, 0].round(4)  # as the Money panel counts
    scores = {_("network"): score}
    if best:
        scores[best["title"]] = found.baselines[best["name"]][:, 0]
    threshold, model = context.state.threshold, context.use_case.value
    if threshold is None:
        assumed = assumed_values(model.assumptions, context.state.assumed) if model else {}
        threshold = chosen_threshold(model, found, assumed) if model else 0.5
    left, right = st.columns(2, gap="large")
    with left:
        _chart(context, "roc", partial(charts.roc, target, scores, context.look, threshold), threshold)
    with right:
        _chart(context, "pr", partial(charts.precision_recall, target, scores, context.look, threshold), threshold)
    cells = charts.confusion_cells(target, score, threshold)
    left, right = st.columns(2, gap="large")
    with left:
        figure = partial(charts.confusion, cells, task.positive, task.negative, context.look)
        _chart(context, "confusion", figure, threshold)
        words = _("Acting on nobody pays best under these assumptions; move the threshold under Money.")
        if threshold <= 1:
            words = _("Threshold {threshold:.1%}; move it under Money.").format(threshold=threshold)
        st.caption(words)
    with right:
        _records(context, found, threshold)


def _records(context: Context, found: HeldOut, threshold: float) -> None:
    """The records in one cell of the confusion matrix, the most surprising first."""
    names = {
        "fn": _("Missed"),
        "fp": _("False alarms"),
        "tp": _("Found"),
        "tn": _("Rightly left"),
    }
    cell = st.segmented_control(
        _("See the records"),
        list(names),
        format_func=lambda name: names[name],
        required=True,
        key=context.start("cell", "fn"),
    )
    score, positive = found.ensemble[:, 0].round(4), found.target[:, 0] > 0
    acted = score >= threshold
    inside = {"tp": acted & positive, "fp": acted & ~positive, "fn": ~acted & positive, "tn": ~acted & ~positive}[
        cell or "fn"
    ]
    order = np.flatnonzero(inside)
    surprising = score[order] * (1 if cell in ("fn", "tp") else -1)  # a low score of one who did, a high one of others
    order = order[np.argsort(surprising, kind="stable")][:_MOST_RECORDS]
    if len(order) == 0:
        st.info(_("No record is in this cell."))
        return
    try:
        answer = ask({"ask": "records", "use_case": context.use_case.name, "rows": [int(found.rows[i]) for i in order]})
    except UserError as error:
        st.warning(literal(str(error)))
        return
    labels = {c.name: c.label for c in context.use_case.columns}
    st.dataframe(
        [
            {_("Predicted"): f"{score[i]:.1%}", **r["info"], **{labels[k]: v for k, v in r["features"].items()}}
            for i, r in zip(order, answer["records"], strict=True)
        ],
        hide_index=True,
        height=230,
    )
    st.caption(_("The most surprising first; at most {most}.").format(most=_MOST_RECORDS))


def _how(context: Context, report: dict[str, Any]) -> None:
    rows = report["rows"]
    st.caption(
        _(
            "{folds} folds of {train:,} training and {validation:,} validation rows, one test of {test:,} rows. {plan} "
            "{epochs} epochs in {time} on {device}, {speed:,.0f} samples per second. Energy: not available."
        ).format(
            folds=rows["folds"],
            train=rows["train"],
            validation=rows["validation"],
            test=rows["test"],
            plan=report["plan"],
            epochs=report["epochs_run"],
            time=duration(report["train_s"]),
            device=report["device"],
            speed=report["samples_per_s"],
        )
    )
