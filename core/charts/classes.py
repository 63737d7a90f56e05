"""Pictures of predictions of several classes: the confusion matrix, and how well each class is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.charts import flat
from core.charts.drawn import Drawn
from core.charts.flat import Line, Part
from core.charts.look import Chart, Look, Markup, faded
from core.formatting.numbers import count, percent
from core.formatting.text import _

_MOST_WITH_NUMBERS = 8  # classes; numbers of more would not fit into their cells on a phone
_ROW = 34  # pixels


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassScore:
    """One class: how many rows it has; how many of those said to be of it are (precision), NaN where none is said to
    be; how many of its own are found (recall), NaN where there are none."""

    name: str
    rows: int
    precision: float
    recall: float


def counts(target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """How many rows of each class (first index) are said to be of each (second): (C, C). target (N, T), its first
    column the number of the class; prediction (N, C), of which the highest counts."""
    classes = prediction.shape[1]
    cells = target[:, 0].astype(int) * classes + prediction.argmax(1)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def class_scores(counted: np.ndarray, names: Sequence[str]) -> list[ClassScore]:
    """Precision and recall of each class, from its confusion matrix (C, C)."""
    right, was, said = np.diag(counted).astype(float), counted.sum(1), counted.sum(0)
    precision = np.divide(right, said, out=np.full(len(right), np.nan), where=said > 0)
    recall = np.divide(right, was, out=np.full(len(right), np.nan), where=was > 0)
    return [
        ClassScore(name=name, rows=int(rows), precision=float(p), recall=float(r))
        for name, rows, p, r in zip(names, was, precision, recall, strict=True)
    ]


def worst_pairs(counted: np.ndarray, most: int) -> list[tuple[int, int]]:
    """The pairs of classes (was, said) that are confused most often, of a confusion matrix (C, C), at most so many: by
    how many rows, then by what share of the class."""
    wrong = counted - np.diag(np.diag(counted))
    share = wrong / np.maximum(1, counted.sum(1, keepdims=True))
    order = np.lexsort((-share.ravel(), -wrong.ravel()))[:most]
    return [(int(place) // len(counted), int(place) % len(counted)) for place in order if wrong.ravel()[place]]


def pairs(counted: np.ndarray, names: Sequence[str], most: int, look: Look) -> str:
    """The pairs that are confused most often as bars, the most frequent first."""
    whole = counted.sum(1)
    told = [
        Line(
            name=_("{was}, taken for {said}").format(was=names[was], said=names[said]),
            parts=(Part(shape="bar", start=0.0, end=float(counted[was, said]), colour=look.bad),),
            said=(count(int(counted[was, said])),),
            exact=_("{part} of {whole}").format(part=count(int(counted[was, said])), whole=count(int(whole[was]))),
        )
        for was, said in worst_pairs(counted, most)
    ]
    return flat.sheet([flat.over(_("What is confused most"), told)], look, wide=True)


def surest(target: np.ndarray, prediction: np.ndarray) -> dict[tuple[int, int], int]:
    """Of each pair of classes (was, said) that some row has, the place of the row that was said to be so most surely,
    the first of equals. target (N, T), prediction (N, C)."""
    was, said = target[:, 0].astype(int), prediction.argmax(1)
    found: dict[tuple[int, int], int] = {}
    for place in np.argsort(-prediction.max(1), kind="stable"):
        found.setdefault((int(was[place]), int(said[place])), int(place))
    return found


def confusion(counted: np.ndarray, names: Sequence[str], look: Look) -> Drawn:
    """The confusion matrix (C, C), coloured by shares of what really happened."""
    shares = counted / np.maximum(1, counted.sum(1, keepdims=True))
    chart = Chart(look, height=120 + max(4, len(names)) * _ROW, title=_("What was said of each class"))
    numbered = len(names) <= _MOST_WITH_NUMBERS
    told = [
        [Markup(f"{count(int(c))} · {percent(float(s))}") for c, s in zip(*row, strict=True)]
        for row in zip(counted, shares, strict=True)
    ]
    chart.add(
        "heatmap",
        z=shares,
        x=list(names),
        y=list(names),
        text=told,
        texttemplate="%{text}" if numbered else "",
        textfont={"size": 12, "color": look.text},
        hovertemplate=_("was %{y}, said %{x}: %{text}") + "<extra></extra>",
        colorscale=[[0, look.surface], [1, faded(look.accent, 0.6)]],
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=2,
        ygap=2,
    )
    chart.x(title=_("taken for"), showgrid=False, strong=True, type="category")
    chart.y(title=_("was"), autorange="reversed", showgrid=False, strong=True, type="category")
    return chart.figure()


def by_class(scores: Sequence[ClassScore], look: Look) -> Drawn:
    """Precision and recall of every class, side by side."""
    chart = Chart(look, height=120 + max(4, len(scores)) * _ROW, title=_("How well each class is found"))
    for name, colour, values in (
        (_("right when said"), look.network, [s.precision for s in scores]),
        (_("found of all"), faded(look.network, 0.45), [s.recall for s in scores]),
    ):
        chart.add(
            "bar",
            x=[None if np.isnan(v) else v for v in values],
            y=[s.name for s in scores],
            name=name,
            orientation="h",
            marker={"color": colour},
            hovertemplate="%{y}: %{x:.1%}",
        )
    chart.x(tickformat=".0%", range=[0, 1.02])
    chart.y(autorange="reversed", showgrid=False, strong=True, type="category")
    return chart.figure()
