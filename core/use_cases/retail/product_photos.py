"""Product photos: which of ten kinds does a catalogue photo show? One row per photo; the network reads nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import ArrayInput, Examples, Fold, InputKind, Plan, Preset, Question, UseCase
from core.contracts.care import Care
from core.contracts.picture import Kinds
from core.use_cases.helpers import crawl, multiclass_task, overshoot, quick, recommended, with_defaults
from core.use_cases.retail._photos_value import VALUE

if TYPE_CHECKING:
    import pandas as pd

SIDE = 28
KINDS = (
    "T-shirt",
    "trousers",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
_PRINTED = {
    "learning_rate": 1e-3,
    "num_epochs": 10,
    "optimiser": "adam",
    "weight_decay": 0.0,
    "schedule": "constant",
    "members": 1,
    "patterns": 32,
    "dropout": 0.0,
    "normalisation": "none",
    "flip": "off",
    "patience": 1000,
    "keep": "last",
}


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every photo, (28, 28, 1) bytes. Photos that are nearly the same are one unit."""
    import numpy as np
    import pandas as pd

    table = tables["fashion_mnist"]["photos"]
    pixels = np.frombuffer(b"".join(table["pixels"]), dtype=np.uint8)
    return Examples(
        features=pd.DataFrame(index=table.index),
        target=table[["kind"]].astype(float),
        unit=table["alike"].to_numpy(),
        info=pd.DataFrame({"photo": np.arange(len(table)), "part": table["part"].astype("str")}),
        arrays={"photo": pixels.reshape(len(table), SIDE, SIDE, 1)},
    )


def plan(examples: Examples) -> Plan:
    """The source's own test; a sixth of its training photos validates. Photos that are nearly one of a later part
    are left out."""
    import numpy as np

    part = examples.info["part"].to_numpy()
    tested = part == "test"
    validating = (part == "validation") & ~np.isin(examples.unit, examples.unit[tested])
    training = (part == "training") & ~np.isin(examples.unit, examples.unit[tested | validating])
    fold = Fold(
        name="the source's test",
        train=np.flatnonzero(training),
        validation=np.flatnonzero(validating),
        test=np.flatnonzero(tested),
    )
    return Plan(
        folds=(fold,),
        unit="photo",
        separation="unit",
        sentence="The source's own test: 2,000 photos. Of its training photos 1,999 validate and 9,989 train; "
        "twelve that are nearly a held-out photo (correlation of pixels above .99) are left out. Which photos show the "
        "same article from elsewhere is not known, so that an article may be on both sides: all methods look a little "
        "better than on a new catalogue. Simple methods are tuned on validation, and so were the network's settings.",
    )


USE_CASE = UseCase(
    name="retail/product_photos",
    title="Product photos",
    summary="Ten kinds of clothes, one photo each: which shelf of the catalogue? The sure ones are filed, the rest a "
    "person sees.",
    question=Question(
        who="A fashion shop with hundreds of new articles a day.",
        problem="Each new photo must be filed under the right kind before anybody can find it. Is this a shirt, a "
        "pullover or a coat?",
        cost_today="A person opens each photo, looks, chooses a kind and saves: some twenty seconds, thousands of "
        "times a week. What is filed wrongly nobody finds, or it comes back.",
        what_ai_does="It looks at the photo and says how likely each kind is. What it is sure of it files itself; the "
        "rest a person decides, as today.",
        picture=Kinds(names=KINDS, tells="Ten photos, one of each kind. Could you file them all?"),
        detail="Photos are scaled down to 28 x 28 grey pixels: a real catalogue has more to go by.",
    ),
    datasets=("fashion_mnist",),
    columns=(),
    arrays=(ArrayInput(name="photo", kind=InputKind.IMAGE, shape=(SIDE, SIDE, 1)),),
    task=multiclass_task("kind", column="kind", classes=KINDS),
    model="image_network",
    baselines=("pixel_logistic", "hog_logistic", "pixel_boosting", "nearest_pictures"),
    examples=examples,
    plan=plan,
    value=VALUE,
    care=Care(
        privacy="No people are in the photos, so the GDPR does not touch them; whoever corrects labels may be "
        "measured by it.",
        bias="Kinds that look alike are mixed up more often (shirt and pullover); nobody is treated worse by it.",
        ai_act="minimal risk",
        because="It files catalogue photos, and a person sees those that it is unsure of.",
    ),
    settings=with_defaults(
        learning_rate=2e-3,
        num_epochs=14,
        batch_size=64,
        members=2,
        blocks=2,
        patterns=16,
        width=128,
        dropout=0.3,
        normalisation="layer",
        flip="on",
    ),
    front=("learning_rate", "patterns", "num_epochs"),
    presets=(
        recommended(
            "Two networks with half of the printed patterns each, and every mend: what they find is brought to one "
            "scale, half of the photos are mirrored, 30% of the dense layer is left out, and the rate sinks. To move "
            "photos by a pixel as well made it worse: they are centred already. Best on validation."
        ),
        quick(
            "One small network and five epochs: enough to see it learn.",
            members=1,
            num_epochs=5,
        ),
        Preset(
            name="as_printed",
            title="As printed",
            reason="The network of a hundred tutorials, to the letter: 32 and 64 patterns, a layer of 128, Adam at a "
            "constant rate, ten epochs, nothing against learning by heart.",
            values=_PRINTED,
        ),
        overshoot(
            "A learning rate five hundred times too high, and nothing that brings numbers to one scale: every step "
            "jumps across the valley.",
            num_epochs=5,
            patterns=8,
            normalisation="none",
            weight_decay=0.0,
            activation="leaky_relu",
        ),
        crawl(num_epochs=6, patterns=8, normalisation="none"),
        Preset(
            name="fade",
            title="Fade",
            reason="S-curves in four blocks and three layers, and plain gradient descent: each layer passes on a "
            "fraction of the gradient, so that nothing of it arrives at the first ones.",
            values={
                "blocks": 4,
                "patterns": 8,
                "dense_layers": 3,
                "activation": "sigmoid",
                "normalisation": "none",
                "members": 1,
                "dropout": 0.0,
                "optimiser": "sgd",
                "learning_rate": 0.05,
                "num_epochs": 5,
                "schedule": "constant",
                "patience": 1000,
                "keep": "last",
            },
            good=False,
            fault="vanishing_gradients",
        ),
    ),
    record_label="photo",
    order=30,
    icon="photo_camera",
)
