"""Use cases as cards, in one grid that the browser searches and filters: each card is a link to its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core.charts.look import HUES
from core.contracts import Colour, Industry, LooksAt, UseCase
from core.formatting.text import SENTENCE, _, plain
from core.jobs import rules
from core.store.pictures import picture_of
from core.store.runs import Run, showcase_among
from core.value.scoreboard import Scoreboard
from pages.components import language
from pages.components.card_numbers import best_own, numbers_of
from pages.components.look import BOTH_LOOKS, symbol
from pages.components.scripts import javascript
from pages.components.state import visitor

OpenPage = Callable[[UseCase], st.Page]
_HERE = Path(__file__).parent
WORDS: dict[str, str] = {
    "search": "Search",
    "industry": "Industry",
    "looks": "Looks at",
    "every": "All",
    "every_industry": "All industries",
    "every_looks": "All data",
    "nothing": "No use case matches.",
    "clear": "Show all",
    "untrained": "Nothing trained yet. Be the first.",
    "count_one": "1 use case",
    "count": "{count} use cases",
    "locale": "en",
}
_HTML = """
<section class="front" data-testid="cards">
  <form class="tools" role="search">
    <label class="search">
      <span class="icon" aria-hidden="true">search</span><input type="search" autocomplete="off">
    </label>
    <div class="filters" data-filter="industry"></div>
    <div class="filters" data-filter="looks"></div>
    <output class="count" aria-live="polite"></output>
  </form>
  <div class="grid"></div>
  <p class="nothing" hidden><span></span> <button type="button" class="clear"></button></p>
</section>
"""

_mount = st.components.v2.component(
    "proving_ground_cards",
    html=_HTML,
    css=(_HERE / "cards.css").read_text(encoding="utf-8"),
    js=javascript("look", "svg", "small_picture", "cards"),
)


def card_grid(
    use_cases: Sequence[UseCase], industries: Sequence[Industry], found: Sequence[Run], *, key: str, tools: bool
) -> None:
    """Draw the grid. tools: with search and filters. A plain click comes back as `opened`; any other follows the
    link."""
    words = {name: _(text) for name, text in WORDS.items()}
    _mount(
        key=key,
        data={**payload(use_cases, industries, found), "tools": tools, "words": words, "look": BOTH_LOOKS},
        on_open_change=lambda: None,
    )


def opened(key: str) -> str | None:
    """The address that was clicked in the component with this key, once; what a browser sends may be anything."""
    state = st.session_state.get(key)
    asked = state.get("open") if isinstance(state, Mapping) else None
    return asked if isinstance(asked, str) else None


def href(slug: str) -> str:
    """The address of a page beside this one, in the language that the visitor has chosen."""
    chosen = language.chosen()
    return f"{slug}?{urlencode({language.LINK: chosen})}" if chosen else slug


def payload(use_cases: Sequence[UseCase], industries: Sequence[Industry], found: Sequence[Run]) -> dict[str, Any]:
    """What the browser draws and filters, each text made plain."""
    shown = {u.industry for u in use_cases}
    known = {i.name: i for i in industries}
    whose = visitor() if rules.current().shared else None
    seen = {u.seen for u in use_cases}
    return {
        "cards": [_card(u, known[u.industry], found, whose) for u in use_cases],
        "industries": {
            i.name: {"title": plain(_(i.title)), "icon": _glyph(i.icon), "hue": dict(HUES[Colour(i.colour)])}
            for i in industries
            if i.name in shown
        },
        "looks": {one.value: {"title": title, "icon": icon} for one, (title, icon) in looks().items() if one in seen},
    }


def looks() -> dict[LooksAt, tuple[str, str]]:
    """What a use case may look at: its name, and its symbol."""
    return {
        LooksAt.TABLE: (_("Table"), "table_rows"),
        LooksAt.SERIES: (_("Series"), "show_chart"),
        LooksAt.PICTURE: (_("Picture"), "image"),
        LooksAt.SOUND: (_("Sound"), "graphic_eq"),
        LooksAt.TEXT: (_("Text"), "notes"),
    }


def _card(use_case: UseCase, industry: Industry, found: Sequence[Run], whose: str | None) -> dict[str, Any]:
    run, own = showcase_among(found, use_case), best_own(found, use_case, whose)
    shown = run or own
    return {
        "slug": use_case.slug,
        "href": href(use_case.slug),
        "title": plain(_(use_case.title)),
        "question": plain(_(use_case.summary), SENTENCE),
        "industry": use_case.industry,
        "icon": _glyph(use_case.icon or industry.icon),
        "looks": use_case.seen.value,
        "picture": _without_money(picture_of(run)) if run else None,
        **(numbers_of(use_case, Scoreboard.of(use_case, shown.summary), run, own) if shown else {}),
    }


def _glyph(icon: str) -> str:
    """The ligature of a symbol's font."""
    return symbol(icon).removeprefix(":material/").removesuffix(":")


def _without_money(picture: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The curve of money is the hero's: seven cards do without its thousands of numbers."""
    return {name: value for name, value in picture.items() if name != "money"} if picture else None
