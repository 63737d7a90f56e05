"""The threshold panel: a threshold on held-out predictions, its confusion matrix and its yearly value.

The threshold moves in the browser; Python hears of it once, on release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.formatting.text import _
from pages.components import curve_panel

WORDS: dict[str, str] = {
    **curve_panel.WORDS,
    "threshold": "Act when the predicted chance is at least",
    "unit": "records",
    "act": "act",
    "tp": "Acted on, rightly",
    "fp": "Acted on, wrongly",
    "fn": "Left alone, wrongly",
    "tn": "Left alone, rightly",
    "each": "{amount} each",
    "precision": "Precision",
    "precision_note": "of those acted on are right",
    "recall": "Recall",
    "recall_note": "of those it happens to are reached",
    "share": "Acted on",
    "share_note": "of all {unit}",
    "axis": "Share of {unit} acted on",
    "nobody": "Nobody",
    "everybody": "Everybody",
    "spoken": "{threshold}; {share} of {unit}; {value} per year",
}

HTML = f"""
<section class="panel" data-testid="decision-panel">
{curve_panel.HEAD.format(name="threshold", left="nobody", right="everybody")}
  <div class="belt" data-slot="belt" hidden></div>
  <div class="detail">
    <div class="matrix">
      <div class="cell right" data-cell="tp"></div>
      <div class="cell wrong" data-cell="fn"></div>
      <div class="cell wrong" data-cell="fp"></div>
      <div class="cell right" data-cell="tn"></div>
    </div>
    <dl class="rates">
      <div class="rate" data-rate="precision"></div>
      <div class="rate" data-rate="recall"></div>
      <div class="rate" data-rate="share"></div>
    </dl>
  </div>
  <p class="basis" data-slot="basis">&nbsp;</p>
</section>
"""

_mount = curve_panel.component("threshold", html=HTML)


def threshold_panel(payload: Mapping[str, Any], *, key: str, on_change: Callable[[], None] | None = None) -> float:
    """Draw the panel and return the threshold it stands at.

    `payload` has, each as long as `thresholds`, which fall from acting on nobody to acting on everybody: found and
    acted (counts) and amounts (money per year); and `stands`, the places of `threshold` and `chosen` among them.
    `digits`: how many decimals of a percentage tell thresholds apart. `weights`: how much a positive and a negative
    row count in shares, where that is not 1. `belt`: pictures of some rows, with the stop from which each is acted on.
    `payload["look"]` is one set of colours, or `{"light": ..., "dark": ...}`.
    """
    series = ("thresholds", "found", "acted", "amounts")
    if len({len(payload[name]) for name in series}) != 1 or not payload["thresholds"]:
        raise ValueError(f"{', '.join(series)} must be lists of the same length, not empty")
    data = {**payload, "words": {**{name: _(text) for name, text in WORDS.items()}, **payload.get("words", {})}}
    return curve_panel.draw_panel(_mount, "threshold", data, key=key, on_change=on_change)
