"""The JavaScript of the pages: files of this folder, one after the other, as one module."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
PANEL = ("look", "panel_numbers", "panel_geometry", "panel_chart", "curve_panel")  # a panel's own file follows them
MONITOR = (
    "look",
    "panel_numbers",
    "panel_geometry",
    "panel_chart",
    "live_hub",
    "live_chart",
    "live_race",
    "live_pictures",
    "live_boxes",
    "made_pictures",
    "live_monitor",
)  # the monitor of a training
SIGN = ("look", "panel_numbers", "panel_geometry", "panel_chart", "live_hub", "training_sign")

PLAYGROUND = (
    *("look", "svg", "panel_numbers", "panel_geometry"),
    *("lab/dice", "lab/points", "lab/bends", "lab/network", "lab/optimisers", "lab/training", "lab/link", "lab/doctor"),
    *("lab/painting", "lab/widgets", "lab/network_view", "lab/output_view", "lab/parts", "lab/playground"),
)
VALLEY = ("look", "svg", "panel_numbers", "panel_geometry", "lab/painting", "lab/widgets", "lab/valley")
LAB_ENGINE = PLAYGROUND[4:12]  # what trains, without anything that is seen


def javascript(*names: str) -> str:
    """The text of a module: these files in this order. A later one uses the functions of an earlier one."""
    return "\n".join((_HERE / f"{name}.js").read_text(encoding="utf-8") for name in names)
