"""A run's scoreboard in words: what it reaches, over what, and how sure that is. Nothing else words a gain.

The texts are plain: Markdown wants them through `escape_markdown`.
"""

from __future__ import annotations

from core.contracts import Task
from core.contracts.report import Verdict
from core.formatting import numbers
from core.formatting.text import SENTENCE, _, plain
from core.value.scoreboard import Scoreboard, Standing


def score_words(board: Scoreboard, task: Task, standing: Standing | None = None) -> str:
    """A score with its unit: of the network, or of another standing."""
    score = (standing or board.network).score
    return numbers.score_with_unit(board.metric, task, score["mean"] if score else None)


def score_interval(board: Scoreboard, standing: Standing | None = None) -> str:
    """Its 95% interval."""
    score = (standing or board.network).score
    return numbers.score_between(board.metric, *((score["low"], score["high"]) if score else (None, None)))


def money_words(board: Scoreboard, standing: Standing | None = None) -> str:
    """What the network, or another standing, earns in a period."""
    amount = (standing or board.network).amount
    return numbers.money(amount["amount"] if amount else None, board.currency)


def money_interval(board: Scoreboard, standing: Standing | None = None, joint: str = "") -> str:
    """Its 95% interval."""
    amount = (standing or board.network).amount
    if amount and amount["amount"] is not None and amount["low"] is None:
        return numbers.MISSING  # an earlier version drew none
    return numbers.money_between(*((amount["low"], amount["high"]) if amount else (None, None)), board.currency, joint)


def gain_words(board: Scoreboard, standing: Standing) -> str:
    """How much more the network earns than a standing, with its sign. It never stands without what it is over."""
    difference = standing.amount_difference
    return numbers.money(difference["mean"] if difference else None, board.currency, sign=True)


def gain_interval(board: Scoreboard, standing: Standing) -> str:
    """The 95% interval of that, paired on the same draws."""
    paired = standing.amount_difference
    low, high = (paired["low"], paired["high"]) if paired else (None, None)
    if paired and paired["mean"] is not None and low is None:
        return numbers.MISSING
    return numbers.between(
        low, high, lambda end, more: numbers.money(end, board.currency, sign=True, significant=3 + more)
    )


def distinguishable(verdict: Verdict) -> str:
    """A paired difference in money, told apart from chance or not."""
    return {
        "win": _("clearly more"),
        "tie": _("not distinguishable"),
        "loss": _("clearly less"),
        "undefined": _("not tested"),
    }[verdict]


def over(board: Scoreboard, standing: Standing) -> str:
    """'+$2.02K over the best simple method (logistic regression, tuned), not distinguishable'."""
    paired = standing.amount_difference
    return _OVER[standing.role]().format(
        gain=gain_words(board, standing),
        name=_small(_(standing.title)),
        verdict=distinguishable(paired["verdict"] if paired else "undefined"),
    )


_OVER = {
    "today": lambda: _("{gain} over today ({name}), {verdict}"),
    "policy": lambda: _("{gain} over the best policy without a model ({name}), {verdict}"),
    "simple": lambda: _("{gain} over the best simple method ({name}), {verdict}"),
    "network": lambda: _("{gain} over {name}, {verdict}"),
}


def gain_parts(board: Scoreboard) -> list[str]:
    """What the network earns more: over what is done today, and over the simple method that earns most. Empty where the
    run was not priced."""
    first, second = board.compared, board.best_simple_money
    return [over(board, standing) for standing in (first, second if second is not first else None) if standing]


def gain_sentence(board: Scoreboard) -> str:
    """The same in one sentence: '+$79K over today (mail everybody), clearly more; +$2.02K over ...'."""
    parts = gain_parts(board)
    return _("{first}; {second}").format(first=parts[0], second=parts[1]) if len(parts) == 2 else "".join(parts)


def gain_short(board: Scoreboard) -> str:
    """For a card: '+$78.6K over today, +$2.02K over a simple method (not distinguishable)'."""
    first, second = board.compared, board.best_simple_money
    told = []
    if first:
        words = _("{gain} over today") if first.role == "today" else _("{gain} over the best policy without a model")
        told.append(words.format(gain=gain_words(board, first)))
    if second and second is not first:
        paired = second.amount_difference
        told.append(
            _("{gain} over a simple method ({verdict})").format(
                gain=gain_words(board, second), verdict=distinguishable(paired["verdict"] if paired else "undefined")
            )
        )
    return ", ".join(told)


def verdict_sentence(board: Scoreboard) -> str:
    """The network and the best simple method by the headline, in a sentence."""
    best = board.best_simple
    if best is None:
        return _("No simple method was compared.")
    verdict = best.score_difference["verdict"] if best.score_difference else "undefined"
    return {
        "win": _("The network beats the best simple method ({name})."),
        "tie": _("No difference shown between the network and the best simple method ({name})."),
        "loss": _("A simple method ({name}) beats the network."),
        "undefined": _("The network and the best simple method ({name}) cannot be compared: the metric is undefined."),
    }[verdict].format(name=_small(_(best.title)))


def verdict_short(board: Scoreboard, task: Task) -> str:
    """For a card: 'Best simple method 0.835: no difference shown'."""
    best = board.best_simple
    if best is None:
        return _("No simple method was compared")
    verdict = best.score_difference["verdict"] if best.score_difference else "undefined"
    words = {
        "win": _("the network is better"),
        "tie": _("no difference shown"),
        "loss": _("this one is better"),
        "undefined": _("cannot be compared: the metric is undefined"),
    }[verdict]
    return _("Best simple method {value}: {verdict}").format(value=score_words(board, task, best), verdict=words)


def _small(title: str) -> str:
    """A title inside a sentence: its first letter small, but for an abbreviation."""
    text = plain(title, SENTENCE)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
