"""What a visitor has chosen on a use-case page: kept for the session, written to links, read back from them.

Streamlit drops a widget's value when the widget is not drawn, so the truth is a plain dictionary per use case; every
widget starts from it and writes back to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.answering.senses import BY_NAME
from core.contracts import Preset, Section, UseCase
from core.contracts.refusal import DEFAULT, SHARES, review_assumptions
from core.errors import UnknownNameError
from core.formatting import numbers
from core.formatting.messages import joined, message
from core.formatting.text import plain
from core.jobs.rules import visitor_of
from core.settings import defaults, repair
from core.settings.use_case import presets_in, settings_of
from pages.components import language
from pages.components.language import LINK
from pages.components.visitor_cookie import secret

LINK_VERSION = "1"
_ABOVE_ALL = 2e-6  # acting on nobody is a threshold just above every chance
_MOST_NOTICES = 8
MOST_OWN_LINKS = 100  # the address bar follows the state, and lags behind it by a moment


@dataclass
class PageState:
    """One visitor's choices for one use case."""

    settings: dict[str, Any]
    section: str = Section.QUESTION.value
    preset: str | None = None
    run: str | None = None
    job: str | None = None
    decision: float | None = None  # where the visitor put it; None follows the choice made on validation
    assumed: dict[str, float] = field(default_factory=dict)
    record: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    vary: str | None = None
    damage: dict[str, float] = field(default_factory=dict)  # of the picture that is asked about, by its name
    refuse: float = DEFAULT  # of good cases, the share that may be refused
    review: dict[str, float] = field(default_factory=dict)  # what is assumed of a person's look, where it was changed
    turns: dict[str, int] = field(default_factory=dict)  # how often widgets began anew, by their names' first word
    notices: list[str] = field(default_factory=list)
    applied_link: str = ""
    own_links: list[str] = field(default_factory=list)
    linked_at: float = 0.0  # when the last of them was made
    placed: str = ""  # the section that was drawn last, and in which of its two places
    place: int = 0


def visitor() -> str:
    """Who asks: this browser, by the name under which runs and queue know it."""
    return visitor_of(secret())


def page_state(use_case: UseCase) -> PageState:
    """The session's state of this use case; a link in the address bar is read once, before any widget is drawn."""
    known = _key(use_case) in st.session_state
    state = kept_state(use_case)
    query = {name: str(value) for name, value in st.query_params.items()}
    asked = urlencode(query)
    if known and went_back():
        if query.get("use_case") == use_case.name and query.get("section") in set(Section):
            open_section(state, query["section"])
    elif query and asked != state.applied_link and asked not in state.own_links:
        state.applied_link = asked
        _apply(use_case, state, query)
        forget_widgets(use_case)
    return state


def _key(use_case: UseCase) -> str:
    return f"state:{use_case.slug}"


def kept_state(use_case: UseCase) -> PageState:
    """The session's state of this use case, on a page that is not its own: the address bar says nothing of it."""
    if _key(use_case) not in st.session_state:
        settings = defaults(settings_of(use_case))
        st.session_state[_key(use_case)] = PageState(
            settings=settings, preset=_preset_of(use_case.with_variant(settings), settings)
        )
    state: PageState = st.session_state[_key(use_case)]
    return state


def open_section(state: PageState, section: str) -> None:
    """Open another section, before its bar is drawn."""
    state.section = section
    renew(state, "section")


def went_back() -> bool:
    """Whether the browser's Back or Forward asks for this run: it turns to a section and leaves all else as it is."""
    run = get_script_run_ctx()
    return run is not None and run.is_history_navigation


def choose_variant(use_case: UseCase, state: PageState, name: str) -> None:
    """Ask the question otherwise: what was chosen about another variant's run does not carry over."""
    state.settings["variant"] = name
    state.run = state.decision = state.record = state.vary = None
    state.preset = _preset_of(use_case.with_variant(state.settings), state.settings)
    state.changes.clear()
    state.assumed.clear()
    renew(state, "preset", "change")


def widget_key(use_case: UseCase, state: PageState, name: str) -> str:
    """A widget's key; it carries the use case, so that no other page opens with its value."""
    turn = state.turns.get(name.partition("-")[0])
    return f"{use_case.slug}:{name}:{turn}" if turn else f"{use_case.slug}:{name}"


