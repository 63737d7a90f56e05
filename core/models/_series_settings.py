"""The settings of the network for series and waveforms."""

from __future__ import annotations

from dataclasses import replace

from core.models._image_settings import BLOCKS as IMAGE_BLOCKS
from core.models._image_settings import LAYERS
from core.models._image_settings import PATTERNS as IMAGE_PATTERNS
from core.models._table_settings import ACTIVATION, DROPOUT, WIDTH
from core.settings import Help, Setting, SettingType

BLOCKS = replace(
    IMAGE_BLOCKS,
    help=Help(
        sentence="How many times the series is searched for patterns and then shortened; each block sees further back "
        "than the one before.",
        caption="Single beats first, then bars, then the whole tune.",
        formula=r"h_{l+1} = \mathrm{avgpool}(\sigma(h_l * W_l + b_l))",
    ),
)
PATTERNS = replace(
    IMAGE_PATTERNS,
    unit="in each block",
    help=Help(
        sentence="How many short patterns each block looks for everywhere along the series.",
        caption="So many shapes are slid along the curve, and each says how well it fits.",
    ),
)
KERNEL = Setting(
    name="kernel",
    label="Pattern length",
    type=SettingType.CHOICE,
    choices=("3", "5", "9", "17"),
    default="5",
    unit="steps",
    group="network",
    help=Help(
        sentence="How many steps a pattern is long.",
        caption="A short stencil, or a longer one that sees more and learns more slowly.",
    ),
)
POOLING = Setting(
    name="pooling",
    label="Shortening",
    type=SettingType.CHOICE,
    choices=("2", "4", "8"),
    default="2",
    unit="steps into one",
    group="network",
    help=Help(
        sentence="How many steps become one after each block: their mean. Waveforms of thousands of samples need more.",
        caption="Looking at the curve from further away.",
    ),
)

SETTINGS = (BLOCKS, PATTERNS, KERNEL, POOLING, LAYERS, WIDTH, ACTIVATION, DROPOUT)
