"""The assumptions of the money as a strip of sliders, each beside what it is worth, and where each comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from core.contracts import Assumption, ValueModel
from core.formatting import units
from core.formatting.text import SENTENCE, _, escape_markdown, named, plain, with_bold
from core.value import scoreboard_words as words
from core.value.sensitivity import Swing
from pages.components.assumption_strip import draw_strip
from pages.components.context import Context
from pages.components.story import fold

_GUESS = re.compile(r"(?:an? )?guess\b", re.IGNORECASE)
_FROM_THE_DATA = re.compile(r"from the data\b", re.IGNORECASE)


def draw(context: Context, model: ValueModel, worth: Mapping[str, Swing], summed: str) -> None:
    """A strip of them, each beside what it is worth. summed: what all of them come to, in a
    sentence with marks of emphasis."""
    st.header(_("What it rests on"))
    with st.container(horizontal=True, vertical_alignment="center", key="assumptions-now"):
        st.markdown(with_bold(summed), width="stretch")
        st.button(
            _("Back to the declared assumptions"),
            key=context.key("declared"),
            on_click=lambda: context.state.assumed.clear(),
            disabled=not context.state.assumed,  # it keeps its place: no slider moves away under the hand
        )
    sources = {a.name: f"{source_text(a)}\n{_(a.help)}" for a in model.assumptions}
    draw_strip(context, model, worth, sources, [_known(context, a) for a in model.assumptions])
    st.caption(escape_markdown(_how_counted(model)))


def draw_sources(context: Context, model: ValueModel) -> None:
    """Where each comes from, behind a fold; beside the strip, so that a change there does not draw it again."""
    fold(context, "assumptions", _("For experts: where these numbers come from"), _sources, model)


def _known(context: Context, assumption: Assumption) -> str:
    """Whether anybody knows it; and where it was moved, what is declared."""
    known = _("Guess") if assumption.guess else _("From the data")
    if assumption.name not in context.state.assumed:
        return known
    declared = _(units.chosen(assumption.value, assumption.unit))
    return _("{known} · declared {value}").format(known=known, value=plain(declared))


def _how_counted(model: ValueModel) -> str:
    """What becomes of the decision while an assumption moves a tenth."""
    stays = _("the level stays where it is") if words.is_level(model) else _("the threshold stays where it is")
    return _("Bars: what 10% more or less of one of them, alone, moves per {per}; {decision}.").format(
        per=plain(_(model.per)), decision=stays
    )


def source_text(assumption: Assumption) -> str:
    """Whether it is a guess or from the data, and the source; once, where the source begins with it too."""
    label, source = _("Guess.") if assumption.guess else _("From the data."), plain(_(assumption.source), SENTENCE)
    says_itself = (_GUESS if assumption.guess else _FROM_THE_DATA).match(source)
    rest = source[says_itself.end() :] if says_itself else source
    if says_itself and rest[:1].isspace():  # 'A guess of the house'
        return source
    rest = rest.lstrip(" .:;,–—-")
    return f"{label} {rest[:1].upper()}{rest[1:]}"


def source_words(assumption: Assumption) -> str:
    """The same as Markdown."""
    return escape_markdown(source_text(assumption))


def _sources(model: ValueModel) -> None:
    """Every assumption as declared, and from where."""
    for a in model.assumptions:
        label, value = named(_(units.label(a.label, a.unit))), named(_(units.chosen(a.value, a.unit)))
        st.markdown(_("- **{label}: {value}.** {source}").format(label=label, value=value, source=source_words(a)))
