"""Section 4: the headline against every baseline, the pictures of the kind, the variants, and how it was measured."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.charts import results as charts
from core.contracts import StoredReport
from core.errors import RunError
from core.evaluation.metrics import metric_named
from core.formatting import numbers, scores
from core.formatting.durations import duration
from core.formatting.messages import from_json, message
from core.formatting.moments import moment
from core.formatting.text import SENTENCE, _, escape_markdown, named, plain
from core.kinds import kind_of
from core.store.runs import Run
from core.value import scoreboard_words as words
from core.value.scoreboard import Scoreboard
from pages.components import labels_worth, panels, take_home
from pages.components.context import Context, finished_runs
from pages.components.deletion import offer_deletion
from pages.components.drawing import table
from pages.components.estimate_lines import energy_words
from pages.components.headline import draw_run_line
from pages.components.held_out import results_of
from pages.components.records import run_chart
from pages.components.standings import draw_standings
from pages.components.story import fold, sentence
from pages.components.terms import explained, where_explained
from pages.components.variants import draw_comparison
from pages.components.verdict_words import verdict


def draw(context: Context) -> None:
    """Draw the section."""
    if context.run is None:
        st.info(_("There are no results yet. Open Train and press the button."))
        return
    try:
        report, found = results_of(context.run, context.use_case)
    except RunError as error:
        st.error(escape_markdown(str(error)))
        return
    board = Scoreboard.of(context.use_case, report)
    sentence(words.verdict_sentence(board))
    if gain := words.gain_sentence(board):
        st.markdown(escape_markdown(gain), help=explained("difference"))
    draw_standings(context, board)
    labels_worth.draw_scores(context)
    pictures = panels.RESULTS.get(kind_of(context.use_case.task).results)
    if pictures:
        pictures(context, report, found)
    fold(context, "methods", _("For experts: every method, every metric"), _comparison, context, report)
    draw_comparison(context)
    _choose_run(context)
    offer_deletion(context)
    draw_run_line(context)
    fold(context, "take-home", _("Take it home: page, slides, data room, network"), take_home.draw, context)
    fold(context, "how", _("For experts: how it was measured"), _how, report)


def _choose_run(context: Context) -> None:
    """Which run the page shows, when there are several."""
    finished = finished_runs(context.use_case)
    if context.run is None or len(finished) < 2:
        return
    labels = {r.id: _run_label(context, r) for r in [*finished[:50], context.run]}

    def chosen() -> None:
        context.state.run = st.session_state[context.key("run")]
        context.state.decision = None

    key = context.key("run")
    st.session_state[key] = context.run.id if context.run.id in labels else next(iter(labels))
    st.selectbox(
        _("Run shown"),
        list(labels),
        format_func=lambda run: plain(labels[run], SENTENCE),
        key=key,
        on_change=chosen,
        help=_(
            "{count} runs have been judged on these held-out rows: the best of many looks better than it is."
        ).format(count=numbers.count(len(finished))),
    )


def _run_label(context: Context, run: Run) -> str:
    titles = {p.name: _(p.title) for p in context.use_case.presets}
    board = Scoreboard.of(context.use_case, run.summary)
    score = board.network.score
    told = scores.score_with_unit(board.metric, context.use_case.task, score["mean"] if score else None, more=1)
    parts = [
        _("recorded") if run.recorded else plain(moment(run.config["created"], seconds=True)),
        plain(titles.get(str(run.config.get("preset")), _("own settings"))),
        *([] if run.recorded else [_("seed {seed}").format(seed=run.config["settings"].get("seed"))]),
        f"{_(board.metric.short)} {plain(told)}",  # it has to fit on a phone
    ]
    return " · ".join(parts)


def _comparison(context: Context, report: StoredReport) -> None:
    task = context.use_case.task
    shown = st.segmented_control(
        _("Metric"),
        list(task.metrics),
        format_func=lambda name: _(metric_named(name).label),
        required=True,
        key=context.start(context.own("metric"), task.headline),
        label_visibility="collapsed",
    )
    metric = metric_named(shown or task.headline)
    st.caption(
        _(metric.help) + ("" if metric.higher_is_better else _(" Lower is better.")) + where_explained(metric.name)
    )
    label = _(numbers.labelled(metric.label, scores.unit_of(metric, task)))
    board = Scoreboard.of(context.use_case, report, metric.name)
    known = [standing.score for standing in board.every if standing.score]
    like = known[0]["mean"]
    write = partial(scores.score, metric, like=like)
    figure = partial(charts.comparison, report, metric.name, label, context.look, write, scores.is_share(metric))
    run_chart(context, "comparison", figure, metric.name)
    if why := scores.why_undefined(metric, *known, report["metrics"][metric.name]["mean"]):
        st.warning(escape_markdown(why))
    rows = []
    for standing in board.simple:
        paired = standing.score_difference
        if standing.score and paired:
            rows.append(
                {
                    _("Simple method"): _(standing.title),
                    label: write(standing.score["mean"], more=1),
                    _("Network's ensemble minus this"): write(None)
                    if paired["mean"] is None
                    else _("{mean} ({interval})").format(
                        mean=write(paired["mean"], more=1, sign=True),
                        interval=scores.score_between(
                            metric, paired["low"], paired["high"], like=like, more=1, sign=True
                        ),
                    ),
                    _("Verdict"): verdict(paired["verdict"]),
                }
            )
    table(rows)
    for method in report.get("not_fitted", []):
        reason = from_json(method["reason"], method.get("message"))
        told = message("{title} could not be fitted. {reason}", title=message(method["title"]), reason=reason)
        st.warning(escape_markdown(told))
    st.caption(
        _(
            "Intervals are 95%, by bootstrap over members and test units (here: {unit}); differences are paired on the "
            "same draws. “Better” is said only where the interval of the difference leaves out 0."
        ).format(unit=named(_(report["unit"]))),
        help=explained("interval"),
    )


def _how(report: StoredReport) -> None:
    rows = report["rows"]
    folds = numbers.counted(rows["folds"], "One fold", "{count} folds")
    st.caption(
        _(
            "{folds} of {train} training and {validation} validation rows; {test} rows are tested. {plan} "
            "{epochs} in {time} on {device}, {speed} samples per second. Energy: {energy}."
        ).format(
            folds=folds,
            **{part: numbers.count(rows[part]) for part in ("train", "validation", "test")},
            plan=escape_markdown(_(report["plan"])),
            epochs=numbers.counted(report["epochs_run"], "{count} epoch", "{count} epochs"),
            time=duration(report["train_s"]),
            device=named(report["device"]),
            speed=numbers.count(report["samples_per_s"]),
            energy=energy_words((report.get("energy") or {}).get("joules"), (report.get("energy") or {}).get("label")),
        )
    )
