"""What the commands print: JSON alone on stdout, or lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from core.contracts import Report, Task
from core.diagnosis.ending import training_words
from core.evaluation.metrics import metric_named
from core.formatting import numbers, scores
from core.formatting.as_json import as_json
from core.formatting.text import SENTENCE, json_for_terminal, plain, say
from core.value.scoreboard import Scoreboard


def print_json(value: Any) -> None:
    """A value as indented JSON."""
    print(json_for_terminal(as_json(value, indent=1, escaped=False)))


def print_rows(rows: Sequence[Any]) -> None:
    """A long list as JSON, a row a line: with an indent it took longer to write than to make."""
    each = ",\n".join(as_json(row, escaped=False) for row in rows)
    print(f"[\n{json_for_terminal(each)}\n]")


def describe(report: Report, board: Scoreboard | None = None, task: Task | None = None) -> None:
    """A report in lines: the score that pages show, that of single networks, simple methods, what is undefined, how
    the training ended, and its worth. board: what the worth is told over; task: whose unit the scores have."""
    head, value = report["headline"], report["value"]
    metric = metric_named(head["metric"])
    unit = scores.unit_of(metric, task) if task else ""
    write = partial(scores.score_with_unit, metric, task, more=1) if task else partial(scores.score, metric, more=1)
    interval = scores.score_between(metric, head["low"], head["high"], more=1, unit=unit)
    whole, of = head["ensemble"], head["members"]
    ends = scores.score_between(metric, whole["low"], whole["high"], more=1, unit=unit)
    say(f"{metric.name} {write(whole['mean'])} ({ends})")
    say(f"  single networks: mean {write(head['mean'])} ({interval}) of {of}")
    for baseline in report["baselines"]:
        say(f"  {plain(baseline['title'])} {write(baseline['value'])}")
    for method in report.get("not_fitted", []):
        say(f"  {plain(method['title'])} could not be fitted. {plain(method['reason'], SENTENCE)}")
    for name, entry in report["metrics"].items():
        if entry["ensemble"].get("undefined"):
            say(scores.why_undefined(metric_named(name), entry["ensemble"]))
    if value:
        say(f"worth {numbers.money(value['amount'], value['currency'])} per {value['per']}")
    for standing in (board.compared, board.best_simple_money) if board else ():
        if standing and (paired := standing.amount_difference):
            gain = numbers.money(paired["mean"], board.currency, sign=True) if board else ""
            say(f"  {gain} over {plain(standing.title)}: {_VERDICTS[paired['verdict']]}")
    say(training_words(report))


_VERDICTS = {
    "win": "clearly more",
    "tie": "not distinguishable",
    "loss": "clearly less",
    "undefined": "not tested",
}
