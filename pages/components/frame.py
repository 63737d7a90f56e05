"""What every page shares: the look, the width, notices, tiles."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts.look import DARK, LIGHT, Look, look_named
from core.environment import BACKEND
from core.errors import UserError
from core.formatting import numbers
from core.formatting.messages import current
from core.formatting.text import _, escape_markdown, plain
from core.jobs import Jobs
from core.jobs.backends import backend
from core.store import store_folder
from pages.components.record_words import distinct

BOTH_LOOKS = {"light": LIGHT.colours(), "dark": DARK.colours()}
_CSS = """
<style>
.stMainBlockContainer { max-width: 1200px; padding-top: 4.5rem; padding-bottom: 5rem; }
[data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; font-weight: 600; }
h1 { letter-spacing: -0.02em; }
[data-testid="stPageLink"] { margin-left: -0.5rem; }
.st-key-visitor-cookie { position: absolute; height: 0; overflow: hidden; }
[class*="st-key-card-"] [data-testid="stPageLink"] p { font-size: 1.2rem; font-weight: 600; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 3.5rem 1rem 4rem; }
  h1 { font-size: 1.9rem !important; padding-bottom: 0.25rem !important; }
  [data-testid="stMetricValue"] { font-size: 1.5rem; }
}
</style>
"""


if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def start_page() -> Look:
    """The page's common beginning; returns the visitor's look."""
    st.html(_CSS)
    return look_named(st.context.theme.type)


@st.cache_resource(max_entries=8)
def _jobs(store: str, named: str) -> Jobs:
    return backend(store_folder())


def jobs() -> Jobs:
    """The client of this store, one for all visitors."""
    return _jobs(str(store_folder()), BACKEND.text())


def wake() -> None:
    """See to a supervisor; when there can be none, say why."""
    try:
        jobs().wake()
    except (UserError, OSError) as error:
        st.error(escape_markdown(str(error)))


@st.cache_data(max_entries=2000, show_spinner=False)
def _answered(question: str, timeout_s: float, by: str) -> Any:
    return jobs().ask(json.loads(question), timeout_s=timeout_s)


def ask(question: Mapping[str, object], *, version: str = "", timeout_s: float = 20.0) -> Any:
    """The answer worker's reply (a type of `core.contracts.answers`), asked once for all visitors while that worker is
    the same, and the version of the run that it is asked about. Raises UserError."""
    return _answered(json.dumps(question, sort_keys=True), timeout_s, f"{jobs().answered_by()} {version}")


@st.cache_resource(max_entries=500, show_spinner=False)
def _made(key: tuple[object, ...], _make: Callable[[], Figure]) -> Figure:
    return _make()


def once(make: Callable[[], Figure], *key: object) -> Figure:
    """A figure, made once for all visitors who ask with the same key. Nobody may change it."""
    return _made((current(), *key), make)


def tiles(count: int) -> list[DeltaGenerator]:
    """Places for `count` large numbers, side by side on every screen."""
    row = st.container(horizontal=True, gap="medium")
    return [row.container(width="stretch") for _ in range(count)]


def chart(figure: object, key: str) -> None:
    """Draw a plotly figure in our own look."""
    st.plotly_chart(figure, key=key, theme=None, width="stretch", config={"displayModeBar": False})


def table(rows: Sequence[Mapping[str, object]], *, height: int | None = None) -> None:
    """Draw rows as a table; what is missing is said as everywhere, and text is one line that is no longer than a name.
    No heading hides another."""
    heads = [head for row in rows[:1] for head in row]
    shown = dict(zip(heads, distinct((plain(head), None) for head in heads), strict=True))
    cells = [{shown[head]: plain(v) if isinstance(v, str) else v for head, v in row.items()} for row in rows]
    st.dataframe(cells, hide_index=True, placeholder=numbers.MISSING, height="auto" if height is None else height)


def verdict(name: str) -> str:
    """A paired comparison's verdict in words."""
    return {
        "win": _("the network is better"),
        "tie": _("no difference shown"),
        "loss": _("this one is better"),
        "undefined": _("cannot be compared: the metric is undefined"),
    }[name]
