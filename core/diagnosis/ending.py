"""How a training ended, in words: where it stopped, whose weights it keeps, and why those."""

from __future__ import annotations

import math

from core.contracts import Report
from core.evaluation.metrics import METRICS
from core.formatting import numbers
from core.formatting.messages import message


def training_words(report: Report) -> str:
    """How it ended and what it kept: 'Stopped early at epoch 24 of 40. The weights of epoch 5 are kept: ...'"""
    told = message("{told}.", told=_ended(report))
    kept = kept_words(report)
    return message("{ended} {kept}", ended=told, kept=kept) if kept else told


def kept_words(report: Report) -> str:
    """Whose weights a training keeps; empty for reports of earlier versions, which do not tell of best epochs. The best
    is by the loss on validation rows, as early stopping sees it, and not by the metric that a curve may show."""
    best, keeps_last = report.get("best_epoch") or [], report["settings"].get("keep") == "last"
    if not best:
        return ""
    first, last = numbers.count(min(best)), numbers.count(max(best))
    headline = report.get("headline")
    if headline and METRICS[headline["metric"]].keeps:
        return _kept_by_score(first, last, keeps_last)
    if keeps_last:
        one = message(
            "The last weights are kept; the loss on validation rows was lowest at epoch {first}.", first=first
        )
        several = message(
            "The last weights are kept; the loss on validation rows was lowest at epochs {first} to {last}, network "
            "by network.",
            first=first,
            last=last,
        )
    else:
        one = message(
            "The weights of epoch {first} are kept: there the loss on validation rows was lowest.", first=first
        )
        several = message(
            "Each network keeps its weights of lowest loss on validation rows (epochs {first} to {last}).",
            first=first,
            last=last,
        )
    return one if first == last else several


def _kept_by_score(first: str, last: str, keeps_last: bool) -> str:
    """The same where the headline chooses the weights."""
    epochs = first if first == last else message("{first} to {last}", first=first, last=last)
    if keeps_last:
        return message("The last weights are kept; on validation rows epoch {epochs} did best.", epochs=epochs)
    return message("The weights of epoch {epochs} are kept: they did best on validation rows.", epochs=epochs)


def epochs_asked(report: Report) -> int:
    """How many epochs a training was to have at most; those it had, where its settings say nothing that is a number."""
    asked = report["settings"].get("num_epochs")
    return int(asked) if isinstance(asked, int | float) and math.isfinite(asked) else report["epochs_run"]


def _ended(report: Report) -> str:
    """A stack of networks reaches as far as the last of them."""
    ran, asked = report["epochs_run"], epochs_asked(report)
    words = {"ran": numbers.count(ran), "asked": numbers.count(asked)}
    if report.get("time_limit_s") is not None:
        return message("Ended by the clock at epoch {ran} of {asked}", **words)
    if report.get("stopped"):
        return message("Stopped on request at epoch {ran} of {asked}", **words)
    if ran < asked:
        return message("Stopped early at epoch {ran} of {asked}", **words)
    return numbers.counted(ran, "Ran its one epoch", "Ran all {count} epochs")
