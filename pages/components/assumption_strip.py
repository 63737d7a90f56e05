"""The strip of assumptions in the browser: of each a slider on round numbers, a field for any other, and its worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.contracts import Assumption, ValueModel
from core.formatting import numbers, units
from core.formatting.messages import current
from core.formatting.text import SENTENCE, _, plain
from core.value.sensitivity import Swing
from core.value.stops import stops_of
from pages.components.context import Context
from pages.components.kept import Kept
from pages.components.look import BOTH_LOOKS
from pages.components.scripts import javascript

_HERE = Path(__file__).parent
_places = Kept(2000)

_mount = st.components.v2.component(
    "proving_ground_assumptions",
    html='<section class="strip" data-testid="assumptions"></section>',
    css=(_HERE / "assumption_strip.css").read_text(encoding="utf-8"),
    js=javascript("look", "svg", "assumption_strip"),
)


def draw_strip(
    context: Context, model: ValueModel, worth: Mapping[str, Swing], sources: Mapping[str, str], known: Sequence[str]
) -> None:
    """Draw it. What is moved is kept in the page's state before the next run. sources: of each assumption by name;
    known: of each in turn, whether anybody knows it."""
    key = context.key("assumptions")
    heard = f"{key}:heard"
    largest = max((swing.size for swing in worth.values()), default=0.0)
    rows = [
        {
            **_place_of(a, context.state.assumed.get(a.name, a.value)),
            "known": plain(said, SENTENCE),
            "source": plain(sources[a.name], SENTENCE),
            "swing": [_bar(amount, largest, model.currency) for amount in (worth[a.name].more, worth[a.name].less)],
        }
        for a, said in zip(model.assumptions, known, strict=True)
    ]
    words = {"more": _("10% more"), "less": _("10% less"), "source": _("Where it comes from")}

    def moved() -> None:
        told = st.session_state.get(key)
        report = told.get("moved") if isinstance(told, Mapping) else None
        st.session_state[heard] = keep(model, context.state.assumed, report) or st.session_state.get(heard, 0)

    data = {"rows": rows, "words": words, "heard": st.session_state.get(heard, 0), "look": BOTH_LOOKS}
    _mount(key=key, data=data, on_moved_change=moved)


def keep(model: ValueModel, assumed: dict[str, float], report: object) -> float | None:
    """Take over what a browser reports: rows with `name`, and `value`, or `typed` as a field shows it. Whatever is no
    number within the bounds changes nothing. Returns the report's own number, None where it is none."""
    if not isinstance(report, Mapping):
        return None
    rows = report.get("rows")
    for row in rows if isinstance(rows, list) else ():
        one = next((a for a in model.assumptions if isinstance(row, Mapping) and a.name == row.get("name")), None)
        if one is None:
            continue
        value, typed = _number(row.get("value")), _number(row.get("typed"))
        if typed is not None:
            value = units.meant(typed, one.unit)
        if value is not None and one.low <= value <= one.high:
            assumed.pop(one.name, None)
            if value != one.value:
                assumed[one.name] = value
    return _number(report.get("count"))


def _number(sent: object) -> float | None:
    is_number = isinstance(sent, int | float) and not isinstance(sent, bool) and math.isfinite(sent)
    return float(sent) if is_number else None  # type: ignore[arg-type]


def _place_of(assumption: Assumption, value: float) -> dict[str, Any]:
    """Its stops as they are written, where it stands among them, and what its field takes; made once for everybody."""
    return _places.get((assumption, value, current()), lambda: _made(assumption, value))


def _made(assumption: Assumption, value: float) -> dict[str, Any]:
    unit, stops = assumption.unit, stops_of(assumption, value)
    low, high, step, typed = (
        units.typed(one, unit) for one in (assumption.low, assumption.high, assumption.step, value)
    )
    return {
        "name": assumption.name,
        "label": plain(_(units.label(assumption.label, unit))),
        "stops": stops,
        "texts": [_written(stop, unit, current()) for stop in stops],
        "stands": min(range(len(stops)), key=lambda place: abs(stops[place] - value)),
        "field": {
            "label": plain(_(units.typed_label(assumption.label, unit))),
            "low": low,
            "high": high,
            "step": step,
            "value": typed,
            "scale": units.typed(1.0, unit),
            "digits": max(_digits(step), _digits(typed)),
        },
    }


@lru_cache(maxsize=20_000)
def _written(stop: float, unit: str, language: str) -> str:
    """A stop as people say it, kept for all visitors: a strip has hundreds, whatever stands among them."""
    return plain(units.chosen(stop, unit))


def _digits(shown: float) -> int:
    """How many digits behind the point a number needs: 0.005 -> 3."""
    return len(f"{shown:.6f}".rstrip("0").partition(".")[2])


def _bar(amount: float | None, largest: float, currency: str) -> tuple[float, str]:
    """From -1 to 1, of the largest of all; and in words. None: a bound forbids it."""
    said = numbers.MISSING if amount is None else numbers.money(amount, currency, sign=True)
    return round((amount or 0.0) / largest, 4) if largest else 0.0, plain(said)
