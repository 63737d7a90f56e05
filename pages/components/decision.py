"""The decision panel: a threshold on held-out predictions, its confusion matrix and its yearly value.

The threshold moves in the browser; Python hears of it once, on release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

_HERE = Path(__file__).parent

# The browser counts scores as whole ten-thousandths, so that "score >= threshold" is exact there.
STEPS = 10_000

# Every text the panel can show, in English. `payload["words"]` overrides any of them.
# Names in braces are filled in by the panel.
WORDS: dict[str, str] = {
    "value": "Net value per year",
    "against": "{delta} against {name}",
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
    "chosen": "chosen on validation",
    "reset": "Reset to the validation choice",
    "reset_title": "Go back to the threshold chosen on the validation data",
    "spoken": "{threshold}; {share} of {unit}; {value} per year",
    "basis": "{count} held-out {unit}, scaled to {year} a year",
    "locale": "en",
}

HTML = """
<section class="panel" data-testid="decision-panel">
  <header class="head">
    <div class="worth">
      <div class="label" data-text="value">&nbsp;</div>
      <output class="amount" aria-live="off" data-slot="amount">&nbsp;</output>
      <div class="delta" data-slot="delta">&nbsp;</div>
    </div>
    <div class="rule">
      <label class="label" for="cut" data-text="threshold">&nbsp;</label>
      <output class="cut" aria-live="off" data-slot="cut">&nbsp;</output>
      <button type="button" class="reset" data-text="reset" data-title="reset_title">&nbsp;</button>
    </div>
  </header>
  <div class="stage">
    <svg class="plot" aria-hidden="true" focusable="false"></svg>
    <input id="cut" class="cutter" type="range" min="0" max="10000" step="1" value="0">
    <div class="ends">
      <span data-text="nobody">&nbsp;</span>
      <span class="axis" data-text="axis">&nbsp;</span>
      <span data-text="everybody">&nbsp;</span>
    </div>
  </div>
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

_mount = st.components.v2.component(
    "proving_ground_decision",
    html=HTML,
    css=(_HERE / "decision.css").read_text(encoding="utf-8"),
    js=(_HERE / "decision.js").read_text(encoding="utf-8"),
)


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


def decision_panel(
    payload: dict[str, Any],
    *,
    key: str,
    on_change: Callable[[], None] | None = None,
) -> float:
    """Draw the panel and return the threshold it stands at.

    `payload["threshold"]` is where the slider starts. Keep it constant between runs: the panel
    keeps its own position. A different value in a later run moves the slider there.
    `payload["look"]` is one set of colours, or `{"light": ..., "dark": ...}`.
    """
    data = compact(payload)
    start = data["threshold"]
    result = _mount(
        key=key,
        data=data,
        default={"threshold": start},
        on_threshold_change=on_change or (lambda: None),
    )
    reported = result.get("threshold")
    reported = start if reported is None else float(reported)

    # Who moved last: the reader in the browser, or Python through another start value?
    # The browser adopts Python's value and reports it, but only after this run.
    note = f"{key}:last"
    before = st.session_state.get(note)
    if before is None or reported != before["reported"]:
        value = reported
    elif start != before["start"]:
        value = start
    else:
        value = before["value"]
    st.session_state[note] = {"start": start, "reported": reported, "value": value}
    return value
