"""A run as PowerPoint: charts that can be edited, a thought a slide, notes that say where figures come from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from core.charts.look import LIGHT
from core.errors import UserError
from core.export.deck import Bar, Deck
from core.export.facts import Fact, Facts
from core.formatting import numbers
from core.formatting.text import plain
from core.value import scoreboard_words as words

_MOST_COLUMNS, _MOST_LINES = 8, 8


def deck_of(facts: Facts) -> bytes:
    """The file; raises UserError where python-pptx is not installed."""
    deck = Deck(_pptx(), LIGHT)
    _title(deck, facts)
    _problem(deck, facts)
    if facts.board.currency:
        _money(deck, facts)
    _score(deck, facts)
    _training(deck, facts)
    _columns(deck, facts)
    if facts.assumptions:
        _assumptions(deck, facts)
    _lines(deck, "Data", [f for d in facts.datasets for f in _about(d.title, d.origin, d.licence, d.name)])
    _lines(deck, "Bias, privacy, regulation", facts.care())
    _lines(deck, "What these numbers do not say", facts.limits())
    _lines(deck, "Where the numbers come from", [f for f in facts.about_the_run() if f.label in _OF_RUN])
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


_OF_RUN = ("Run", "Date", "Seed", "Rows for training", "Rows for the test", "Plan", "95% intervals", "Version")


def _pptx() -> Any:
    try:
        import pptx
    except ImportError as error:
        raise UserError(
            "Slides need the package python-pptx, which is not installed. Install the requirements: pip install -r "
            "requirements.txt."
        ) from error
    return pptx


def _title(deck: Deck, facts: Facts) -> None:
    large = [(facts.score, facts.score_interval)]
    if facts.money:
        large.insert(0, (facts.money, facts.money_interval))
    told = [(value.text, f"{value.label} · 95% interval {ends.text}") for value, ends in large]
    deck.opening(facts.title.text, facts.summary.text, told, facts.verdict.text)
    deck.notes(_noted([facts.verdict, facts.gain, *facts.about_the_run()]))


def _problem(deck: Deck, facts: Facts) -> None:
    asked = facts.use_case.question
    told = [
        ("Who", asked.who),
        ("Problem", asked.problem),
        ("Today", asked.cost_today),
        ("Network", asked.what_ai_does),
    ]
    _lines(deck, "The problem", [Fact(text, "declared:question", label) for label, text in told if text])


def _money(deck: Deck, facts: Facts) -> None:
    board = facts.board
    bars = [
        Bar(name=plain(s.title), value=float(s.amount["amount"]), role=s.role)
        for s in board.every
        if s.amount and s.amount["amount"] is not None
    ]
    symbol = numbers.symbol(board.currency).strip()
    deck.bars("What it is worth", facts.gain.text, f"Net value per {board.per}", bars, f'"{symbol}"#,##0')
    deck.notes(_noted([facts.gain]) + "\n" + _each(facts, lambda s: s.amount is not None, ("money", "money interval")))


def _score(deck: Deck, facts: Facts) -> None:
    bars = [
        Bar(name=plain(s.title), value=float(s.score["mean"]), role=s.role)
        for s in facts.board.every
        if s.score and s.score["mean"] is not None
    ]
    metric = facts.board.metric
    deck.bars("How well it predicts", facts.verdict.text, metric.label, bars, "0.000")
    keys = ("score", "interval", "network minus it", "95% interval of that", "verdict")
    deck.notes(
        _noted([Fact(metric.help, "declared"), facts.verdict]) + "\n" + _each(facts, lambda s: bool(s.score), keys)
    )


def _training(deck: Deck, facts: Facts) -> None:
    epochs = [event for event in facts.run.progress() if event["event"] == "epoch"]
    if not epochs:
        return
    lines = {
        "training rows": [event["train_loss"] for event in epochs],
        "validation rows": [event["validation_loss"] for event in epochs],
    }
    deck.lines("How it learned", "Loss, epoch by epoch.", [str(event["epoch"]) for event in epochs], lines)
    deck.notes("From the run's own progress, network by network averaged.")


def _columns(deck: Deck, facts: Facts) -> None:
    labels = {column.name: column.label for column in facts.use_case.columns}
    top = [entry for entry in facts.report["importance"][:_MOST_COLUMNS] if entry["drop"] is not None]
    if not top:
        return
    bars = [Bar(name=labels[e["column"]], value=float(e["drop"] or 0), role="network") for e in top]
    said = f"How much {words.small(facts.board.metric.label)} falls when a column is shuffled: no cause."
    deck.bars("What it leans on", said, "drop when shuffled", bars, "General")
    deck.notes("From the report: importance by shuffling over held-out rows.")


def _assumptions(deck: Deck, facts: Facts) -> None:
    rows = [
        (one.label, facts.assumed(one).text, "guess" if one.guess else "data", one.source) for one in facts.assumptions
    ]
    deck.table("What the money assumes", ("Assumption", "Value", "Basis", "Source"), rows)
    deck.notes(_noted([Fact(one.source, f"assumption:{one.name}", one.label) for one in facts.assumptions]))


def _about(title: str, origin: str, licence: str, name: str) -> Iterable[Fact]:
    yield Fact(origin, f"dataset:{name}", title)
    yield Fact(licence, f"dataset:{name}", "Licence")


def _lines(deck: Deck, title: str, facts: Iterable[Fact]) -> None:
    """As many slides as it takes."""
    every = list(facts)
    for first in range(0, len(every), _MOST_LINES):
        part = every[first : first + _MOST_LINES]
        deck.said(title, [(fact.label, fact.text) for fact in part])
        deck.notes(_noted(part))


def _noted(facts: Iterable[Fact]) -> str:
    """Statements with their origin, for whoever speaks."""
    return "\n".join(f"{f.label + ': ' if f.label else ''}{f.text} [{f.origin}]" for f in facts if f.text)


def _each(facts: Facts, shown: Any, keys: Sequence[str]) -> str:
    lines = []
    for standing in facts.board.every:
        if shown(standing):
            said = facts.said_of(standing)
            lines.append(f"{said['method']}: " + ", ".join(f"{key} {said[key]}" for key in keys if said[key]))
    return "\n".join(lines)
