"""The settings of the network that begins with what another has learned."""

from __future__ import annotations

from dataclasses import replace

from core.models import _efficientnet
from core.models._image_settings import AUGMENTATION, BLOCKS, KERNEL, LAYERS, NORMALISATION, PATTERNS
from core.models._table_settings import ACTIVATION, DROPOUT, WIDTH
from core.settings import Help, Setting, SettingType

PRETRAINED, SCRATCH = "pretrained", "scratch"
START = Setting(
    name="start",
    label="Start",
    type=SettingType.CHOICE,
    choices=(PRETRAINED, SCRATCH),
    choice_labels={PRETRAINED: "Pretrained", SCRATCH: "From scratch"},
    default=PRETRAINED,
    group="network",
    help=Help(
        sentence="Pretrained begins with the first eleven blocks of EfficientNet-Lite0, which has learned from 1.2 "
        "million photos of a thousand kinds of things; from scratch begins a small network with chance.",
        caption="Whoever has seen a million photos needs to be told little about hands.",
    ),
)
TUNED = Setting(
    name="tuned",
    label="Blocks fine-tuned",
    type=SettingType.INT,
    low=0,
    high=6,
    default=3,
    step=1,
    unit="of 11",
    group="network",
    help=Help(
        sentence="How many of the pretrained blocks, from the last one back, go on learning; the others stay as they "
        "came. With none, only the answer is learned. A network from scratch has none.",
        caption="Eyes stay as they are; what they are for is learned anew.",
        formula=r"W = W_{pretrained} + \tfrac{1}{2}\,\Delta, \quad \Delta \text{ begins at } 0",
    ),
)
SETTINGS = (
    START,
    TUNED,
    BLOCKS,
    PATTERNS,
    KERNEL,
    replace(LAYERS, default=0),
    WIDTH,
    ACTIVATION,
    DROPOUT,
    NORMALISATION,
    *AUGMENTATION,
)


def frozen_blocks(tuned: int) -> int:
    """How many of the used blocks stay as they came."""
    return _efficientnet.BLOCKS - tuned
