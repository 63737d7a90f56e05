"""The numbers of a card: what the network, a simple method and today's way earn, and the visitor's own best run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.contracts import UseCase
from core.contracts.report import Verdict
from core.evaluation.metrics import METRICS
from core.formatting.text import _, plain
from core.store.runs import Run, best_among
from core.value.scoreboard import Scoreboard, Standing, amount_of
from core.value.scoreboard_words import gain_in_short, money_words, score_words
from pages.components.state import visitor


def best_own(found: Iterable[Run], use_case: UseCase, whose: str | None) -> Run | None:
    """The best run that was trained here, chosen on validation; of one visitor where `whose` names one."""
    metric = METRICS.get(use_case.task.headline)  # None: the front page says so
    if metric is None:
        return None
    trained = [r for r in found if not r.recorded and whose in (None, r.config.get("visitor"))]
    return best_among(trained, use_case, metric.higher_is_better)


def numbers_of(use_case: UseCase, board: Scoreboard, run: Run | None, own: Run | None) -> dict[str, Any]:
    """What a card says of a run: lines of money where the network was priced, else of the headline; the verdict; and
    the own run where there is a showcase that it stands beside."""
    priced = amount_of(board.network) is not None
    mine = Scoreboard.of(use_case, own.summary) if run and own else None
    simple = board.best_simple_money if priced else board.best_simple
    lines = [_line(use_case, board, board.network, _("Network"), priced)]
    if simple:
        lines.append(_line(use_case, board, simple, _("Simple method"), priced))
    if priced and (compared := board.compared):
        label = _("Today") if compared.role == "today" else _("Without a model")
        lines.append(_line(use_case, board, compared, label, priced) | {"role": "today"})
    if mine:
        label = _("Your best run") if own and own.config.get("visitor") == visitor() else _("Best run trained here")
        lines.append(_line(use_case, mine, mine.network, label, priced) | {"role": "own"})
    judged = _judged(board, simple, priced=priced) if simple else None
    return {
        "measured": _("Money a {per}").format(per=plain(_(board.per))) if priced else plain(_(board.metric.label)),
        "lines": lines,
        "verdict": {"is": judged, "words": _verdict_words(judged, board, priced=priced)} if judged else None,
    }


def _judged(board: Scoreboard, simple: Standing, *, priced: bool) -> Verdict | None:
    """How the network stands by the card's own measure. In money it is ahead only where the gain over the simple method
    and the gain over today are both told apart from chance: the weaker of the two counts."""
    paired = [simple.amount_difference if priced else simple.score_difference]
    if priced and board.compared:
        paired.append(board.compared.amount_difference)
    return min((p["verdict"] for p in paired if p), key=_WEAKEST_FIRST.index, default=None)


def _verdict_words(judged: Verdict, board: Scoreboard, *, priced: bool) -> str:
    """What the network earns more or less than today and than a simple method; of a run without money, how its score
    stands beside a simple method's."""
    if priced and (gain := gain_in_short(board)):
        return gain
    return _("{metric}: {verdict}").format(metric=plain(_(board.metric.label)), verdict=_VERDICTS[judged]())


def _line(use_case: UseCase, board: Scoreboard, standing: Standing, label: str, priced: bool) -> dict[str, Any]:
    """One bar: whose, in which colour, the number in words, and the number that its length follows; what it is in full
    is told where the hand rests."""
    return {
        "role": standing.role,
        "label": label,
        "title": plain(_(standing.title)),
        "words": money_words(board, standing) if priced else score_words(board, use_case.task, standing),
        "value": amount_of(standing) if priced else (standing.score["mean"] if standing.score else None),
    }


_WEAKEST_FIRST: tuple[Verdict, ...] = ("loss", "tie", "undefined", "win")
_VERDICTS = {
    "win": lambda: _("network clearly ahead"),
    "tie": lambda: _("no clear winner"),
    "loss": lambda: _("a simpler way clearly ahead"),
    "undefined": lambda: _("not compared"),
}
