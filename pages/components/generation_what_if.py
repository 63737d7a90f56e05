"""What if of a network that makes pictures: a plane of noise to walk on, between four corners."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.contracts.answers import MadeSheet
from core.errors import UserError
from core.formatting.text import _, escape_markdown
from pages.components.client import ask
from pages.components.context import Context
from pages.components.held_out import HeldOut
from pages.components.made_pictures import draw_plane
from pages.components.story import sentence

_NOISES, _PHOTOS = "noises", "photos"
_PATIENCE_S = 60.0
_MOST = 40  # other corners, before they come again


def draw(context: Context, found: HeldOut) -> None:
    """The plane, and where its corners come from."""
    if context.run is None:
        return
    sentence(_("Every point is a picture: walk from one to the next."))
    row = st.container(horizontal=True, vertical_alignment="center")
    between = _NOISES
    if context.run.settings.get("method") == "vae":
        names = {_NOISES: _("Between four noises"), _PHOTOS: _("Between four real photos")}
        with row:
            between = (
                st.segmented_control(
                    _("What lies in the corners"),
                    list(names),
                    format_func=lambda name: names[name],
                    required=True,
                    key=context.start(context.own("between"), _PHOTOS),
                    label_visibility="collapsed",
                )
                or _PHOTOS
            )
    place = context.key("corners")
    if row.button(_("Other corners"), icon=":material/casino:", key=context.key("other-corners")):
        st.session_state[place] = (st.session_state.get(place, 0) + 1) % _MOST
    corners = np.random.default_rng(st.session_state.get(place, 0)).permutation(found.rows)[:4]
    question = {
        "ask": "plane",
        **context.asked,
        "run": context.run.id,
        "corners": [int(corner) for corner in corners],
        "between": between,
    }
    try:
        with st.spinner(_("Waking the networks …")):
            sheet: MadeSheet = ask(question, version=context.version, timeout_s=_PATIENCE_S)
    except UserError as error:
        st.warning(escape_markdown(str(error)))
        return
    draw_plane(sheet, context.key("plane"))
    st.caption(
        _(
            "In the corners stand what the network gives back of four test photos it has not learned from; between "
            "them, what lies between their numbers."
        )
        if between == _PHOTOS
        else _("In the corners stand four noises; between them, what lies between their numbers on an arc.")
    )
