"""The cards of the data room, as Markdown: the model's, the data's, licences, assumptions, and what to look out for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, metadata

from core.datasets import folder_of
from core.export.facts import Fact, Facts
from core.formatting import numbers, units
from core.formatting.text import SENTENCE, plain

_PACKAGES = ("torch", "numpy", "safetensors", "onnx", "onnxruntime", "scikit-learn", "pandas")
_PIPELINES = {  # of Hugging Face, by what the network looks at
    "picture": "image-classification",
    "sound": "audio-classification",
    "series": "time-series-forecasting",
    "text": "text-classification",
}


def model_card(facts: Facts) -> str:
    """With the fields of a Hugging Face model card: metadata in YAML, then its sections."""
    head, metric = facts.report["headline"], facts.board.metric
    fields = {
        "license": "apache-2.0",
        "library_name": "pytorch",
        "pipeline_tag": _pipeline(facts),
        "tags": ["proving-ground", facts.use_case.industry, str(facts.use_case.task.kind)],
        "datasets": [dataset.name for dataset in facts.datasets],
        "metrics": [metric.name],
        "model-index": [
            {
                "name": facts.use_case.name,
                "results": [
                    {
                        "task": {"type": _pipeline(facts), "name": facts.use_case.title},
                        "dataset": {"type": d.name, "name": d.title, "split": "test"},
                        "metrics": [{"type": metric.name, "name": metric.label, "value": head["ensemble"]["mean"]}],
                    }
                    for d in facts.datasets
                ],
            }
        ],
    }
    front = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]  # JSON is YAML
    score = f"{facts.score.label}: **{facts.score.text}** (95% interval {facts.score_interval.text})."
    uses = [facts.use_case.question.who, facts.use_case.question.what_ai_does, facts.use_case.question.detail]
    return _document(
        ["---", *front, "---", ""],
        f"# {facts.use_case.title}",
        facts.summary.text,
        ("## Uses", *filter(None, uses)),
        ("## Bias, risks and limitations", _bullets([*facts.limits(), *facts.care()])),
        (
            "## How to get started",
            "`network.py` needs torch alone, and reads `network.safetensors`; `network.onnx` is the same as ONNX.",
        ),
        ("## Training details", _bullets(facts.about_the_run())),
        ("## Evaluation", score, facts.verdict.text, facts.gain.text, standings_table(facts)),
        ("## Environmental impact", energy(facts)),
    )


def energy(facts: Facts) -> str:
    """Of the training, and how it is known."""
    told = facts.report.get("energy") or {}
    joules = told.get("joules")
    if joules is None:
        return "The energy of the training is not known."
    return f"Training took {numbers.energy(joules)} ({told.get('label', 'estimated')})."


def data_card(facts: Facts) -> str:
    """Of every data set: what is declared, and its own card."""
    parts: list[str | tuple[str, ...]] = ["# Data"]
    for dataset in facts.datasets:
        made = "made up" if dataset.synthetic else "real"
        told = [f"- **Origin**: {dataset.origin}", f"- **Licence**: {dataset.licence}", f"- **Rows are**: {made}"]
        files = [f"- `{f.name}`: {numbers.count(f.rows)} rows, SHA-256 `{f.sha256}`" for f in dataset.files]
        parts.append((f"## {dataset.title}", "\n".join([*told, *files])))
        card = folder_of(dataset) / "CARD.md"
        if card.is_file():
            parts.append(card.read_text(encoding="utf-8").replace("\n# ", "\n### ").replace("# ", "### ", 1))
    return _document(*parts)


def licences(facts: Facts) -> str:
    """The licence passport: of code, weights, data, and the packages that they need."""
    rows = ["| what | licence |", "|---|---|"]
    rows.append("| code (`network.py`, Proving Ground) | Apache License 2.0 |")
    rows.append("| weights (`network.safetensors`, `network.onnx`) | Apache License 2.0, as far as the data's allow |")
    rows += [f"| data: {_cell(d.title)} | {_cell(d.licence)} |" for d in facts.datasets]
    for name in _PACKAGES:
        try:
            told = metadata(name)
        except PackageNotFoundError:
            continue
        stated = [told[field] for field in ("License-Expression", "License") if field in told]
        licence = (stated or ["see the package"])[0].splitlines()[0]
        rows.append(f"| package: {name} {told['Version']} | {_cell(licence[:80])} |")
    note = "Where a data set's licence is unknown, ask its owner before you sell what was learned from it."
    return _document("# Licences", "\n".join(rows), note)


def assumption_ledger(facts: Facts) -> str:
    """Every number of the money that the data did not give, where it comes from, and how far it may lie off."""
    if not facts.assumptions:
        return _document("# Assumptions", "No money was counted, so nothing was assumed.")
    rows = ["| assumption | value | from | to | guess | source |", "|---|---|---|---|---|---|"]
    for one in facts.assumptions:
        ends = [units.chosen(end, one.unit) for end in (one.low, one.high)]
        said = [one.label, facts.assumed(one).text, *ends, "yes" if one.guess else "no", one.source]
        rows.append(f"| {' | '.join(_cell(each) for each in said)} |")
    return _document("# Assumptions", facts.gain.text, "\n".join(rows))


def care_card(facts: Facts) -> str:
    """Bias, privacy and regulation."""
    return _document("# Bias, privacy, regulation", _bullets(facts.care()), "## Limits", _bullets(facts.limits()))


def standings_table(facts: Facts) -> str:
    """Network, simple methods and policies as a table."""
    every = [facts.said_of(standing) for standing in facts.board.every]
    names = [name for name in every[0] if any(said[name] for said in every)]
    lines = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    return "\n".join([*lines, *(f"| {' | '.join(_cell(said[name]) for name in names)} |" for said in every)])


def _pipeline(facts: Facts) -> str:
    of_table = (
        "tabular-classification" if facts.use_case.task.kind in ("binary", "multiclass") else "tabular-regression"
    )
    if facts.use_case.task.kind == "detection":
        return "object-detection"
    return _PIPELINES.get(str(facts.use_case.seen), of_table)


def _bullets(facts: Iterable[Fact]) -> str:
    return "\n".join(f"- **{f.label}**: {f.text}" if f.label else f"- {f.text}" for f in facts)


def _cell(text: object) -> str:
    return plain(text, SENTENCE).replace("|", "/")


def _document(*parts: str | Sequence[str]) -> str:
    """Parts with an empty line between them; a list of lines as it is."""
    found = []
    for part in parts:
        if isinstance(part, list):
            found.append("\n".join(part).rstrip())
        else:
            found += [part] if isinstance(part, str) else [each for each in part if each]
    return "\n\n".join(each for each in found if each) + "\n"
