"""The router: page config, the language, the list of pages, run. Nothing else."""

from pages.components import language
from pages.components.brand import configure_page, entitle
from pages.components.footer import draw_footer
from pages.components.routing import glossary_page, open_page, split_page
from pages.components.training_sign import draw_sign
from pages.components.upkeep import housekeeping

configure_page()
language.begin()
housekeeping()
page = open_page()
entitle(page.title, front=page.url_path == "")
draw_sign()
page.run()
draw_footer(glossary_page(), split_page())
