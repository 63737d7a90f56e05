"""The threshold panel: a threshold on held-out predictions, its confusion matrix and its yearly value.

The threshold moves in the browser; Python hears of it once, on release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pages.components import curve_panel

# The browser counts scores as whole ten-thousandths, so that "score >= threshold" is exact there.
STEPS = 10_000

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
    "recall_note": "of all that matter are reached",
    "share": "Share acted on",
    "share_note": "of all {unit}",
    "axis": "Share of {unit} acted on",
    "nobody": "Nobody",
    "everybody": "Everybody",
    "spoken": "{threshold}; {share} of {unit}; {value} per year",
}

HTML = f"""
<section class="panel" data-testid="decision-panel">
{curve_panel.HEAD.format(name="threshold", left="nobody", right="everybody")}
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


def compact(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload as it travels: one row per distinct score instead of one per record.

    Twenty thousand predictions become some thousand rows, and the browser needs no more
    than these to count every cell at every threshold.
    """
    scores = np.asarray(payload["scores"], dtype=float)
    labels = np.asarray(payload["labels"], dtype=float)
    if scores.ndim != 1 or scores.shape != labels.shape or scores.size == 0:
        raise ValueError("scores and labels must be two lists of the same length, not empty")
    if not np.isfinite(scores).all():
        raise ValueError("scores must be finite numbers")
    if not np.isin(labels, (0.0, 1.0)).all():
        raise ValueError("labels must be 0 or 1")

    steps, rows = np.unique(np.rint(scores * STEPS).astype(np.int64), return_inverse=True)
    positives = np.bincount(rows, weights=labels, minlength=steps.size).astype(np.int64)
    totals = np.bincount(rows, minlength=steps.size)

    data = {name: value for name, value in payload.items() if name not in ("scores", "labels", "words")}
    data["steps"] = steps[::-1].tolist()
    data["positives"] = positives[::-1].tolist()
    data["negatives"] = (totals - positives)[::-1].tolist()
    data["words"] = {**WORDS, **payload.get("words", {})}
    data["payoffs"] = {cell: float(payload["payoffs"][cell]) for cell in ("tp", "fp", "fn", "tn")}
    data["scale"] = float(payload.get("scale", 1.0))
    if not np.isfinite([*data["payoffs"].values(), data["scale"]]).all():
        raise ValueError("payoffs and scale must be finite numbers")
    data["threshold"] = float(payload["threshold"])
    data["chosen"] = float(payload.get("chosen", payload["threshold"]))
    return data


def threshold_panel(payload: Mapping[str, Any], *, key: str, on_change: Callable[[], None] | None = None) -> float:
    """Draw the panel and return the threshold it stands at.

    `payload["look"]` is one set of colours, or `{"light": ..., "dark": ...}`.
    """
    return curve_panel.draw_panel(_mount, "threshold", compact(payload), key=key, on_change=on_change)
