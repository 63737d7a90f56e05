"""The settings of the network for images."""

from __future__ import annotations

from dataclasses import replace

from core.models._table_settings import ACTIVATION, DROPOUT, WIDTH
from core.models._table_settings import NORMALISATION as OF_LAYERS
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

NORMALISATION = replace(
    OF_LAYERS,
    help=Help(
        sentence="Layer normalisation brings all that a block finds in an image to one scale before the bend, and the "
        "units of each dense layer too: a dark picture and a bright one are then read alike.",
        caption="Every negative is exposed the same before it is judged.",
        formula=r"\hat z = g \odot \frac{z - \mathrm{mean}(z)}{\sqrt{\mathrm{var}(z) + \epsilon}} + b",
    ),
)


def changed(name: str, label: str, unit: str, high: float, sentence: str, caption: str, step: float = 0.05) -> Setting:
    """A setting of what is done to training examples at random; 0 leaves them as they are."""
    is_whole = step >= 1
    return Setting(
        name=name,
        label=label,
        type=SettingType.INT if is_whole else SettingType.FLOAT,
        low=0 if is_whole else 0.0,
        high=high,
        default=0 if is_whole else 0.0,
        step=step,
        unit=unit,
        group="augmentation",
        help=Help(sentence=sentence, caption=caption),
    )


AUGMENTATION = (
    changed(
        "shift",
        "Shift",
        "pixels",
        8,
        "In every training step each picture is moved by up to so many pixels, another way each time.",
        "Nobody stands in the same spot twice.",
        step=1,
    ),
    changed(
        "rotation",
        "Rotation",
        "degrees",
        45,
        "In every training step each picture is turned by up to so many degrees.",
        "A picture hung askew shows the same thing.",
        step=1,
    ),
    changed(
        "zoom",
        "Crop and zoom",
        "share",
        0.5,
        "In every training step each picture is made larger, and cropped, or smaller by up to this share.",
        "One step closer, or one step back.",
    ),
    Setting(
        name="flip",
        label="Mirror",
        type=SettingType.CHOICE,
        choices=("off", "on", "both"),
        choice_labels={"off": "Off", "on": "Left and right", "both": "Upside down too"},
        default="off",
        group="augmentation",
        help=Help(
            sentence="Whether half of the pictures, drawn anew in every step, are shown as in a mirror; and half of "
            "them upside down too.",
            caption="Right for shoes and cats; wrong for letters, and for bodies, whose heart is on the left. What "
            "lies under a microscope has no up.",
        ),
    ),
    changed(
        "light",
        "Light",
        "of a standard deviation",
        1.0,
        "In every training step each picture's contrast and brightness change by up to this share of what all pixels "
        "differ by.",
        "The same scene on another day, through another lens.",
    ),
    changed(
        "noise",
        "Noise",
        "standard deviations",
        1.0,
        "In every training step each pixel is made lighter or darker at random, by so much.",
        "Grain in the film: no single grain may decide.",
    ),
)

SETTINGS = (BLOCKS, PATTERNS, KERNEL, LAYERS, WIDTH, ACTIVATION, DROPOUT, NORMALISATION, *AUGMENTATION)
