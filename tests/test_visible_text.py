"""Every visible sentence goes through gettext or stands in a declaration: no bare literal reaches an st.* call."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

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
