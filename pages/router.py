"""The router: page config, the language, the list of pages, run. Nothing else."""

import streamlit as st

from pages.components import language
from pages.components.brand import configure_page
from pages.components.footer import draw_footer
from pages.components.routing import all_pages, glossary_page
from pages.components.training_sign import draw_sign
from pages.components.upkeep import housekeeping

configure_page()
language.begin()
housekeeping()
page = st.navigation(all_pages(), position="top")
draw_sign()
page.run()
draw_footer(glossary_page())
