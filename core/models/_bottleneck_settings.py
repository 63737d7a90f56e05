"""The settings of the network that draws a row together and back."""

from __future__ import annotations

from dataclasses import replace

from core.models._table_settings import ACTIVATION, DEPTH, DROPOUT, WIDTH
from core.settings import Help, Setting, SettingType

BOTTLENECK = Setting(
    name="bottleneck",
    label="Bottleneck",
    type=SettingType.CHOICE,
    choices=("1", "2", "3", "4", "6", "8", "12", "16", "24", "32"),
    default="2",
    unit="numbers",
    group="network",
    help=Help(
        sentence="Into how few numbers a row is drawn together before it is drawn out again: what passes is what rows "
        "have in common.",
        caption="A customer in two numbers, as a dot on a map.",
        formula=r"z = f(x) \in \mathbb{R}^{bottleneck},\quad \hat{x} = g(z)",
    ),
)
SIDES = replace(
    DEPTH,
    label="Hidden layers on each side",
    low=0,
    high=3,
    default=1,
    help=Help(
        sentence="How many hidden layers lie before the bottleneck, and as many after it; with none it is a principal "
        "component analysis.",
        caption="Every layer bends the map once more.",
        formula=r"\hat{x} = g(f(x))",
    ),
)

SETTINGS = (BOTTLENECK, SIDES, WIDTH, ACTIVATION, DROPOUT)
