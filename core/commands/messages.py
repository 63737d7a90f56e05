"""`python -m core messages`: every id that a language translates, as a .pot; or what a language still lacks."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from core.commands.printing import print_json
from core.errors import UnknownNameError
from core.formatting import catalogues
from core.formatting.text import say

if TYPE_CHECKING:
    from core.commands.parser import Parsers


def add(commands: Parsers) -> list[argparse.ArgumentParser]:
    """Add the command's parser, and return it."""
    listing = commands.add_parser("messages", help="the ids of all messages, for a catalogue of another language")
    listing.add_argument("language", nargs="?", help="what this language lacks, and has for nothing")
    listing.set_defaults(command=_messages)
    return [listing]


def _messages(options: argparse.Namespace) -> int:
    from core.publish import message_ids  # baselines: scikit-learn

    if options.language is None:
        ids = message_ids.ids()
        print_json({"messages": list(ids)}) if options.json else print(message_ids.template())
        return 0
    known = catalogues.catalogue(options.language)
    if known is None:
        raise UnknownNameError("language", options.language, catalogues.languages()[1:])
    wanted = message_ids.ids()
    found = {
        "lacks": [one for one in wanted if one not in known.texts],
        "needless": [one for one in known.texts if one not in wanted],
    }
    if options.json:
        print_json(found)
    for name, texts in () if options.json else found.items():
        say(f"{name}: {len(texts)}")
        say("\n".join(f"  {catalogues.quoted(one)}" for one in texts))
    return 0