def renew(state: PageState, *groups: str) -> None:
    """Let the widgets whose names begin with these words start again from the state, under other keys.

    A value written over a widget's own is lost when the browser tells of anything else before it has heard of it: it
    says the old one with it, which counts as moved by the visitor.
    """
    for group in groups:
        state.turns[group] = state.turns.get(group, 0) + 1


def forget_widgets(use_case: UseCase) -> None:
    """Let every widget of the page start again from the state."""
    for key in [k for k in st.session_state if str(k).startswith(f"{use_case.slug}:")]:
        del st.session_state[key]


def link(use_case: UseCase, state: PageState, shown_run: str | None) -> str:
    """The complete state as a query string: every setting, not only those that differ from today's defaults."""
    pairs: dict[str, Any] = {"v": LINK_VERSION, "use_case": use_case.name, "section": state.section}
    pairs |= {f"set.{name}": value for name, value in sorted(state.settings.items())}
    pairs |= {f"assume.{name}": value for name, value in sorted(state.assumed.items())}
    pairs |= {f"change.{name}": value for name, value in sorted(state.changes.items())}
    pairs |= {f"damage.{name}": value for name, value in sorted(state.damage.items())}
    pairs |= {f"review.{name}": value for name, value in sorted(state.review.items())}
    pairs["refuse"] = None if state.refuse == DEFAULT else state.refuse
    pairs["run"] = state.run or shown_run
    for name in ("preset", "decision", "record", "vary"):
        pairs[name] = getattr(state, name)
    pairs[LINK] = language.chosen()
    return "&".join(f"{_quoted(name)}={_quoted(str(value))}" for name, value in pairs.items() if value is not None)


_quoted = lru_cache(maxsize=5000)(quote_plus)  # as `urlencode` does; most of a link is as it was before


def _apply(use_case: UseCase, state: PageState, query: Mapping[str, str]) -> None:
    """Take a link's state over; what cannot be used is left at its default, and said."""
    if query.get("use_case", use_case.name) != use_case.name:
        return  # the browser's Back button can show one page with another's parameters
    notices: list[str] = []
    if query.get("v", LINK_VERSION) != LINK_VERSION:
        notices.append(
            message(
                "This link has version {found}; links of version {known} are read. What fits is used.",
                found=plain(query["v"]),
                known=LINK_VERSION,
            )
        )
    given = {name.removeprefix("set."): value for name, value in query.items() if name.startswith("set.")}
    state.settings, wrong = repair(settings_of(use_case), given)
    notices += wrong
    use_case = use_case.with_variant(state.settings)
    section = query.get("section", state.section)
    if section in set(Section):
        state.section = section
    else:
        notices.append(
            joined([str(UnknownNameError("section", section, set(Section))), message("The default is used.")])
        )
    state.run, state.vary = query.get("run"), query.get("vary")
    state.preset = _preset(use_case, state.settings, query.get("preset"), notices)
    state.decision = _decision(use_case, query, notices)
    record = _number(query, "record", 0, 1e9, notices)
    state.record = None if record is None else int(record)
    state.assumed = _assumed(use_case, query, notices)
    state.changes = _changes(use_case, query, notices)
    state.damage = _damage(query, notices)
    share = _number(query, "refuse", SHARES[0], SHARES[-1], notices)
    state.refuse = DEFAULT if share is None else share
    state.review = _review(use_case, query, notices)
    notices += _unknown(query)
    more = len(notices) - _MOST_NOTICES
    state.notices = notices[:_MOST_NOTICES] + ([message("and {count} more", count=more)] if more > 0 else [])


def _preset(use_case: UseCase, settings: Mapping[str, Any], name: str | None, notices: list[str]) -> str | None:
    """The link's preset, while the link's settings are the preset's; else the one whose settings they are."""
    presets = {p.name: p for p in presets_in(use_case, use_case.variant)}
    if name is not None and name not in presets:
        notices.append(joined([str(UnknownNameError("preset", name, presets)), message("It is left out.")]))
    elif name is not None and _fits(use_case, presets[name], settings):
        return name
    return _preset_of(use_case, settings)


