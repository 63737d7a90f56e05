"""Pictures of rankings: how relevant what stands at each place is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.charts.drawn import Drawn
from core.charts.look import Chart, Look
from core.formatting.text import _

MOST_PLACES = 10


def places(group: np.ndarray, score: np.ndarray) -> np.ndarray:
    """The place of each row (N,) in its group, 0 the highest score; rows of the same score as they come."""
    order = np.lexsort((-score, group))
    _, first, size = np.unique(group[order], return_index=True, return_counts=True)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.repeat(first, size)
    return place


def relevance_at(group: np.ndarray, relevance: np.ndarray, score: np.ndarray) -> np.ndarray:
    """The mean relevance at each of the first places, over the groups that are as long; at most ten places. Rows of the
    same score share their places, as they do in NDCG."""
    place = places(group, score)
    rows = np.bincount(place)[:MOST_PLACES]
    groups, scores = (np.unique(values, return_inverse=True)[1] for values in (group, score))
    tie = np.unique(np.stack([groups, scores]), axis=1, return_inverse=True)[1].ravel()
    shared = (np.bincount(tie, relevance) / np.maximum(1, np.bincount(tie)))[tie]
    found: np.ndarray = np.bincount(place, shared)[:MOST_PLACES] / rows
    return found


def by_place(group: np.ndarray, relevance: np.ndarray, scores: Mapping[str, np.ndarray], look: Look) -> Drawn:
    """Mean relevance at each place by each method, the network first, and in the best order there is."""
    chart = Chart(look, height=320, title=_("How relevant what stands at each place is"))
    for number, (name, score) in enumerate({**scores, _("best order"): relevance}.items()):
        found = relevance_at(group, relevance, score)
        ours, best = number == 0, number == len(scores)
        chart.add(
            "scatter",
            x=np.arange(1, len(found) + 1),
            y=found,
            name=name,
            mode="lines+markers",
            line={
                "color": look.accent if ours else look.muted,
                "width": 2.5 if ours else 1.5,
                "dash": "dot" if best else "solid",
            },
            hovertemplate="%{y:.3f}",
        )
    chart.x(title=_("place in the group"), dtick=1)
    chart.y(title=_("mean relevance"), rangemode="tozero")
    return chart.figure()
