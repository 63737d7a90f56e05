"""Section 2: the data: the outcome by what tells most about it, a sample, the parts, where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.answering.texts import read_text
from core.charts import outcome
from core.contracts import UseCase
from core.contracts.answers import DataProfile, Values
from core.errors import RunError, UserError
from core.formatting import numbers
from core.formatting.text import _, escape_markdown
from core.kinds import kind_of
from core.store import profiles
from pages.components import data_parts, outcome_words
from pages.components.client import ask, prepare
from pages.components.context import Context
from pages.components.drawing import once
from pages.components.held_out import results_of
from pages.components.kept import Kept
from pages.components.picture_box import draw_examples, shows_pictures
from pages.components.record_words import distinct, profile_in_words, rows_of
from pages.components.records import as_told, ask_about, can_be_asked, draw_rows
from pages.components.slides import draw_known
from pages.components.story import sentence

_MOST_SHOWN = 6
_profiles, _tested = Kept(50), Kept(50)


def profile(context: Context) -> DataProfile | None:
    """The data's profile: the one that ships, else the answer worker's; None, and a notice, when it cannot be had."""
    found = _shipped(context)
    if found is not None:
        return found
    try:
        with st.spinner(_("Reading the data …")):
            asked: DataProfile = ask({"ask": "profile", **context.asked}, timeout_s=60)
            return asked
    except UserError as error:
        st.warning(escape_markdown(str(error)))
        return None


def _shipped(context: Context) -> DataProfile | None:
    use_case = context.use_case
    return _profiles.get((use_case.name, use_case.variant), lambda: profiles.shipped(use_case))


def draw(context: Context) -> None:
    """Draw the section."""
    prepare(context.asked)
    found = profile(context)
    if found is None:
        return
    draw_outcomes(context, found)
    if context.use_case.columns or read_text(context.use_case):
        _sample(context, found)
    data_parts.draw(context, found)


def draw_outcomes(context: Context, found: DataProfile, most: int = _MOST_SHOWN) -> None:
    """A picture first: the outcome by the columns that tell most about it, each alone, or examples of what is seen.
    most: how many columns."""
    _by_columns(context, found, most)
    if context.use_case.task.detection:
        draw_known(context, found)
    elif shows_pictures(context.use_case):
        draw_examples(context, found)


def _by_columns(context: Context, found: DataProfile, most: int) -> None:
    use_case, columns = context.use_case, {c.name: c for c in context.use_case.columns}
    strongest = [profile_in_words(use_case, c) for c in outcome.strongest(found["columns"], most)]
    told = strongest[0] if strongest and "outcome" in found else None
    sentence(outcome_words.data_sentence(use_case, found, told))
    if told is None:
        return
    by_split = "share" in found["outcome"] and outcome_words.split_is_chosen(context)
    told_of = [(columns[one["name"]], one) for one in strongest]
    make = (
        partial(outcome.split, told_of, use_case.task, context.look)
        if by_split
        else partial(outcome.by_group, told_of, found["outcome"], use_case.task, context.look, _write(use_case, found))
    )
    st.html(once(make, "outcome", by_split, str(told_of), use_case.name, context.look.name))
    outcome_words.draw_caption(found, by_split=by_split)


def _write(use_case: UseCase, found: DataProfile) -> Callable[[float], str]:
    """How a value of the outcome is written: a share, an amount in its unit, a rate."""
    if "share" in found["outcome"]:
        return lambda value: numbers.percent(value, 1)
    if "quantiles" in found["outcome"]:
        return lambda value: kind_of(use_case.task).written.value(use_case.task, value)
    return numbers.significant


def _sample(context: Context, found: DataProfile) -> None:
    """Rows of every outcome, the outcome first; above, those that the shown run was not trained on, and that its model
    can be asked about."""
    use_case, kind = context.use_case, kind_of(context.use_case.task)
    st.header(_("Some of the rows"))
    held_out = _held_out(context)
    sample = sorted(found["sample"], key=lambda record: record["row"] not in held_out)

    def rows() -> list[Values]:
        told = rows_of(use_case, sample)
        if kind.target is not None:
            return told
        happened = [_(kind.happened(use_case.task, record["target"])) for record in sample]
        head = _(use_case.task.target)
        head = head[:1].upper() + head[1:]
        return [distinct([(head, said), *row.items()]) for said, row in zip(happened, told, strict=True)]

    asks = [record["row"] in held_out for record in sample]
    draw_rows(
        context,
        rows,
        as_told(sample),
        name=_("Some of the rows"),
        on_row=(lambda place: ask_about(context, sample[place]["row"])) if any(asks) else None,
        asks=asks,
    )
    if any(asks):
        st.caption(_("Press a row with an arrow to ask the model about it: it was not trained on these."))


def _held_out(context: Context) -> frozenset[int]:
    """The rows that the shown run is tested on, where it is of this variant and its model can be asked."""
    run = context.run
    if run is None or not can_be_asked(context):
        return frozenset()
    if context.use_case.with_variant(run.config["settings"]).variant != context.use_case.variant:
        return frozenset()
    try:
        found = results_of(run, context.use_case)[1]
    except RunError:
        return frozenset()  # Results says what is wrong with it
    return _tested.get(context.version, lambda: frozenset(int(row) for row in found.rows))
