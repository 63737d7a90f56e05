"""How a training ended, in words: where it stopped, which epoch was best, and which weights it keeps."""

from __future__ import annotations

from core.contracts import Report
from core.formatting import numbers
from core.formatting.messages import message


def training_words(report: Report) -> str:
    """'Stopped early at epoch 24 of 40, best was epoch 5: its weights are kept.' A stack of networks has a best epoch
    each, and reaches as far as the last of them. Reports of earlier versions do not tell of best epochs."""
    ran, asked = report["epochs_run"], int(report["settings"].get("num_epochs", report["epochs_run"]))
    best, keeps_last = report.get("best_epoch") or [], report["settings"].get("keep") == "last"
    told: str
    words = {"ran": numbers.count(ran), "asked": numbers.count(asked)}
    if report.get("time_limit_s") is not None:
        told = message("Ended by the clock at epoch {ran} of {asked}", **words)
    elif report.get("stopped"):
        told = message("Stopped on request at epoch {ran} of {asked}", **words)
    elif ran < asked:
        told = message("Stopped early at epoch {ran} of {asked}", **words)
    else:
        told = numbers.counted(ran, "Ran its one epoch", "Ran all {count} epochs")
    if not best:
        return message("{told}.", told=told)
    first, last = numbers.count(min(best)), numbers.count(max(best))
    if keeps_last:
        one = message("{told}, best was epoch {first}; the last weights are kept.", told=told, first=first)
        several = message(
            "{told}, best were epochs {first} to {last}; the last weights are kept.", told=told, first=first, last=last
        )
    else:
        one = message("{told}, best was epoch {first}: its weights are kept.", told=told, first=first)
        several = message(
            "{told}, best were epochs {first} to {last}: each network keeps its best weights.",
            told=told,
            first=first,
            last=last,
        )
    return one if first == last else several
