"""The web server: the pages, and beside them the feed of the trainings; before both, the guard of its names, and who
leads lost visitors."""

import streamlit as st

from pages.components import addresses, feed, hosts, short_route

app = st.App(
    "pages/router.py",
    routes=[*feed.routes(), *short_route.routes()],
    middleware=[*hosts.middleware(), *addresses.middleware()],
)
