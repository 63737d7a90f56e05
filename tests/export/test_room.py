"""The data room: every card is there and says where it comes from, and one command makes the run again."""

from __future__ import annotations

import io
import json
import re
import shlex
import zipfile

import pandas as pd
import pytest

from core.commands.command_line import main
from core.contracts.care import Care
from core.errors import UnknownNameError
from core.export import room
from core.export.facts import NOT_ASSESSED, Facts
from core.export.subject import Subject
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import store_folder
from core.store.packed import checksum
from core.use_cases import all_use_cases, use_case

NAME = "healthcare-heart_disease-quick"
FILES = {
    "README.md", "model_card.md", "data_card.md", "licences.md", "care.md", "assumptions.md", "report.json",
    "report.html", "metrics.json", "config.json", "reproduce.sh", "predictions.parquet", "held_out.parquet",
    "network.py", "network.safetensors", "network.onnx", "parity.json", "manifest.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def subject():
    return Subject.load(store_folder(), NAME)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The ZIP as the command writes it, by name."""
    path = tmp_path_factory.mktemp("room") / "room.zip"
    assert main(["export", NAME, "--zip", str(path)]) == 0
    with zipfile.ZipFile(path) as kept:
        return {name: kept.read(name) for name in kept.namelist()}


def test_it_holds_every_file_whole_and_the_list_knows_them(opened):
    assert set(opened) == FILES
    listed = json.loads(opened["manifest.json"])
    assert listed == {n: checksum(c) for n, c in opened.items() if n != "manifest.json"}
    assert all(f"`{name}`" in opened["README.md"].decode() for name in FILES - {"README.md"})


def test_the_command_in_it_has_the_settings_seed_and_data_of_the_run(opened, subject):
    *words, last = shlex.split(opened["reproduce.sh"].decode().splitlines()[-1])
    assert words[:5] == ["python", "-m", "core", "train", subject.run.use_case]
    assert last == "--json"
    given = {}
    for option, value in zip(words[5::2], words[6::2], strict=True):
        name, _, told = value.partition("=") if option == "--set" else (option.removeprefix("--"), "", value)
        given[name] = told
    assert resolve(settings_of(use_case(subject.run.use_case)), given) == subject.run.settings
    assert json.loads(opened["config.json"])["data_checksum"] == subject.run.config["data_checksum"]


def test_the_predictions_are_those_of_the_run_beside_what_happened(opened, subject):
    said, rows = (pd.read_parquet(io.BytesIO(opened[f"{n}.parquet"])) for n in ("predictions", "held_out"))
    network = said[(said["method"] == "network") & (said["part"] == "test")]
    tested = rows[rows["part"] == "test"]
    assert network["row"].tolist() == tested["row"].tolist()
    assert network[subject.held_out.outputs[0]].to_numpy() == pytest.approx(
        subject.kept(tested["row"].to_numpy())[:, 0]
    )


def test_the_cards_name_licence_limits_assumptions_and_rules(opened, subject):
    facts = Facts(subject)
    model, data = opened["model_card.md"].decode(), opened["data_card.md"].decode()
    front = dict(line.split(": ", 1) for line in model.split("---")[1].strip().splitlines())
    index = json.loads(front["model-index"])[0]["results"][0]["metrics"][0]
    assert index == {
        "type": facts.board.metric.name,
        "name": facts.board.metric.label,
        "value": subject.report["headline"]["ensemble"]["mean"],
    }
    assert {"license", "library_name", "pipeline_tag", "tags", "datasets", "metrics"} <= set(front)
    for dataset in facts.datasets:
        assert dataset.licence in data
        assert dataset.licence in opened["licences.md"].decode()
        assert all(f.sha256 in data for f in dataset.files)
    ledger = opened["assumptions.md"].decode()
    assert all(one.label in ledger and facts.assumed(one).text in ledger for one in facts.assumptions)
    assert "high risk" in opened["care.md"].decode()
    assert facts.verdict.text in model
    assert not re.search(r"\bNone\b|\bnan\b", model + ledger)


@pytest.mark.parametrize("declared", [u for u in all_use_cases() if u.industry != "testing"], ids=lambda u: u.name)
def test_every_use_case_says_what_to_look_out_for(declared):
    """A new one says it in `care`."""
    assert isinstance(declared.care, Care)


def test_a_use_case_that_nobody_assessed_says_so_and_classes_have_names(subject, monkeypatch):
    facts = Facts(subject)
    monkeypatch.setattr(facts, "use_case", use_case("testing/tiny_quantile"))
    assert [fact.text for fact in facts.care()] == [NOT_ASSESSED]
    with pytest.raises(UnknownNameError, match="class of the AI Act"):
        Care(privacy="", bias="", ai_act="harmless", because="")


def test_a_network_that_cannot_be_taken_home_is_said_in_the_readme(subject, monkeypatch):
    monkeypatch.setattr(room, "refusal", lambda *of: "It cannot be written.")
    found = room.contents(subject)
    assert "It cannot be written." in found["README.md"].decode()
    assert not {"network.py", "network.onnx"} & set(found)
