"""Section 2: the data: rows, plan, features, a sample, origin, licence, caveats."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core import datasets
from core.charts import data as charts
from core.contracts.answers import ColumnProfile, DataProfile
from core.errors import UserError
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named
from core.kinds import kind_of
from pages.components.client import ask
from pages.components.context import Context
from pages.components.drawing import chart, once, table, tiles
from pages.components.record_words import rows_of

_SHOWN_AT_FIRST = 6


def profile(context: Context) -> DataProfile | None:
    """The data's profile from the answer worker; None, and a notice, when it cannot be had."""
    try:
        with st.spinner(_("Reading the data …")):
            found: DataProfile = ask({"ask": "profile", **context.asked}, timeout_s=60)
            return found
    except UserError as error:
        st.warning(escape_markdown(str(error)))
        return None


def draw(context: Context) -> None:
    """Draw the section."""
    use_case, kind = context.use_case, kind_of(context.use_case.task)
    found = profile(context)
    if found is None:
        return
    st.markdown(escape_markdown(found["plan"]))
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
            help=_("Mean of the target in these rows: {mean}").format(
                mean=named(kind.written.value(use_case.task, part["target_mean"]))
            )
            if kind.mean_tells
            else None,
        )
    if found["num_folds"] > 1:
        st.caption(_("The first of {count} folds is shown.").format(count=numbers.count(found["num_folds"])))
    _histograms(context, found)
    _sample(context, found)
    _origins(context)


def _histograms(context: Context, found: DataProfile) -> None:
    st.header(_("What the model is told"))
    everything = st.toggle(
        _(numbers.counted(len(context.use_case.columns), "Show the one feature", "Show all {count} features")),
        key=context.start("all", False),
    )
    profiles = {p["name"]: p for p in found["columns"]}
    columns = context.use_case.columns if everything else context.use_case.columns[:_SHOWN_AT_FIRST]
    for start in range(0, len(columns), 3):
        for place, column in zip(st.columns(3), columns[start : start + 3], strict=False):
            with place:
                figure = once(
                    partial(charts.histogram, column, profiles[column.name], context.look),
                    *("histogram", str(profiles[column.name]), column, context.look.name),
                )
                chart(figure, key=context.key(f"histogram-{column.name}"))
                missing = _missing_rows(profiles[column.name], found["rows"])
                if missing:
                    st.caption(
                        numbers.part_of(missing, found["rows"], _("missing in {part} of {whole} rows ({share})"))
                    )


def _missing_rows(profile: ColumnProfile, rows: int) -> int:
    """How many rows lack the column; an older answer worker tells their share alone."""
    return profile.get("missing_rows", round(profile["missing"] * rows))


def _sample(context: Context, found: DataProfile) -> None:
    st.header(_("A sample of the rows"))
    table(rows_of(context.use_case, found["sample"], with_target=True), height=280)


def _origins(context: Context) -> None:
    st.header(_("Where it comes from"))
    use_case = context.use_case
    if not use_case.datasets:
        st.info(_("Synthetic data, made by a generator with a fixed seed."))
    for name in use_case.datasets:
        dataset = datasets.DATASETS.get(name)
        if dataset.synthetic:
            st.info(_("Synthetic data, made by a generator with a fixed seed."))
        st.markdown(f"**{named(_(dataset.title))}.** {escape_markdown(_(dataset.origin))}")
        st.markdown(_("Licence: {licence}").format(licence=escape_markdown(_(dataset.licence))))
        for caveat in dataset.caveats:
            st.markdown(f"- {escape_markdown(_(caveat))}")
