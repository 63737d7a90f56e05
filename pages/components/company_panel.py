"""The panels of the company pages in the browser: a number, a chart, sliders whose numbers can be typed, tiles."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.company.assumptions import Figure
from core.formatting import numbers, units
from core.formatting.text import SENTENCE, _, plain
from pages.components.look import BOTH_LOOKS
from pages.components.scripts import javascript

_HERE = Path(__file__).parent
_SHARED = ("look", "panel_numbers", "panel_geometry", "svg", "company_panel")
Mount = Callable[..., Any]


def component(name: str) -> Mount:
    """Declare the panel `name`: its own file of JavaScript follows the shared ones in the same module."""
    return st.components.v2.component(
        f"proving_ground_company_{name}",
        html=f"""
<section class="company" data-testid="company-{name}">
  <header class="head">
    <div><div class="label"></div><output class="amount" aria-live="off"></output></div>
    <div class="beside"></div>
  </header>
  <svg class="plot" aria-hidden="true" focusable="false"></svg>
  <div class="rows"></div>
  <div class="tiles"></div>
</section>
""",
        css=(_HERE / "company_panel.css").read_text(encoding="utf-8"),
        js=javascript(*_SHARED, f"company_{name}"),
    )


def row(
    name: str,
    label: str,
    value: float,
    slider: tuple[float, float],
    bounds: tuple[float, float],
    *,
    unit: str = "",
    log: bool = False,
    whole: bool = False,
    guess: bool = False,
) -> dict[str, Any]:
    """A slider as the browser draws it. slider: its ends; bounds: what its field takes, and the rule tells."""
    said = [plain(_(units.chosen(end, unit))) for end in bounds]
    kind = "money" if numbers.is_currency(unit) else "share" if units.is_share(unit) else "number"
    return {
        "name": name,
        "label": plain(_(label)),
        "value": value,
        "low": slider[0],
        "high": slider[1],
        "least": bounds[0],
        "most": bounds[1],
        "log": log,
        "whole": whole,
        "kind": kind,
        "unit": "" if kind != "number" else plain(_(unit)),
        "guess": guess,
        "rule": _("A number from {low} to {high}.").format(low=said[0], high=said[1]),
    }


def row_of(figure: Figure, value: float) -> dict[str, Any]:
    """A slider of an assumption: three times as wide as its likely range, on round numbers."""
    low, high = figure.low, figure.high
    ends = max(figure.least, low - (high - low)), min(figure.most, high + (high - low))
    ends = min(ends[0], value), max(ends[1], value)
    bounds = figure.least, figure.most
    return row(figure.name, figure.label, value, ends, bounds, unit=figure.unit, guess=figure.guess)


def draw_panel(
    mount: Mount,
    rows: Sequence[Mapping[str, Any]],
    words: Mapping[str, str],
    data: Mapping[str, Any],
    *,
    key: str,
    on_moved: Callable[[dict[str, float]], None],
) -> None:
    """Draw it. rows: as `row` makes them; words: in English. on_moved: told the sliders' values before the next run,
    those alone that keep to their bounds."""
    heard = f"{key}:heard"

    def moved() -> None:
        told = st.session_state.get(key)
        report = told.get("moved") if isinstance(told, Mapping) else None
        if not isinstance(report, Mapping):
            return
        on_moved(accepted(report.get("values"), rows))
        if _is_number(report.get("count")):
            st.session_state[heard] = report["count"]

    said = {name: plain(_(text), SENTENCE) for name, text in {**WORDS, **words}.items()}
    common = {"rows": list(rows), "words": said, "heard": st.session_state.get(heard, 0), "look": BOTH_LOOKS}
    mount(key=key, data={"currency": "USD", **data, **common}, on_moved_change=moved)


def accepted(values: object, rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """What a browser reports, as far as it is numbers within the bounds: anything may come."""
    if not isinstance(values, Mapping):
        return {}
    return {
        one["name"]: float(values[one["name"]])
        for one in rows
        if _is_number(values.get(one["name"])) and one["least"] <= values[one["name"]] <= one["most"]
    }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


WORDS = {"locale": "en", "guess": "guess"}
