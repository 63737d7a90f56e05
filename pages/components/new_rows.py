"""New rows beside those that were learned from: a visitor's CSV, or one of two samples; what moved, and whether to
retrain."""

from __future__ import annotations

import streamlit as st

from core.answering.own_picture import FOLDER
from core.charts import moved as charts
from core.contracts.going_live import LARGE, MOST_BYTES, PREDICTION, Moved, NewRows
from core.errors import UserError
from core.evaluation.metrics import metric_named
from core.formatting import numbers, scores
from core.formatting.messages import capital, listed
from core.formatting.text import _, escape_markdown, named, plain
from pages.components.client import ask, ask_alone
from pages.components.context import Context
from pages.components.laid_down import laid_down

_PATIENCE_S = 60.0
_MOST_SHOWN = 8
_CHOSEN = "new-rows-sample"


def draw(context: Context, run: str) -> None:
    """Two samples and a place for a file, and what came of the last one."""
    with st.container(horizontal=True):
        for name, title in (("held_out", _("Try held-out rows")), ("damaged", _("Try messed-up rows"))):
            st.button(title, key=context.key(f"new-rows-{name}"), on_click=_choose, args=(context, name))
    file = st.file_uploader(
        _("Or a CSV of your own: the first line names the features. It is read on this server and deleted."),
        type=["csv"],
        key=context.key("new-rows-file"),
        max_upload_size=MOST_BYTES // 1_000_000,
        on_change=_choose,
        args=(context, ""),
    )
    sample = st.session_state.get(context.key(_CHOSEN), "")
    question = {"ask": "new_rows", **context.asked, "run": run}
    try:
        if sample:
            asked = {**question, "damaged": sample == "damaged"}
            _show(context, ask(asked, version=context.version, timeout_s=_PATIENCE_S), sample)
        elif file is not None:
            with laid_down(FOLDER, file.getvalue()) as name:
                found = ask_alone({**question, "file": name}, timeout_s=_PATIENCE_S)
            _show(context, found, "")
    except (UserError, OSError) as error:
        st.warning(escape_markdown(str(error)))


def _choose(context: Context, sample: str) -> None:
    st.session_state[context.key(_CHOSEN)] = sample


def _show(context: Context, found: NewRows, sample: str) -> None:
    _verdict(found)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _moved(context, found)
    with right:
        _score(found)
        if sample:
            st.download_button(
                _("This sample as CSV"),
                found["file"],
                f"{sample}.csv",
                "text/csv",
                key=context.key(f"new-rows-download-{sample}"),
                on_click="ignore",
            )
        if found["lacks"]:
            st.caption(_("Not in the file, so missing: {names}.").format(names=_names(found["lacks"])))
        if found["ignored"]:
            st.caption(_("No features, so not read: {names}.").format(names=_names(found["ignored"])))
    st.caption(
        _(
            "Rule: retrain when a feature or the predictions moved by an index of {large} or more, or the score is "
            "worse than its interval on held-out rows."
        ).format(large=numbers.exact(LARGE))
    )


def _verdict(found: NewRows) -> None:
    words = {"score": _("the score fell"), "feature": _("features moved"), "prediction": _("predictions moved")}
    if found["rows"] < found["least_rows"]:
        told = _("{rows} rows are too few to say how features moved; {least} are enough.")
        st.info(told.format(rows=numbers.count(found["rows"]), least=numbers.count(found["least_rows"])))
    elif found["reasons"]:
        st.warning(
            escape_markdown(_("Retrain: {reasons}.").format(reasons=_(listed([words[r] for r in found["reasons"]]))))
        )
    else:
        st.success(_("Nothing has moved far: no need to retrain."))


def _moved(context: Context, found: NewRows) -> None:
    labels = {c.name: _(c.label) for c in context.use_case.columns} | {PREDICTION: _("Predictions")}
    each = [found["prediction"], *found["features"]][: _MOST_SHOWN + 1]
    told = [(labels[one["name"]], one["stability_index"], _in_words(one)) for one in each]
    known = [(name, index, numbers.fixed(index, 2), words) for name, index, words in told if index is not None]
    if known:
        st.html(charts.bars(known, LARGE, context.look))


def _in_words(one: Moved) -> str:
    return _("index {index}; missing {missing}, in training {before}; never seen {strange}").format(
        index=numbers.MISSING if one["stability_index"] is None else numbers.fixed(one["stability_index"], 2),
        missing=numbers.percent(one["missing"]),
        before=numbers.percent(one["missing_in_training"]),
        strange=numbers.percent(one["never_seen"]),
    )


def _score(found: NewRows) -> None:
    metric = metric_named(found["metric"])
    if found["score"] is None:
        st.caption(
            _("Without outcomes in the file, or for a score that needs more than a CSV holds, nothing is scored.")
        )
        return
    st.metric(
        escape_markdown(_("{metric} on these rows").format(metric=_(capital(metric.short)))),
        scores.score(metric, found["score"]),
        _("held out: {score}").format(score=scores.score(metric, found["held_out"])),
        delta_color="off",
        delta_arrow="off",
    )


def _names(names: list[str]) -> str:
    return named(plain(", ".join(names)))
