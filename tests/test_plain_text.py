"""Text that others wrote is plain everywhere: what may reach Markdown, the functions that make text plain, charts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.text import NAME, for_terminal, json_for_terminal, literal, named, plain, with_bold

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "pages").rglob("*.py"))
# Of these Streamlit reads the first argument as Markdown, and of any call the keywords.
FIRST = {
    *("markdown", "caption", "info", "warning", "error", "success", "title", "header", "subheader", "write", "toast"),
    *("metric", "button", "toggle", "slider", "select_slider", "selectbox", "number_input", "pills", "checkbox"),
    *("segmented_control", "popover", "expander", "spinner", "radio", "tabs", "badge", "multiselect", "text_input"),
    *("text_area", "file_uploader", "download_button", "link_button", "table", "exception", "chat_message"),
}
PAGE = {"Page", "page_link"}
KEYWORDS = {"help", "label", "text", "delta", "title", "body", "summary", "caption", "captions", "placeholder"}
CHOICES = {"pills", "segmented_control", "radio"}  # what their format_func writes is Markdown too
LITERAL = {"literal", "named", "with_bold"}
# Words and numbers without others' text.
OURS = {
    *("_", "len", "duration", "span", "short", "at_most", "verdict", "energy_words", "_formula", "numbers.score"),
    *("numbers.count", "numbers.counted", "numbers.exact", "numbers.significant", "numbers.size", "numbers.level"),
    *("numbers.percent", "numbers.points", "numbers.part_of", "numbers.energy", "numbers.score_between"),
}
METRIC = {"metric(name).label", "judge.label", "judge.help"}  # metrics are the house's alone


class Reader:
    """Follows an expression to what it is made of, within one module."""

    def __init__(self, tree: ast.Module) -> None:
        self.functions = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
        self.busy: set[object] = set()

    def is_ours(self, node: ast.AST, inside: ast.AST) -> bool:
        """Whether there is nothing of others in it that was not made literal. inside: the function around it."""
        match node:
            case ast.Constant():
                return True
            case ast.FormattedValue(value=value, format_spec=spec):
                return spec is not None or self.is_ours(value, inside)  # a number is written with its format
            case ast.Call(func=ast.Attribute(value=sentence, attr="format" | "join"), args=args, keywords=keywords):
                written = ast.unparse(sentence)
                filled = [k.value for k in keywords if f"{{{k.arg}:" not in written]
                return all(self.is_ours(part, inside) for part in (sentence, *args, *filled))
            case ast.Call(func=called):
                name = ast.unparse(called)
                return name in LITERAL | OURS or self._returns_ours(name)
            case ast.Name(id=name):
                return name.isupper() or name.lstrip("_").isupper() or self._holds_ours(name, inside)
            case ast.Attribute():
                return ast.unparse(node) in METRIC or node.attr.isupper()
            case ast.Subscript(value=value):
                return self.is_ours(value, inside)
            case ast.IfExp(body=one, orelse=other):
                return self.is_ours(one, inside) and self.is_ours(other, inside)
            case ast.GeneratorExp(elt=each) | ast.ListComp(elt=each) | ast.DictComp(value=each):
                return self.is_ours(each, inside)
            case ast.BinOp(left=one, right=other):
                return self.is_ours(one, inside) and self.is_ours(other, inside)
            case ast.JoinedStr(values=parts) | ast.BoolOp(values=parts) | ast.Dict(values=parts):
                return all(self.is_ours(part, inside) for part in parts)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return all(self.is_ours(part, inside) for part in parts)
        return False

    def _returns_ours(self, name: str) -> bool:
        found = self.functions.get(name)
        returned = [n.value for n in ast.walk(found) if isinstance(n, ast.Return) and n.value] if found else []
        return bool(returned) and self._once(name, returned, found)

    def _holds_ours(self, name: str, inside: ast.AST) -> bool:
        values = list(assigned(name, inside))
        return bool(values) and self._once((name, inside), values, inside)

    def _once(self, key: object, values: list[ast.AST], inside: ast.AST | None) -> bool:
        """A name that is made of itself (`parts += ...`) is judged by its other parts."""
        if key in self.busy or inside is None:
            return True
        self.busy.add(key)
        try:
            return all(self.is_ours(value, inside) for value in values)
        finally:
            self.busy.discard(key)


def assigned(name: str, inside: ast.AST) -> Iterator[ast.AST]:
    """All that a name may hold: what is assigned or appended to it, or its place in the rows of a loop."""
    for node in ast.walk(inside):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case ast.AugAssign(target=ast.Name(id=target), value=value) if target == name:
                yield value
            case ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr="append"), args=[value]) if target == name:
                yield value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                yield from (v for n, v in zip(names, values, strict=True) if ast.unparse(n) == name)
            case ast.For(target=ast.Tuple(elts=names), iter=ast.Tuple(elts=rows)):
                places = [i for i, n in enumerate(names) if ast.unparse(n) == name]
                yield from (row.elts[i] for row in rows if isinstance(row, ast.Tuple) for i in places)


def unmade(source: str) -> list[tuple[int, str]]:
    """Line and expression of what reaches Markdown as others wrote it."""
    tree = ast.parse(source)
    reader, found = Reader(tree), []
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        shown = [
            k.value for k in call.keywords if k.arg in KEYWORDS and (name in FIRST or name in ("Page", "page_link"))
        ]
        shown += [k.value for k in call.keywords if name == "progress" and k.arg == "text"]
        shown += call.args[: 3 if name == "metric" else 1] if name in FIRST else []
        for keyword in call.keywords:
            if name in CHOICES and keyword.arg == "format_func":
                given = keyword.value
                shown.append(given.body if isinstance(given, ast.Lambda) else ast.Call(given, [], []))
        inside = next((f for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0)), tree)
        found += [(call.lineno, ast.unparse(value)) for value in shown if not reader.is_ours(value, inside)]
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_no_text_of_others_reaches_markdown_as_they_wrote_it(path: Path) -> None:
    assert unmade(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("st.markdown(declared.summary)", True),
        ("column.caption(preset.reason)", True),
        ("st.warning(str(error))", True),
        ("st.markdown(f'**{title}**')", True),
        ("st.info(_('About {what}').format(what=run.reason))", True),
        ("st.metric(_('Fine'), value['amount'])", True),
        ("st.metric(_('Fine'), '3', delta=told)", True),
        ("st.button(_('Fine'), help=setting.help)", True),
        ("st.pills(_('Fine'), names, format_func=lambda n: presets[n].title)", True),
        ("st.pills(_('Fine'), names, format_func=titled)", True),
        ("st.page_link(page, label=use_case.title)", True),
        ("st.Page(draw, title=use_case.title)", True),
        ("parts = [_('Fine')]\n    parts.append(run.reason)\n    st.markdown(' '.join(parts))", True),
        ("word = told\n    st.markdown(word)", True),
        ("st.markdown(literal(declared.summary))", False),
        ("st.warning(literal(str(error)))", False),
        ("st.info(_('About {what}').format(what=named(run.reason)))", False),
        ("st.caption(_('{count:,} rows').format(count=found['rows']))", False),
        ("st.markdown(f'{share:.0%} of **{named(title)}**')", False),
        ("st.page_link(page, label=named(use_case.title))", False),
        ("parts = [_('Fine')]\n    parts.append(literal(run.reason))\n    st.markdown(' '.join(parts))", False),
    ],
)
def test_the_search_finds_what_is_unmade(line: str, is_found: bool) -> None:
    assert bool(unmade(f"def draw(told):\n    {line}\n")) is is_found


def test_tables_are_drawn_in_one_place() -> None:
    """`frame.table` makes headings and cells plain."""
    drawn = [path.name for path in PAGES if ".dataframe(" in path.read_text("utf-8")]
    assert drawn == ["frame.py"]


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
        assert not made or path.name == "look.py", path


HOSTILE = [
    ("expired. Sign in at https://example.invalid/a", "://"),
    ("HTTP://example.invalid", "://"),
    ("see www.example.invalid now", "www."),
    ("write to me@example.invalid", "me@"),
    (":smile: and :material/home: and :red[x]", ":smile:"),
]


@pytest.mark.parametrize(("text", "told"), HOSTILE)
def test_nothing_is_left_that_streamlit_would_make_a_link_or_an_icon_of(text: str, told: str) -> None:
    made = literal(text)
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
        ("a_b*c`d~e&amp;", "a\\_b\\*c\\`d\\~e\\&amp;"),
        ("a -> b", "a -\u2060\\> b"),
        ("Demand (monthly), 3.5 mm!", "Demand (monthly), 3.5 mm!"),
        (None, "None"),
        (7, "7"),
    ],
)
def test_markdown_of_others_is_shown_letter_by_letter(text: object, made: str) -> None:
    assert literal(text) == made


def test_the_one_mark_that_a_declaration_may_set_is_bold() -> None:
    assert with_bold("**Offers that fit.** A [link](https://example.invalid)") == (
        "**Offers that fit.** A \\[link\\](https:\u2060//example.invalid)"
    )
    assert with_bold("2 ** 3") == "2 \\*\\* 3"


def test_names_are_cut_and_sentences_are_bounded() -> None:
    assert plain("x" * 101) == "x" * 99 + "…"
    assert plain("x" * NAME) == "x" * NAME
    assert len(named("x" * 10**6)) == NAME
    assert len(literal("x" * 10**6)) == 1_000


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
