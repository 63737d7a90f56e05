"""docs/results.md, written from docs/results.json: a table of all use cases, and each with every method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from core.contracts import Metric
from core.contracts.measured import Measured, MeasuredValue
from core.contracts.report import Range
from core.errors import UserError
from core.evaluation.metrics import METRICS, metric_named
from core.formatting.numbers import between, count, counted, fixed, undefined
from core.formatting.scores import is_share, score, score_between
from core.store.files import read_json, write_atomically, write_json
from core.store.shapes import shape_of

_FILE = shape_of(dict[str, Measured], {"metric": METRICS})
DOCS = Path(__file__).parents[2] / "docs"
_FIGURES, _PAGE = "results.json", "results.md"
_VERDICT = {"win": "network is better", "tie": "no difference shown", "loss": "this one is better"} | {
    "undefined": "undefined"
}


def save(entry: Measured, docs: Path = DOCS) -> None:
    """Put one measurement into docs/results.json and write docs/results.md anew from it."""
    figures = load(docs)
    figures[f"{entry['use_case']}:{entry['variant']}"] = entry
    write_json(docs / _FIGURES, figures)
    text = page(figures, docs)
    write_atomically(docs / _PAGE, lambda path: path.write_text(text, encoding="utf-8"))


def load(docs: Path = DOCS) -> dict[str, Measured]:
    """The measurements so far; none where nothing was measured. Raises UserError."""
    path = docs / _FIGURES
    try:
        return dict(read_json(path, _FILE)) if path.is_file() else {}
    except ValueError as error:
        raise UserError(
            "docs/{figures} holds the measurements; it cannot be read ({error}). Restore it, or delete it "
            "and measure again: python -m core results.",
            figures=_FIGURES,
            error=error,
        ) from error


def page(figures: Mapping[str, Measured], docs: Path = DOCS) -> str:
    """docs/results.md as text: a table of all, then each with every method; notes by hand lie in docs/results/."""
    entries = [figures[k] for k in sorted(figures)]
    parts = [
        "# Results",
        "Made by `python -m core results`; do not edit by hand. Each use case was trained with several seeds (five "
        "unless its section says otherwise) at its recommended settings. Scores are means over the seeds on held-out "
        "rows, with a 95% interval by bootstrap over test units, seeds and members; differences are paired on the same "
        "draws. A baseline is refitted on the same plan, untuned and tuned on validation. Training times are of a "
        "shared, noisy machine.",
        "\n".join(_overview(entries)),
        *(_section(e, docs) for e in entries),
    ]
    return "\n\n".join(parts) + "\n"


def _overview(entries: Sequence[Measured]) -> list[str]:
    lines = [
        "| use case | headline | network, ensemble | mean of members | best baseline | verdict | training |",
        "|---|---|---|---|---|---|---|",
    ]
    for e in entries:
        metric, scores = metric_named(e["headline"]), e["metrics"][e["headline"]]
        titles = {b["name"]: b["title"] for b in e["baselines"]}
        sign = 1 if metric.higher_is_better else -1
        known = {name: b["mean"] for name, b in scores["baselines"].items() if b["mean"] is not None}
        name = max(known, key=lambda n: sign * known[n], default="")
        best = f"{titles[name]} {_four(metric, known[name])}" if name else "none"
        verdict = scores["baselines"][name]["ensemble_minus_this"]["verdict"] if name else "undefined"
        lines.append(
            f"| {_title(e)} | {metric.short} | {_ranged(metric, scores['ensemble'])} | "
            f"{_ranged(metric, scores['mean'])} | "
            f"{best} | {verdict} | {fixed(float(np.mean(e['train_s'])), 0)} s |"
        )
    return lines


def _section(e: Measured, docs: Path) -> str:
    rows, names = e["rows"], list(e["metrics"])
    shorts = [metric_named(n).short for n in names]
    metric = metric_named(e["headline"])
    folds = counted(rows["folds"], "{count} fold", "{count} folds")
    seeds = counted(e["seeds"], "{count} seed", "{count} seeds")
    members = counted(e["members"], "{count} member predicts", "{count} members predict")
    lines = [
        f"## {_title(e)}\n",
        f"{count(rows['test'])} test rows of {count(rows['all'])}, {folds}. {seeds}; in each run {members} a test row. "
        f"Bootstrap over: {e['unit']}. Training took {between(min(e['train_s']), max(e['train_s']), _whole)} s "
        f"on {e['device']}, {e['date']}.\n",
        f"| method | {' | '.join(shorts)} | network's ensemble minus it: {metric.short} (95%) | verdict |",
        "|---|" + "---|" * (len(shorts) + 2),
    ]
    every = [(metric_named(n), e["metrics"][n]) for n in names]
    for label, cells in (
        (f"network, ensemble of {e['members']}", [_ranged(each, m["ensemble"]) for each, m in every]),
        ("network, mean of members", [_ranged(each, m["mean"]) for each, m in every]),
    ):
        lines.append(f"| {label} | {' | '.join(cells)} | | |")
    for b in e["baselines"]:
        cells = [_four(each, m["baselines"][b["name"]]["mean"]) for each, m in every]
        paired = e["metrics"][e["headline"]]["baselines"][b["name"]]["ensemble_minus_this"]
        gap = _ranged(metric, paired, sign=True)
        lines.append(f"| {b['title']} | {' | '.join(cells)} | {gap} | {_VERDICT[paired['verdict']]} |")
    why = dict.fromkeys(f"{metric_named(n).label} is undefined. {_why(e, n)}" for n in names if _why(e, n))
    lines += [f"\n{sentence}" for sentence in why]
    if e["value"]:
        lines.append(f"\n{_money(e['value'])}")
    notes = docs / "results" / f"{e['use_case'].replace('/', '-')}.md"
    if notes.is_file():
        lines.append(f"\nWhat was tried, and how to read it: [{notes.stem}](results/{notes.name}).")
    return "\n".join(lines)


def _money(value: MeasuredValue) -> str:
    amounts = [amount for amount in value["amounts"] if amount is not None]
    if len(amounts) < len(value["amounts"]):
        return f"Net value per {value['per']}: undefined."
    text = (
        f"Net value per {value['per']} with the declared assumptions: {count(float(np.mean(amounts)))} "
        f"{value['currency']} ({between(min(amounts), max(amounts), _whole)} over the seeds)"
    )
    best = value["best_reference"]
    if best and best["amount"] is not None:
        text += f"; best simple policy, {best['name'].lower()}: {count(best['amount'])}"
    known = [(b["amount"], b["title"]) for b in value["baselines"] if b["amount"] is not None]
    most, title = max(known, key=lambda one: one[0], default=(0.0, ""))
    return text + (f"; best baseline, {title.lower()}: {count(most)}." if known else ".")


def _title(e: Measured) -> str:
    return f"{e['use_case']}" + (f", {e['variant']}" if e["variant"] else "")


def _ranged(metric: Metric, entry: Range, *, sign: bool = False) -> str:
    if entry["mean"] is None:
        return undefined()
    low, high = entry["low"], entry["high"]
    ends = f"{_four(metric, low, sign)} to {_four(metric, high, sign)}"
    if is_share(metric):
        ends = score_between(metric, low, high, more=1, sign=sign)
    return f"{_four(metric, entry['mean'], sign)} ({ends})"


def _why(e: Measured, name: str) -> str:
    """Why a metric of the network has no value; empty where it has one."""
    return str(e["metrics"][name]["ensemble"].get("undefined", ""))


def _whole(value: float, _more: int) -> str:
    return count(value)


def _four(metric: Metric, value: float | None, sign: bool = False) -> str:
    if is_share(metric):
        return score(metric, value, more=1, sign=sign)
    return undefined() if value is None else fixed(value, 4, sign=sign)
