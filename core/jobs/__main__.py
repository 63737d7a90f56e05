"""`python -m core.jobs [STORE]`: the supervisor of a store. The page and the command line start it themselves."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from core.jobs.supervisor import supervise
from core.store import store_folder

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    sys.exit(supervise(Path(sys.argv[1]) if len(sys.argv) > 1 else store_folder()))
