"""Reads Streamlit calls: whether a value that Markdown is made of may hold text of others that was not made literal."""

from __future__ import annotations

import ast
from collections.abc import Iterator

# Of these Streamlit reads the first argument as Markdown, and of any call the keywords.
FIRST = {
    *("markdown", "caption", "info", "warning", "error", "success", "title", "header", "subheader", "write", "toast"),
    *("metric", "button", "toggle", "slider", "select_slider", "selectbox", "number_input", "pills", "checkbox"),
    *("segmented_control", "popover", "expander", "spinner", "radio", "tabs", "badge", "multiselect", "text_input"),
    *("text_area", "file_uploader", "download_button", "link_button", "table", "exception", "chat_message"),
}
PAGE = {"Page", "page_link"}
KEYWORDS = {"help", "label", "text", "delta", "title", "body", "summary", "caption", "captions", "placeholder"}
CHOICES = {"pills", "segmented_control", "radio", "select_slider"}  # what their format_func writes is Markdown too
LITERAL = {"escape_markdown", "named", "choice", "with_bold", "where_explained", "explained"}
# Words and numbers without others' text.
OURS = {
    *("len", "duration", "span", "about", "at_most", "verdict", "energy_words", "_formula", "symbol", "scores.score"),
    *("numbers.count", "numbers.counted", "numbers.exact", "numbers.significant", "numbers.size", "numbers.level"),
    *(
        "numbers.percent",
        "numbers.threshold",
        "numbers.points",
        "numbers.part_of",
        "numbers.energy",
        "scores.score_between",
    ),
}
METRIC = {"metric_named(name).label", "metric.label", "metric.help"}  # metrics are the house's alone


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
            case ast.Call(func=ast.Name(id="_"), args=[text]):  # said in another language it is still theirs
                return self.is_ours(text, inside)
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
                if isinstance(given, ast.Call) and ast.unparse(given.func) == "partial":
                    given = given.args[0]
                shown.append(given.body if isinstance(given, ast.Lambda) else ast.Call(given, [], []))
        inside = next((f for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0)), tree)
        found += [(call.lineno, ast.unparse(value)) for value in shown if not reader.is_ours(value, inside)]
    return found