def _preset_of(use_case: UseCase, settings: Mapping[str, Any]) -> str | None:
    """The preset whose settings these are; None where they are nobody's."""
    found = presets_in(use_case, use_case.variant)
    return next((preset.name for preset in found if _fits(use_case, preset, settings)), None)


def _fits(use_case: UseCase, preset: Preset, settings: Mapping[str, Any]) -> bool:
    return {**defaults(settings_of(use_case)), **preset.values, **kept_by_presets(settings)} == settings


def kept_by_presets(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that a preset leaves as they are: where it trains, and what is asked."""
    return {name: settings[name] for name in ("device", "variant") if name in settings}


def _decision(use_case: UseCase, query: Mapping[str, str], notices: list[str]) -> float | None:
    """The decision within its bounds; links of before this name call every one `threshold`."""
    declared = use_case.value.decision if use_case.value else None
    low, high = (declared.low, declared.high) if declared else (0.0, 1.0)
    found = [_number(query, name, low, high + _ABOVE_ALL, notices) for name in ("threshold", "decision")]
    return next((value for value in reversed(found) if value is not None), None)


def _assumed(use_case: UseCase, query: Mapping[str, str], notices: list[str]) -> dict[str, float]:
    known = {a.name: a for a in (use_case.value.assumptions if use_case.value else ())}
    found = {}
    for key in [k for k in query if k.startswith("assume.")]:
        name = key.removeprefix("assume.")
        if name not in known:
            notices.append(joined([str(UnknownNameError("assumption", name, known)), message("It is left out.")]))
            continue
        value = _number(query, key, known[name].low, known[name].high, notices)
        if value is not None:
            found[name] = value
    return found


def _changes(use_case: UseCase, query: Mapping[str, str], notices: list[str]) -> dict[str, Any]:
    columns = {c.name: c for c in use_case.columns}
    found: dict[str, Any] = {}
    for key in [k for k in query if k.startswith("change.")]:
        name = key.removeprefix("change.")
        if name not in columns:
            notices.append(joined([str(UnknownNameError("feature", name, columns)), message("It is left out.")]))
        elif columns[name].kind == "category":
            found[name] = query[key]
        else:
            value = _number(query, key, -1e12, 1e12, notices)
            if value is not None:
                found[name] = value
    return found


def _damage(query: Mapping[str, str], notices: list[str]) -> dict[str, float]:
    found = {}
    for key in [k for k in query if k.startswith("damage.")]:
        name = key.removeprefix("damage.")
        if name not in BY_NAME:
            notices.append(joined([str(UnknownNameError("damage", name, BY_NAME)), message("It is left out.")]))
            continue
        value = _number(query, key, BY_NAME[name].steps[0], BY_NAME[name].steps[-1], notices)
        if value is not None:
            found[name] = value
    return found


def _review(use_case: UseCase, query: Mapping[str, str], notices: list[str]) -> dict[str, float]:
    known = {a.name: a for a in review_assumptions(use_case.value.currency if use_case.value else "")}
    asked = [name for name in known if f"review.{name}" in query]
    found = {name: _number(query, f"review.{name}", known[name].low, known[name].high, notices) for name in asked}
    return {name: value for name, value in found.items() if value is not None}


def _number(query: Mapping[str, str], key: str, low: float, high: float, notices: list[str]) -> float | None:
    if key not in query:
        return None
    try:
        value = float(query[key])
    except ValueError:
        value = float("nan")
    if low <= value <= high:
        return value
    notices.append(
        message(
            "{name} must be a number from {low} to {high}; the link says “{found}”. It is left out.",
            name=plain(key),
            low=numbers.exact(low),
            high=numbers.exact(high),
            found=plain(query[key]),
        )
    )
    return None


def _unknown(query: Mapping[str, str]) -> list[str]:
    fixed = {LINK, "v", "use_case", "section", "preset", "run", "threshold", "decision", "record", "vary", "refuse"}
    known = ("set.", "assume.", "change.", "damage.", "review.")
    strange = [k for k in query if k not in fixed and not k.startswith(known)]
    return [message("The link's part “{name}” is not known and was left out.", name=plain(name)) for name in strange]
