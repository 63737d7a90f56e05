"""The slides that go home: python-pptx reads them back, with charts that can be edited, notes, and nothing cut off."""

from __future__ import annotations

import sys

import pytest
from pptx import Presentation
from pptx.util import Pt

from core.commands.command_line import main
from core.export.deck import Bar, Deck, _size
from core.export.facts import Facts
from core.export.slides import deck_of
from core.export.subject import Subject
from core.publish.record import presets_of
from core.store import store_folder
from core.use_cases import all_use_cases

NAMES = ["retail-coupon_response-recommended", "healthcare-blood_cells-quick"]
SHIPPED = [f"{u.slug}-{p.name}" for u in all_use_cases() if u.industry != "testing" for p in presets_of(u)]
REST = [pytest.param(name, marks=pytest.mark.long) for name in SHIPPED if name not in NAMES]


@pytest.mark.parametrize("name", [*NAMES, *REST])
def test_slides_hold_the_run_in_charts_that_can_be_edited(name, tmp_path):
    facts = Facts(Subject.load(store_folder(), name))
    (tmp_path / "run.pptx").write_bytes(deck_of(facts))
    deck = Presentation(tmp_path / "run.pptx")
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[0] == facts.use_case.title
    assert "Bias, privacy, regulation" in titles
    assert ("What the money assumes" in titles) is bool(facts.assumptions)
    for slide in deck.slides:
        assert slide.has_notes_slide
        assert slide.notes_slide.notes_text_frame.text.strip()
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height
            for paragraph in shape.text_frame.paragraphs if shape.has_text_frame else ():
                assert all(run.font.size >= Pt(10) for run in paragraph.runs)
    charts = {s.shapes.title.text_frame.text: x.chart for s in deck.slides for x in s.shapes if x.has_chart}
    board = facts.board
    scores = [s.score["mean"] for s in board.every if s.score and s.score["mean"] is not None]
    assert [*charts["How well it predicts"].plots[0].series[0].values] == pytest.approx(scores[::-1])
    if board.currency:
        amounts = [s.amount["amount"] for s in board.every if s.amount and s.amount["amount"] is not None]
        assert [*charts["What it is worth"].plots[0].series[0].values] == pytest.approx(amounts[::-1])
    losses = [e["validation_loss"] for e in facts.run.progress() if e["event"] == "epoch"]
    assert [*charts["How it learned"].plots[0].series[1].values] == pytest.approx(losses)


def test_a_gap_is_a_gap_and_long_text_gets_smaller(tmp_path):
    import pptx

    from core.charts.look import LIGHT

    deck = Deck(pptx, LIGHT)
    deck.lines("A gap", "No loss in the middle.", ["1", "2", "3"], {"loss": [1.0, None, 2.0]})
    deck.bars("Bars", "One.", "series", [Bar(name="a", value=1.0, role="network")], "0.0")
    with (tmp_path / "gap.pptx").open("wb") as out:
        deck.save(out)
    (chart,) = (s.chart for s in Presentation(tmp_path / "gap.pptx").slides[0].shapes if s.has_chart)
    assert [*chart.plots[0].series[0].values] == [1.0, None, 2.0]
    assert 10 <= _size(["word " * 400], 12, 5) < _size(["word"], 12, 5)


def test_the_command_writes_them_and_a_missing_package_is_one_sentence(tmp_path, monkeypatch, capsys):
    path = tmp_path / "run.pptx"
    assert main(["export", NAMES[0], "--pptx", str(path)]) == 0
    assert path.read_bytes()[:2] == b"PK"
    monkeypatch.setitem(sys.modules, "pptx", None)
    assert main(["export", NAMES[0], "--pptx", str(path)]) == 2
    assert "python-pptx, which is not installed" in capsys.readouterr().err
