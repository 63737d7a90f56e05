"""Section 5: what if one thing about one record were different?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.answering.texts import read_text
from core.charts import data as charts
from core.charts import trace as trace_charts
from core.contracts import Column, ColumnKind, Kind, StoredReport, Task
from core.contracts.answers import ColumnProfile, Curve, Record, Values, WhatIf
from core.errors import RunError, UserError
from core.evaluation.metrics import metric_named
from core.formatting import numbers, scores, units
from core.formatting.text import _, escape_markdown, named, plain
from core.kinds import kind_of
from pages.components import detection_what_if, generation_what_if, picture_what_if, text_what_if
from pages.components import what_if_words as words
from pages.components.client import ask
from pages.components.clock_slider import clock_range, hour_of, time_of
from pages.components.context import Context, finished_runs
from pages.components.decision import current_decision
from pages.components.drawing import chart, once, tiles
from pages.components.held_out import HeldOut, results_of
from pages.components.part import part
from pages.components.picture_box import draw_sight, shows_pictures
from pages.components.record_choice import choose_record, reset
from pages.components.record_words import label as label_of
from pages.components.section_data import profile
from pages.components.story import fold, sentence

_IN_FRONT = 5


def draw(context: Context) -> None:
    """Draw the section."""
    if context.run is None:
        st.info(_("There is no model to ask yet. Open Train and press the button."))
        return
    if not context.run.has_weights:
        _without_weights(context)
        return
    try:
        report, found = results_of(context.run, context.use_case)
    except RunError as error:
        st.error(escape_markdown(str(error)))
        return
    if shows_pictures(context.use_case) and not context.use_case.columns:
        of_kind: dict[str, Callable[[Context, HeldOut], None]] = {
            Kind.DETECTION: detection_what_if.draw,
            Kind.GENERATION: generation_what_if.draw,
        }
        draw_asked = of_kind.get(context.use_case.task.kind, picture_what_if.draw)
        part(context, "what-if", draw_asked, context, found)
        return
    if read_text(context.use_case) and not context.use_case.columns:
        part(context, "what-if", text_what_if.draw, context, found)
        return
    profiles = profile(context)
    if profiles is None:
        return
    known = {c.name for c in context.use_case.columns}
    context.state.changes = {name: value for name, value in context.state.changes.items() if name in known}
    part(context, "what-if", _ask, context, report, found, {p["name"]: p for p in profiles["columns"]})
    if report["importance"]:
        fold(context, "leans", _("For experts: what the model leans on"), _leans, context, report)


def _ask(context: Context, report: StoredReport, found: HeldOut, profiles: dict[str, ColumnProfile]) -> None:
    """A record, what can be changed of it, and the answer."""
    try:
        said = st.container(key="what-if-said")  # stays in sight on a phone, where the sliders are far below
        left, right = st.columns([3, 2], gap="large")
        with right:
            record = choose_record(context, found)
            _sliders(context, report, record["features"], profiles)
        with left:
            _answer(context, report, found, record, said)
            if shows_pictures(context.use_case):
                draw_sight(context, record)
    except UserError as error:
        st.warning(escape_markdown(str(error)))


def _without_weights(context: Context) -> None:
    """Say why this run cannot be asked, and offer one that can."""
    st.info(_("This recorded run was shipped without its weights, because they are large. Train to ask a model."))
    titles = {p.name: _(p.title) for p in context.use_case.presets}
    other = next((r for r in finished_runs(context.use_case) if r.has_weights), None)
    if other is None:
        return

    def show() -> None:
        context.state.run, context.state.decision = other.id, None

    title = titles.get(str(other.config.get("preset")), other.id)
    st.button(
        _("Ask the run “{title}” instead").format(title=named(title)), key=context.key("ask-other"), on_click=show
    )


def _sliders(context: Context, report: StoredReport, original: Values, profiles: dict[str, ColumnProfile]) -> None:
    columns = {c.name: c for c in context.use_case.columns}
    if not columns:
        st.caption(_("There is no table beside what the network reads, and nothing to change one by one."))
        return
    ranked = [columns[r["column"]] for r in report["importance"]]
    everything = st.toggle(
        _(numbers.counted(len(ranked), "The one feature", "All {count} features, not only the strongest")),
        key=context.start("all-features", False),
    )
    for column in ranked if everything else ranked[:_IN_FRONT]:
        _slider(context, column, original[column.name], profiles[column.name])
    st.button(
        _("Back to the record as it is"),
        key=context.key("reset"),
        on_click=reset,
        args=(context,),
        disabled=not context.state.changes,
    )


def _slider(context: Context, column: Column, original: Any, profile: ColumnProfile) -> None:
    now = context.state.changes.get(column.name, original)
    label = named(label_of(column))
    if now is None:
        label += f", {named(_(context.use_case.missing.get(column.name, 'missing here')))}"
    name = context.own(f"change-{column.name}")
    key = context.key(name)
    common: dict[str, Any] = {
        "on_change": _changed,
        "args": (context, column.name, original, key),
        "help": escape_markdown(_(column.help)) or None,
    }
    if column.kind is ColumnKind.CATEGORY:
        options = sorted({*profile["categories"], *([str(now)] if now is not None else [])} - {"(missing)"})
        context.start(name, None if now is None else str(now))
        common |= {"format_func": lambda name: plain(_(context.use_case.named(name))), "placeholder": numbers.MISSING}
        st.selectbox(label, options, key=key, **common)
    elif column.kind is ColumnKind.BINARY:
        st.toggle(label, key=context.start(name, bool(now)), **common)
    else:
        value = profile["median"] if now is None else float(now)
        ends = [profile["low"], profile["high"], value, value if original is None else float(original)]
        if units.is_clock(column.unit):
            st.slider(label, **clock_range(min(ends), max(ends)), **context.begin(name, time_of(value)), **common)
            return
        scale = numbers.stops(min(ends), max(ends), whole=profile["whole"])
        common |= {"step": scale.step, "format": f"%.{scale.digits}f"}
        st.slider(label, scale.low, scale.high, **context.begin(name, value), **common)


def _changed(context: Context, name: str, original: Any, key: str) -> None:
    if key != context.own_key(f"change-{name}") or key not in st.session_state:  # another record was chosen meanwhile
        return
    value = st.session_state[key]
    value = hour_of(value, original) if isinstance(value, time) else float(value) if isinstance(value, bool) else value
    context.state.vary = name
    if value == original:
        context.state.changes.pop(name, None)
    else:
        context.state.changes[name] = value


def _answer(context: Context, report: StoredReport, found: HeldOut, record: Record, said: DeltaGenerator) -> None:
    """What the model says of the record as changed. said: the place of the sentence on top."""
    columns = {c.name: c for c in context.use_case.columns}
    features = {**record["features"], **context.state.changes}
    strongest = next((r["column"] for r in report["importance"]), None)
    vary = context.state.vary if context.state.vary in columns else strongest
    run, version = context.run.id if context.run else "", context.version
    question = {"ask": "what_if", **context.asked, "run": run, "row": record["row"]}
    answer = before = ask({**question, "features": features, "vary": vary}, version=version)
    if context.state.changes:
        before = ask({**question, "features": record["features"], "vary": None}, version=version)
    task, kind = context.use_case.task, kind_of(context.use_case.task)
    with said:
        sentence(words.verdict(context.use_case, answer["mean"], current_decision(context, found)))
    _tiles(context, answer, before)
    strangers = words.strangers(answer.get("strangers", []), columns, _IN_FRONT)  # an older worker looks for none
    if strangers:
        st.warning("\n\n".join(escape_markdown(stranger) for stranger in strangers))
    if kind.target is None:
        happened = kind.happened(task, record["target"])
        st.markdown(_("What really happened: **{what}**").format(what=named(_(happened))))
    if "series" in answer:
        _series(context, answer, before, vary)
    if vary is None:
        return
    label, percent = kind.written.axis(task, kind.shown(task, answer["mean"])), kind.written.is_share
    curve = band_of(task, answer["curve"])
    figure = charts.what_if_curve(columns[vary], curve, features.get(vary), label, context.look, percent=percent)
    chart(figure, key=context.key("what-if-curve"))
    if task.levels:
        st.caption(
            _("The line is the middle forecast, the band runs from the {low} to the {high} level.").format(
                low=numbers.level(task.levels[0]), high=numbers.level(task.levels[-1])
            )
        )


def _series(context: Context, answer: WhatIf, before: WhatIf, vary: str | None) -> None:
    """What the networks read of the measurement that was moved last, and as it was."""
    follow, columns = context.use_case.follow, {c.name: c for c in context.use_case.columns}
    if follow is None:
        return
    place = next((i for i, made in enumerate(follow.columns) if vary in made), 0)
    column = columns[follow.columns[place][0]]
    was = before["series"][place] if context.state.changes and "series" in before else None
    words_of = _("{steps} before now").format(steps=_(follow.steps)), _(column.unit)
    figure = trace_charts.window(was, answer["series"][place], _(column.label), words_of, context.look)
    chart(figure, key=context.key("what-if-series"))


def _leans(context: Context, report: StoredReport) -> None:
    """How much worse the model is without each of the strongest features."""
    names = {c.name: _(c.label) for c in context.use_case.columns}
    metric = metric_named(context.use_case.task.headline)
    if all(r["drop"] is None for r in report["importance"]):
        st.info(
            escape_markdown(
                _("It cannot be told: {metric} is undefined on the rows that were shuffled.").format(
                    metric=_(metric.label)
                )
            )
        )
        return
    figure = once(
        partial(charts.importance, report["importance"], names, _(metric.label), context.look, scores.is_share(metric)),
        *("importance", context.version, context.look.name),
    )
    chart(figure, key=context.key("importance"))


def band_of(task: Task, curve: Curve) -> Curve:
    """The curve's band: the outer levels of quantile forecasts, the members' range of anything else."""
    return {**curve, "low": curve["outputs"][0], "high": curve["outputs"][-1]} if task.levels else curve


def _tiles(context: Context, answer: WhatIf, before: WhatIf) -> None:
    """The prediction, and how sure it is: the outer levels of quantiles, the members' range of anything else."""
    task = context.use_case.task
    kind = kind_of(task)
    shown, written = kind.shown(task, answer["mean"]), kind.written
    now, was = answer["mean"][shown], before["mean"][shown]
    places = tiles(2)
    places[0].metric(
        named(written.label(task, shown)),
        named(written.value(task, now)),
        delta=named(written.change(task, now - was)) if context.state.changes else None,
        delta_color="off",
        delta_arrow=words.arrow(now - was),
    )
    if task.levels:
        places[1].metric(
            _("{low} to {high} level").format(low=numbers.level(task.levels[0]), high=numbers.level(task.levels[-1])),
            named(written.between(task, answer["mean"][0], answer["mean"][-1])),
            help=_(
                "What happens should lie in this range in {share} of such cases; Results shows whether it did."
            ).format(share=numbers.level(task.levels[-1] - task.levels[0])),
        )
        return
    places[1].metric(
        _("Single networks range"),
        named(written.between(task, min(answer["networks"]), max(answer["networks"]))),
        help=_(
            numbers.counted(
                len(answer["networks"]),
                "The one network that is asked.",
                "The lowest and the highest of the {count} networks: where they disagree, be careful.",
            )
        ),
    )
