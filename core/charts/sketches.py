"""Tiny pictures of the words in the glossary, as SVG in the house's colours. No data come into them; the words beside
them say the same."""

from __future__ import annotations

from collections.abc import Callable

from core.charts.look import Look

_WIDE, _HIGH = 180, 84


def sketch(name: str, look: Look) -> str:
    """The picture of this name as an SVG document; raises KeyError for one that nobody drew."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}" '
        f'fill="none" stroke-linecap="round" stroke-linejoin="round">{_SKETCHES[name](look)}</svg>'
    )


def _line(points: str, colour: str, wide: float = 2, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{points}" stroke="{colour}" stroke-width="{wide}"{dashed}/>'


def _curve(path: str, colour: str, wide: float = 2, fill: str = "none") -> str:
    return f'<path d="{path}" stroke="{colour}" stroke-width="{wide}" fill="{fill}" fill-opacity="0.2"/>'


def _dot(x: float, y: float, colour: str, radius: float = 4) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}"/>'


def _axes(look: Look) -> str:
    return _line("12,8 12,76 172,76", look.muted, 1)


def _parts(look: Look) -> str:
    bars = ((8, 96, look.network), (108, 30, look.simple), (142, 30, look.outcome))
    return "".join(f'<rect x="{x}" y="30" width="{w}" height="24" rx="4" fill="{c}"/>' for x, w, c in bars)


def _interval(look: Look) -> str:
    ends = _line("40,34 40,50", look.network) + _line("140,34 140,50", look.network)
    return (
        _line("12,70 172,70", look.muted, 1)
        + _line("40,42 140,42", look.network)
        + ends
        + _dot(92, 42, look.network, 6)
    )


def _difference(look: Look) -> str:
    zero = _line("78,10 78,76", look.muted, 1.5, "3 4")
    holds = _line("48,30 120,30", look.today) + _dot(84, 30, look.today, 5)
    shows = _line("100,56 164,56", look.network) + _dot(132, 56, look.network, 5)
    return zero + holds + shows


def _ensemble(look: Look) -> str:
    ways = (("14,70 60,52 110,40 166,30"), ("14,62 60,60 110,30 166,20"), ("14,74 60,40 110,46 166,12"))
    thin = "".join(_line(points, look.today, 1) for points in ways)
    return thin + _line("14,69 60,51 110,39 166,21", look.network, 3)


def _threshold(look: Look) -> str:
    others = _curve("M10 76 C40 76 44 20 66 20 C90 20 92 76 124 76", look.today, 2, look.today)
    these = _curve("M66 76 C92 76 100 36 122 36 C144 36 148 76 174 76", look.outcome, 2, look.outcome)
    return others + these + _line("98,8 98,78", look.text, 2, "4 4")


def _calibration(look: Look) -> str:
    dots = "".join(_dot(x, y, look.network) for x, y in ((34, 66), (66, 55), (98, 40), (130, 28), (160, 14)))
    return _axes(look) + _line("12,76 172,10", look.muted, 1, "3 4") + dots


def _early_stopping(look: Look) -> str:
    training = _curve("M14 20 C50 60 90 70 170 73", look.today)
    validation = _curve("M14 16 C44 52 76 54 92 54 C120 54 146 44 170 34", look.network)
    return _axes(look) + training + validation + _dot(92, 54, look.outcome, 5)


def _roc(look: Look) -> str:
    curve = _curve("M12 76 C20 30 60 12 172 8", look.network, 2.5)
    return _axes(look) + _line("12,76 172,8", look.muted, 1, "3 4") + curve


def _error(look: Look) -> str:
    pairs = ((34, 52, 30), (74, 24, 46), (114, 60, 40), (154, 20, 32))
    misses = "".join(_line(f"{x},{a} {x},{b}", look.muted, 1.5) for x, a, b in pairs)
    dots = "".join(_dot(x, a, look.network) + _dot(x, b, look.outcome) for x, a, b in pairs)
    return misses + dots


_SKETCHES: dict[str, Callable[[Look], str]] = {
    "parts": _parts,
    "interval": _interval,
    "difference": _difference,
    "ensemble": _ensemble,
    "threshold": _threshold,
    "calibration": _calibration,
    "early_stopping": _early_stopping,
    "roc": _roc,
    "error": _error,
}
