"""What the commands print: JSON alone on stdout, or lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from core.contracts import Report
from core.evaluation.metrics import metric_named
from core.formatting import numbers
from core.formatting.as_json import as_json
from core.formatting.text import SENTENCE, json_for_terminal, plain, say


def print_json(value: Any) -> None:
    """A value as indented JSON."""
    print(json_for_terminal(as_json(value, indent=1, escaped=False)))


def print_rows(rows: Sequence[Any]) -> None:
    """A long list as JSON, a row a line: with an indent it took longer to write than to make."""
    each = ",\n".join(as_json(row, escaped=False) for row in rows)
    print(f"[\n{json_for_terminal(each)}\n]")


def describe(report: Report) -> None:
    """A report in lines: headline, simple methods, what is undefined, and its worth."""
    head, value = report["headline"], report["value"]
    metric = metric_named(head["metric"])
    write = partial(numbers.score, metric, more=1)
    interval = numbers.score_between(metric, head["low"], head["high"], more=1)
    say(f"{metric.name} {write(head['mean'])} ({interval}), mean of {head['members']}")
    say(f"  ensemble {write(head['ensemble']['mean'])}")
    for baseline in report["baselines"]:
        say(f"  {plain(baseline['title'])} {write(baseline['value'])}")
    for method in report.get("not_fitted", []):
        say(f"  {plain(method['title'])} could not be fitted. {plain(method['reason'], SENTENCE)}")
    for name, entry in report["metrics"].items():
        if entry["ensemble"].get("undefined"):
            say(numbers.why_undefined(metric_named(name), entry["ensemble"]))
    if value:
        say(f"worth {numbers.money(value['amount'], value['currency'])} per {value['per']}")
