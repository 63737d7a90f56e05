"""The parts of a data set and its sources; for experts how it was parted, its caveats, and every feature."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core import datasets
from core.charts import data as charts
from core.contracts.answers import ColumnProfile, DataProfile
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named
from core.kinds import kind_of
from pages.components.context import Context
from pages.components.drawing import chart, once, tiles
from pages.components.record_words import profile_in_words
from pages.components.story import fold
from pages.components.terms import where_explained

_IN_A_ROW = 3


def draw(context: Context, found: DataProfile) -> None:
    """The parts and the sources; behind a fold how they were made, and every feature."""
    _parts(context, found)
    _sources(context)
    fold(context, "data", _("For experts"), _for_experts, context, found)


def _for_experts(context: Context, found: DataProfile) -> None:
    _method(found)
    _caveats(context)
    _histograms(context, found)


def _parts(context: Context, found: DataProfile) -> None:
    use_case, kind = context.use_case, kind_of(context.use_case.task)
    st.header(_("How they are used"))
    places = tiles(1 + len(found["parts"]))
    places[0].metric(
        _("Rows in all"),
        numbers.count(found["rows"]),
        help=_(
            numbers.counted(
                found["units"],
                "{count} different {unit} id",
                "{count} different {unit} ids",
                unit=named(_(found["unit"])),
            )
        ),
    )
    for tile, part in zip(places[1:], found["parts"], strict=True):
        tile.metric(
            {"train": _("Train"), "validation": _("Validation"), "test": _("Test")}[part["name"]],
            numbers.count(part["rows"]),
            help=(
                _("Mean of the target in these rows: {mean}").format(
                    mean=named(kind.written.value(use_case.task, part["target_mean"]))
                )
                if kind.mean_tells
                else ""
            )
            + where_explained("parts"),
        )


def _sources(context: Context) -> None:
    use_case = context.use_case
    for name in use_case.datasets:
        dataset = datasets.DATASETS.get(name)
        st.markdown(
            _("Data: **{title}**. Licence: {licence}").format(
                title=named(_(dataset.title)), licence=escape_markdown(_(dataset.licence))
            )
        )
    if not use_case.datasets or any(datasets.DATASETS.get(name).synthetic for name in use_case.datasets):
        st.info(_("Synthetic data, made by a generator with a fixed seed."))


def _method(found: DataProfile) -> None:
    st.markdown(escape_markdown(_(found["plan"])))
    if found["num_folds"] > 1:
        st.caption(_("The first of {count} folds is shown.").format(count=numbers.count(found["num_folds"])))


def _histograms(context: Context, found: DataProfile) -> None:
    columns = context.use_case.columns
    if not st.toggle(
        _(numbers.counted(len(columns), "Show the one feature", "Show all {count} features")),
        key=context.start("all", False),
    ):
        return
    known = {p["name"]: profile_in_words(context.use_case, p) for p in found["columns"]}
    for start in range(0, len(columns), _IN_A_ROW):
        for place, column in zip(st.columns(_IN_A_ROW), columns[start : start + _IN_A_ROW], strict=False):
            with place:
                figure = once(
                    partial(charts.histogram, column, known[column.name], context.look),
                    *("histogram", str(known[column.name]), column, context.look.name),
                )
                chart(figure, key=context.key(f"histogram-{column.name}"))
                missing = _missing_rows(known[column.name], found["rows"])
                if missing:
                    st.caption(_missing_words(context.use_case.missing.get(column.name, ""), missing, found["rows"]))


def _missing_words(meaning: str, missing: int, rows: int) -> str:
    if not meaning:
        return numbers.part_of(missing, rows, _("missing in {part} of {whole} rows ({share})"))
    told = numbers.part_of(missing, rows, _("in {part} of {whole} rows ({share})"))
    return _("{meaning} {where}").format(meaning=named(_(meaning)), where=told)


def _missing_rows(profile: ColumnProfile, rows: int) -> int:
    """How many rows lack the column; an older answer worker tells their share alone."""
    return profile.get("missing_rows", round(profile["missing"] * rows))


def _caveats(context: Context) -> None:
    for name in context.use_case.datasets:
        dataset = datasets.DATASETS.get(name)
        st.markdown(escape_markdown(_(dataset.origin)))
        for caveat in dataset.caveats:
            st.markdown(f"- {escape_markdown(_(caveat))}")
