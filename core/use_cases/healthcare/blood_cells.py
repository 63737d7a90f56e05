"""Blood cells: how many red cells, white cells and platelets does this slide show? One row per picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import ArrayInput, Examples, Fold, InputKind, Plan, Preset, Question, UseCase
from core.contracts.boxes import target_names, targets
from core.contracts.care import Care
from core.contracts.picture import Shown
from core.use_cases.healthcare._counting_value import VALUE
from core.use_cases.helpers import crawl, detection_task, overshoot, quick, recommended, with_defaults

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

HEIGHT, WIDTH = 120, 160
_MARKED = (480, 640)  # boxes are in pixels of the pictures that were marked
CLASSES = {"red": "red cells", "white": "white cells", "platelet": "platelets"}
_TEST, _VALIDATION = 0.2, 0.16
_AS_THEY_ARE = {"flip": "off", "light": 0.0, "noise": 0.0, "shift": 0, "zoom": 0.0}


def _halved(jpeg: bytes) -> np.ndarray:
    """A picture of 320 x 240 pixels at half its size, each pixel the mean of four."""
    import io

    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(jpeg)) as opened:
        pixels = np.asarray(opened.convert("RGB"), dtype=np.uint16)
    four = pixels.reshape(HEIGHT, 2, WIDTH, 2, 3).sum((1, 3))
    return ((four + 2) // 4).astype(np.uint8)


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every picture, (120, 160, 3) bytes, with its boxes. Pictures of the same part of a slide are one unit."""
    import numpy as np
    import pandas as pd

    pictures, boxes = (tables["bccd_blood_cells"][name] for name in ("pictures", "boxes"))
    number = {name: at for at, name in enumerate(CLASSES)}
    kind = boxes["cell"].map(number).to_numpy()
    ends = boxes[["x0", "y0", "x1", "y1"]].to_numpy(dtype=float) / (_MARKED[1], _MARKED[0], _MARKED[1], _MARKED[0])
    of = boxes["picture"].to_numpy()
    known = targets([(kind[of == one], ends[of == one]) for one in pictures["picture"]])
    return Examples(
        features=pd.DataFrame(index=pictures.index),
        target=pd.DataFrame(known, columns=list(target_names())),
        unit=pictures["field"].to_numpy(),
        info=pd.DataFrame({"slide": pictures["picture"].to_numpy(), "part of a slide": pictures["field"].to_numpy()}),
        arrays={"slide": np.stack([_halved(jpeg) for jpeg in pictures["jpeg"]])},
    )


def plan(examples: Examples) -> Plan:
    """Parts of slides dealt at random to training, validation and test."""
    import numpy as np

    units = np.unique(examples.unit)
    dealt = np.random.default_rng(0).permutation(units)
    test, validation = (round(share * len(units)) for share in (_TEST, _VALIDATION))
    of = dict.fromkeys(dealt[:test].tolist(), "test") | dict.fromkeys(dealt[test : test + validation].tolist(), "val")
    part = np.array([of.get(int(unit), "train") for unit in examples.unit])
    fold = Fold(
        name="parts of slides",
        train=np.flatnonzero(part == "train"),
        validation=np.flatnonzero(part == "val"),
        test=np.flatnonzero(part == "test"),
    )
    return Plan(
        folds=(fold,),
        unit="part of a slide",
        separation="unit",
        sentence="Parts of slides, dealt at random: a fifth tests, a fifth of the others validates. Forty pairs of "
        "pictures show the same part of a slide, moved a little; they stay together. Which pictures are of one person "
        "is not told: one person may be in training and in test.",
    )


USE_CASE = UseCase(
    name="healthcare/blood_cells",
    title="Blood cells",
    summary="How many red cells, white cells and platelets are on this slide? The network finds each and counts.",
    question=Question(
        who="A laboratory that counts blood cells under a microscope.",
        problem="Too many white cells can be leukaemia; too few platelets, and a wound does not close. Somebody has to "
        "find and count them, picture after picture.",
        cost_today="A technician counts by hand, cell by cell, with a clicker for each kind. It takes minutes a slide, "
        "and whoever is tired counts one twice.",
        what_ai_does="It draws a box around each cell, says which kind it is and how sure it is, and counts. The "
        "technician looks at the boxes and mends those that are wrong.",
        picture=Shown(tells="Count them: red cells, white cells, platelets."),
        detail="This is a demonstration on pictures of 160 x 120 pixels. It is not a medical device, and must not "
        "decide about anybody.",
    ),
    datasets=("bccd_blood_cells",),
    columns=(),
    arrays=(ArrayInput(name="slide", kind=InputKind.IMAGE, shape=(HEIGHT, WIDTH, 3)),),
    task=detection_task("cells", classes=tuple(CLASSES.values()), picture=(HEIGHT, WIDTH)),
    model="detection_network",
    baselines=("blob_hog", "colour_threshold"),
    examples=examples,
    plan=plan,
    value=VALUE,
    care=Care(
        privacy="Slides without names; in a laboratory they are health data (GDPR, Article 9).",
        bias="Slides of one stain and one microscope; sick cells and children are hardly among them.",
        ai_act="high risk",
        because="It would be software for in vitro diagnosis that a notified body examines (Article 6(1), Annex I).",
        rules=(
            "In Vitro Diagnostic Regulation (EU) 2017/746.",
            "United States: FDA and CLIA.",
        ),
    ),
    settings=with_defaults(
        learning_rate=4e-3,
        num_epochs=20,
        members=2,
        weight_decay=1e-4,
        activation="leaky_relu",
        flip="both",
        light=0.3,
    )
    | {"batch_size": {"default": 8, "low": 4}},  # a slide holds a dozen examples
    front=("learning_rate", "patterns", "num_epochs"),
    presets=(
        recommended(
            "Two networks that look at each place and around it, on slides mirrored, turned over and lit anew."
        ),
        quick("One network and a third of the epochs.", members=1, num_epochs=8),
        Preset(
            name="as_they_are",
            title="Slides as they are",
            reason="No slide is changed, each is the same in every epoch: a few hundred are soon known by heart.",
            values=_AS_THEY_ARE,
        ),
        overshoot(
            "A learning rate a hundred times too high, and nothing that shortens a step: each one jumps across the "
            "valley.",
            num_epochs=5,
        ),
        crawl(num_epochs=5),
    ),
    record_label="slide",
    order=30,
    icon="hematology",
)
