"""Tables of shares as HTML, a cell as dark as its share: how often each outcome is predicted, and each in a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.charts.flat import at, figure, letters, sheet
from core.charts.look import Look, faded
from core.formatting.numbers import count, percent
from core.formatting.text import _

_DARKEST = 0.5  # so that letters stand out from it


def confusion(cells: Mapping[str, int], positive: str, negative: str, look: Look) -> str:
    """The four cells of a confusion matrix, as counts and as shares of what really happened."""
    rows = []
    for really, of in ((positive, ("tp", "fn")), (negative, ("fp", "tn"))):
        whole = max(1, sum(cells[name] for name in of))
        told = [(f"<b>{count(cells[name])}</b>{percent(cells[name] / whole)}", cells[name] / whole) for name in of]
        rows.append((_("happened: {what}").format(what=really), told))
    heads = [_("predicted: {what}").format(what=what) for what in (positive, negative)]
    return sheet([squares(_("At the threshold"), heads, rows, look.network)], look, wide=True)


def shares(title: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[float]]], look: Look) -> str:
    """Of each group the share of each class."""
    told = [(name, [(percent(share), share) for share in values]) for name, values in rows]
    return squares(title, heads, told, look.outcome)


def squares(
    title: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[str, float]]]], colour: str
) -> str:
    """A table whose cells are as dark as their share. rows: a name, and HTML and share of each cell."""
    head = "".join(f'<th scope="col">{letters(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{letters(name)}</th>'
        + "".join(f'<td style="background:{faded(colour, at(_DARKEST * share))}">{told}</td>' for told, share in row)
        + "</tr>"
        for name, row in rows
    )
    table = f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    return figure(title, table, kind="flat-squares")
