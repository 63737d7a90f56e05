"""Assumption ledger: every assumption of all pages and use cases, how sure, from where, who changed it, where used."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.company import ledger_csv
from core.company.assumptions import MOST_LETTERS, Change, Figure, Ledger
from core.errors import UserError
from core.formatting import moments, numbers, units
from core.formatting.text import SENTENCE, _, escape_markdown, named, plain
from core.store import company, store_folder
from core.use_cases import all_use_cases
from pages.components import company_state
from pages.components.look import BOTH, start_page
from pages.components.story import sentence

_CSS = """
<style>
.ledger {{ width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.95rem; }}
.ledger th {{ text-align: left; color: {muted}; font-weight: 500; font-size: 0.85rem; padding: 0.4rem 0.75rem 0 0 }}
.ledger td {{ border-top: 1px solid {grid}; padding: 0.5rem 0.75rem 0.5rem 0; vertical-align: top; }}
.ledger .mark {{ display: inline-block; width: 0.6rem; height: 0.6rem; border-radius: 50%; margin-right: 0.5rem; }}
.ledger .mark {{ background: {accent}; }}
.ledger .guess .mark {{ background: {outcome}; }}
.ledger :is(th, td).number {{ text-align: right; white-space: nowrap; font-weight: 600; }}
.ledger .span {{ position: relative; min-width: 9rem; height: 1.3rem; }}
.ledger .span b {{ position: absolute; top: 0.35rem; height: 0.6rem; border-radius: 0.3rem; opacity: 0.75; }}
.ledger .span b {{ background: {accent}; }}
.ledger .guess .span b {{ background: {outcome}; }}
.ledger .span i {{ position: absolute; top: 0.1rem; width: 2px; height: 1.1rem; background: {text}; }}
.ledger small {{ display: block; color: {muted}; font-size: 0.85rem; line-height: 1.35; max-width: 48ch; }}
.ledger small {{ font-weight: 400; }}
.ledger .number small {{ max-width: none; }}
.ledger-keys {{ color: {muted}; font-size: 0.9rem; }}
.ledger-keys .mark {{ margin-left: 1rem; }}
@media (max-width: 640px) {{
  .ledger thead, .ledger .wide {{ display: none; }}
  .ledger tr {{ display: grid; grid-template-columns: 1fr auto; border-top: 1px solid {grid}; padding: 0.4rem 0; }}
  .ledger td {{ border: 0; padding: 0.1rem 0; }}
  .ledger .span {{ grid-column: 1 / -1; }}
}}
</style>
"""
_NUMBERS = ("value", "low", "high")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """An assumption as it is drawn, of a company page or of a use case."""

    label: str
    value: float
    low: float
    high: float
    unit: str
    source: str
    guess: bool
    used: str
    changed: str = ""


def draw() -> None:
    """Draw the page."""
    start_page()
    st.title(_("Assumptions"))
    ledger = company_state.ledger()
    lines = {"company": _of_company(ledger), "use_cases": _of_use_cases()}
    guesses, every = (sum(test(line) for part in lines.values() for line in part) for test in (_is_guess, _is_any))
    sentence(
        _("{guesses} of {every} assumptions are guesses.").format(
            guesses=numbers.count(guesses), every=numbers.count(every)
        )
    )
    titles = {"company": _("Company"), "use_cases": _("Use cases")}
    chosen = st.segmented_control(
        _("Which"), list(titles), format_func=lambda of: named(titles[of]), default="company", required=True,
        key="ledger-part", label_visibility="collapsed",
    )  # fmt: skip
    st.html(_CSS.format_map(BOTH) + _table(lines[chosen or "company"]))
    if chosen == "use_cases":
        st.caption(_("They are moved on the section Money of their use case."))
        return
    st.header(_("Change one"))
    _editor(ledger)
    st.header(_("As a table"))
    _exchange(ledger)


def _is_guess(line: _Line) -> bool:
    return line.guess


def _is_any(_line: _Line) -> bool:
    return True


def _of_company(ledger: Ledger) -> list[_Line]:
    titles = company_state.titles()
    return [
        _Line(
            label=_(one.label), value=one.value, low=one.low, high=one.high, unit=one.unit, source=_(one.source),
            guess=one.guess, used=", ".join(titles[page] for page in one.used), changed=_changed(one),
        )
        for one in ledger.every
    ]  # fmt: skip


def _changed(one: Figure) -> str:
    if not one.changed:
        return one.date
    when = moments.moment(one.changed)
    return _("{when}, by {who}").format(when=when, who=plain(one.by)) if one.by else when


def _of_use_cases() -> list[_Line]:
    return [
        _Line(
            label=_(units.label(a.label, a.unit)), value=a.value, low=a.low, high=a.high, unit=a.unit,
            source=_(a.source), guess=a.guess, used=_(use_case.title),
        )
        for use_case in all_use_cases()
        if use_case.value is not None
        for a in use_case.value.assumptions
    ]  # fmt: skip


def _table(lines: Sequence[_Line]) -> str:
    heads = (_("Assumption"), _("Likely range"), _("Value"), _("As of"), _("Used in"))
    wide = ("", "", ' class="number"', ' class="wide"', ' class="wide"')
    head = "".join(f"<th{kind}>{_letters(text)}</th>" for text, kind in zip(heads, wide, strict=True))
    keys = f'<p class="ledger-keys ledger"><span class="mark"></span>{_letters(_("known"))}'
    keys += f'<span class="guess"><span class="mark"></span>{_letters(_("guess"))}</span></p>'
    body = "".join(map(_row, lines))
    return (
        f'{keys}<table class="ledger" data-testid="ledger"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _row(line: _Line) -> str:
    low, value, high = (plain(_(units.chosen(n, line.unit))) for n in (line.low, line.value, line.high))
    start, middle, end = _places(line)
    bar = f'<b style="left:{start}%;width:{max(1, end - start)}%"></b><i style="left:{middle}%"></i>'
    source = f"<small>{_letters(line.source)}</small>" if line.source else ""
    kind = "guess" if line.guess else "known"
    return (
        f'<tr class="{kind}"><td><span class="mark"></span>{_letters(line.label)}{source}</td>'
        f'<td class="span" title="{_letters(low)} – {_letters(high)}">{bar}</td>'
        f'<td class="number">{_letters(value)}<small>{_letters(low)} – {_letters(high)}</small></td>'
        f'<td class="wide">{_letters(line.changed)}</td><td class="wide">{_letters(line.used)}</td></tr>'
    )


def _places(line: _Line) -> tuple[int, int, int]:
    """Where low, value and high stand, in percent: from nothing to twice the value, one scale for all."""
    size = abs(line.value) or max(abs(line.low), abs(line.high)) or 1.0
    ends = ((n - line.value) / size * 50 + 50 for n in (line.low, line.value, line.high))
    start, middle, end = (min(100, max(0, round(place))) for place in ends)
    return start, middle, end


def _letters(text: object) -> str:
    return html.escape(plain(text, SENTENCE))


def _editor(ledger: Ledger) -> None:
    figure = ledger[
        st.selectbox(
            _("Assumption"),
            [one.name for one in ledger.declared],
            format_func=lambda name: named(_(ledger[name].label)),
            key="ledger-name",
            label_visibility="collapsed",
        )
    ]
    begins = f"{figure.name}-{figure.changed}"
    labels = {"value": _("Value"), "low": _("Low"), "high": _("High")}
    given: dict[str, float | None] = {}
    for name, column in zip(_NUMBERS, st.columns(3), strict=True):
        with column:
            text = st.text_input(
                named(units.typed_label(labels[name], figure.unit)),
                numbers.exact(units.typed(getattr(figure, name), figure.unit)),
                key=f"ledger-{name}-{begins}",
            )
            given[name] = number(text, figure)
            if given[name] is None:
                st.error(escape_markdown(rule(figure)))
    source = st.text_input(_("Source"), figure.source, max_chars=MOST_LETTERS, key=f"ledger-source-{begins}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        guess = st.toggle(_("A guess"), figure.guess, key=f"ledger-guess-{begins}")
        by = st.text_input(_("Your name"), max_chars=60, key="ledger-by", persist_state="session", width=220)
        save = st.button(_("Save"), type="primary", key="ledger-save", disabled=None in given.values())
        if figure.name in ledger.changes:
            back = ledger.without(figure.name)
            st.button(_("As declared"), key="ledger-declared", on_click=lambda: _keep(back))
    if save:
        value, low, high = (float(given[name] or 0.0) for name in _NUMBERS)
        at = company.now()
        change = Change(value=value, low=low, high=high, source=source.strip(), guess=guess, by=plain(by, 60), at=at)
        try:
            _keep(ledger.with_change(figure.name, change))
        except UserError as error:
            st.error(escape_markdown(str(error)))
        else:
            st.rerun()


def number(text: str, figure: Figure) -> float | None:
    """What somebody typed, within the figure's bounds; None for anything else."""
    try:
        found = units.meant(float(text.strip().rstrip("%").replace(",", "").replace(numbers.MINUS, "-")), figure.unit)
    except ValueError:
        return None
    return found if figure.least <= found <= figure.most else None


