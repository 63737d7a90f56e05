"""A run's scoreboard in words: what it reaches, over what, and how sure that is. Nothing else words a gain.

The texts are plain: Markdown wants them through `escape_markdown`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.contracts import Task, UseCase, ValueModel
from core.contracts.report import Verdict
from core.formatting import numbers, scores
from core.formatting.text import SENTENCE, _, plain
from core.value.scoreboard import Role, Scoreboard, Standing

Words = Mapping[Role, Callable[[], str]]


def score_words(board: Scoreboard, task: Task, standing: Standing | None = None) -> str:
    """A score with its unit: of the network, or of another standing."""
    score = (standing or board.network).score
    return plain(scores.score_with_unit(board.metric, task, score["mean"] if score else None))


def score_interval(board: Scoreboard, task: Task, standing: Standing | None = None) -> str:
    """Its 95% interval."""
    score = (standing or board.network).score
    low, high = (score["low"], score["high"]) if score else (None, None)
    return plain(scores.score_between(board.metric, low, high, unit=scores.unit_of(board.metric, task)))


def money_words(board: Scoreboard, standing: Standing | None = None) -> str:
    """What the network, or another standing, earns in a period."""
    amount = (standing or board.network).amount
    return plain(numbers.money(amount["amount"] if amount else None, board.currency))


def money_where(use_case: UseCase, *, moved: bool, assumed: bool) -> str:
    """Where a run's money stands still while a visitor moves the decision or the assumptions; empty while nothing is
    moved."""
    parts = []
    if moved:
        level, threshold = _("at the level chosen beforehand"), _("at the threshold chosen beforehand")
        parts.append(level if is_level(use_case.value) else threshold)
    if assumed:
        parts.append(_("with the declared assumptions"))
    return ", ".join(parts)


def where_chosen(use_case: UseCase, sentence: str) -> str:
    """A sentence about money that stands still, beside a decision that moves."""
    words = _("At the level chosen beforehand: {sentence}.")
    if not is_level(use_case.value):
        words = _("At the threshold chosen beforehand: {sentence}.")
    return words.format(sentence=sentence)


def is_level(model: ValueModel | None) -> bool:
    """Whether the decision is a level, not a threshold."""
    return model is not None and model.decision.name == "level"


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
    """Whether a paired difference in money is told apart from chance."""
    return {
        "win": _("a clear difference"),
        "tie": _("not distinguishable"),
        "loss": _("a clear difference"),
        "undefined": _("not tested"),
    }[verdict]


def over(board: Scoreboard, standing: Standing) -> str:
    """'+$2.02K over the best simple method (logistic regression), not distinguishable'; '$135K less than ...'."""
    paired = standing.amount_difference
    mean = paired["mean"] if paired else None
    if mean is not None and mean < 0:
        words, gain = _LESS, numbers.money(-mean, board.currency)
    else:
        words, gain = _MORE, gain_words(board, standing)
    verdict = distinguishable(paired["verdict"] if paired else "undefined")
    said = words[standing.role]()
    if standing.role == "simple" and standing is not board.best_simple:
        said = _BY_MONEY[words is _LESS]()  # the verdict's best simple method is another one
    return said.format(gain=gain, verdict=verdict, name=small(_(standing.title)))


_MORE: Words = {
    "today": lambda: _("{gain} over today ({name}), {verdict}"),
    "policy": lambda: _("{gain} over the best policy without a model ({name}), {verdict}"),
    "simple": lambda: _("{gain} over the best simple method ({name}), {verdict}"),
}
_LESS: Words = {
    "today": lambda: _("{gain} less than today ({name}), {verdict}"),
    "policy": lambda: _("{gain} less than the best policy without a model ({name}), {verdict}"),
    "simple": lambda: _("{gain} less than the best simple method ({name}), {verdict}"),
}
_BY_MONEY: tuple[Callable[[], str], Callable[[], str]] = (
    lambda: _("{gain} over the simple method that earns most ({name}), {verdict}"),
    lambda: _("{gain} less than the simple method that earns most ({name}), {verdict}"),
)


def _compared(board: Scoreboard) -> list[Standing]:
    """What a gain is told over: what is done today, and the simple method that earns most."""
    first, second = board.compared, board.best_simple_money
    return [standing for standing in (first, second if second is not first else None) if standing]


def gain_sentence(board: Scoreboard) -> str:
    """What the network earns more over what is done today, and over the simple method that earns most: '+$79K over
    today (mail everybody), a clear difference; +$2.02K over ...'. Empty where the run was not priced."""
    told = [over(board, standing) for standing in _compared(board)]
    return _("{first}; {next}").format(first=told[0], next=told[1]) if len(told) > 1 else "".join(told)


def gain_in_short(board: Scoreboard) -> str:
    """For a card: '$78.6K more than today. $2.02K more than a simple method: could be chance.' Empty where the run was
    not priced."""
    told = []
    for standing in _compared(board):
        paired = standing.amount_difference
        if paired is None or paired["mean"] is None:
            continue
        words = (_LESS_IN_SHORT if paired["mean"] < 0 else _MORE_IN_SHORT)[standing.role]()
        gain = words.format(gain=numbers.money(abs(paired["mean"]), board.currency))
        told.append(_SURE_IN_SHORT[paired["verdict"]]().format(gain=gain))
    return plain(" ".join(told), SENTENCE)


_MORE_IN_SHORT: Words = {
    "today": lambda: _("{gain} more than today"),
    "policy": lambda: _("{gain} more than without a model"),
    "simple": lambda: _("{gain} more than a simple method"),
}
_LESS_IN_SHORT: Words = {
    "today": lambda: _("{gain} less than today"),
    "policy": lambda: _("{gain} less than without a model"),
    "simple": lambda: _("{gain} less than a simple method"),
}
_SURE_IN_SHORT: Mapping[Verdict, Callable[[], str]] = {
    "win": lambda: _("{gain}."),
    "tie": lambda: _("{gain}: could be chance."),
    "loss": lambda: _("{gain}."),
    "undefined": lambda: _("{gain}: not tested."),
}


def verdict_sentence(board: Scoreboard) -> str:
    """The network and the best simple method by the headline, in a sentence that names the measure."""
    best = board.best_simple
    if best is None:
        return _("No simple method was compared.")
    judged = best.score_difference["verdict"] if best.score_difference else "undefined"
    return {
        "win": _("By {metric}, the network beats the best simple method ({name})."),
        "tie": _("By {metric}, no difference shown between the network and the best simple method ({name})."),
        "loss": _("By {metric}, a simple method ({name}) beats the network."),
        "undefined": _("The network and the best simple method ({name}) cannot be compared: {metric} is undefined."),
    }[judged].format(name=small(_(best.title)), metric=small(_(board.metric.label)))


def small(title: str) -> str:
    """A title inside a sentence: its first letter small, but for an abbreviation."""
    text = plain(title, SENTENCE)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
