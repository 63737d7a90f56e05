"""The outcome of a data set in words, and the choice between how often it happens and how the rows differ."""

from __future__ import annotations

import streamlit as st

from core.charts.outcome import group_named
from core.contracts import Kind, UseCase
from core.contracts.answers import ColumnProfile, DataProfile
from core.contracts.appearance import LooksAt
from core.formatting import numbers
from core.formatting.text import _, named, plain
from core.kinds import kind_of
from pages.components.context import Context
from pages.components.slides import counted_words

_RATES, _SPLIT = "rates", "split"


def data_sentence(use_case: UseCase, found: DataProfile, strongest: ColumnProfile | None) -> str:
    """What happened in all, and by the column that tells most alone, from its lowest group to its highest. strongest:
    None where no column tells anything alone, or nothing happens in these data."""
    whole, task, written = found.get("outcome"), use_case.task, kind_of(use_case.task).written
    if whole is not None and "share" in whole and not use_case.columns:
        return _("{positive}: {share} of {rows} pictures to learn from.").format(
            positive=_capital(plain(_(task.positive))),
            share=numbers.percent(whole["share"], 1),
            rows=numbers.count(whole["rows"]),
        )
    if whole is not None and "shares" in whole and not use_case.columns:
        words = _("{count} kinds, {rows} pictures to learn from.")
        if use_case.seen == LooksAt.SOUND:
            words = _("{count} words, {rows} sounds to learn from.")
        if use_case.seen == LooksAt.TEXT:
            words = _("{count} intents, {rows} questions to learn from.")
        return words.format(count=numbers.count(len(whole["shares"])), rows=numbers.count(whole["rows"]))
    if task.kind == Kind.ONE_CLASS:
        return _("{rows} pictures of what belongs to learn from, and not one stray.").format(
            rows=numbers.count(found["parts"][0]["rows"])
        )
    if boxes := found.get("boxes"):
        return _("In {pictures} pictures to learn from: {counts}.").format(
            pictures=numbers.count(boxes["pictures"]), counts=counted_words(task, boxes["counts"])
        )
    if not kind_of(task).has_outcome and not use_case.columns:
        learned_from = sum(part["rows"] for part in found["parts"] if part["name"] == "train")
        return _("{rows} pictures to learn from, and no right answer.").format(rows=numbers.count(learned_from))
    if whole is None or strongest is None:
        return _("{rows} rows of {units} {unit} ids.").format(
            rows=numbers.count(found["rows"]), units=numbers.count(found["units"]), unit=plain(_(found["unit"]))
        )
    column = next(c for c in use_case.columns if c.name == strongest["name"])
    rows, title = numbers.count(whole["rows"]), plain(_(column.label))
    if "share" in whole:
        low, high = (pick(strongest["groups"], key=lambda group: group["share"]) for pick in (min, max))
        return _(
            "{positive}: {share} of {rows} training rows. Strongest sign: “{column}”: {low} ({low_group}), {high} "
            "({high_group})."
        ).format(
            share=numbers.percent(whole["share"], 1),
            rows=rows,
            positive=_capital(plain(_(task.positive))),
            column=title,
            low=numbers.percent(low["share"], 1),
            low_group=plain(group_named(low, column, strongest["groups"])),
            high=numbers.percent(high["share"], 1),
            high_group=plain(group_named(high, column, strongest["groups"])),
        )
    if "quantiles" in whole:
        first, _middle, last = whole["quantiles"][1:4]
        low, high = (pick(strongest["groups"], key=lambda group: group["quantiles"][2]) for pick in (min, max))
        return _(
            "Half of {rows} training rows lie between {first} and {last}. Strongest sign: “{column}”: typically {low} "
            "({low_group}), {high} ({high_group})."
        ).format(
            rows=rows,
            first=plain(written.value(task, first)),
            last=plain(written.value(task, last)),
            column=title,
            low=plain(written.value(task, low["quantiles"][2])),
            low_group=plain(group_named(low, column, strongest["groups"])),
            high=plain(written.value(task, high["quantiles"][2])),
            high_group=plain(group_named(high, column, strongest["groups"])),
        )
    return _("{rows} training rows. Strongest sign: “{column}”.").format(rows=rows, column=title)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def split_is_chosen(context: Context) -> bool:
    """The visitor's choice of picture."""
    titles = {_RATES: _("How often"), _SPLIT: _("How they differ")}
    chosen = st.segmented_control(
        _("Picture"),
        list(titles),
        format_func=lambda value: titles[value],
        required=True,
        key=context.start("outcome", _RATES),
        label_visibility="collapsed",
    )
    return chosen == _SPLIT


def draw_caption(found: DataProfile, *, by_split: bool) -> None:
    """What the pictures show, and of which rows."""
    parts = [_("These pictures count training rows alone.")]
    if not by_split and "quantiles" in found["outcome"]:
        parts.insert(0, _("Point: the median. Bar: half of the rows. Line: eight of ten of them."))
    elif not by_split and "share" in found["outcome"]:
        told = _("Line: 95% interval, each {unit} counted once.")
        parts.insert(0, told.format(unit=named(_(found["unit"]))))
    st.caption(" ".join(parts))
