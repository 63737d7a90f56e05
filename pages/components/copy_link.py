"""A small button that copies a link to the page as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.formatting.text import _
from pages.components.scripts import javascript

LABELS = {
    "copy": "Copy link",
    "stage": "Present",
    "copied": "Copied",
    "failed": "Copy it by hand",
}

HTML = """
<div class="line">
  <a class="copy on-stage" hidden></a>
  <button type="button" class="copy" data-testid="copy-link" aria-live="polite">&nbsp;</button>
  <input class="link" type="text" readonly hidden spellcheck="false">
</div>
"""

CSS = """
:host { display: block; }
.line { display: flex; align-items: center; gap: 8px; min-width: 0; min-height: 40px; }
.copy {
  appearance: none; flex: none; box-sizing: border-box; height: 40px; padding: 0 16px;
  font-family: var(--pg-font, inherit); font-size: 14px; font-weight: 500; line-height: 1;
  color: var(--pg-text, inherit); background: var(--pg-surface, transparent);
  border: 1px solid var(--pg-grid, currentColor); border-radius: 10px;
  cursor: pointer; white-space: nowrap; transition: border-color 0.12s, color 0.12s;
}
.on-stage { display: inline-flex; align-items: center; text-decoration: none; }
.on-stage[hidden] { display: none; }
@media (max-width: 640px) { .on-stage { display: none; } }
.copy:hover { border-color: var(--pg-accent, currentColor); color: var(--pg-accent, inherit); }
.copy:focus-visible, .link:focus-visible { outline: 2px solid var(--pg-accent, currentColor); outline-offset: 2px; }
.copy[data-state="copied"] { color: var(--pg-good, inherit); border-color: var(--pg-good, currentColor); }
.copy[data-state="failed"] { color: var(--pg-warn, inherit); border-color: var(--pg-warn, currentColor); }
.link {
  flex: 1 1 0; min-width: 0; box-sizing: border-box; height: 40px; padding: 0 12px;
  font-family: var(--pg-font, inherit); font-size: 13px;
  color: var(--pg-text, inherit); background: var(--pg-background, transparent);
  border: 1px solid var(--pg-grid, currentColor); border-radius: 10px; text-overflow: ellipsis;
}
.link[hidden] { display: none; }
@media (min-width: 641px) { .line { justify-content: flex-end; } }
"""

_mount = st.components.v2.component(
    "proving_ground_copy_link",
    html=HTML,
    css=CSS,
    js=javascript("look", "copy_link"),
)


_follow = st.components.v2.component("proving_ground_follow_link", js=javascript("follow_link"))


def follow_link(query: str, *, key: str, page: str, at: float) -> None:
    """Tell the button on the page that the link is another by now; draws nothing that can be seen. at: as below."""
    _follow(key=key, data={"query": query, "page": page, "at": at})


def copy_link(
    query: str,
    *,
    key: str,
    page: str,
    at: float = 0.0,
    returned: bool = False,
    labels: Mapping[str, str] | None = None,
    look: Mapping[str, Any] | None = None,
    stage: str = "",
) -> None:
    """Draw the button. `query` is an encoded query string, with or without its question mark; while the page called
    `page` is open, the address bar shows it too.

    A `section` of the query that was opened is an entry of its own in the browser's history. returned: the browser's
    Back or Forward asked for it. at: when the link was made, seconds; of two the later one holds.
    `look` is one set of colours, or `{"light": ..., "dark": ...}`. stage: where the same is on stage, beside this page;
    empty: nowhere.
    """
    _mount(
        key=key,
        data={
            "query": query.removeprefix("?"),
            "page": page,
            "at": at,
            "returned": returned,
            "labels": {**{name: _(text) for name, text in LABELS.items()}, **(labels or {})},
            "look": dict(look or {}),
            "stage": stage,
        },
    )
