"""`python -m core`: list, train, runs, show and more. JSON alone on stdout; errors: a sentence, exit code 2."""

import sys

from core.commands.command_line import main

if __name__ == "__main__":
    sys.exit(main())
