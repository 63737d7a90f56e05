"""Small pictures for cards, made once where a run ships: a few dozen numbers by kind, drawn in the browser.

Every height and length is a share of the picture, from 0 at the bottom or the left to 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.fan import FanRows
from core.charts.ranking import relevance_at
from core.charts.results import kaplan_meier

if TYPE_CHECKING:
    from collections.abc import Sequence

Small = dict[str, Any]
_BINS = 36
_STEPS = 32
_ROWS = 36
_MOST_CLASSES = 12
_DOTS = 120
_OUTER = 0.005  # of the chances, left out at either end
_LEAST_CHANCE = 1e-4


def heaps(positive: np.ndarray, chance: np.ndarray, cut: float | None) -> Small:
    """Two heaps of predicted chances, of rows in which it happened and of others, on a scale of log odds; cut: where
    the decision lies. positive, chance (N,)."""
    odds = _log_odds(chance)
    low, high = np.quantile(odds, [_OUTER, 1 - _OUTER])
    edges = np.linspace(low, max(high, low + 1e-6), _BINS + 1)
    drawn = [_smooth(np.histogram(np.clip(odds[of], low, high), edges)[0]) for of in (~positive, positive)]
    shares = [each / max(1.0, each.sum()) for each in drawn]
    top = max(each.max() for each in shares) or 1.0
    at = None if cut is None else float(np.clip((_log_odds(np.array([cut]))[0] - low) / (edges[-1] - low), 0, 1))
    return {"shape": "heaps", "no": _short(shares[0] / top), "yes": _short(shares[1] / top), "cut": _one(at)}


def band(quantiles: np.ndarray, happened: np.ndarray) -> Small:
    """Some rows in the order of their median: the outer interval, the median, what happened. quantiles (N, O)."""
    order = np.argsort(quantiles[:, quantiles.shape[1] // 2], kind="stable")
    inner = order[len(order) // 20 : len(order) - len(order) // 20] if len(order) > 2 * _ROWS else order
    some = inner[np.unique(np.linspace(0, len(inner) - 1, _ROWS).round().astype(int))]
    return {"shape": "band", **_over(quantiles[some], happened[some], known=np.empty(0))}


def fan(rows: FanRows) -> Small:
    """A forecast of a series over time, what happened, and what was known before."""
    keep = np.unique(np.linspace(0, len(rows.when) - 1, _STEPS).round().astype(int))
    known = rows.known[-max(8, min(_STEPS, len(keep))) :]
    return {"shape": "fan", **_over(rows.quantiles[keep], rows.happened[keep], known=known)}


def curves(target: np.ndarray, risk: np.ndarray) -> Small:
    """The share still free of the event in the third with the lowest, the middle and the highest risk. target (N, 2):
    time, event; risk (N,)."""
    group = np.searchsorted(np.quantile(risk, [1 / 3, 2 / 3]), risk, side="right")
    end = float(np.quantile(target[:, 0], 0.95)) or 1.0
    at, found = np.linspace(0, end, _STEPS), []
    for g in range(3):
        time, share = kaplan_meier(target[group == g]) if (group == g).any() else (np.zeros(1), np.ones(1))
        found.append(_short(share[np.maximum(0, np.searchsorted(time, at, side="right") - 1)]))
    return {"shape": "curves", "lines": found}


def squares(actual: np.ndarray, chances: np.ndarray) -> Small:
    """Of each class, the share that was taken for each. actual (N,): numbers of classes; chances (N, C)."""
    classes = min(chances.shape[1], _MOST_CLASSES)
    table = np.zeros((chances.shape[1], chances.shape[1]))
    np.add.at(table, (actual.astype(int), chances.argmax(1)), 1)
    shares = table / np.maximum(1, table.sum(1, keepdims=True))
    return {"shape": "squares", "rows": [_short(row) for row in shares[:classes, :classes]]}


def bars(group: np.ndarray, relevance: np.ndarray, score: np.ndarray) -> Small:
    """How relevant what stands at each place is, in the network's order, and in the best there is. All (N,)."""
    ours, best = (relevance_at(group, relevance, by) for by in (score, relevance))
    top = float(best.max()) or 1.0
    return {"shape": "bars", "ours": _short(ours / top), "best": _short(best / top)}


def growth(ours: np.ndarray, simple: np.ndarray | None) -> Small:
    """What money becomes, period by period, by the network and by the best simple method. Returns (T,) each."""
    lines = [np.cumprod(np.r_[1.0, 1 + earned]) for earned in (ours, simple) if earned is not None]
    keep = np.unique(np.linspace(0, len(lines[0]) - 1, _STEPS).round().astype(int))
    bottom, top = min(line.min() for line in lines), max(line.max() for line in lines)
    drawn = [_short((line[keep] - bottom) / ((top - bottom) or 1.0)) for line in lines]
    return {"shape": "growth", "ours": drawn[0], "simple": drawn[1] if len(drawn) > 1 else []}


def dots(place_N2: np.ndarray, segment: np.ndarray) -> Small:
    """Some rows on a map, alike ones near to one another, with the number of each one's segment (N,)."""
    some = np.unique(np.linspace(0, len(segment) - 1, min(len(segment), _DOTS)).round().astype(int))
    low, high = np.quantile(place_N2, [_OUTER, 1 - _OUTER], axis=0)
    inside = (place_N2[some] - low) / np.where(high > low, high - low, 1.0)
    return {"shape": "dots", "x": _short(inside[:, 0]), "y": _short(inside[:, 1]), "of": segment[some].tolist()}


def boxes(ends_N4: np.ndarray, kind_N: np.ndarray, right_N: np.ndarray) -> Small:
    """What was found in one picture: left, top, right and bottom of each box, its class, and whether it is right."""
    return {
        "shape": "boxes",
        "boxes": [_short(ends) for ends in ends_N4[:_ROWS]],
        "of": [int(kind) for kind in kind_N[:_ROWS]],
        "right": [bool(right) for right in right_N[:_ROWS]],
    }


def made(address: str) -> Small:
    """Pictures that a network made, side by side, as the address of a PNG file."""
    return {"shape": "made", "picture": address}


def _log_odds(chance: np.ndarray) -> np.ndarray:
    inside = np.clip(chance, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    odds: np.ndarray = np.log(inside / (1 - inside))
    return odds


def _smooth(counts: np.ndarray) -> np.ndarray:
    padded = np.pad(counts.astype(float), 2)
    smoothed: np.ndarray = np.convolve(padded, [0.1, 0.2, 0.4, 0.2, 0.1], mode="valid")
    return smoothed


def _over(quantiles: np.ndarray, happened: np.ndarray, known: np.ndarray) -> Small:
    """Band, median and points on one scale, with some room above and below."""
    low, middle, high = quantiles[:, 0], quantiles[:, quantiles.shape[1] // 2], quantiles[:, -1]
    every = np.concatenate([low, high, happened, known])
    bottom, top = (float(value) for value in np.quantile(every, [0.01, 0.99]))
    span = (top - bottom) or 1.0
    bottom, span = bottom - 0.06 * span, 1.12 * span
    named = {"low": low, "middle": middle, "high": high, "happened": happened, "known": known}
    return {name: _short((values - bottom) / span) for name, values in named.items()}


def _short(values: np.ndarray | Sequence[float]) -> list[float]:
    return [float(value) for value in np.clip(values, 0, 1).round(3)]


def _one(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
