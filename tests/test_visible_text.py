"""Every visible sentence goes through gettext or stands in a declaration, and every number and time in it through
core/formatting: no bare literal reaches an st.* call, no f-string has a format of its own."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.markdown_calls import unmade

ROOT = Path(__file__).parents[1]
NOT_SHOWN = {
    "html",
    "logo",
    "set_page_config",
    "cache_data",
    "cache_resource",
    "fragment",
    "Page",
    "navigation",
    "space",
    "component",
    "columns",
    "container",
    "rerun",
}
SHOWN_KEYWORDS = {"label", "help", "placeholder", "text", "body", "title"}
PLAIN = {"Proving Ground"}  # the product's name is the same in every language


def shown_literals(tree: ast.AST) -> list[tuple[int, str]]:
    """Literals with a letter in the first argument, or a shown keyword, of a streamlit call."""
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value
        if not (isinstance(owner, ast.Name) and owner.id == "st") or node.func.attr in NOT_SHOWN:
            continue
        shown = [*node.args[:1], *(k.value for k in node.keywords if k.arg in SHOWN_KEYWORDS)]
        for value in shown:
            if isinstance(value, ast.JoinedStr):
                texts = [str(p.value) for p in value.values if isinstance(p, ast.Constant)]
            elif isinstance(value, ast.Constant) and isinstance(value.value, str):
                texts = [value.value]
            else:
                texts = []
            found += [(node.lineno, t) for t in texts if any(c.isalpha() for c in t) and t not in PLAIN]
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.py")), ids=lambda p: p.name)
def test_no_bare_literal_reaches_a_streamlit_call(path: Path) -> None:
    assert shown_literals(ast.parse(path.read_text())) == []


def test_the_search_finds_a_bare_literal() -> None:
    bad = "st.button('Train now')\nst.metric(_('Fine'), '3', help='not fine')\nst.markdown(f'{x} rows')"
    assert [line for line, _text in shown_literals(ast.parse(bad))] == [1, 2, 3]


SPEAK = sorted(
    path
    for place in ("pages", "core/charts", "core/jobs", "core/queue", "core/answering", "core/diagnosis", "core/checks",
                  "core/commands", "core/publish/results_page.py", "core/evaluation/fitting.py")
    for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
)  # fmt: skip
_WIDTH = re.compile(r"[<>^]?\d*")  # a column's width on the command line, and no number's format
_FORMAT = re.compile(r"[+ -]?\d*[,_]?(\.\d+)?[%a-zA-Z]?|.*%[a-zA-Z].*")
_OF_TIME = {"strftime", "isoformat", "ctime"}
OWN_FORMATS = {  # what is read by programs, and how a widget is told its decimals
    "pages/components/assumption_strip.py": {".6f"},
    "core/charts/fan.py": {"isoformat"},
    "core/answering/answers.py": {".40"},
    "core/answering/server.py": {","},
    "core/answering/client.py": {",", ".3f"},
    "core/jobs/rules.py": {",", ",.0f"},
    "core/queue/memory.py": {",.0f"},
    "core/jobs/local.py": {"g"},
}


def own_formats(tree: ast.AST) -> Iterator[str]:
    """Formats of numbers and times that are not `numbers`' and `moments`' own: of f-strings, of texts that are filled
    in, of `%` and of datetimes; and counts that are filled in as they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            yield "".join(str(v.value) for v in ast.walk(node.format_spec) if isinstance(v, ast.Constant))
        elif isinstance(node, ast.FormattedValue) and _called(node.value) == "round":
            yield "round"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _fields(node.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
            yield str(node.left.value)
        elif isinstance(node, ast.Call) and _called(node) in _OF_TIME:
            yield str(_called(node))
        elif isinstance(node, ast.Call) and _called(node) == "format":
            yield from ("len" for k in node.keywords if _called(k.value) == "len")


def _called(node: ast.AST) -> str | None:
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", getattr(function, "id", None))


def _fields(text: str) -> Iterator[str]:
    """The formats of a text's {fields}; plotly's own are written %{y:.1%}."""
    try:
        parsed = [(before, spec) for before, _, spec, _ in string.Formatter().parse(text) if spec]
    except ValueError:
        return  # braces of another language
    yield from (spec for before, spec in parsed if _FORMAT.fullmatch(spec) and not before.endswith("%"))


@pytest.mark.parametrize("path", SPEAK, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_numbers_and_times_are_written_in_one_way(path: Path) -> None:
    allowed = OWN_FORMATS.get(path.relative_to(ROOT).as_posix(), set())
    found = {spec for spec in own_formats(ast.parse(path.read_text())) if not _WIDTH.fullmatch(spec)}
    assert found <= allowed


def test_nothing_is_allowed_that_is_not_used() -> None:
    for name, allowed in OWN_FORMATS.items():
        assert allowed <= set(own_formats(ast.parse((ROOT / name).read_text()))), name


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("f'{share:.0%} of rows'", ".0%"),
        ("f'{count:,} rows'", ","),
        ("_('{when:%d %b %Y}').format(when=at)", "%d %b %Y"),
        ("_('{low:g} to {high:g}')", "g"),
        ("at.strftime('%H:%M')", "strftime"),
        ("at.date().isoformat()", "isoformat"),
        ("'%.2f s' % seconds", "%.2f s"),
        ("f'{round(x, 2)} s'", "round"),
        ("_('{count} rows').format(count=len(rows))", "len"),
        ("f'{name:40} {row}'", None),
        ("chart.add(hovertemplate='%{y:.1%}')", None),
    ],
)
def test_the_search_finds_a_format_of_its_own(source: str, found: str | None) -> None:
    specs = [spec for spec in own_formats(ast.parse(source)) if not _WIDTH.fullmatch(spec)]
    assert specs[:1] == ([found] if found else [])


