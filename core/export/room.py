"""The data room of a run: one ZIP with report, cards, weights, code, predictions, and a command that makes it again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from core.errors import UserError
from core.export import cards
from core.export.facts import Facts
from core.export.network_files import code
from core.export.onnx_file import onnx_file
from core.export.page import dossier
from core.export.parity import Parity
from core.export.plain_code import refusal
from core.export.subject import Subject
from core.formatting.as_json import as_json
from core.store.packed import checksum

_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same run gives the same bytes
_README = """# {title}: data room

{verdict}

{gain}

| file | what |
|---|---|
| `report.html` | the report as one page, with charts |
| `report.json` | everything that was measured |
| `metrics.json` | network, simple methods, policies: scores, money, paired differences |
| `model_card.md` | the model, with the fields of Hugging Face |
| `data_card.md` | the data: origin, licence, caveats, checksums |
| `licences.md` | code, weights, data, packages |
| `care.md` | bias, privacy, regulation, limits |
| `assumptions.md` | every number of the money that no data gave |
| `predictions.parquet`, `held_out.parquet` | what was predicted of each held-out row, and what happened |
| `config.json`, `reproduce.sh` | settings, seed, versions; one command makes the run again |
{network}| `manifest.json` | every file with its SHA-256 |

Make it again, in a checkout of Proving Ground (another machine rounds otherwise: the last digits may differ):

    sh reproduce.sh
"""
_NETWORK = """| `network.py`, `network.safetensors` | the network as plain PyTorch, and its weights |
| `network.onnx` | the same as ONNX |
| `parity.json` | how far both are from the run's own predictions |
"""


def data_room(subject: Subject) -> bytes:
    """The ZIP; the network is in it where it can be taken home, and why not where it cannot."""
    files = contents(subject)
    manifest = {name: checksum(content) for name, content in files.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as room:
        for name, content in (*files.items(), ("manifest.json", _json(manifest))):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.external_attr = (0o755 if name.endswith(".sh") else 0o644) << 16
            room.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def contents(subject: Subject) -> dict[str, bytes]:
    """Every file by its name, but the list of them."""
    facts = Facts(subject)
    network, why = _network(subject)
    told = {"title": facts.use_case.title, "verdict": facts.verdict.text, "gain": facts.gain.text}
    missing = f"| no network | {why} |\n"
    return {
        "README.md": _README.format(**told, network=missing if why else _NETWORK).encode(),
        "model_card.md": cards.model_card(facts).encode(),
        "data_card.md": cards.data_card(facts).encode(),
        "licences.md": cards.licences(facts).encode(),
        "care.md": cards.care_card(facts).encode(),
        "assumptions.md": cards.assumption_ledger(facts).encode(),
        "report.html": dossier(facts).encode(),
        "report.json": subject.run.content("report.json"),
        "metrics.json": _json(facts.board.to_json()),
        "config.json": _json(dict(subject.run.config)),
        "reproduce.sh": f"#!/bin/sh\n# The same settings, seed and data.\n{facts.command()}\n".encode(),
        **_predictions(subject),
        **network,
    }


def _network(subject: Subject) -> tuple[dict[str, bytes], str]:
    """The network's files, or a sentence that says why there are none."""
    try:
        if why := refusal(subject.use_case, subject.ensemble):
            return {}, why
    except UserError as error:
        return {}, str(error)
    plain, exported = code(subject, Path("network.py")), onnx_file(subject)
    assert plain.parity is not None
    parity: Mapping[str, Parity] = {"network.py": plain.parity, "network.onnx": exported.parity}
    return {
        **{path.name: content for path, content in plain.files.items()},
        "network.onnx": exported.content,
        "parity.json": _json({name: each.to_json() for name, each in parity.items()}),
    }, ""


def _predictions(subject: Subject) -> dict[str, bytes]:
    """What was predicted of each held-out row by each method, members averaged, and the rows themselves."""
    import pandas as pd

    found = subject.held_out
    parts = []
    for part, of in (("validation", found.validation), ("test", {n: each.mean(0) for n, each in found.test.items()})):
        rows = found.rows_of(part)["row"].to_numpy()
        for source, values in of.items():
            columns = {output: values[:, o] for o, output in enumerate(found.outputs)}
            parts.append(pd.DataFrame({"row": rows, "part": part, "method": source, **columns}))
    return {"predictions.parquet": _parquet(pd.concat(parts)), "held_out.parquet": _parquet(found.rows)}


def _parquet(table: object) -> bytes:
    out = io.BytesIO()
    table.to_parquet(out, index=False)  # type: ignore[attr-defined]
    return out.getvalue()


def _json(value: object) -> bytes:
    return (as_json(value, indent=1, escaped=False) + "\n").encode()
