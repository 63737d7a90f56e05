"""The level panel: acting on a quantile forecast, its yearly value, and how often and how far it was wrong.

The level moves in the browser; Python hears of it once, on release. What each level leads to is counted here before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.formatting.text import _
from pages.components import curve_panel

WORDS: dict[str, str] = {
    **curve_panel.WORDS,
    "level": "Level",
    "acted": "Acted on",
    "acted_note": "on average",
    "kept": "Kept",
    "kept_note": "of all {unit}",
    "short": "Too little by",
    "short_note": "on average over all {unit}",
    "over": "Too much by",
    "over_note": "on average over all {unit}",
    "amount_unit": "",
    "instant": "less than 0.1 s",
    "seconds": "{seconds} s",
    "whole_minutes": "{minutes} min",
    "whole_hours": "{hours} h",
    "minutes": "{minutes} min {rest} s",
    "hours": "{hours} h {minutes} min",
    "unit": "rows",
    "axis": "How sure to be",
    "lowest": "{low}",
    "highest": "{high}",
    "policies": "Without a model",
    "ahead": "{delta} with this level",
    "spoken": "{level}; {what} {kept}; {value} per year",
}

HTML = f"""
<section class="panel" data-testid="level-panel">
{curve_panel.HEAD.format(name="level", left="lowest", right="highest")}
  <div class="detail">
    <div class="matrix">
      <div class="cell plain" data-cell="acted"></div>
      <div class="cell plain" data-cell="kept"></div>
      <div class="cell plain" data-cell="short"></div>
      <div class="cell plain" data-cell="over"></div>
    </div>
    <div class="policies">
      <div class="label" data-text="policies">&nbsp;</div>
      <dl data-slot="policies"></dl>
    </div>
  </div>
  <p class="basis" data-slot="basis">&nbsp;</p>
</section>
"""

_mount = curve_panel.component("level", html=HTML)


def level_panel(payload: Mapping[str, Any], *, key: str, on_change: Callable[[], None] | None = None) -> float:
    """Draw the panel and return the level it stands at.

    `payload` has, each as long as `levels`: amounts (money per year), kept (share), and acted, short and over (means;
    those named in `percents` are shares). `digits`: decimals of a level in percent.
    """
    series = ("levels", "amounts", "kept", "acted", "short", "over")
    if len({len(payload[name]) for name in series}) != 1 or not payload["levels"]:
        raise ValueError(f"{', '.join(series)} must be lists of the same length, not empty")
    data = {**payload, "words": {**{name: _(text) for name, text in WORDS.items()}, **payload.get("words", {})}}
    return curve_panel.draw_panel(_mount, "level", data, key=key, on_change=on_change)
