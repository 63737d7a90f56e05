"""The router: page config, the list of pages, run. Nothing else."""

import streamlit as st

from pages.components.routing import all_pages
from pages.components.upkeep import collect_by_timer

st.set_page_config(page_title="Proving Ground", page_icon="pages/assets/icon.svg", layout="wide")
st.logo("pages/assets/icon.svg", size="large")
collect_by_timer()
st.navigation(all_pages(), position="top").run()
