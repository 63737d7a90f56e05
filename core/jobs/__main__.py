"""`python -m core.jobs [STORE]`: the supervisor of a store. The page and the command line start it themselves."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from core import environment
from core.errors import UserError
from core.jobs.supervisor import supervise
from core.logs.handler import start
from core.store import store_folder


def main() -> int:
    """Serve the store; 2, with a sentence, where the environment cannot be meant."""
    try:
        environment.check_at_start()
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    _reap()
    store = Path(sys.argv[1]) if len(sys.argv) > 1 else store_folder()
    start("supervisor", lambda: store)
    return supervise(store)


def _reap() -> None:
    """The helpers of a supervisor that started anew in its own place have ended; they are this process's children."""
    with suppress(OSError, AttributeError):  # there are none; a system without
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


if __name__ == "__main__":
    sys.exit(main())
