"""The settings of the network for images."""

from __future__ import annotations

from core.models._table_settings import ACTIVATION, DROPOUT, WIDTH
from core.settings import Help, Scale, Setting, SettingType

BLOCKS = Setting(
    name="blocks",
    label="Convolution blocks",
    type=SettingType.INT,
    low=1,
    high=4,
    default=2,
    step=1,
    group="network",
    help=Help(
        sentence="How many times the image is searched for patterns and then halved; each block sees twice as far as "
        "the one before, and looks for twice as many patterns.",
        caption="Strokes first, then corners, then shapes, each seen from twice the distance.",
        formula=r"h_{l+1} = \sigma(\mathrm{maxpool}_{2}(h_l * W_l + b_l))",
    ),
)
PATTERNS = Setting(
    name="patterns",
    label="Patterns",
    type=SettingType.INT,
    low=4,
    high=64,
    default=16,
    scale=Scale.LOG,
    unit="in the first block",
    group="network",
    help=Help(
        sentence="How many small patterns the first block looks for everywhere in the image; every further block looks "
        "for twice as many.",
        caption="So many stencils are laid on every spot, and each says how well it fits.",
        formula=r"(h * W)_{ijo} = \sum_{u,v,c} h_{i+u,\,j+v,\,c}\, W_{uvco}",
    ),
)
KERNEL = Setting(
    name="kernel",
    label="Pattern size",
    type=SettingType.CHOICE,
    choices=("3", "5"),
    default="3",
    unit="pixels",
    group="network",
    help=Help(
        sentence="How many pixels a pattern is high and wide.",
        caption="A small stencil, or a larger one that sees more and learns more slowly.",
    ),
)
LAYERS = Setting(
    name="dense_layers",
    label="Dense layers",
    type=SettingType.INT,
    low=0,
    high=3,
    default=1,
    step=1,
    group="network",
    help=Help(
        sentence="How many hidden layers weigh up all that the blocks found before the answer; with none, the answer "
        "is a weighted sum of it.",
        caption="The blocks see; these layers decide.",
        formula=r"f(x) = W_{out}\,\sigma(W_1\,\mathrm{flat}(h))",
    ),
)

SETTINGS = (BLOCKS, PATTERNS, KERNEL, LAYERS, WIDTH, ACTIVATION, DROPOUT)