def rule(figure: Figure) -> str:
    """What a field of it takes."""
    ends = (plain(_(units.chosen(end, figure.unit))) for end in (figure.least, figure.most))
    return _("A number from {low} to {high}.").format(**dict(zip(("low", "high"), ends, strict=True)))


def _keep(ledger: Ledger) -> None:
    try:
        company.keep_ledger(store_folder(), company_state.whose(), ledger)
    except OSError as error:
        st.error(escape_markdown(_("It could not be kept: {why}.").format(why=error.strerror or error)))


def _exchange(ledger: Ledger) -> None:
    left, right = st.columns(2, vertical_alignment="top")
    left.download_button(
        _("Export as CSV"), ledger_csv.written(ledger), "assumptions.csv", "text/csv", on_click="ignore",
        key="ledger-export",
    )  # fmt: skip
    handed = right.file_uploader(_("Import a CSV"), type="csv", key="ledger-import", label_visibility="collapsed")
    if handed is None or st.session_state.get("ledger-imported") == handed.file_id:
        return
    st.session_state["ledger-imported"] = handed.file_id
    at = company.now()
    try:
        changed, problems = ledger_csv.read(handed.getvalue(), ledger, st.session_state.get("ledger-by", ""), at)
    except UserError as error:
        st.error(escape_markdown(str(error)))
        return
    _keep(changed)
    for problem in problems:
        st.warning(escape_markdown(problem))
    if not problems:
        st.rerun()
