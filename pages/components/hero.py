"""What moves on the front page: the money curve of a recorded run, to be dragged, and a sentence that moves with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from core.contracts import UseCase
from core.formatting.text import SENTENCE, _, plain
from core.store.pictures import picture_of
from core.store.runs import Run, showcase_among
from core.value.scoreboard import Scoreboard, amount_of
from core.value.scoreboard_words import gain_sentence, money_words
from core.value.threshold import ThresholdValue
from pages.components.cards import href
from pages.components.look import BOTH_LOOKS
from pages.components.scripts import javascript

_HERE = Path(__file__).parent
_HTML = """
<section class="hero" data-testid="hero">
  <div class="say">
    <p class="kicker"></p>
    <p class="claim"></p>
    <p class="rival"></p>
    <p class="act">
      <a class="go"><span class="go-text"></span><span class="icon" aria-hidden="true">arrow_forward</span></a>
    </p>
  </div>
  <div class="stage">
    <svg class="plot" aria-hidden="true" focusable="false"></svg>
    <input class="cutter" type="range" min="0" max="1000" step="1" value="0">
    <div class="ends"><span class="none"></span><span class="axis"></span><span class="all"></span></div>
  </div>
  <p class="basis"></p>
</section>
"""

_mount = st.components.v2.component(
    "proving_ground_hero",
    html=_HTML,
    css=(_HERE / "hero.css").read_text(encoding="utf-8"),
    js=javascript("look", "panel_numbers", "panel_geometry", "svg", "hero"),
    isolate_styles=False,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hero:
    """The use case whose money is dragged, its numbers, and the shipped curves: `network` and, where a simple method
    was priced, `simple`, each with share, amount and the place that was chosen on validation."""

    use_case: UseCase
    value: ThresholdValue
    board: Scoreboard
    money: Mapping[str, Any]


def hero_of(use_cases: Sequence[UseCase], found: Sequence[Run]) -> Hero | None:
    """The first use case whose showcase has a priced threshold; None where there is none."""
    for use_case in use_cases:
        run = showcase_among(found, use_case)
        money = (picture_of(run) or {}).get("money") if run else None
        if run and money and isinstance(use_case.value, ThresholdValue):
            board = Scoreboard.of(use_case, run.summary)
            if amount_of(board.network) is not None:
                return Hero(use_case=use_case, value=use_case.value, board=board, money=money)
    return None


def draw_hero(hero: Hero, *, key: str) -> None:
    """Draw the curve. A click on its button comes back as `cards.opened(key)`."""
    _mount(key=key, data={**payload(hero), "look": BOTH_LOOKS}, on_open_change=lambda: None)


def payload(hero: Hero) -> dict[str, Any]:
    """What the browser draws: curves, and sentences whose numbers it fills in. Only the network's moves."""
    board, words = hero.board, hero.value.words
    today, simple = board.compared, board.best_simple_money
    act = plain(_(words.act))
    told = _("{act} {share} of {unit}: {amount} a {per} instead of {today}.")
    claim = told if today else _("{act} {share} of {unit}: {amount} a {per}.")
    of = {
        "act": act[:1].upper() + act[1:],
        "unit": plain(_(words.whom or words.unit)),
        "per": plain(_(board.per)),
    }
    return {
        "slug": hero.use_case.slug,
        "href": href(hero.use_case.slug),
        "currency": board.currency,
        "curves": {role: dict(curve) for role, curve in hero.money.items()},
        "today": amount_of(today) if today else None,
        "simple": amount_of(simple) if simple else None,
        "said": {
            **of,
            "today": money_words(board, today) if today else "",
            "simple": money_words(board, simple) if simple else "",
        },
        "words": {
            "kicker": _("{title}: a real network on real data").format(title=plain(_(hero.use_case.title))),
            "claim": plain(claim, SENTENCE),
            "rival": _("The best simple method gets {simple}. Try to beat it.") if simple else "",
            "beaten": _("More than the {simple} of the best simple method.") if simple else "",
            "drag": _("Drag the curve"),
            "go": _("Open this use case"),
            "network": _("Network"),
            "rival_name": _("Best simple method"),
            "today_name": _("Today") if today and today.role == "today" else _("Without a model"),
            "none": _("Nobody"),
            "all": _("Everybody"),
            "axis": _("Share of {unit} acted on").format(unit=of["unit"]),
            "basis": _basis(board),
            "locale": "en",
        },
    }


def _basis(board: Scoreboard) -> str:
    """How sure the gain is, and where it was measured: it belongs to every number that moves."""
    return _("At the point chosen on validation: {gain}. Measured on held-out data of a recorded run.").format(
        gain=gain_sentence(board)
    )
