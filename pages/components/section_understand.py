"""Section 5: what if one thing about one record were different?"""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.charts import data as charts
from core.contracts import Column, ColumnKind, Kind
from core.errors import RunError, UserError
from core.evaluation.metrics import metric
from core.text import _
from pages.components.context import Context
from pages.components.frame import ask, chart, literal, once, tiles
from pages.components.held_out import HeldOut, held_out
from pages.components.section_data import profile

_IN_FRONT = 5


def draw(context: Context) -> None:
    """Draw the section."""
    if context.run is None:
        st.info(_("There is no model to ask yet. Open Train and press the button."))
        return
    if not context.run.has_weights:
        st.info(_("This recorded run was shipped without its weights, because they are large. Train to ask a model."))
        return
    try:
        report, found = context.run.report(), held_out(context.run)
    except RunError as error:
        st.error(literal(str(error)))
        return
    profiles = profile(context.use_case)
    if profiles is None:
        return
    try:
        record = _choose_record(context, found)
        features = {**record["features"], **context.state.changes}
        left, right = st.columns([2, 3], gap="large")
        with left:
            _sliders(context, report, record["features"], {p["name"]: p for p in profiles["columns"]})
        features = {**record["features"], **context.state.changes}
        with right:
            _answer(context, report, record, features)
    except UserError as error:
        st.warning(literal(str(error)))


def _choose_record(context: Context, found: HeldOut) -> dict[str, Any]:
    """A held-out record, by its place in the ranking."""
    order = found.ensemble[:, -1].argsort(kind="stable")[::-1]
    rank_of = {int(found.rows[i]): place + 1 for place, i in enumerate(order)}
    state = context.state
    if state.record not in rank_of:
        state.record = int(found.rows[order[len(order) // 10]])

    def moved() -> None:
        place = int(st.session_state[context.key("rank")])
        state.record = int(found.rows[order[place - 1]])
        _reset(context)

    st.slider(
        _("Held-out {what}, from the highest prediction to the lowest").format(what=context.use_case.record_label),
        1,
        len(order),
        key=context.start("rank", rank_of[state.record]),
        on_change=moved,
    )
    answer = ask({"ask": "records", "use_case": context.use_case.name, "rows": [state.record]})
    record: dict[str, Any] = answer["records"][0]
    st.caption(literal(" · ".join(f"{name.replace('_', ' ')} {value}" for name, value in record["info"].items())))
    return record


def _reset(context: Context) -> None:
    context.state.changes.clear()
    for key in [k for k in st.session_state if str(k).startswith(context.key("change-"))]:
        del st.session_state[key]


def _sliders(
    context: Context, report: dict[str, Any], original: dict[str, Any], profiles: dict[str, dict[str, Any]]
) -> None:
    columns = {c.name: c for c in context.use_case.columns}
    ranked = [columns[r["column"]] for r in report["importance"]]
    everything = st.toggle(
        _("All {count} features, not only the strongest").format(count=len(ranked)),
        key=context.start("all-features", False),
    )
    for column in ranked if everything else ranked[:_IN_FRONT]:
        _slider(context, column, original[column.name], profiles[column.name])
    st.button(
        _("Back to the record as it is"),
        key=context.key("reset"),
        on_click=_reset,
        args=(context,),
        disabled=not context.state.changes,
    )


def _slider(context: Context, column: Column, original: Any, profile: dict[str, Any]) -> None:
    label = f"{column.label} ({column.unit})" if column.unit else column.label
    now = context.state.changes.get(column.name, original)
    name = f"change-{column.name}"
    common: dict[str, Any] = {
        "on_change": _changed,
        "args": (context, column.name, original),
        "help": column.help or None,
    }
    if column.kind is ColumnKind.CATEGORY:
        options = sorted({*profile["categories"], *([str(now)] if now is not None else [])} - {"(missing)"})
        st.selectbox(label, options, key=context.start(name, None if now is None else str(now)), **common)
    elif column.kind is ColumnKind.BINARY:
        st.toggle(label, key=context.start(name, bool(now)), **common)
    else:
        value = profile["median"] if now is None else float(now)
        low, high = min(profile["low"], value), max(profile["high"], value)
        suffix = _(", missing here") if now is None else ""
        if profile["whole"]:
            common |= {"step": 1.0, "format": "%d"}
        st.slider(label + suffix, low, high if high > low else low + 1, key=context.start(name, value), **common)


def _changed(context: Context, name: str, original: Any) -> None:
    value = st.session_state[context.key(f"change-{name}")]
    value = float(value) if isinstance(value, bool) else value
    context.state.vary = name
    if value == original:
        context.state.changes.pop(name, None)
    else:
        context.state.changes[name] = value


def _answer(context: Context, report: dict[str, Any], record: dict[str, Any], features: dict[str, Any]) -> None:
    columns = {c.name: c for c in context.use_case.columns}
    vary = context.state.vary if context.state.vary in columns else report["importance"][0]["column"]
    question = {"ask": "what_if", "use_case": context.use_case.name, "run": context.run.id if context.run else ""}
    answer = ask({**question, "features": features, "vary": vary})
    before = ask({**question, "features": record["features"], "vary": None}) if context.state.changes else answer
    task = context.use_case.task
    middle = len(task.outputs) // 2
    now, was = answer["mean"][middle], before["mean"][middle]
    changed = bool(context.state.changes)
    places = tiles(2)
    binary = task.kind is Kind.BINARY
    places[0].metric(
        _("Predicted chance: {target}").format(target=task.target) if binary else task.target.capitalize(),
        f"{now:.1%}" if binary else f"{now:.2f} {task.unit}",
        delta=(f"{(now - was) * 100:+.1f} points" if binary else f"{now - was:+.2f}") if changed else None,
        delta_color="off",
    )
    low, high = min(answer["networks"]), max(answer["networks"])
    places[1].metric(
        _("The members say"),
        f"{low:.0%} – {high:.0%}" if binary else f"{low:.2f} – {high:.2f}",
        help=_("The lowest and the highest of the {count} networks: where they disagree, be careful.").format(
            count=len(answer["networks"])
        ),
    )
    if binary:
        happened = task.positive if record["target"][task.target_columns[0]] > 0 else task.negative
    else:
        happened = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in record["target"].items())
    st.caption(_("What really happened: {what}").format(what=literal(happened)))
    label = _("predicted chance") if binary else task.target
    figure = charts.what_if_curve(columns[vary], answer["curve"], features.get(vary), label, context.look)
    chart(figure, key=context.key("what-if-curve"))
    names = {c.name: c.label for c in context.use_case.columns}
    st.markdown(f"**{_('What the model leans on')}**")
    judge = metric(task.headline)
    figure = once(
        partial(charts.importance, report["importance"], names, judge.label, context.look),
        *("importance", report["run"], context.look.name),
    )
    chart(figure, key=context.key("importance"))
