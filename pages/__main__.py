"""`python -m pages [streamlit options]`: start the app. The same as `streamlit run streamlit_app.py`, with two mends.

Streamlit takes a folder called pages/ for its older page mechanism until st.navigation was called once, and meets the
first visitor of a fresh server with "Page not found" on every link but the front page's. And it answers to any name on
every route but its WebSocket, where .streamlit/config.toml allows the loopback's alone: here all routes are guarded.
"""

from __future__ import annotations

import sys
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

from core.environment import check_at_start
from core.errors import UserError
from core.jobs import backends
from pages.components.hosts import guard

if __name__ == "__main__":
    try:
        check_at_start()
        backends.chosen()
        guard()
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    PagesManager.uses_pages_directory = False
    sys.argv = ["streamlit", "run", str(Path(__file__).parents[1] / "streamlit_app.py"), *sys.argv[1:]]
    cli.main()
