"""Imagine: pictures of clothes made of noise, by a variational autoencoder or a GAN. A row is a photo and a noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import ArrayInput, Care, Examples, InputKind, Plan, Preset, Question, UseCase
from core.contracts.picture import Shown
from core.use_cases.helpers import generation_task, quick, recommended, with_defaults
from core.use_cases.retail import product_photos

if TYPE_CHECKING:
    import pandas as pd

SIDE, NUMBERS = 28, 64
_NOISE_SEED = 20
_AUTOENCODER = {
    "method": "vae",
    "latent": "8",
    "pull": 0.7,
    "learning_rate": 2e-3,
    "optimiser": "adam",
}


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every photo, and noise that stays its own: what a network makes of it is compared with what it makes of it
    later, and with what another makes."""
    import numpy as np
    import pandas as pd
    import torch

    from core import judge
    from core.kinds.generation import output_names

    photos = product_photos.examples(tables)
    pictures = photos.arrays["photo"]
    seen = judge.judged(torch.from_numpy(pictures[..., 0] / np.float32(255))).numpy()
    noise = np.random.default_rng(_NOISE_SEED).standard_normal((len(pictures), NUMBERS), dtype=np.float32)
    return Examples(
        features=photos.features,
        target=pd.DataFrame(seen.astype(np.float64), columns=pd.Index(output_names())),
        unit=photos.unit,
        info=photos.info,
        arrays={"photo": pictures, "noise": noise},
    )


def plan(examples: Examples) -> Plan:
    """That of product photos: the source's own test."""
    from dataclasses import replace

    return replace(
        product_photos.plan(examples),
        sentence="The source's own test: 2,000 photos that no method has seen are the crowd that made pictures are "
        "compared with. Of its training photos 1,999 validate and 9,989 train; twelve that are nearly a held-out photo "
        "are left out. The weights that are kept, and the settings of simple methods, were chosen on validation.",
    )


USE_CASE = UseCase(
    name="vision/imagine",
    title="Imagine",
    summary="Clothes that nobody ever made: pictures grow out of noise while a network learns what clothes look like.",
    question=Question(
        who="A designer who wants a hundred ideas before lunch, and anybody who asks how machines make pictures.",
        problem="Draw something new that looks as if it belonged. There is no right answer to learn from, only ten "
        "thousand examples.",
        cost_today="A person draws each idea by hand: minutes for a rough one. What that is worth differs from studio "
        "to studio, so that this page counts no money.",
        what_ai_does="It turns a handful of random numbers into a picture. Other numbers, another picture; numbers "
        "that lie between, a picture between.",
        picture=Shown(tells="Half of these were never photographed. Which?"),
        detail="28 x 28 grey pixels and a network of minutes: the principle is that of the large ones, the pictures "
        "are not.",
    ),
    datasets=("fashion_mnist",),
    columns=(),
    arrays=(
        ArrayInput(name="photo", kind=InputKind.IMAGE, shape=(SIDE, SIDE, 1), ends=(0.0, 255.0)),
        ArrayInput(name="noise", kind=InputKind.NOISE, shape=(NUMBERS,), ends=(0.0, 1.0)),
    ),
    task=generation_task("photos of clothes"),
    model="generative_network",
    baselines=("independent_pixels", "pixel_gaussian", "pixel_mixture"),
    examples=examples,
    plan=plan,
    care=Care(
        privacy="No people are in the photos, so the GDPR does not touch them; the photos have owners, and a network "
        "may give one back.",
        bias="It makes what it was shown: the clothes of one shop, as many of each kind.",
        ai_act="limited risk",
        because="Made pictures that could be taken for real ones are marked as made (Article 50).",
        rules=("Copyright: what a network may learn from, and whose its pictures are, differs by country.",),
    ),
    settings=with_defaults(
        method="gan",
        latent="16",
        patterns=12,
        steady=1.0,
        learning_rate=1e-3,
        num_epochs=12,
        batch_size=64,
        optimiser="rmsprop",
        weight_decay=0.0,
        dropout=0.0,
        members=1,
        patience=1000,
    ),
    front=("method", "latent", "num_epochs"),
    presets=(
        recommended(
            "A GAN whose looking half pays for verdicts that change steeply: nearest to real photos on validation "
            "of what was tried."
        ),
        Preset(
            name="autoencoder",
            title="Autoencoder",
            reason="The variational autoencoder: softer pictures, which people name more easily, and farther from real "
            "photos by the distance, which blur costs. It can also draw real photos together, for What if.",
            values=_AUTOENCODER,
        ),
        quick(
            "A smaller autoencoder, six epochs: enough to see pictures come out of the fog.",
            **_AUTOENCODER | {"patterns": 8, "num_epochs": 6},
        ),
        Preset(
            name="collapse",
            title="Collapse",
            reason="The GAN of the first papers: nothing steadies the half that looks, and both take long steps. The "
            "half that makes finds a few pictures that pass, and makes no others.",
            values={
                "steady": 0.0,
                "optimiser": "adam",
                "learning_rate": 2e-3,
                "schedule": "constant",
                "patterns": 6,
                "num_epochs": 5,
                "keep": "last",
            },
            good=False,
            fault="mode_collapse",
        ),
    ),
    record_label="photo",
    order=10,
    icon="auto_awesome",
)
