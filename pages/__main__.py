"""`python -m pages [streamlit options]`: start the app. The same as `streamlit run streamlit_app.py`, once it is sure
that the environment can be meant."""

from __future__ import annotations

import sys
from pathlib import Path

from streamlit.web import cli

from core.environment import check_at_start
from core.errors import UserError
from core.jobs import backends
from pages.components import hosts

if __name__ == "__main__":
    try:
        check_at_start()
        backends.chosen()
        hosts.check()
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    sys.argv = ["streamlit", "run", str(Path(__file__).parents[1] / "streamlit_app.py"), *sys.argv[1:]]
    cli.main()
