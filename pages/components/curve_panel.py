"""What the panels of a decision share: a curve of money drawn in the browser, moved there, reported on release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from core.formatting.text import _, plain
from pages.components.scripts import PANEL, javascript

_HERE = Path(__file__).parent

# The texts of every panel, in English. `payload["words"]` overrides any of them.
# Names in braces are filled in by the panel.
WORDS: dict[str, str] = {
    "value": "Net value per year",
    "against": "{delta} against {name}",
    "chosen": "chosen on validation",
    "reset": "Reset to the validation choice",
    "reset_title": "Go back to what was chosen on the validation data",
    "basis": "{count} held-out {unit}, scaled to {year} a year",
    "locale": "en",
}

HEAD = """
  <header class="head">
    <div class="worth">
      <div class="label" data-text="value">&nbsp;</div>
      <output class="amount" aria-live="off" data-slot="amount">&nbsp;</output>
      <div class="delta" data-slot="delta">&nbsp;</div>
    </div>
    <div class="rule">
      <label class="label" for="cut" data-text="{name}">&nbsp;</label>
      <output class="cut" aria-live="off" data-slot="cut">&nbsp;</output>
      <button type="button" class="reset" data-text="reset" data-title="reset_title">&nbsp;</button>
    </div>
  </header>
  <ul class="keys" data-slot="keys" hidden></ul>
  <div class="stage">
    <svg class="plot" aria-hidden="true" focusable="false"></svg>
    <input id="cut" class="cutter" type="range" min="0" max="10000" step="1" value="0">
    <div class="ends">
      <span data-text="{left}">&nbsp;</span>
      <span class="axis" data-text="axis">&nbsp;</span>
      <span data-text="{right}">&nbsp;</span>
    </div>
  </div>
"""

Mount = Callable[..., Any]


def component(name: str, *, html: str) -> Mount:
    """Declare the panel `name`: its own file of JavaScript follows the shared ones in the same module."""
    return st.components.v2.component(
        f"proving_ground_{name}",
        html=html,
        css=(_HERE / "curve_panel.css").read_text(encoding="utf-8"),
        js=javascript(*PANEL, f"{name}_panel"),
    )


def draw_panel(
    mount: Mount, name: str, data: Mapping[str, Any], *, key: str, on_change: Callable[[], None] | None = None
) -> float:
    """Draw a panel and return where its decision, `name`, stands.

    `data[name]` is where the slider starts. Keep it constant between runs: the panel keeps its own position. A
    different value in a later run moves the slider there.
    """
    start, data = float(data[name]), {**data, "words": {word: plain(text) for word, text in data["words"].items()}}
    data["references"] = [{**one, "name": plain(_(one["name"]))} for one in data.get("references", ())]
    changed = {f"on_{name}_change": on_change or (lambda: None)}
    result = mount(key=key, data=data, default={name: start}, **changed)
    reported = result.get(name)
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
    return float(value)
