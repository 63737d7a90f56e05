"""The look of every page: its style sheet, its width, the colours that components in the browser are given."""

from __future__ import annotations

import streamlit as st

from core.charts.look import DARK, LIGHT, Look, look_named
from core.contracts import Section

PLAIN_ICON = "category"
BOTH_LOOKS = {"light": LIGHT.colours(), "dark": DARK.colours()}
# What the theme (.streamlit/config.toml) cannot say: widths, numbers of one width, small grey text and the text on a
# button of the accent's colour with enough contrast.
# A step that is being left, until the next one has come: see copy_link.js.
_LEFT = ", ".join(f'html[data-left="{section}"] .st-key-step-{section}' for section in Section)
_CSS = """
<style>
.stMainBlockContainer {{ max-width: 1200px; padding-top: 4.5rem; padding-bottom: 5rem; }}
[data-testid="stMetricValue"] {{ font-variant-numeric: tabular-nums; font-weight: 600; }}
[data-testid="stMetric"] :is(label, p, [data-testid="stMetricValue"], [data-testid="stMetricValue"] > div,
  [data-testid="stMetricDelta"], [data-testid="stMetricDelta"] > div) {{
  white-space: normal; overflow: visible; text-overflow: clip; overflow-wrap: anywhere; max-width: 100%;
}}
[data-testid="stMetricDelta"] {{ height: auto; }}
[data-testid="stHorizontalBlock"] > [data-testid="stElementContainer"]:has(> [data-testid="stMetric"]) {{
  flex: 1 1 8rem;
}}
.katex-display {{ overflow: visible !important; }}
[data-testid="stCaptionContainer"] {{ color: {muted}; opacity: 1; }}
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primary"]:hover {{ color: {background}; }}
[data-testid="stMultiSelect"] span[title] {{ color: {background}; }}
h1 {{ letter-spacing: -0.02em; }}
.st-key-story-sentence p {{ font-size: 1.35rem; font-weight: 600; line-height: 1.35; letter-spacing: -0.01em; }}
{left} {{ opacity: 0.3; transition: opacity 0.15s; }}
[data-testid="stPageLink"] {{ margin-left: -0.5rem; }}
.st-key-footer {{ border-top: 1px solid {grid}; padding-top: 0.75rem; justify-content: space-between; }}
.st-key-visitor-cookie, .st-key-training-sign, [class*="-follow-link"] {{
  position: absolute; height: 0; overflow: hidden;
}}
.st-key-break-it {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 0.5rem 1.25rem; }}
.st-key-break-it > * {{ gap: 0.25rem; }}
.st-key-picture-tiles [data-testid="stMetricValue"] {{ font-size: 1.35rem; }}
[class*="st-key-card-"] [data-testid="stPageLink"] p {{ font-size: 1.2rem; font-weight: 600; }}
.stMainBlockContainer:has(.st-key-slim-header) {{ padding-top: 4.25rem; }}
.st-key-slim-header {{ align-items: center; row-gap: 0.25rem; }}
.st-key-slim-header h1 {{ font-size: 1.35rem !important; padding: 0 !important; }}
.st-key-slim-header p {{ margin: 0; }}
@media (min-width: 641px) {{
  .st-key-slim-said {{ min-height: 2.75rem; justify-content: center; }}
}}
.st-key-slim-said [data-testid="stCaptionContainer"] {{ margin-bottom: 0; }}
@media (max-width: 640px) {{
  .st-key-slim-header {{ column-gap: 0.75rem; justify-content: space-between; }}
  .st-key-slim-header h1 {{ font-size: 1.15rem !important; }}
  .st-key-slim-header > :has(> .st-key-slim-said) {{ order: 3; flex: 1 1 100% !important; }}
  .st-key-slim-header > :has(> .st-key-slim-variant) {{ order: 4; flex: 1 1 100% !important; }}
}}
@media (max-width: 640px) {{
  .stMainBlockContainer {{ padding: 3.5rem 1rem 4rem; }}
  h1 {{ font-size: 1.9rem !important; padding-bottom: 0.25rem !important; }}
  [data-testid="stMetricValue"] {{ font-size: 1.5rem; }}
  [data-testid="stLayoutWrapper"]:has(> .st-key-what-if-said) {{
    position: sticky; top: 3.5rem; z-index: 5; padding: 0.5rem 0;
    background: {background}; border-bottom: 1px solid {grid};
  }}
}}
</style>
"""


# Both themes in one: a browser that changes its theme keeps the sheet that it has. Streamlit says which one it shows.
BOTH = {name: f"light-dark({light}, {BOTH_LOOKS['dark'][name]})" for name, light in BOTH_LOOKS["light"].items()}
_SHEET = _CSS.format_map({**BOTH, "left": _LEFT})


def start_page() -> Look:
    """The page's common beginning; returns the visitor's look."""
    look = look_named(st.context.theme.type)
    st.html(_SHEET)
    return look


def symbol(icon: str) -> str:
    """A declared icon as Streamlit writes it; one that its font lacks, and would show as letters, as a plain one."""
    from streamlit.material_icon_names import ALL_MATERIAL_ICONS

    return f":material/{icon if icon in ALL_MATERIAL_ICONS else PLAIN_ICON}:"