def test_panels_have_one_writer_of_numbers() -> None:
    """Of numbers that are seen: where a line of a drawing stands is written with toFixed."""
    for path in sorted((ROOT / "pages").rglob("*.js")):
        source = path.read_text(encoding="utf-8")
        speech = re.search(r"^class Speech \{.*?^\}", source, re.DOTALL | re.MULTILINE)
        rest = source.replace(speech[0], "") if speech else source
        assert not re.search(r"Intl\.|toLocale|toPrecision|toFixed\((?=.*textContent)", rest), path.name


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.py")), ids=lambda p: p.name)
def test_no_text_of_others_reaches_markdown_as_they_wrote_it(path: Path) -> None:
    assert unmade(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("st.markdown(declared.summary)", True),
        ("st.markdown(_(declared.summary))", True),
        ("st.markdown(escape_markdown(_(declared.summary)))", False),
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
        ("st.markdown(escape_markdown(declared.summary))", False),
        ("st.warning(escape_markdown(str(error)))", False),
        ("st.info(_('About {what}').format(what=named(run.reason)))", False),
        ("st.caption(_('{count:,} rows').format(count=found['rows']))", False),
        ("st.markdown(f'{share:.0%} of **{named(title)}**')", False),
        ("st.page_link(page, label=named(use_case.title))", False),
        ("parts = [_('Fine')]\n    parts.append(escape_markdown(run.reason))\n    st.markdown(' '.join(parts))", False),
    ],
)
def test_the_search_finds_what_is_unmade(line: str, is_found: bool) -> None:
    assert bool(unmade(f"def draw(told):\n    {line}\n")) is is_found


def test_no_level_of_heading_is_left_out() -> None:
    """A page is h1, its parts h2 (`st.header`), what stands inside a part h3: `st.subheader` alone skips one."""
    skipping = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "pages").rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (".subheader(" in line and ".header(" not in path.read_text("utf-8")) or '"### ' in line or '"#### ' in line
    ]
    assert not skipping
