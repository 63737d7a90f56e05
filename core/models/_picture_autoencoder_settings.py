"""The settings of the autoencoder for pictures."""

from __future__ import annotations

from dataclasses import replace

from core.models._bottleneck_settings import BOTTLENECK
from core.models._image_settings import AUGMENTATION, PATTERNS
from core.models._table_settings import ACTIVATION, DROPOUT
from core.settings import Help, Setting, SettingType

NARROW = replace(
    BOTTLENECK,
    choices=("2", "4", "8", "16", "32", "64", "128"),
    default="32",
    help=Help(
        sentence="Into how few numbers a picture is drawn together before it is drawn out again: too few blur what "
        "belongs, too many let a stray pass.",
        caption="A description over the telephone, from which somebody else draws the thing again.",
        formula=r"z = f(x) \in \mathbb{R}^{bottleneck},\quad \hat{x} = g(z)",
    ),
)
HIDDEN = replace(
    DROPOUT,
    label="Hidden part",
    default=0.5,
    help=Help(
        sentence="The share of the picture that is hidden in each training step, in small squares at random, while all "
        "of it is to come back: the network must know what belongs, and cannot copy.",
        caption="A jigsaw with half of its pieces missing.",
        formula=r"\tilde x = x \odot m,\quad m \sim \mathrm{Bernoulli}(1-p)",
    ),
)
NEIGHBOURHOOD = Setting(
    name="neighbourhood",
    label="Errors are looked at in",
    type=SettingType.CHOICE,
    choices=("1", "3", "5", "7"),
    default="3",
    unit="pixels",
    group="network",
    help=Help(
        sentence="How many pixels wide the neighbourhood is in which what came back is compared: in a wider one the "
        "noise of single pixels evens out, and fine differences too.",
        caption="One step back from the picture: what is still wrong then is wrong.",
    ),
)

SETTINGS = (NARROW, PATTERNS, ACTIVATION, HIDDEN, NEIGHBOURHOOD, *AUGMENTATION)
