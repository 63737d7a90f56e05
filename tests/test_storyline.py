"""What a presenter shows, beat by beat: declared, changed, kept, and read back whatever a file holds."""

import json
from pathlib import Path

import pytest

from core.contracts.storyline import Beat, BeatKind, Storyline
from core.store import storylines
from core.use_cases import all_use_cases, use_case

COUPON = use_case("retail/coupon_response")


def test_every_use_case_has_a_storyline_that_leaves_out_what_it_has_not() -> None:
    for declared in all_use_cases():
        kinds = [beat.kind for beat in Storyline.declared(declared).beats]
        assert kinds[0] is BeatKind.PROBLEM
        assert kinds[-1] is BeatKind.ASK
        assert (BeatKind.MONEY in kinds) == (declared.value is not None)
        assert (BeatKind.BREAK_IT in kinds) <= (declared.value is not None)


def test_beats_are_moved_changed_and_hidden() -> None:
    story = Storyline.declared(COUPON)
    moved = story.moved(BeatKind.MONEY, -1)
    assert [b.kind for b in moved.beats].index(BeatKind.MONEY) == [b.kind for b in story.beats].index(BeatKind.BREAK_IT)
    assert story.moved(BeatKind.PROBLEM, -1) == story
    hidden = story.changed(BeatKind.DATA, hidden=True, minutes=9.0)
    assert BeatKind.DATA not in [b.kind for b in hidden.shown]
    assert hidden.minutes == story.minutes - 1.0
    nothing = Storyline(tuple(Beat(kind=b.kind, hidden=True) for b in story.beats))
    assert len(nothing.shown) == len(story.beats), "an empty stage helps nobody"


def test_what_is_kept_comes_back_and_is_each_visitors_own(tmp_path: Path) -> None:
    mine = Storyline.declared(COUPON).changed(BeatKind.ASK, words="Buy it.", note="Smile.").moved(BeatKind.ASK, -3)
    storylines.keep(tmp_path, COUPON, "web-a", mine)
    assert storylines.read(tmp_path, COUPON, "web-a") == (mine, "")
    assert storylines.read(tmp_path, COUPON, "web-b") == (Storyline.declared(COUPON), "")
    assert not any("web-a" in path.name for path in (tmp_path / "storylines").iterdir())
    storylines.forget(tmp_path, COUPON, "web-a")
    assert storylines.read(tmp_path, COUPON, "web-a") == (Storyline.declared(COUPON), "")


def test_a_beat_that_came_since_stands_at_the_end_and_one_that_is_gone_is_left_out() -> None:
    told = Storyline.declared(COUPON).to_json()
    told["beats"] = [one for one in told["beats"] if one["kind"] != "risks"] * 2
    assert [b.kind for b in Storyline.from_json(told, COUPON).beats][-1] is BeatKind.RISKS
    assert len(Storyline.from_json(told, COUPON).beats) == len(BeatKind)


GOOD = {"kind": "data", "words": "", "note": "", "minutes": 1, "hidden": False}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"beats": 1}',
        '{"beats": [1]}',
        *(
            json.dumps({"beats": [GOOD | wrong]})
            for wrong in (
                {"kind": "nothing"},
                {"kind": 3},
                {"words": None},
                {"words": "x" * 201},
                {"minutes": True},
                {"minutes": -1},
                {"minutes": "1"},
                {"hidden": 0},
            )
        ),
    ],
)
def test_a_damaged_file_is_said_and_the_declared_one_is_shown(tmp_path: Path, content: str) -> None:
    (tmp_path / "storylines").mkdir()
    (tmp_path / "storylines" / f"{COUPON.slug}.json").write_text(content)
    story, problem = storylines.read(tmp_path, COUPON, None)
    assert story == Storyline.declared(COUPON)
    assert problem.startswith("The kept storyline cannot be read")
