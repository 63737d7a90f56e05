"""A use case on stage: one idea a beat, full width, by keys and clicker; beside it the notes, before it the editor."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.contracts import UseCase
from core.contracts.storyline import BeatKind, Storyline
from core.errors import UserError
from core.formatting.text import _, escape_markdown, named
from core.jobs import rules
from core.store import store_folder, storylines
from core.use_cases import all_use_cases
from core.use_cases import use_case as use_case_named
from pages.components import beats, storyline_editor
from pages.components.client import jobs, wake
from pages.components.context import Context, shown_run
from pages.components.live_or_recorded import time_left_s
from pages.components.look import BOTH, start_page
from pages.components.stage import address, draw_stage
from pages.components.state import kept_state, visitor
from pages.components.visitor_cookie import keep_visitor

_SHOWN = f":is({', '.join(f'.st-key-stage-{kind}' for kind in BeatKind)})"
OpenPage = Callable[[UseCase], st.Page]
_STAGE = """
<style>
.stApp:has(.st-key-stage-bar) :is([data-testid="stHeader"], .st-key-footer) {{ display: none; }}
.stMainBlockContainer:has(.st-key-stage-bar) {{ max-width: none; padding: 2.2vh 4vw 96px; }}
.st-key-stage-bar {{
  position: fixed; left: 0; right: 0; bottom: 0; z-index: 20; padding: 0 4vw;
  background: {background}; border-top: 1px solid {grid};
}}
.st-key-stage-kicker p {{ color: {accent}; font-size: clamp(1.05rem, 1.3vw, 1.5rem); font-weight: 600; }}
.st-key-stage-words p {{
  font-size: clamp(1.7rem, 2.9vw, 3.5rem); font-weight: 700; line-height: 1.18; letter-spacing: -0.02em;
  text-wrap: balance;
}}
[class*="st-key-stage-"] .st-key-story-sentence {{ display: none; }}
.st-key-stage-what_if .st-key-what-if-said .st-key-story-sentence {{ display: block; }}
.st-key-stage-bar [data-stale] {{ opacity: 1 !important; }}
@media (min-width: 1000px) {{
  .st-key-stage-problem, .st-key-stage-result {{ --large: 1.45; }}
  .st-key-stage-data, .st-key-stage-risks, .st-key-stage-ask {{ --large: 1.35; }}
}}
@media (min-width: 1700px) {{
  .st-key-stage-training, .st-key-stage-what_if, .st-key-stage-break_it, .st-key-stage-money {{ --large: 1.4; }}
  .st-key-stage-problem {{ --large: 1.75; }}
  .st-key-stage-result {{ --large: 2.1; }}
  .st-key-stage-data, .st-key-stage-risks, .st-key-stage-ask {{ --large: 1.9; }}
}}
{shown} {{ zoom: var(--large, 1); }}
/* Streamlit measures a chart's place, and would make it taller each time by as much as it is enlarged. */
{shown} [data-testid="stPlotlyChart"] {{ zoom: calc(1 / var(--large, 1)); }}
.st-key-stage-ask h2 {{ padding-top: 1.5rem; overflow-wrap: anywhere; }}
.st-key-note p {{ font-size: 1.5rem; line-height: 1.5; }}
</style>
"""


def draw(open_page: OpenPage) -> None:
    """Draw the page."""
    look = start_page()
    query = st.query_params
    try:
        use_case = use_case_named(query.get("use_case") or next(iter(all_use_cases())).name)
        jobs()
    except UserError as error:
        st.error(escape_markdown(str(error)))
        for one in all_use_cases():
            st.link_button(named(_(one.title)), address(one))
        return
    wake()
    whose = visitor() if rules.current().shared else None
    storyline, problem = storylines.read(store_folder(), use_case, whose)
    state = kept_state(use_case)
    run = shown_run(use_case, state)
    varied = use_case.with_variant(run.config["settings"] if run else state.settings)
    context = Context(use_case=varied, state=state, look=look, run=run)
    if problem:
        st.warning(escape_markdown(problem))
    mode = query.get("mode", "")
    if mode == "edit":
        _edit(context, storyline, whose, open_page)
    else:
        _show(context, storyline, follows=mode == "notes")
    keep_visitor()


def _show(context: Context, storyline: Storyline, *, follows: bool) -> None:
    st.html(_STAGE.format_map({**BOTH, "shown": _SHOWN}))
    use_case, shown = context.use_case, storyline.shown
    key = f"{use_case.slug}:stage-beat"
    asked = st.session_state.get(key) or st.query_params.get("beat")
    at = next((i for i, beat in enumerate(shown) if beat.kind.value == asked), 0)
    titles = beats.names()

    def go(kind: str) -> None:
        st.session_state[key] = kind
        st.query_params["beat"] = kind

    if follows:
        _notes(storyline, at, titles)
    else:
        beat = shown[at]
        with st.container(key="stage-kicker"):
            st.markdown(f"{named(_(use_case.title))} · {named(titles[beat.kind])}")
        with st.container(key="stage-words"):
            st.markdown(escape_markdown(beats.headline(context, beat)))
        with st.container(key=f"stage-{beat.kind}"):
            beats.draw(context, beat)
    left = time_left_s(context)
    with st.container(key="stage-bar"):
        draw_stage(
            shown,
            titles,
            at,
            key=f"{use_case.slug}:stage",
            edit_at=address(use_case, mode="edit"),
            page=use_case.slug,
            minutes=storyline.minutes,
            ends_at=use_case.slug,
            notes_at=address(use_case, mode="notes"),
            on_go=go,
            on_late=lambda: None,  # drawn again, it shows the recorded run
            deadline_s=left[1] if left else None,
            run=left[0] if left else "",
            follows=follows,
        )


def _notes(storyline: Storyline, at: int, titles: dict[BeatKind, str]) -> None:
    """What the presenter alone sees: the beat's note, and what comes next."""
    shown = storyline.shown
    st.title(named(titles[shown[at].kind]))
    with st.container(key="note"):
        st.markdown(escape_markdown(shown[at].note) or _("No note for this beat."))
    if at + 1 < len(shown):
        st.caption(_("Next: {title}").format(title=named(titles[shown[at + 1].kind])))


def _edit(context: Context, storyline: Storyline, whose: str | None, open_page: OpenPage) -> None:
    use_case = context.use_case
    st.title(_("The storyline of {title}").format(title=named(_(use_case.title))))
    with st.container(horizontal=True):
        query = {"use_case": use_case.name}
        st.link_button(_("On stage"), address(use_case), type="primary", icon=":material/slideshow:")
        st.page_link(open_page(use_case), label=_("Back to the use case"), query_params=query)
    storyline_editor.draw(context, storyline, whose)
