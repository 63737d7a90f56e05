"""What the runs of use cases earn, as a business case takes it: their paired gain over what is done today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.company.assumptions import Ledger
from core.company.case import Gain, gain_from
from core.company.money import Money, Rate
from core.contracts import State, UseCase
from core.errors import UserError
from core.store import runs
from core.value.scoreboard import Scoreboard

CURRENCY = "USD"


@dataclass(frozen=True, kw_only=True, slots=True)
class Earned:
    """gain: in `CURRENCY`. over: what is done today, by its title. per: the period of the money model."""

    use_case: UseCase
    run: str
    recorded: bool
    gain: Gain
    over: str
    per: str


def rates(ledger: Ledger) -> dict[str, Rate]:
    """What other currencies are worth in `CURRENCY`, with the date."""
    euro = ledger["eur_usd"]
    date = euro.changed[:10] or euro.date
    return {"EUR": Rate(of="EUR", in_currency=CURRENCY, rate=euro.value, date=date)}


def earned(store: Path, use_cases: Iterable[UseCase], ledger: Ledger) -> list[Earned]:
    """Of each use case with money the showcase, else its newest finished run. Left out: a gain without an interval, a
    period that is no year, a currency without a rate."""
    found = (_of(store, use_case, rates(ledger)) for use_case in use_cases if use_case.value is not None)
    return [one for one in found if one is not None]


def _of(store: Path, use_case: UseCase, known: dict[str, Rate]) -> Earned | None:
    run = runs.showcase(store, use_case) or next(
        (r for r in runs.list_runs(store, use_case.name) if r.final_state is State.FINISHED and r.summary), None
    )
    if run is None:
        return None
    board = Scoreboard.of(use_case, run.summary)
    compared = board.compared
    if board.per != "year" or compared is None or compared.amount_difference is None:
        return None
    try:
        rate = Money(1.0, board.currency).to(CURRENCY, known).amount
    except UserError:  # hours, points, or a currency without a rate
        return None
    gain = gain_from(use_case.title, dict(compared.amount_difference), rate)  # type: ignore[arg-type]
    if gain is None:
        return None
    return Earned(use_case=use_case, run=run.id, recorded=run.recorded, gain=gain, over=compared.title, per=board.per)
