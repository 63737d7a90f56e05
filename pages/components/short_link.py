"""The short form of a page's link, with a QR code of it."""

from __future__ import annotations

import streamlit as st

from core.errors import UserError
from core.formatting.text import _, escape_markdown
from core.store import short_links, store_folder
from pages.components.context import Context
from pages.components.short_route import AT
from pages.components.state import link


def draw(context: Context) -> None:
    """A button that opens it; made when it is opened."""
    place = st.popover(
        _("Short link"), icon=":material/qr_code_2:", key=context.key("short-link"), on_change="rerun", type="tertiary"
    )
    if place.open:
        with place:
            _opened(context)


def _opened(context: Context) -> None:
    import segno  # late: only who opens it waits

    query = link(context.use_case, context.state, context.run.id if context.run else None)
    try:
        code = short_links.keep(store_folder(), context.use_case.slug, query)
    except (UserError, OSError) as error:
        st.warning(escape_markdown(str(error)))
        return
    base = st.context.url.rpartition("/")[0] if st.context.url else ""
    address = f"{base}/{AT}/{code}"
    st.image(segno.make(address, micro=False).svg_inline(scale=6, border=3, light="white"), width=220)
    st.code(address, language=None)
    st.caption(_("Opens this page as it stands, for {days} days.").format(days=short_links.DAYS))
