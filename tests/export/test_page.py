"""The page that goes home: each figure in it is the run's or a named assumption's, and it needs nothing else."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from core.commands.command_line import main
from core.export.facts import Facts
from core.export.page import dossier
from core.export.pictures import pictures
from core.export.subject import Subject
from core.formatting import units
from core.formatting.durations import duration
from core.publish.record import presets_of
from core.store import store_folder
from core.store.runs import RECORDED
from core.use_cases import all_use_cases
from core.value import scoreboard_words as words
from core.value.scoreboard import Scoreboard

NAMES = ["retail-coupon_response-recommended", "supply_chain-demand-quick", "healthcare-blood_cells-quick"]
SHIPPED = [f"{u.slug}-{p.name}" for u in all_use_cases() if u.industry != "testing" for p in presets_of(u)]
REST = [pytest.param(name, marks=pytest.mark.long) for name in SHIPPED if name not in NAMES]
OURS = re.compile(r"95%")  # the level of every interval is no figure of a run
_UNPRINTED = ("script", "style", "title")


class Walk(HTMLParser):
    """Texts with the origin of the nearest element that has one, scripts, and addresses."""

    def __init__(self):
        super().__init__()
        self.stack, self.texts, self.scripts, self.addresses = [], [], [], []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.addresses += [told[n] for n in ("src", "href", "action", "data", "poster") if n in told]
        if tag not in ("meta", "br", "link"):
            self.stack.append((tag, told.get("data-origin")))

    def handle_endtag(self, tag):
        assert self.stack.pop()[0] == tag

    def handle_data(self, text):
        if self.stack and self.stack[-1][0] == "script":
            self.scripts.append(text)
        elif text.strip() and not any(tag in _UNPRINTED for tag, _ in self.stack):
            self.texts.append((text, next((o for _tag, o in reversed(self.stack) if o), None)))


def walked(html):
    walk = Walk()
    walk.feed(html)
    assert walk.stack == [] or {tag for tag, _ in walk.stack} <= {"html"}
    return walk


def at(value, path):
    for key in path.split("."):
        value = value[key]
    return value


def known(facts, origin):
    """The texts that an origin may stand for, made again; None: any text that it declares."""
    kind, _, rest = origin.partition(":")
    board = Scoreboard.of(facts.use_case, facts.run.summary)  # as a list of runs has it, not the report
    if kind == "assumption":
        one = next(a for a in facts.assumptions if a.name == rest)
        value = facts.report["value"]["assumptions"][rest]
        ends = " to ".join(units.chosen(end, one.unit) for end in (one.low, one.high))
        return {units.chosen(value, one.unit), ends, one.label, one.source}
    if kind == "dataset":
        one = next(d for d in facts.datasets if d.name == rest)
        return {one.title, one.origin, one.licence, "Real", "Made up", *one.caveats}
    if kind == "scoreboard":
        said = {text for standing in board.every for text in facts.said_of(standing).values()}
        said |= {words.verdict_sentence(board), words.gain_sentence(board), "–"}
        return said | {"A simple method does as well by the headline score."}
    if kind == "report":
        number = at(facts.report, rest)
        if rest == "train_s":
            return {duration(number)}
        if rest == "unit":
            return {f"by bootstrap over {number} x networks"}
        if isinstance(number, int):
            return {f"{number:,}", f"{number:,} networks", f"{number} network"}
        return {str(number)}
    return None


@pytest.mark.parametrize("name", [*NAMES, *REST])
def test_every_figure_on_the_page_is_traced_to_the_run_or_to_a_named_assumption(name):
    facts = Facts(Subject.load(store_folder(), name))
    html = dossier(facts)
    assert len(html.encode()) < 8_000_000
    walk = walked(html)
    assert walk.addresses == []
    untraced = [text for text, origin in walk.texts if not origin and re.search(r"\d", OURS.sub("", text))]
    assert untraced == []
    origins = set()
    for text, origin in walk.texts:
        if origin and (told := known(facts, origin)) is not None:
            assert text in told, (text, origin)
            origins.add(origin.partition(":")[0])
    assert {"scoreboard", "report", "dataset"} <= origins
    assert ("assumption" in origins) is bool(facts.assumptions)


def drawn(walk, name):
    (told,) = re.findall(rf'draw\("chart-{name}", (.*)\);', "\n".join(walk.scripts))
    return json.loads(told)


def test_the_charts_draw_the_numbers_of_the_report():
    facts = Facts(Subject.load(store_folder(), NAMES[0]))
    walk = walked(dossier(facts))
    money = {trace["y"][0].replace("<br>", " "): trace["x"][0] for trace in drawn(walk, "money")["data"]}
    value = facts.report["value"]
    assert money.pop("Network") == value["amount"]
    assert money == {e.get("title", e["name"]): e["amount"] for e in (*value["baselines"], *value["references"])}
    shown = [trace["x"][0] for trace in drawn(walk, "score")["data"]]
    metric = facts.board.metric.name
    assert set(shown) == {
        facts.report["metrics"][metric]["ensemble"]["mean"],
        facts.report["metrics"][metric]["mean"]["mean"],
        *(b["metrics"][metric]["mean"] for b in facts.report["baselines"]),
    }
    losses = drawn(walk, "training")["data"][1]["y"]
    if isinstance(losses, dict):
        losses = np.frombuffer(base64.b64decode(losses["bdata"]), losses["dtype"]).tolist()
    assert losses == [e["validation_loss"] for e in facts.run.progress() if e["event"] == "epoch"]
    assert [p.name for p in pictures(facts)] == ["money", "score", "found", "calibration", "training", "importance"]


def test_text_of_others_is_text(monkeypatch):
    facts = Facts(Subject.load(store_folder(), NAMES[0]))
    facts.report["plan"] = "<img src=x onerror=alert(1)></script>"
    walk = walked(dossier(facts))
    assert walk.addresses == []
    assert "<img src=x onerror=alert(1)></script>" in [text for text, _ in walk.texts]


def test_the_command_writes_it(tmp_path, capsys):
    path = tmp_path / "dossier.html"
    assert main(["export", NAMES[0], "--html", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["recorded"] is True
    assert told["html"]["files"][0]["bytes"] == path.stat().st_size
    assert RECORDED.is_dir()
