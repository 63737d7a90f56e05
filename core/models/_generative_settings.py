"""The settings of the network that makes pictures."""

from __future__ import annotations

from dataclasses import replace

from core.models._image_settings import PATTERNS
from core.models._table_settings import DROPOUT
from core.settings import Help, Scale, Setting, SettingType

METHODS = {"vae": "Variational autoencoder", "gan": "GAN"}

METHOD = Setting(
    name="method",
    label="How it learns",
    type=SettingType.CHOICE,
    choices=tuple(METHODS),
    choice_labels=METHODS,
    default="vae",
    group="network",
    help=Help(
        sentence="A variational autoencoder draws a picture together into a few numbers and back, and keeps the "
        "numbers close to pure noise; afterwards noise alone becomes a picture. In a generative adversarial network "
        "(GAN) one half makes pictures of noise, the other tells them from real ones; each learns from the other.",
        caption="Copying from memory until the memory is no longer needed; or a forger and a detective.",
        formula=r"\text{VAE: } -\log p(x \mid z) + \beta\, D_{KL}(q(z \mid x) \,\|\, \mathcal{N}(0, I)),\quad "
        r"\text{GAN: } \min_G \max_D\; \log D(x) + \log(1 - D(G(z)))",
    ),
)
LATENT = Setting(
    name="latent",
    label="Latent numbers",
    type=SettingType.CHOICE,
    choices=("2", "4", "8", "16", "32", "64"),
    default="16",
    unit="numbers",
    group="network",
    help=Help(
        sentence="Of how many numbers of noise a picture is made: too few cannot tell many pictures apart.",
        caption="So many knobs on the machine; every setting of them is a picture.",
        formula=r"x = g(z),\quad z \sim \mathcal{N}(0, I)",
    ),
)
PULL = Setting(
    name="pull",
    label="Pull to noise",
    type=SettingType.FLOAT,
    low=0.0,
    high=100.0,
    default=1.0,
    scale=Scale.LOG,
    group="network",
    help=Help(
        sentence="Of the variational autoencoder alone: how strongly its numbers are kept close to pure noise. Without "
        "it noise means nothing to it; with too much of it every picture becomes the same one.",
        caption="How loosely the shelf may be filled, before nobody finds anything by chance.",
        formula=r"\beta \text{ in } -\log p(x \mid z) + \beta\, D_{KL}",
    ),
)
STEADY = Setting(
    name="steady",
    label="Steadiness",
    type=SettingType.FLOAT,
    low=0.0,
    high=100.0,
    default=2.0,
    scale=Scale.LOG,
    group="network",
    help=Help(
        sentence="Of the GAN alone: how much the half that looks pays for a verdict that changes steeply around real "
        "pictures. At 0 the two halves may chase one another, and the making half ends with a single picture.",
        caption="A detective who does not change his mind over a hair gives the forger time to learn.",
        formula=r"\tfrac{\gamma}{2}\, \lVert \nabla_x D(x) \rVert^2",
    ),
)
SETTINGS = (
    METHOD,
    LATENT,
    replace(
        PATTERNS,
        unit="next to the picture",
        help=Help(
            sentence="How many patterns the convolutions next to the picture know; those further in know twice as "
            "many. Both halves of the network have as many.",
            caption="So many brushes, and as many magnifying glasses.",
        ),
    ),
    PULL,
    STEADY,
    DROPOUT,
)
