"""Charts of made pictures: over which kinds they are spread, beside real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.charts.drawn import Drawn
from core.charts.look import Chart, Look
from core.formatting.numbers import percent
from core.formatting.text import _


def kinds(names: Sequence[str], shares: Mapping[str, Sequence[float]], look: Look) -> Drawn:
    """Of each kind its share among held-out real pictures, and among those that each method made. shares: by method,
    the real ones first, then the network, then a simple method."""
    title = _("What the classifier takes the pictures for")
    chart = Chart(look, height=130 + 34 * len(names), title=title, legend_rows=3)
    for (method, own), colour in zip(shares.items(), (look.muted, look.network, look.simple), strict=False):
        chart.add(
            "bar",
            x=list(own),
            y=list(names),
            name=method,
            orientation="h",
            marker={"color": colour},
            customdata=[percent(share, 1) for share in own],
            hovertemplate="%{y}: %{customdata}",
        )
    chart.x(title=_("share of the pictures"), tickformat=".0%", rangemode="tozero")
    chart.y(autorange="reversed", showgrid=False, strong=True, type="category")
    return chart.figure()
