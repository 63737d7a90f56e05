"""The settings of the network that finds things in pictures."""

from __future__ import annotations

from dataclasses import replace

from core.models._image_settings import AUGMENTATION, PATTERNS
from core.models._table_settings import ACTIVATION
from core.settings import Help, Setting, SettingType

FAR = Setting(
    name="far",
    label="Looks around",
    type=SettingType.INT,
    low=0,
    high=4,
    default=2,
    step=1,
    unit="times",
    group="network",
    help=Help(
        sentence="How many convolutions look around a place before it says what is there; each sees twice as far as "
        "the one before.",
        caption="A pale disc is one thing alone, and another inside a larger cell.",
    ),
)
SETTINGS = (
    replace(
        PATTERNS,
        default=12,
        help=Help(
            sentence="How many small patterns are looked for everywhere in the picture; where it is halved, twice as "
            "many, and in an eighth of its size four times.",
            caption="So many stencils are laid on every spot, and each says how well it fits.",
            formula=r"(h * W)_{ijo} = \sum_{u,v,c} h_{i+u,\,j+v,\,c}\, W_{uvco}",
        ),
    ),
    FAR,
    ACTIVATION,
    *AUGMENTATION,
)
