"""Text that others wrote is plain everywhere: what may reach Markdown, the functions that make text plain, charts."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.formatting.text import NAME, choice, escape_markdown, for_terminal, json_for_terminal, named, plain, with_bold

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "pages").rglob("*.py"))


def test_tables_are_drawn_in_one_place() -> None:
    """`drawing.table` makes headings and cells plain."""
    drawn = [path.name for path in PAGES if ".dataframe(" in path.read_text("utf-8")]
    assert drawn == ["drawing.py"]


def test_scripts_in_the_browser_write_text_and_never_markup() -> None:
    scripts = sorted((ROOT / "pages").rglob("*.js"))
    assert scripts
    for script in scripts:
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "createContextualFragment"):
            assert word not in script.read_text("utf-8"), script.name


def test_every_chart_is_made_by_the_one_constructor() -> None:
    """There every text of a figure is made plain."""
    for path in [*sorted((ROOT / "core").rglob("*.py")), *PAGES]:
        made = [
            line for line in path.read_text("utf-8").splitlines() if "go.Figure(" in line or "plotly.express" in line
        ]
        assert not made or path.name == "drawn.py", path
        if "charts" in path.parts and path.name != "look.py":
            assert "Drawn(" not in path.read_text("utf-8").replace("class Drawn", ""), path


def test_a_slider_s_choice_is_read_aloud_without_a_backslash_where_none_is_needed() -> None:
    assert choice("$2.40") == "$2.40"
    assert choice("$2 and $3") == "\\$2 and \\$3", "two of them would be a formula"
    assert choice("[a](b) $1") == "\\[a\\](b) $1"


HOSTILE = [
    ("expired. Sign in at https://example.invalid/a", "://"),
    ("HTTP://example.invalid", "://"),
    ("see www.example.invalid now", "www."),
    ("write to me@example.invalid", "me@"),
    (":smile: and :material/home: and :red[x]", ":smile:"),
]


@pytest.mark.parametrize(("text", "told"), HOSTILE)
def test_nothing_is_left_that_streamlit_would_make_a_link_or_an_icon_of(text: str, told: str) -> None:
    made = escape_markdown(text)
    assert told not in made
    assert made.replace("\u2060", "").replace("\\", "") == text


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("![a](x.png)", "!\\[a\\](x.png)"),
        ("<a href='x'>b</a>", "\\<a href='x'\\>b\\</a\\>"),
        ("$5 and $6", "\\$5 and \\$6"),
        ("1. first", "1\\. first"),
        ("# title", "\\# title"),
        ("- item", "\\- item"),
        ("-5.0", "-5.0"),
        ("Run of 28 Nov 2026, 18:41:07 UTC", "Run of 28 Nov 2026, 18:41:07 UTC"),
        ("10:100:5 and :100:", "10:\u2060100:\u20605 and :\u2060100:"),
        ("a_b*c`d~e&amp;", "a\\_b\\*c\\`d\\~e\\&amp;"),
        ("a -> b", "a -\u2060\\> b"),
        ("Demand (monthly), 3.5 mm!", "Demand (monthly), 3.5 mm!"),
        (None, "None"),
        (7, "7"),
    ],
)
def test_markdown_of_others_is_shown_letter_by_letter(text: object, made: str) -> None:
    assert escape_markdown(text) == made


def test_the_one_mark_that_a_declaration_may_set_is_bold() -> None:
    assert with_bold("**Offers that fit.** A [link](https://example.invalid)") == (
        "**Offers that fit.** A \\[link\\](https:\u2060//example.invalid)"
    )
    assert with_bold("2 ** 3") == "2 \\*\\* 3"


def test_names_are_cut_and_sentences_are_bounded() -> None:
    assert plain("x" * 101) == "x" * 99 + "…"
    assert plain("x" * NAME) == "x" * NAME
    assert len(named("x" * 10**6)) == NAME
    assert len(escape_markdown("x" * 10**6)) == 1_000


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07a\x1b]8;;https://example.invalid\x1b\\b", "ab"),
        ("\x9b31mred", "red"),
        ("two\nlines\r\nand\ttabs\u2028", "two lines and tabs"),
        ("evil\u202egnp.exe\u2066", "evilgnp.exe"),
        ("zero\u200bwidth\ufeff\xad", "zerowidth"),
        ("bell\x07 back\x08 del\x7f nul\x00", "bell back del nul"),
        ("half \ud800", "half \ufffd"),
        ("Grüße, 試驗場, 👩\u200d🔬", "Grüße, 試驗場, 👩\u200d🔬"),
    ],
)
def test_nothing_steers_a_terminal_or_turns_the_direction(text: str, seen: str) -> None:
    assert plain(text) == seen
    assert for_terminal(f"  {text.replace(chr(10), '')}").split() == seen.replace("two lines", "twolines").split()


def test_lines_for_a_terminal_keep_their_order_and_their_indent() -> None:
    assert for_terminal("a\n  b\x1b[2J") == "a\n  b"


def test_json_for_a_terminal_says_the_same() -> None:
    import json

    said = {"title": "evil\u202e\x9b31m \u200b Grüße"}
    written = json_for_terminal(json.dumps(said, ensure_ascii=False))
    assert json.loads(written) == said
    assert "\u202e" not in written
    assert "\x9b" not in written
    assert "Grüße" in written
