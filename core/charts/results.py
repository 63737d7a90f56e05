"""Charts of held-out results: comparison with baselines, ROC, precision-recall, forecasts, risk groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from core.charts.drawn import Drawn
from core.charts.look import MOST_POINTS, Chart, Look, faded
from core.contracts import Report
from core.formatting.numbers import count, significant, undefined
from core.formatting.text import _

Scores = Mapping[str, np.ndarray]


def comparison(
    report: Report,
    metric_name: str,
    label: str,
    look: Look,
    write: Callable[[float | None], str] | None = None,
    is_share: bool = False,
) -> Drawn:
    """Network and baselines on one metric: a dot each, with its 95% interval; none where it is undefined. write: how
    its values are written. is_share: the axis is in percent."""
    ours = report["metrics"][metric_name]
    write = write or (lambda value: undefined() if value is None else significant(value))
    rows = [
        (_("Network, ensemble of {count}").format(count=count(len(ours["each"]))), ours["ensemble"], look.network),
        (_("Network, mean of members"), ours["mean"], look.network),
        *((_(b["title"]), b["metrics"][metric_name], look.simple) for b in report["baselines"]),
    ]
    chart = Chart(look, height=64 + 38 * len(rows))
    for name, entry, colour in reversed(rows):
        mean, low, high = entry["mean"], entry["low"], entry["high"]
        above, below = ([], []) if mean is None or low is None or high is None else ([high - mean], [mean - low])
        chart.add(
            "scatter",
            x=[entry["mean"]],
            y=[name],
            mode="markers+text",
            text=[write(entry["mean"])],
            textposition="top center",
            textfont={"color": look.text, "size": 12},
            marker={"size": 11, "color": colour},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": above,
                "arrayminus": below,
                "color": faded(colour, 0.55),
                "thickness": 2,
                "width": 0,
            },
            showlegend=False,
            hovertemplate=f"{write(entry['mean'])} [{write(entry['low'])}, {write(entry['high'])}]<extra></extra>",
        )
    axis = {"tickformat": ".3~%"} if is_share else {}
    chart.x(title=_("{label} on held-out rows, with its 95% interval").format(label=label), **axis)
    chart.y(showgrid=False, strong=True, range=[-0.5, len(rows) - 0.3])  # room for the number over the topmost
    return chart.figure()


def roc_points(target: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """False and true positive rates (D + 1,) and thresholds, one per distinct score, best first."""
    order = np.argsort(-score, kind="stable")
    ends = np.r_[np.flatnonzero(np.diff(score[order])), len(score) - 1]
    hits = np.cumsum(target[order] > 0)[ends]
    acted = ends + 1
    positives = max(1, int((target > 0).sum()))
    negatives = max(1, len(target) - positives)
    thresholds = np.r_[np.inf, score[order][ends]]
    return np.r_[0, (acted - hits) / negatives], np.r_[0, hits / positives], thresholds


def roc(target: np.ndarray, scores: Scores, look: Look, cells: Mapping[str, int] | None = None) -> Drawn:
    """ROC curves; the first is the network's, with its working point. target (N,), each score (N,); cells: how many
    rows lie in each cell of the confusion matrix there."""
    chart = Chart(look, height=320, title=_("ROC: found, against false alarms"))
    chart.add(
        "scatter",
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": look.grid, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )
    for place, (name, score) in enumerate(scores.items()):
        x, y, _thresholds = roc_points(target, score)
        _curve(chart, x, y, name, place, look)
    if cells is not None:
        false_rate, recall = _share(cells["fp"], cells["tn"]), _share(cells["tp"], cells["fn"])
        _working_point(chart, false_rate, recall, ("left" if false_rate < 0.6 else "right", "top"), look)
    chart.x(title=_("false alarms among the others"), tickformat=".0%", range=[-0.02, 1.02])
    chart.y(title=_("found among the positives"), tickformat=".0%", range=[-0.02, 1.02])
    return chart.figure()


def precision_recall(target: np.ndarray, scores: Scores, look: Look, cells: Mapping[str, int] | None = None) -> Drawn:
    """Precision against recall; the first is the network's, with its working point: see `roc`."""
    chart = Chart(look, height=320, title=_("Precision against recall"))
    base, positives = float((target > 0).mean()), int((target > 0).sum())
    chart.add(
        "scatter",
        x=[0, 1],
        y=[base, base],
        mode="lines",
        line={"color": look.grid, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )
    for place, (name, score) in enumerate(scores.items()):
        false_rate, recall, _thresholds = roc_points(target, score)
        hits = recall * positives
        acted = hits + false_rate * (len(target) - positives)
        precision = np.divide(hits, acted, out=np.ones_like(hits), where=acted > 0)
        _curve(chart, recall[1:], precision[1:], name, place, look)
    if cells is not None:
        found = _share(cells["tp"], cells["fn"])
        free = ("right", "top") if found > 0.4 else ("left", "bottom")  # where a falling curve is not
        _working_point(chart, found, _share(cells["tp"], cells["fp"], of_none=1.0), free, look)
    chart.x(title=_("recall"), tickformat=".0%", range=[-0.02, 1.02])
    chart.y(title=_("precision"), tickformat=".0%", range=[-0.02, 1.02])
    return chart.figure()


def _share(part: int, rest: int, *, of_none: float = 0.0) -> float:
    return part / (part + rest) if part + rest else of_none


def _curve(chart: Chart, x: np.ndarray, y: np.ndarray, name: str, place: int, look: Look) -> None:
    keep = np.unique(np.linspace(0, len(x) - 1, MOST_POINTS).astype(int))
    chart.add(
        "scatter",
        x=x[keep],
        y=y[keep],
        name=name,
        mode="lines",
        line={"color": look.accent if place == 0 else look.muted, "width": 2.5 if place == 0 else 1.5},
        hovertemplate="%{x:.1%}, %{y:.1%}",
    )


def _working_point(chart: Chart, x: float, y: float, anchor: tuple[str, str], look: Look) -> None:
    """The point, and its name beside it: in the legend it would be a third line on a phone."""
    chart.add(
        "scatter",
        x=[x],
        y=[y],
        mode="markers",
        name=_("at the threshold"),
        showlegend=False,
        marker={"size": 11, "color": look.text, "line": {"color": look.surface, "width": 2}},
        hovertemplate="%{x:.1%}, %{y:.1%}",
    )
    chart.layout["annotations"] = [
        {
            "x": x,
            "y": y,
            "text": _("at the threshold"),
            "showarrow": False,
            "xanchor": anchor[0],
            "yanchor": anchor[1],
            "xshift": 8 if anchor[0] == "left" else -8,
            "yshift": -4 if anchor[1] == "top" else 4,
            "font": {"color": look.text, "size": 12},
        }
    ]


def forecasts(target: np.ndarray, prediction: np.ndarray, unit: str, look: Look) -> Drawn:
    """What happened against the middle forecast, with the outer quantiles as a band. prediction (N, levels)."""
    order = np.argsort(prediction[:, prediction.shape[1] // 2], kind="stable")
    keep = order[np.unique(np.linspace(0, len(order) - 1, MOST_POINTS).astype(int))]
    place = np.arange(len(keep))
    chart = Chart(look, height=340, title=_("Forecast band and what happened"))
    for column, fill in ((0, None), (-1, "tonexty")):
        chart.add(
            "scatter",
            x=place,
            y=prediction[keep, column],
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=faded(look.accent, 0.18),
            showlegend=False,
            hoverinfo="skip",
        )
    chart.add(
        "scatter",
        x=place,
        y=prediction[keep, prediction.shape[1] // 2],
        mode="lines",
        name=_("forecast"),
        line={"color": look.accent, "width": 2.5},
    )
    chart.add(
        "scatter",
        x=place,
        y=target[keep, 0],
        mode="markers",
        name=_("happened"),
        marker={"color": look.outcome, "size": 5},
    )
    chart.x(title=_("held-out rows, by forecast"), showticklabels=False)
    chart.y(title=_(unit))
    return chart.figure()


def risk_groups(target: np.ndarray, risk: np.ndarray, look: Look) -> Drawn:
    """Kaplan-Meier curves of the lowest, middle and highest third of predicted risk. target (N, 2): time, event."""
    chart = Chart(look, height=340, title=_("Free of the event, by predicted risk"))
    third = np.quantile(risk, [1 / 3, 2 / 3])
    group = np.searchsorted(third, risk)
    names = (_("lowest third"), _("middle third"), _("highest third"))
    for g, colour in enumerate((look.good, look.muted, look.bad)):
        time, share = kaplan_meier(target[group == g])
        keep = np.unique(np.linspace(0, len(time) - 1, MOST_POINTS).astype(int))
        chart.add(
            "scatter",
            x=time[keep],
            y=share[keep],
            mode="lines",
            line={"shape": "hv", "color": colour, "width": 2},
            name=names[g],
        )
    chart.x(title=_("time"))
    chart.y(tickformat=".0%", range=[-0.02, 1.02])
    return chart.figure()


def kaplan_meier(target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Times and the share still free of the event (Kaplan and Meier, 1958). target (N, 2): time, event."""
    time, event = target[:, 0], target[:, 1]
    order = np.lexsort((-event, time))  # who is censored at the time of an event was still at risk
    at_risk = np.arange(len(time), 0, -1)
    share = np.cumprod(1 - event[order] / at_risk)
    return np.r_[0.0, time[order]], np.r_[1.0, share]
