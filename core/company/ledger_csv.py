"""The ledger as a table that a spreadsheet opens, and back. No cell of it is a formula there."""

from __future__ import annotations

import csv
import io
import math

from core.company.assumptions import MOST_LETTERS, Change, Ledger
from core.errors import UserError
from core.formatting.messages import message
from core.formatting.text import SENTENCE, plain

COLUMNS = ("name", "label", "value", "low", "high", "unit", "guess", "source", "date", "changed_by", "changed", "used")
MOST_BYTES = 1_000_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_YES = {"yes": True, "no": False}


def written(ledger: Ledger) -> str:
    """Every assumption as a line."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    for one in ledger.every:
        guess = "yes" if one.guess else "no"
        texts = (one.source, one.date, one.by, one.changed, " ".join(one.used))
        numbers = (repr(one.value), repr(one.low), repr(one.high))
        lines.writerow([one.name, harmless(one.label), *numbers, one.unit, guess, *map(harmless, texts)])
    return out.getvalue()


def harmless(text: str) -> str:
    """One line that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it."""
    text = plain(text, SENTENCE)
    return f"'{text}" if text.startswith(_FORMULA) else text


def read(content: bytes, ledger: Ledger, by: str, at: str) -> tuple[Ledger, list[str]]:
    """The ledger with what a table changes, and a sentence for each line that is refused. Whatever a line does not
    change stays. Raises UserError for what is no such table."""
    if len(content) > MOST_BYTES:
        raise UserError("A table of assumptions is smaller than 1 MB. Take one that was exported here.")
    try:
        lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError("This is no table of text ({why}). Save it as CSV, UTF-8.", why=str(error)) from error
    if not lines or not {"name", "value", "low", "high"} <= set(lines[0]):
        raise UserError("A table of assumptions has the columns name, value, low and high. Export one to see them.")
    problems: list[str] = []
    known = {one.name: one for one in ledger.every}
    for place, line in enumerate(lines, 2):
        name = line["name"] or ""
        if name not in known:
            problems.append(message("Line {line}: no assumption is called {name!r}.", line=place, name=plain(name)))
            continue
        before = known[name]
        try:
            change = _change(line, before.source, before.guess, by, at)
            if (change.value, change.low, change.high) == (before.value, before.low, before.high) and (
                change.source,
                change.guess,
            ) == (before.source, before.guess):
                continue
            ledger = ledger.with_change(name, change)
        except ValueError as error:  # a UserError too
            problems.append(message("Line {line}: {why}", line=place, why=str(error)))
    return ledger, problems


def _change(line: dict[str, str], source: str, guess: bool, by: str, at: str) -> Change:
    value, low, high = (_number(line.get(name), name) for name in ("value", "low", "high"))
    told = (line.get("source") or "").strip()
    told = told[1:] if told.startswith("'") and told[1:].startswith(_FORMULA) else told
    is_guess = _YES.get((line.get("guess") or "").strip().lower(), guess)
    kept = plain(told, MOST_LETTERS) or source
    return Change(value=value, low=low, high=high, source=kept, guess=is_guess, by=by, at=at)


def _number(text: str | None, column: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UserError("{column} is a number; this is {text!r}.", column=column, text=plain(text or ""))
    return value
