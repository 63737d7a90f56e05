"""The assumptions of the money as a strip of sliders, each beside what it is worth, and where each comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

from core.charts import swings
from core.contracts import Assumption, ValueModel
from core.formatting import numbers, units
from core.formatting.messages import current
from core.formatting.text import SENTENCE, _, choice, escape_markdown, named, plain, with_bold
from core.value.sensitivity import Swing
from core.value.stops import stops_of
from pages.components import scoreboard_words as words
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
    largest = max((swing.size for swing in worth.values()), default=0.0)
    with st.container(key="assumption-strip"):  # one grid (look.py): a place for each column costs as much as a widget
        for assumption in model.assumptions:
            _what(context, assumption)
            _where(context, assumption)
            st.html(_drawn(context, worth[assumption.name], model, largest))
    st.caption(escape_markdown(_how_counted(context, model)))


def draw_sources(context: Context, model: ValueModel) -> None:
    """Where each comes from, behind a fold; beside the strip, so that a change there does not draw it again."""
    fold(context, "assumptions", _("For experts: where these numbers come from"), _sources, model)


def _drawn(context: Context, worth: Swing, model: ValueModel, largest: float) -> str:
    said = tuple(
        numbers.MISSING if amount is None else numbers.money(amount, model.currency, sign=True)
        for amount in (worth.more, worth.less)
    )
    return swings.swing(worth.more, worth.less, (said[0], said[1]), largest, context.look)


def _what(context: Context, assumption: Assumption) -> None:
    """Its name, its source behind a question mark, and whether anybody knows it."""
    st.markdown(
        named(_(units.label(assumption.label, assumption.unit))),
        help=f"{source_words(assumption)}\n\n{escape_markdown(_(assumption.help))}",
    )
    st.caption(named(_known(context, assumption)))


def _known(context: Context, assumption: Assumption) -> str:
    """Whether anybody knows it; and where it was moved, what is declared."""
    known = _("Guess") if assumption.guess else _("From the data")
    if assumption.name not in context.state.assumed:
        return known
    declared = _(units.chosen(assumption.value, assumption.unit))
    return _("{known} · declared {value}").format(known=known, value=plain(declared))


def _where(context: Context, assumption: Assumption) -> None:
    """A slider on round numbers, and a field for any other. Each follows the other, and the way back."""
    value, unit = context.state.assumed.get(assumption.name, assumption.value), assumption.unit
    slider = _standing(context, f"assume-{assumption.name}", value)
    stops = stops_of(assumption, slider.begun)
    if len(stops) > 1:
        language = current()
        st.select_slider(
            named(_(assumption.label)),
            stops,
            value=round(slider.begun, 10),
            format_func=lambda stop: _stop(stop, unit, language),
            label_visibility="collapsed",
            key=slider.key,
            on_change=lambda: _keep(context, assumption, slider, float(st.session_state[slider.key])),
        )
    field = _standing(context, f"exact-{assumption.name}", value)
    st.number_input(
        named(_(units.typed_label(assumption.label, unit))),
        min_value=units.typed(assumption.low, unit),
        max_value=units.typed(assumption.high, unit),
        value=units.typed(field.begun, unit),
        step=units.typed(assumption.step, unit),
        format=f"%.{_digits(units.typed(assumption.step, unit), units.typed(value, unit))}f",
        label_visibility="collapsed",
        key=field.key,
        on_change=lambda: _keep(context, assumption, field, units.meant(float(st.session_state[field.key]), unit)),
    )


@lru_cache(maxsize=20_000)
def _stop(stop: float, unit: str, language: str) -> str:
    """A stop as it is written, kept for all visitors: a strip has hundreds, and Streamlit asks twice for each."""
    return choice(units.chosen(stop, unit))


@dataclass
class _Standing:
    """A widget of a value that others change too. It is told by beginning anew, under a new key: a browser that lags
    behind would answer with its old value, and one that was away would begin where it began. begun: where it began;
    now: where it stands."""

    name: str
    begun: float
    now: float
    times: int = 0

    @property
    def key(self) -> str:
        return f"{self.name}-{self.times}"


def _standing(context: Context, name: str, value: float) -> _Standing:
    widget = context.own_key(name)
    kept = _all_standing()
    found = kept.setdefault(widget, _Standing(name=widget, begun=value, now=value))
    has_gone = found.begun != found.now and found.key not in st.session_state  # with the section that it stood in
    if found.now != value or has_gone:
        found = kept[widget] = _Standing(name=widget, begun=value, now=value, times=found.times + 1)
    return found


def _all_standing() -> dict[str, _Standing]:
    """By the widget's name. Under one key: a field for a number reads whatever the session has, each time."""
    kept: dict[str, _Standing] = st.session_state.setdefault("standing", {})
    return kept


def _keep(context: Context, assumption: Assumption, widget: _Standing, value: float) -> None:
    """What a widget was moved to. A browser may report one that has gone already, or where one began."""
    if value == widget.now or widget is not _all_standing().get(widget.name):
        return
    widget.now = value
    if value == assumption.value:
        context.state.assumed.pop(assumption.name, None)
    else:
        context.state.assumed[assumption.name] = value


def _digits(*shown: float) -> int:
    """How many digits behind the point these numbers need: 0.005 -> 3."""
    return max(len(f"{number:.6f}".rstrip("0").partition(".")[2]) for number in shown)


def _how_counted(context: Context, model: ValueModel) -> str:
    """What becomes of the decision while an assumption moves a tenth: as in the panel, and said."""
    level = words.is_level(model)
    if context.state.decision is None:
        kept = _("the level is chosen anew on validation"), _("the threshold is chosen anew on validation")
    else:
        kept = _("the level stays where you put it"), _("the threshold stays where you put it")
    return _("Bars: what 10% more or less of one of them, alone, moves per {per}; {decision}.").format(
        per=plain(_(model.per)), decision=kept[0 if level else 1]
    )


def source_words(assumption: Assumption) -> str:
    """Whether it is a guess or from the data, and the source; once, where the source begins with it too."""
    label, source = _("Guess.") if assumption.guess else _("From the data."), plain(_(assumption.source), SENTENCE)
    says_itself = (_GUESS if assumption.guess else _FROM_THE_DATA).match(source)
    rest = source[says_itself.end() :] if says_itself else source
    if says_itself and rest[:1].isspace():  # 'A guess of the house'
        return escape_markdown(source)
    rest = rest.lstrip(" .:;,–—-")
    return escape_markdown(f"{label} {rest[:1].upper()}{rest[1:]}")


def _sources(model: ValueModel) -> None:
    """Every assumption as declared, and from where."""
    for a in model.assumptions:
        label, value = named(_(units.label(a.label, a.unit))), named(_(units.chosen(a.value, a.unit)))
        st.markdown(_("- **{label}: {value}.** {source}").format(label=label, value=value, source=source_words(a)))
